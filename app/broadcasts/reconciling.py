"""Was it sent or not? Zalo's conversation list is asked about each reply whose answer never came."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.broadcasts.ledger import Waiting, known_message_ids
from app.credentials.renewal import NotLinked, TokenKeeper
from app.kit.db import Database
from app.kit.ids import MessageId
from app.kit.seal import Sealer
from app.outbox import ledger as outbox
from app.outbox.rules import Look
from app.zalo.answers import PastMessage
from app.zalo.client import MOST_LISTED, ZaloClient
from app.zalo.errors import TokenRejected, ZaloError

log = structlog.get_logger()

CLOCKS_APART = timedelta(seconds=30)
"""How far Zalo's clock and ours may stand apart when a message in its list is dated."""
PAGES = 3


@dataclass(frozen=True, slots=True)
class Checked:
    recipient: Waiting
    found: MessageId | None
    look: Look


class Reconciler:
    def __init__(self, db: Database, client: ZaloClient, tokens: TokenKeeper, sealer: Sealer) -> None:
        self._db, self._client, self._tokens, self._sealer = db, client, tokens, sealer

    async def look_up(self, recipient: Waiting) -> Checked:
        contact, claimed_at = recipient.contact, recipient.claimed_at
        if contact is None or claimed_at is None:
            return Checked(recipient, None, Look.CUT_SHORT)
        try:
            token = await self._tokens.token()
        except NotLinked:
            return Checked(recipient, None, Look.NOT_LINKED)
        try:
            since = claimed_at - CLOCKS_APART
            candidates: list[PastMessage] = []
            for page in range(PAGES):
                listed = await self._client.conversation(token, contact, page * MOST_LISTED, MOST_LISTED)
                recent = [message for message in listed if message.at >= since]
                candidates += [message for message in recent if self._may_be(message, recipient)]
                if len(recent) < MOST_LISTED:
                    return Checked(recipient, await self._free_one(candidates), Look.FAR_ENOUGH)
        except TokenRejected:
            await self._replace(token)
        except ZaloError as error:
            log.warning("outcome_not_looked_up", recipient=recipient.id, reason=str(error))
        return Checked(recipient, None, Look.CUT_SHORT)

    async def _free_one(self, candidates: list[PastMessage]) -> MessageId | None:
        """The oldest that answers for no other message of ours yet."""
        ids = [one.message_id for one in candidates]
        taken = await self._db.read(lambda db: known_message_ids(db, ids) | outbox.known_message_ids(db, ids))
        free = (one for one in candidates if one.message_id not in taken)
        oldest = min(free, key=lambda one: one.at, default=None)
        return None if oldest is None else oldest.message_id

    def _may_be(self, message: PastMessage, recipient: Waiting) -> bool:
        return message.from_oa and self._sealer.fingerprint(message.text) == recipient.text_print

    async def _replace(self, refused: str) -> None:
        try:
            await self._tokens.replace(refused)
        except ZaloError as error:
            log.warning("token_not_renewed", reason=str(error))
