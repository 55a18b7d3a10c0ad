"""What Zalo reports about messages on their way: echoes, "received", "seen"."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from app.kit.ids import MessageId, UserId
from app.outbox.models import Delivery, DeliveryState


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
        select(Delivery.id, Delivery.state)
        .where(
            Delivery.contact == contact,
            Delivery.state.in_([DeliveryState.CLAIMED, DeliveryState.UNKNOWN]),
            Delivery.text_print == text_print,
            Delivery.message_id.is_(None),
        )
        .order_by(Delivery.id)
        .limit(1)
    )
    row = db.execute(in_doubt).one_or_none()
    if row is None:
        return False
    values: dict[str, object] = {"message_id": message_id}
    if row.state == DeliveryState.UNKNOWN:
        values |= {"state": DeliveryState.SENT, "settled_at": now}
    db.execute(update(Delivery).where(Delivery.id == row.id).values(values))
    return True


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
