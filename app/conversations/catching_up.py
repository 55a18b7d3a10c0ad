"""After an outage: what Zalo stopped sending is found in its conversation list, and handled once."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import orjson
import structlog
from sqlalchemy import Connection

from app.conversations.rules import unanswered
from app.credentials.renewal import NotLinked, TokenKeeper
from app.inbox.ledger import known_keys, last_received, record, record_settled
from app.inbox.noting import as_kept
from app.kit.clock import Clock, epoch_ms
from app.kit.db import Database
from app.kit.ids import MessageId, UserId
from app.kit.seal import Sealer
from app.work.ledger import wake
from app.work.models import Kind
from app.zalo.answers import PastMessage
from app.zalo.client import MOST_LISTED, ZaloClient
from app.zalo.envelope import read_envelope
from app.zalo.errors import ZaloError

Ask = Callable[[str, int, int], Awaitable[list[PastMessage]]]
"""(token, offset, count) → a page of a list, newest first."""

log = structlog.get_logger()

LOOK_EVERY = timedelta(hours=1)
ONCE_MORE = timedelta(minutes=3)
"""After the first look of a process: what was too young for it then is old enough now."""
AGAIN_AFTER_TROUBLE = timedelta(minutes=1)
OVERLAP = timedelta(minutes=10)
"""Each look reaches back behind the one before: clocks differ, and Zalo's own repeats take minutes."""
ON_ITS_WAY = timedelta(minutes=2)
"""A message younger than this may still come by webhook."""
FURTHEST_BACK = timedelta(days=7)
"""Beyond it Zalo lets nobody answer."""
MOST_PAGES = 200

_EVENTS = {
    "text": "user_send_text",
    "photo": "user_send_image",
    "GIF": "user_send_gif",
    "sticker": "user_send_sticker",
    "voice": "user_send_audio",
    "location": "user_send_location",
    "link": "user_send_link",
    "links": "user_send_link",
}
_OTHER = "user_send_file"
"""What Zalo's list calls "nosupport": files, videos, business cards."""
_BY_WEBHOOK = tuple(sorted({"user_send_video", "user_send_business_card", _OTHER, *_EVENTS.values()}))
TOO_LATE = "found after an outage; the conversation had gone on"


class CatchUp:
    """Looks through the recent chats of one OA now and then; the webhook remains the usual way."""

    def __init__(
        self,
        db: Database,
        client: ZaloClient,
        tokens: TokenKeeper,
        sealer: Sealer,
        clock: Clock,
        app_id: str,
        oa_id: str,
    ) -> None:
        self._db, self._client, self._tokens, self._sealer, self._clock = db, client, tokens, sealer, clock
        self._app_id, self._oa_id = app_id, oa_id
        self._started_at = clock.now()
        self._looked_until: datetime | None = None

    async def look(self) -> datetime:
        """Records what was missed and wakes its chats; says when to look again."""
        until = self._clock.now() - ON_ITS_WAY
        since = await self._since()
        if since is not None:
            try:
                found = await self._find(max(since, until - FURTHEST_BACK), until)
            except (NotLinked, ZaloError) as error:
                log.warning("not_caught_up", reason=str(error))
                return self._clock.now() + AGAIN_AFTER_TROUBLE
            if found:
                log.warning("caught_up", messages=found)
        first, self._looked_until = self._looked_until is None, until
        return self._clock.now() + (ONCE_MORE if first else LOOK_EVERY)

    async def _since(self) -> datetime | None:
        """From where on something may be missing; None when nobody ever wrote to this database."""
        if self._looked_until is not None:
            return self._looked_until - OVERLAP
        last = await self._db.read(lambda db: last_received(db, before=self._started_at))
        return None if last is None else last - OVERLAP

    async def _find(self, since: datetime, until: datetime) -> int:
        found = 0
        for last in await self._listed(self._client.recent_chats, since):
            of_chat = partial(_chat_of, self._client, last.user_id)
            messages = await self._listed(of_chat, since)
            missed = await self._db.read(partial(self._missed, messages, until))
            if missed:
                await self._db.write(partial(self._take, missed, unanswered(messages)))
            found += len(missed)
        return found

    async def _listed(self, ask: Ask, since: datetime) -> list[PastMessage]:
        """What a list of Zalo's, newest first, says since then."""
        listed: list[PastMessage] = []
        for page in range(MOST_PAGES):
            of_page = await ask(await self._tokens.token(), page * MOST_LISTED, MOST_LISTED)
            recent = [message for message in of_page if message.at >= since]
            listed += recent
            if len(recent) < MOST_LISTED:
                return listed
        log.warning("not_everything_looked_through", pages=MOST_PAGES)
        return listed

    def _missed(self, messages: Sequence[PastMessage], until: datetime, db: Connection) -> list[PastMessage]:
        """Those of the person that never came by webhook, oldest first."""
        theirs = [message for message in messages if not message.from_oa and message.at <= until]
        keys = {key: message for message in theirs for key in self._keys(message)}
        known = {keys[key].message_id for key in known_keys(db, list(keys))}
        return [message for message in reversed(theirs) if message.message_id not in known]

    def _take(self, missed: Sequence[PastMessage], waiting: frozenset[MessageId], db: Connection) -> None:
        """Events in their order. One that the chat has left behind is kept and shown, but not answered."""
        now = self._clock.now()
        for message in missed:
            body = self._body(message, _EVENTS.get(message.kind, _OTHER))
            event = as_kept(self._sealer, read_envelope(body), body)
            if message.message_id in waiting:
                record(db, event, now)
                wake(db, Kind.CHAT, event.contact, now, None)
            else:
                record_settled(db, event, now, TOO_LATE)

    def _keys(self, message: PastMessage) -> list[str]:
        """Under which keys it may have come by webhook: Zalo's list knows fewer kinds than its webhook."""
        return [read_envelope(self._body(message, name)).dedupe_key for name in _BY_WEBHOOK]

    def _body(self, message: PastMessage, event_name: str) -> bytes:
        """The event as Zalo would have sent it, as far as its list tells."""
        return orjson.dumps(
            {
                "app_id": self._app_id,
                "event_name": event_name,
                "sender": {"id": message.user_id},
                "recipient": {"id": self._oa_id},
                "message": {"msg_id": message.message_id, "text": message.text},
                "timestamp": str(epoch_ms(message.at)),
            }
        )


async def _chat_of(
    client: ZaloClient, user_id: UserId, token: str, offset: int, count: int
) -> list[PastMessage]:
    return await client.conversation(token, user_id, offset, count)
