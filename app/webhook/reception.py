"""What is done with a webhook body before it is answered: prove, mask, keep, wake."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from app.inbox.knocks import KNOCK, note_knock
from app.inbox.ledger import NewEvent, record_many
from app.inbox.noting import as_kept, as_kept_unread
from app.kit.clock import Clock
from app.kit.db import Database, DatabaseAway
from app.kit.ids import RunnerId
from app.kit.seal import Sealer
from app.webhook.keeping import Keeping
from app.webhook.spool import Spool, Waiting
from app.work.ledger import Claim, wake_many
from app.work.models import Kind
from app.zalo.envelope import Envelope, Unreadable, read_envelope, timestamp_of
from app.zalo.signature import check_signature


class Taker(Protocol):
    """A runner, as reception sees it."""

    @property
    def id(self) -> RunnerId: ...

    def take(self, claim: Claim) -> None: ...


class Verdict(StrEnum):
    RECORDED = "recorded"
    REPEATED = "repeated"
    SPOOLED = "spooled"
    FORGED = "forged"
    UNREADABLE = "unreadable"
    KNOCK = "knock"
    """A test of our own that the public address ends here; it is no event and is not kept."""


@dataclass(frozen=True, slots=True)
class Received:
    verdict: Verdict
    claim: Claim | None = None


class Reception:
    """Takes webhook bodies for one OA.

    `taker` is the runner of this process, if it has one: it is told of chats that are claimed for it.
    """

    def __init__(
        self,
        db: Database,
        sealer: Sealer,
        clock: Clock,
        app_id: str,
        oa_secrets: tuple[str, ...],
        spool: Spool,
        taker: Callable[[], Taker | None] = lambda: None,
    ) -> None:
        self._db, self._sealer, self._clock = db, sealer, clock
        self._app_id, self._oa_secrets = app_id, oa_secrets
        self._taker = taker
        self._keeping = Keeping(self._record, self._record_all, spool, self._hand_on)
        self.bring_back = self._keeping.bring_back

    async def receive(self, body: bytes, signature: str | None) -> Verdict:
        """Returns once the event is on a disk.

        Raises `SpoolFull` or `OSError` when nothing would take it: Zalo must be told to come again.
        """
        try:
            envelope: Envelope | None = read_envelope(body)
        except Unreadable:
            envelope = None
        timestamp = timestamp_of(body) if envelope is None else envelope.timestamp_text
        app_id = self._app_id if envelope is None else envelope.app_id or self._app_id
        genuine = app_id == self._app_id and check_signature(
            signature, body, app_id, timestamp, self._oa_secrets
        )
        if not genuine:
            return Verdict.FORGED
        if envelope is not None and envelope.event_name == KNOCK:
            return await self._hear_knock(str(envelope.data.get("word")))
        sealer = self._sealer
        event = as_kept_unread(sealer, body) if envelope is None else as_kept(sealer, envelope, body)
        received = await self._keeping.keep(Waiting(event, self._clock.now()))
        if received is None:
            return Verdict.SPOOLED
        self._hand_on(received)
        return received.verdict

    async def _hear_knock(self, word: str) -> Verdict:
        now = self._clock.now()
        with suppress(DatabaseAway):  # then who knocked will say that it was not seen
            await self._db.write(lambda db: note_knock(db, word, now))
        return Verdict.KNOCK

    def _record(self, event: Waiting) -> asyncio.Future[Received]:
        return self._db.write_batched(self._write_down, event)

    async def _record_all(self, events: Sequence[Waiting]) -> list[Received]:
        return await self._db.write(lambda db: self._write_down(db, events))

    def _write_down(self, db: Connection, events: Sequence[Waiting]) -> list[Received]:
        taker = self._taker()
        fresh = record_many(db, [(waiting.event, waiting.received_at) for waiting in events])
        woken = [one.event.contact for one in events if one.event.readable and one.event.dedupe_key in fresh]
        now = self._clock.now()
        claims = wake_many(db, Kind.CHAT, woken, now, taker.id if taker else None) if woken else {}
        return [_received(waiting.event, fresh, claims) for waiting in events]

    def _hand_on(self, received: Received) -> None:
        taker = self._taker()
        if taker and received.claim:
            taker.take(received.claim)


def _received(event: NewEvent, fresh: set[str], claims: dict[str, Claim]) -> Received:
    """What came of the event; the first of its contact takes the claim, the first of its key is the event."""
    if event.dedupe_key not in fresh:
        return Received(Verdict.REPEATED)
    fresh.remove(event.dedupe_key)
    if not event.readable:
        return Received(Verdict.UNREADABLE)
    return Received(Verdict.RECORDED, claims.pop(event.contact, None))
