"""Plan and claim: what is owed and who sends it, each step part of the caller's transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    LargeBinary,
    String,
    bindparam,
    literal_column,
    select,
    update,
)

from app.kit.db import UtcMs
from app.kit.ids import MessageId, RunnerId, UserId
from app.kit.statements import ForKeys, ForRows, Keys, Rows
from app.outbox.models import Delivery, DeliveryState, Lane

# Sends of one contact go one after the other; more than this in one claim would only make a kill dearer.
MOST_PER_CLAIM = 10


@dataclass(frozen=True, slots=True)
class NewDelivery:
    message: bytes
    text_print: str


@dataclass(frozen=True, slots=True)
class Owing:
    """What is to be owed: messages to one contact for one cause."""

    cause: str
    contact: UserId
    messages: Sequence[NewDelivery]


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


def _plan_statement(rows: Rows) -> Any:
    return (
        rows.insert(Delivery, {"checks": 0})
        .on_conflict_do_nothing(index_elements=[Delivery.cause, Delivery.ordinal])
        .returning(Delivery.id, Delivery.cause, Delivery.ordinal)
    )


def _waiting_statement(keys: Keys) -> Any:
    return (
        select(
            Delivery.id,
            Delivery.contact,
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
            keys.hold(Delivery.contact),
            Delivery.state.in_(
                [literal_column("'planned'"), literal_column("'claimed'"), literal_column("'unknown'")]
            ),
            Delivery.settled_at.is_(None),
            Delivery.lane == literal_column("'reply'"),
        )
        .order_by(Delivery.id)
    )


def _claim_statement(keys: Keys) -> Any:
    claimed = {
        "state": DeliveryState.CLAIMED,
        "claimed_by": bindparam("b_runner"),
        "claimed_at": bindparam("b_now", type_=UtcMs),
        "attempts": Delivery.attempts + 1,
    }
    return update(Delivery).where(keys.hold(Delivery.id)).values(claimed)


_PLAN = ForRows(
    {
        "cause": String,
        "ordinal": Integer,
        "contact": String,
        "lane": String,
        "message": LargeBinary,
        "text_print": String,
        "created_at": UtcMs,
        "due_at": UtcMs,
        "state": String,
        "attempts": Integer,
        "claimed_by": String,
        "claimed_at": UtcMs,
    },
    _plan_statement,
)
_WAITING = ForKeys(_waiting_statement)
_CLAIM = ForKeys(_claim_statement, BigInteger)


def plan(
    db: Connection, cause: str, contact: UserId, lane: Lane, messages: Sequence[NewDelivery], now: datetime
) -> None:
    """Owes the messages to the contact, in this order; owing the same cause twice adds nothing."""
    rows = [_new_row(Owing(cause, contact, messages), ordinal, lane, now) for ordinal in range(len(messages))]
    if rows:
        _PLAN.run(db, rows)


def plan_claimed(
    db: Connection, owings: Sequence[Owing], runner: RunnerId, now: datetime
) -> dict[UserId, tuple[Owed, ...]]:
    """Owes replies to contacts that are owed nothing else, and claims them for `runner` at once."""
    claim = {"state": DeliveryState.CLAIMED, "attempts": 1, "claimed_by": runner, "claimed_at": now}
    rows = [
        _new_row(owing, ordinal, Lane.REPLY, now) | claim
        for owing in owings
        for ordinal in range(len(owing.messages))
    ]
    if not rows:
        return {}
    ids = {(row.cause, row.ordinal): row.id for row in _PLAN.run(db, rows)}
    return {
        owing.contact: tuple(
            Owed(
                ids[owing.cause, ordinal],
                owing.contact,
                message.message,
                message.text_print,
                attempts=1,
                checks=0,
                created_at=now,
                claimed_at=now,
            )
            for ordinal, message in enumerate(owing.messages)
            if (owing.cause, ordinal) in ids
        )
        for owing in owings
    }


def _new_row(owing: Owing, ordinal: int, lane: Lane, now: datetime) -> dict[str, object]:
    message = owing.messages[ordinal]
    return {
        "cause": owing.cause,
        "ordinal": ordinal,
        "contact": owing.contact,
        "lane": lane,
        "message": message.message,
        "text_print": message.text_print,
        "created_at": now,
        "due_at": now,
        "state": DeliveryState.PLANNED,
        "attempts": 0,
        "claimed_by": None,
        "claimed_at": None,
    }


def claim_next(db: Connection, contact: UserId, runner: RunnerId, now: datetime) -> Next:
    """What is to happen next for this contact's replies; what is to be sent is claimed by `runner`."""
    return claim_next_many(db, [contact], runner, now).get(contact)


def claim_next_many(
    db: Connection, contacts: Sequence[UserId], runner: RunnerId, now: datetime
) -> dict[UserId, ToSend | ToCheck | NotBefore]:
    """By contact, what is to happen next, if anything.

    Order holds: a delivery that waits, or whose outcome is open, keeps the later ones back.
    """
    waiting: dict[UserId, list[Any]] = {}
    for row in db.execute(_WAITING(db), {"keys": contacts}):
        waiting.setdefault(row.contact, []).append(row)
    nexts = {contact: _next(contact, rows[:MOST_PER_CLAIM], now) for contact, rows in waiting.items()}
    ids = [owed.id for found in nexts.values() if isinstance(found, ToSend) for owed in found.deliveries]
    if ids:
        db.execute(_CLAIM(db), {"keys": ids, "b_runner": runner, "b_now": now})
    return nexts


def _next(contact: UserId, waiting: Sequence[Any], now: datetime) -> ToSend | ToCheck | NotBefore:
    first = waiting[0]
    if first.due_at > now:
        return NotBefore(first.due_at)
    if first.state != DeliveryState.PLANNED:
        return ToCheck(_owed(first, contact))
    due = takewhile(lambda row: row.state == DeliveryState.PLANNED and row.due_at <= now, waiting)
    return ToSend(tuple(_owed(row, contact, claimed_at=now, attempts=row.attempts + 1) for row in due))


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
