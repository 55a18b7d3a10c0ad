"""What Zalo reports about a broadcast's messages: echoes, "received", "seen", receipts by phone."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, literal, null, select, update

from app.broadcasts.models import Recipient, RecipientState, in_state
from app.kit.db import UtcMs
from app.kit.ids import MessageId, UserId

_TRACKING = re.compile(r"b([0-9]{1,18})\.([0-9]{1,18})", re.ASCII)
_KNOWN = select(Recipient.id).where(Recipient.message_id == bindparam("message_id")).limit(1)
_STILL_IN_DOUBT = and_(
    in_state(RecipientState.CLAIMED, RecipientState.UNKNOWN), Recipient.message_id.is_(None)
)
_IN_DOUBT = (
    select(Recipient.id)
    .where(
        Recipient.contact == bindparam("contact"),
        Recipient.text_print == bindparam("text_print"),
        _STILL_IN_DOUBT,
    )
    .order_by(Recipient.id)
    .limit(1)
)
_LOST = in_state(RecipientState.UNKNOWN)
# Claimed may become unknown between our look and this statement, which sees the row as it is then.
_ECHOED = (
    update(Recipient)
    .where(Recipient.id == bindparam("b_id"), _STILL_IN_DOUBT)
    .values(
        message_id=bindparam("b_message_id"),
        state=case((_LOST, "sent"), else_=Recipient.state),
        settled_at=case((_LOST, bindparam("b_now", type_=UtcMs)), else_=Recipient.settled_at),
        reason=case((_LOST, null()), else_=Recipient.reason),
    )
)
_BEFORE = {
    RecipientState.DELIVERED: in_state(RecipientState.CLAIMED, RecipientState.UNKNOWN, RecipientState.SENT),
    RecipientState.SEEN: in_state(
        RecipientState.CLAIMED, RecipientState.UNKNOWN, RecipientState.SENT, RecipientState.DELIVERED
    ),
}


def recognise_echo(
    db: Connection, contact: UserId, message_id: MessageId, text_print: str, now: datetime
) -> bool:
    """True when the echoed message is one of a broadcast; settles the recipient whose answer was lost.

    While the call is still waiting for its answer only the message id is noted: the caller settles it.
    """
    if db.execute(_KNOWN, {"message_id": message_id}).first() is not None:
        return True
    number = db.execute(_IN_DOUBT, {"contact": contact, "text_print": text_print}).scalar()
    if number is None:
        return False
    noted = db.execute(_ECHOED, {"b_id": number, "b_message_id": message_id, "b_now": now})
    return noted.rowcount > 0


def mark_delivered(db: Connection, message_ids: Sequence[MessageId], at: datetime) -> None:
    """The messages reached the phone. A receipt only moves a recipient forward."""
    _forward(db, message_ids, RecipientState.DELIVERED, at, delivered_at=at)


def mark_seen(db: Connection, message_ids: Sequence[MessageId], at: datetime) -> None:
    received = func.coalesce(Recipient.delivered_at, literal(at, UtcMs))
    _forward(db, message_ids, RecipientState.SEEN, at, seen_at=at, delivered_at=received)


def mark_delivered_by_phone(db: Connection, tracking_id: str, message_id: MessageId, at: datetime) -> None:
    """A receipt by phone names no person: the tracking id that we gave says who it was."""
    found = _TRACKING.fullmatch(tracking_id)
    if found is None:
        return
    db.execute(
        update(Recipient)
        .where(
            Recipient.id == int(found[2]),
            Recipient.broadcast_id == int(found[1]),
            _BEFORE[RecipientState.DELIVERED],
        )
        .values(
            state=RecipientState.DELIVERED, message_id=message_id, settled_at=at, delivered_at=at, reason=None
        )
    )


def _forward(
    db: Connection, message_ids: Sequence[MessageId], state: RecipientState, at: datetime, **times: Any
) -> None:
    db.execute(
        update(Recipient)
        .where(Recipient.message_id.in_(message_ids), _BEFORE[state])
        .values(state=state, settled_at=at, reason=None, **times)
    )
