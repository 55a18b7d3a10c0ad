"""Settle: what became of a call is written down, each in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    bindparam,
    case,
    func,
    insert,
    literal,
    literal_column,
    update,
)

from app.kit.db import UtcMs
from app.kit.ids import MessageId, RunnerId
from app.kit.statements import ForRows
from app.outbox.ledger import Owed
from app.outbox.models import Attempt, Delivery, DeliveryState
from app.outbox.rules import LINK_AGAIN, Failed, Look, Outcome, Retry, Sent, Unknown

# After this many look-ups an outcome that nobody can tell stays unknown, in sight of staff.
MOST_CHECKS = 6

_SENT = ForRows(
    {"id": BigInteger, "message_id": String},
    lambda rows: (
        update(Delivery)
        .where(
            Delivery.id == rows["id"],
            Delivery.state.in_([literal_column("'claimed'"), literal_column("'unknown'")]),
        )
        .values(
            state=DeliveryState.SENT,
            message_id=func.coalesce(rows["message_id"], Delivery.message_id),
            settled_at=bindparam("b_at", type_=UtcMs),
            error_code=None,
            note=None,
        )
    ),
)


def settle_sent(db: Connection, sent: Sequence[tuple[Owed, Sent]], now: datetime) -> None:
    """Writes down that these calls went through."""
    rows = [{"id": delivery.id, "message_id": outcome.message_id} for delivery, outcome in sent]
    if rows:
        _SENT.run(db, rows, b_at=now)


def settle(db: Connection, delivery: Owed, outcome: Outcome, now: datetime) -> None:
    """Writes down what became of a call.

    When the echo has already told the message id, the message is out, whatever the call itself said.
    """
    if isinstance(outcome, Sent):
        settle_sent(db, [(delivery, outcome)], now)
        return
    _note_attempt(db, delivery, outcome, now)
    values: dict[str, object] = {"error_code": outcome.code, "note": outcome.note}
    match outcome:
        case Retry():
            counted = delivery.attempts if outcome.counted else delivery.attempts - 1
            values |= {"state": DeliveryState.PLANNED, "due_at": outcome.at, "attempts": counted}
        case Failed():
            values |= {"state": DeliveryState.FAILED, "settled_at": now}
        case Unknown():
            values |= {"state": DeliveryState.UNKNOWN, "due_at": outcome.look_at}
    still_ours = (Delivery.id == delivery.id, Delivery.state == DeliveryState.CLAIMED)
    db.execute(update(Delivery).where(*still_ours).values(_unless_out(values, now)))


def put_back(db: Connection, deliveries: Sequence[Owed]) -> None:
    """Returns claimed deliveries that were surely not handed to Zalo, as if they had not been claimed."""
    for delivery in deliveries:
        db.execute(
            update(Delivery)
            .where(Delivery.id == delivery.id, Delivery.state == DeliveryState.CLAIMED)
            .values(state=DeliveryState.PLANNED, claimed_by=None, attempts=delivery.attempts - 1)
        )


def settle_check(db: Connection, delivery: Owed, found: MessageId | None, look: Look, now: datetime) -> None:
    """Writes down what Zalo's conversation list says of an unknown outcome.

    Found: sent. Surely absent: owed again. Could not look: asked again later, at last left as unknown.
    """
    if found is not None:
        _SENT.run(db, [{"id": delivery.id, "message_id": found}], b_at=now)
        return
    checks = delivery.checks + 1
    if look is Look.FAR_ENOUGH:
        values: dict[str, object] = {"state": DeliveryState.PLANNED, "due_at": now, "checks": 0}
    elif look is Look.NOT_LINKED:
        values = {"due_at": now + LINK_AGAIN}
    elif checks < MOST_CHECKS:
        values = {"checks": checks, "due_at": now + timedelta(seconds=2**checks)}
    else:
        values = {"checks": checks, "settled_at": now}
    still_open = Delivery.state.in_([DeliveryState.UNKNOWN, DeliveryState.CLAIMED])
    db.execute(
        update(Delivery).where(Delivery.id == delivery.id, still_open).values(_unless_out(values, now))
    )


def leave_open(db: Connection, runners: Sequence[RunnerId], look_at: datetime, now: datetime) -> int:
    """Sends that were in flight when their runner died: nobody knows whether they arrived."""
    values = {"state": DeliveryState.UNKNOWN, "due_at": look_at}
    done = db.execute(
        update(Delivery)
        .where(Delivery.claimed_by.in_(runners), Delivery.state == DeliveryState.CLAIMED)
        .values(_unless_out(values, now))
    )
    return done.rowcount


def _unless_out(values: Mapping[str, object], now: datetime) -> dict[str, ColumnElement[Any]]:
    """These values, or "sent" where an echo has told the message id by the time the row is written.

    Decided by the statement itself: an echo that came between a look and a write would leave a message that
    is out to be sent again.
    """
    out = Delivery.message_id.is_not(None)
    when_out = {"state": DeliveryState.SENT, "settled_at": now, "error_code": None, "note": None}
    columns = Delivery.__table__.c
    return {
        name: case(
            (out, literal(when_out[name], columns[name].type) if name in when_out else columns[name]),
            else_=literal(values[name], columns[name].type) if name in values else columns[name],
        )
        for name in values.keys() | when_out.keys()
    }


def _note_attempt(db: Connection, delivery: Owed, outcome: Retry | Failed | Unknown, now: datetime) -> None:
    db.execute(
        insert(Attempt).values(
            delivery_id=delivery.id,
            number=delivery.attempts,
            ended_at=now,
            error_code=outcome.code,
            note=outcome.note,
        )
    )
