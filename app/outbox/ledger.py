"""Plan, claim, settle: the life of a delivery, each step one transaction of the caller's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from app.kit.db import UtcMs, both_dialects
from app.kit.ids import MessageId, RunnerId, UserId
from app.outbox.models import Attempt, Delivery, DeliveryState, Lane
from app.outbox.rules import Failed, Outcome, Retry, Sent, Unknown

# Sends of one contact go one after the other; more than this in one claim would only make a kill dearer.
MOST_PER_CLAIM = 10
# After this many look-ups an outcome that nobody can tell stays unknown, in sight of staff.
MOST_CHECKS = 6


@dataclass(frozen=True, slots=True)
class NewDelivery:
    message: bytes
    text_print: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A delivery that is to be sent, or whose outcome is to be looked up."""

    id: int
    contact: UserId
    message: bytes
    text_print: str
    attempts: int
    checks: int
    created_at: datetime
    claimed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToSend:
    deliveries: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class ToCheck:
    delivery: Owed


@dataclass(frozen=True, slots=True)
class NotBefore:
    at: datetime


Next = ToSend | ToCheck | NotBefore | None


def _plan_statement(insert_of: Any) -> Any:
    names = ("cause", "ordinal", "contact", "lane", "state", "message", "text_print", "created_at", "due_at")
    return (
        insert_of(Delivery)
        .values({name: bindparam(name) for name in names} | {"attempts": 0, "checks": 0})
        .on_conflict_do_nothing(index_elements=[Delivery.cause, Delivery.ordinal])
    )


_PLAN = both_dialects(_plan_statement)
_WAITING = (
    select(
        Delivery.id,
        Delivery.state,
        Delivery.message,
        Delivery.text_print,
        Delivery.attempts,
        Delivery.checks,
        Delivery.created_at,
        Delivery.claimed_at,
        Delivery.due_at,
    )
    # Written out, not bound: the partial index is used only for this very condition.
    .where(
        Delivery.contact == bindparam("contact"),
        Delivery.state.in_(["planned", "claimed", "unknown"]),
        Delivery.settled_at.is_(None),
        Delivery.lane == "reply",
    )
    .order_by(Delivery.id)
    .limit(MOST_PER_CLAIM)
)
_CLAIM = (
    update(Delivery)
    .where(Delivery.id == bindparam("b_id"))
    .values(
        state=DeliveryState.CLAIMED,
        claimed_by=bindparam("b_runner"),
        claimed_at=bindparam("b_now", type_=UtcMs),
        attempts=Delivery.attempts + 1,
    )
)
_SENT = (
    update(Delivery)
    .where(Delivery.id == bindparam("b_id"), Delivery.state.in_(["claimed", "unknown"]))
    .values(
        state=DeliveryState.SENT,
        message_id=func.coalesce(bindparam("b_message_id"), Delivery.message_id),
        settled_at=bindparam("b_at", type_=UtcMs),
        error_code=None,
        note=None,
    )
)


def plan(
    db: Connection, cause: str, contact: UserId, lane: Lane, messages: Sequence[NewDelivery], now: datetime
) -> None:
    """Owes the messages to the contact, in this order; owing the same cause twice adds nothing."""
    rows = [
        {
            "cause": cause,
            "ordinal": ordinal,
            "contact": contact,
            "lane": lane,
            "state": DeliveryState.PLANNED,
            "message": message.message,
            "text_print": message.text_print,
            "created_at": now,
            "due_at": now,
        }
        for ordinal, message in enumerate(messages)
    ]
    if rows:
        db.execute(_PLAN(db), rows)


def claim_next(db: Connection, contact: UserId, runner: RunnerId, now: datetime) -> Next:
    """What is to happen next for this contact's replies; what is to be sent is claimed by `runner`.

    Order holds: a delivery that waits, or whose outcome is open, keeps the later ones back.
    """
    waiting = db.execute(_WAITING, {"contact": contact}).all()
    if not waiting:
        return None
    first = waiting[0]
    if first.due_at > now:
        return NotBefore(first.due_at)
    if first.state != DeliveryState.PLANNED:
        return ToCheck(_owed(first, contact))
    due: list[Any] = []
    for row in waiting:
        if row.state != DeliveryState.PLANNED or row.due_at > now:
            break
        due.append(row)
    db.execute(_CLAIM, [{"b_id": row.id, "b_runner": runner, "b_now": now} for row in due])
    return ToSend(tuple(_owed(row, contact, claimed_at=now, attempts=row.attempts + 1) for row in due))


