"""What is done with a webhook body before it is answered: prove, mask, write down, wake."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import orjson
from sqlalchemy import Connection

from app.inbox.ledger import OF_THE_ACCOUNT, NewEvent, record
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.ids import RunnerId
from app.kit.redact import Masked, mask_secrets
from app.kit.seal import Sealer
from app.work.ledger import Claim, wake
from app.work.models import Kind
from app.zalo.envelope import Envelope, Unreadable, read_envelope, timestamp_of
from app.zalo.signature import check_signature


class Verdict(StrEnum):
    RECORDED = "recorded"
    REPEATED = "repeated"
    FORGED = "forged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Received:
    verdict: Verdict
    claim: Claim | None = None


class Reception:
    """Takes webhook bodies for one OA."""

    def __init__(
        self, db: Database, sealer: Sealer, clock: Clock, app_id: str, oa_secrets: tuple[str, ...]
    ) -> None:
        self._db, self._sealer, self._clock = db, sealer, clock
        self._app_id, self._oa_secrets = app_id, oa_secrets

    async def receive(self, body: bytes, signature: str | None, runner: RunnerId | None) -> Received:
        """Returns once the event is durable; the claim is for this process's runner, if it got it.

        Raises `DatabaseAway` when it could not be written down: Zalo must be told to come again.
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
            return Received(Verdict.FORGED)
        event = self._unreadable(body) if envelope is None else self._event(body, envelope)
        return await self._db.write(partial(self._write_down, event, runner))

    def _write_down(self, event: NewEvent, runner: RunnerId | None, db: Connection) -> Received:
        now = self._clock.now()
        if not record(db, event, now):
            return Received(Verdict.REPEATED)
        if not event.readable:
            return Received(Verdict.UNREADABLE)
        return Received(Verdict.RECORDED, wake(db, Kind.CHAT, event.contact, now, runner))

    def _event(self, body: bytes, envelope: Envelope) -> NewEvent:
        body, masked = _without_secrets(body, envelope)
        return NewEvent(
            dedupe_key=envelope.dedupe_key,
            contact=envelope.user_id or OF_THE_ACCOUNT,
            event_name=envelope.event_name,
            body=self._sealer.seal(body),
            masked=",".join(sorted(masked.kinds)),
        )

    def _unreadable(self, body: bytes) -> NewEvent:
        return NewEvent(
            dedupe_key=f"unreadable|{self._sealer.fingerprint(body.hex())}",
            contact=OF_THE_ACCOUNT,
            event_name="unreadable",
            body=self._sealer.seal(body),
            masked="",
            readable=False,
        )


def _without_secrets(body: bytes, envelope: Envelope) -> tuple[bytes, Masked]:
    """The body as it may be kept; the very bytes that came when there was nothing to mask."""
    message = envelope.data.get("message")
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(text, str) or not envelope.event_name.startswith("user_send"):
        return body, Masked("")
    masked = mask_secrets(text)
    if not masked.kinds:
        return body, masked
    kept = envelope.data | {"message": {**envelope.data["message"], "text": masked.text}}
    return orjson.dumps(kept), masked
