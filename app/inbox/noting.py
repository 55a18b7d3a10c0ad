"""A genuine event as it may be kept: masked, then sealed."""

import orjson

from app.inbox.ledger import OF_THE_ACCOUNT, NewEvent
from app.kit.redact import Masked, mask_secrets
from app.kit.seal import Sealer
from app.zalo.envelope import Envelope


def as_kept(sealer: Sealer, envelope: Envelope, body: bytes) -> NewEvent:
    """What looks like a code, an ID number or a password is not in it any more."""
    body, masked = _without_secrets(body, envelope)
    return NewEvent(
        dedupe_key=envelope.dedupe_key,
        contact=envelope.user_id or OF_THE_ACCOUNT,
        event_name=envelope.event_name,
        body=sealer.seal(body),
        masked=",".join(sorted(masked.kinds)),
    )


def as_kept_unread(sealer: Sealer, body: bytes) -> NewEvent:
    """A signed body that is no event, for people to look at."""
    return NewEvent(
        dedupe_key=f"unreadable|{sealer.fingerprint(body.hex())}",
        contact=OF_THE_ACCOUNT,
        event_name="unreadable",
        body=sealer.seal(body),
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
