"""What Zalo reports about messages on their way: echoes, "received", "seen"."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, case, literal, select, update

from app.kit.db import UtcMs
from app.kit.ids import MessageId, UserId
from app.outbox.models import Delivery, DeliveryState

_STILL_IN_DOUBT = and_(
    Delivery.state.in_([DeliveryState.CLAIMED, DeliveryState.UNKNOWN]), Delivery.message_id.is_(None)
)


def recognise_echo(
    db: Connection, contact: UserId, message_id: MessageId, text_print: str, now: datetime
) -> bool:
    """True when the echoed message is one of ours; settles the delivery whose answer had been lost.

    The echo may outrun the answer to our own call: then only the message id is noted, and the caller that
    still waits for its answer settles the delivery.
    """
    known = db.execute(select(Delivery.id).where(Delivery.message_id == message_id)).first()
    if known is not None:
        return True
    in_doubt = (
        select(Delivery.id)
        .where(Delivery.contact == contact, Delivery.text_print == text_print, _STILL_IN_DOUBT)
        .order_by(Delivery.id)
        .limit(1)
    )
    number = db.execute(in_doubt).scalar()
    if number is None:
        return False
    # Claimed may become unknown between our look and this statement, which sees the row as it is then.
    lost = Delivery.state == DeliveryState.UNKNOWN
    noted = db.execute(
        update(Delivery)
        .where(Delivery.id == number, _STILL_IN_DOUBT)
        .values(
            message_id=message_id,
            state=case((lost, DeliveryState.SENT), else_=Delivery.state),
            settled_at=case((lost, literal(now, UtcMs)), else_=Delivery.settled_at),
        )
    )
    return noted.rowcount > 0


def mark_received(db: Connection, message_ids: Sequence[MessageId], at: datetime) -> None:
    """The messages reached the phone. A receipt only moves a delivery forward."""
    _forward(db, message_ids, DeliveryState.RECEIVED, at, received_at=at)


def mark_seen(db: Connection, message_ids: Sequence[MessageId], at: datetime) -> None:
    """The messages were looked at. Says nothing about those without a receipt: only phones send one."""
    _forward(db, message_ids, DeliveryState.SEEN, at, seen_at=at)


_BEFORE = {
    DeliveryState.RECEIVED: [DeliveryState.CLAIMED, DeliveryState.UNKNOWN, DeliveryState.SENT],
    DeliveryState.SEEN: [
        DeliveryState.CLAIMED,
        DeliveryState.UNKNOWN,
        DeliveryState.SENT,
        DeliveryState.RECEIVED,
    ],
}


def _forward(
    db: Connection, message_ids: Sequence[MessageId], state: DeliveryState, at: datetime, **times: datetime
) -> None:
    db.execute(
        update(Delivery)
        .where(Delivery.message_id.in_(message_ids), Delivery.state.in_(_BEFORE[state]))
        .values(state=state, settled_at=at, **times)
    )