def settle(db: Connection, delivery: Owed, outcome: Outcome, now: datetime) -> None:
    """Writes down what became of a call.

    When the echo has already told the message id, the message is out, whatever the call itself said.
    """
    if isinstance(outcome, Sent):
        db.execute(_SENT, {"b_id": delivery.id, "b_message_id": outcome.message_id, "b_at": now})
        return
    _note_attempt(db, delivery, outcome, now)
    if _echoed(db, delivery.id):
        db.execute(_SENT, {"b_id": delivery.id, "b_message_id": None, "b_at": now})
        return
    match outcome:
        case Retry():
            counted = delivery.attempts if outcome.counted else delivery.attempts - 1
            _set(db, delivery, outcome, state=DeliveryState.PLANNED, due_at=outcome.at, attempts=counted)
        case Failed():
            _set(db, delivery, outcome, state=DeliveryState.FAILED, settled_at=now)
        case Unknown():
            _set(db, delivery, outcome, state=DeliveryState.UNKNOWN, due_at=outcome.look_at)


def put_back(db: Connection, deliveries: Sequence[Owed]) -> None:
    """Returns claimed deliveries that were surely not handed to Zalo, as if they had not been claimed."""
    for delivery in deliveries:
        db.execute(
            update(Delivery)
            .where(Delivery.id == delivery.id, Delivery.state == DeliveryState.CLAIMED)
            .values(state=DeliveryState.PLANNED, claimed_by=None, attempts=delivery.attempts - 1)
        )


def settle_check(
    db: Connection, delivery: Owed, found: MessageId | None, looked: bool, now: datetime
) -> None:
    """Writes down what Zalo's conversation list says of an unknown outcome.

    Found: sent. Surely absent: owed again. Could not look: asked again later, at last left as unknown.
    """
    if found is not None:
        db.execute(_SENT, {"b_id": delivery.id, "b_message_id": found, "b_at": now})
        return
    checks = delivery.checks + 1
    if looked:
        values: dict[str, object] = {"state": DeliveryState.PLANNED, "due_at": now, "checks": 0}
    elif checks < MOST_CHECKS:
        values = {"checks": checks, "due_at": now + timedelta(seconds=2**checks)}
    else:
        values = {"checks": checks, "settled_at": now}
    still_open = Delivery.state.in_([DeliveryState.UNKNOWN, DeliveryState.CLAIMED])
    db.execute(update(Delivery).where(Delivery.id == delivery.id, still_open).values(values))


def leave_open(db: Connection, runners: Sequence[RunnerId], look_at: datetime) -> int:
    """Sends that were in flight when their runner died: nobody knows whether they arrived."""
    done = db.execute(
        update(Delivery)
        .where(Delivery.claimed_by.in_(runners), Delivery.state == DeliveryState.CLAIMED)
        .values(state=DeliveryState.UNKNOWN, due_at=look_at)
    )
    return done.rowcount


def known_message_ids(db: Connection, among: Collection[MessageId]) -> frozenset[MessageId]:
    """Those that already belong to a delivery: one message in Zalo's list answers for one delivery."""
    rows = select(Delivery.message_id).where(Delivery.message_id.in_(among))
    return frozenset(MessageId(known) for known in db.execute(rows).scalars() if known is not None)


def empty_messages(db: Connection, contact: UserId) -> None:
    """Takes the words out of everything that was sent to the contact; what still waits goes out first."""
    done = Delivery.settled_at.is_not(None)
    db.execute(update(Delivery).where(Delivery.contact == contact, done).values(message=b""))


def _owed(row: Any, contact: UserId, claimed_at: datetime | None = None, attempts: int | None = None) -> Owed:
    return Owed(
        row.id,
        contact,
        row.message,
        row.text_print,
        row.attempts if attempts is None else attempts,
        row.checks,
        row.created_at,
        claimed_at or row.claimed_at,
    )


def _echoed(db: Connection, delivery_id: int) -> bool:
    known = db.execute(select(Delivery.message_id).where(Delivery.id == delivery_id)).scalar()
    return known is not None


def _set(db: Connection, delivery: Owed, outcome: Retry | Failed | Unknown, **values: object) -> None:
    db.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.state == DeliveryState.CLAIMED)
        .values(error_code=outcome.code, note=outcome.note, **values)
    )


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
