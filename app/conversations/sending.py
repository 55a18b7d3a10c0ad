"""The calls to Zalo for what is owed to one contact, outside any transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.credentials.renewal import NotLinked, TokenKeeper
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.ids import MessageId
from app.kit.seal import Sealer
from app.outbox.ledger import Owed, known_message_ids
from app.outbox.rules import LINK_AGAIN, Failed, Look, Outcome, Retry, Sent, outcome_of
from app.zalo.client import PastMessage, ZaloClient
from app.zalo.errors import TokenRejected, ZaloError
from app.zalo.messages import decode

log = structlog.get_logger()

CLOCKS_APART = timedelta(seconds=30)
"""How far Zalo's clock and ours may stand apart when a message in its list is dated."""
PAGES = 3
PER_PAGE = 10
"""Zalo lists at most ten messages a call."""


@dataclass(frozen=True, slots=True)
class Settled:
    delivery: Owed
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class PutBack:
    """Claimed, but not handed to Zalo: an earlier message of the same contact has to go first."""

    delivery: Owed


@dataclass(frozen=True, slots=True)
class Checked:
    delivery: Owed
    found: MessageId | None
    look: Look


Finished = Settled | PutBack | Checked


async def _always() -> None:
    """Where nobody else can hold the claims."""


class Sender:
    """Sends and looks up; decides nothing but the order."""

    def __init__(
        self,
        db: Database,
        client: ZaloClient,
        tokens: TokenKeeper,
        sealer: Sealer,
        clock: Clock,
        may_send: Callable[[], Awaitable[None]] = _always,
        its_turn: Callable[[], Awaitable[None]] = _always,
    ) -> None:
        self._db, self._client, self._tokens, self._sealer, self._clock = db, client, tokens, sealer, clock
        self._may_send, self._its_turn = may_send, its_turn

    async def send(self, deliveries: Sequence[Owed]) -> list[Finished]:
        """Sends in order and stops at the first that has to wait, so that none overtakes another.

        Right before each call, after all waiting, it makes sure that it may send: a process that was frozen
        meanwhile may have lost its claims.
        """
        finished: list[Finished] = []
        for position, delivery in enumerate(deliveries):
            outcome = await self._send_one(delivery)
            finished.append(Settled(delivery, outcome))
            if not isinstance(outcome, (Sent, Failed)):
                finished += [PutBack(later) for later in deliveries[position + 1 :]]
                break
        return finished

    async def look_up(self, delivery: Owed) -> Checked:
        """Searches Zalo's conversation list for a message whose outcome is unknown."""
        since = (delivery.claimed_at or delivery.created_at) - CLOCKS_APART
        try:
            token = await self._tokens.token()
            candidates, complete = await self._search(token, delivery, since)
        except NotLinked:
            return Checked(delivery, None, Look.NOT_LINKED)
        except TokenRejected:
            await self._replace_token(token)
            return Checked(delivery, None, Look.CUT_SHORT)
        except ZaloError as error:
            log.warning("outcome_not_looked_up", delivery=delivery.id, reason=str(error))
            return Checked(delivery, None, Look.CUT_SHORT)
        if not complete:
            return Checked(delivery, None, Look.CUT_SHORT)
        taken = await self._db.read(lambda db: known_message_ids(db, [one.message_id for one in candidates]))
        free = (one for one in candidates if one.message_id not in taken)
        oldest = min(free, key=lambda one: one.at, default=None)
        return Checked(delivery, None if oldest is None else oldest.message_id, Look.FAR_ENOUGH)

    async def _send_one(self, delivery: Owed) -> Outcome:
        try:
            token = await self._tokens.token()
        except NotLinked as error:
            return Retry(self._clock.now() + LINK_AGAIN, None, str(error), counted=False)
        message = decode(self._sealer.open(delivery.message))
        await self._its_turn()
        await self._may_send()
        try:
            sent = await self._client.send(token, delivery.contact, message)
        except ZaloError as error:
            if isinstance(error, TokenRejected):
                await self._replace_token(token)
            log.info("send_refused", delivery=delivery.id, code=error.code, kind=type(error).__name__)
            return outcome_of(error, delivery.attempts, delivery.created_at, self._clock.now())
        return Sent(sent.message_id)

    async def _replace_token(self, refused: str) -> None:
        try:
            await self._tokens.replace(refused)
        except ZaloError as error:  # the delivery waits and comes back here
            log.warning("token_not_renewed", reason=str(error))

    async def _search(self, token: str, delivery: Owed, since: datetime) -> tuple[list[PastMessage], bool]:
        """The messages that can be this delivery, and whether the list reached back far enough."""
        candidates: list[PastMessage] = []
        for page in range(PAGES):
            listed = await self._client.conversation(token, delivery.contact, page * PER_PAGE, PER_PAGE)
            recent = [message for message in listed if message.at >= since]
            candidates += [message for message in recent if self._may_be(message, delivery)]
            if len(recent) < PER_PAGE:
                return candidates, True
        return candidates, False

    def _may_be(self, message: PastMessage, delivery: Owed) -> bool:
        return message.from_oa and self._sealer.fingerprint(message.text) == delivery.text_print
