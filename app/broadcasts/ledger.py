"""Whose turn it is, and the claim before the call; each step inside the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, bindparam, delete, func, or_, select, update

from app.broadcasts.models import Recipient, RecipientState, in_state
from app.kit.db import UtcMs
from app.kit.ids import MessageId, UserId
from app.kit.statements import ForKeys, Keys
from app.outbox.ways import Way


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recipient whose turn has come."""

    id: int
    person: str
    contact: UserId | None
    liaison_id: int | None
    refused: frozenset[Way]
    filled: bytes
    text_print: str
    part: int
    attempts: int
    checks: int
    claimed_at: datetime | None
    error_code: int | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A recipient that is called next: by which way, at what price."""

    id: int
    way: Way
    price: int


@dataclass(frozen=True, slots=True)
class Counts:
    by_state: Mapping[str, int] = field(default_factory=dict)

    def of(self, *states: RecipientState) -> int:
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


_COLUMNS = (
    Recipient.id,
    Recipient.person,
    Recipient.contact,
    Recipient.liaison_id,
    Recipient.refused_ways,
    Recipient.filled,
    Recipient.text_print,
    Recipient.part,
    Recipient.attempts,
    Recipient.checks,
    Recipient.claimed_at,
    Recipient.error_code,
)
_DUE = (
    select(*_COLUMNS)
    .where(
        Recipient.broadcast_id == bindparam("broadcast"),
        in_state(RecipientState.PLANNED),
        Recipient.due_at <= bindparam("now", type_=UtcMs),
    )
    .order_by(Recipient.due_at, Recipient.id)
    .limit(bindparam("most"))
    .with_for_update()  # until the claim: nobody is skipped or merged meanwhile
)
_DUE_OF_BATCH = _DUE.where(Recipient.batch == bindparam("batch"))
_DOUBTFUL = (
    select(*_COLUMNS)
    .where(
        Recipient.broadcast_id == bindparam("broadcast"),
        in_state(RecipientState.UNKNOWN),
        Recipient.settled_at.is_(None),
        Recipient.due_at <= bindparam("now", type_=UtcMs),
    )
    .limit(bindparam("most"))
)


def _claim_statement(keys: Keys) -> Any:
    claimed = {
        "state": RecipientState.CLAIMED,
        "way": bindparam("b_way"),
        "price": bindparam("b_price"),
        "claimed_at": bindparam("b_now", type_=UtcMs),
        "attempts": Recipient.attempts + 1,
    }
    return update(Recipient).where(keys.hold(Recipient.id), in_state(RecipientState.PLANNED)).values(claimed)


_CLAIM = ForKeys(_claim_statement, BigInteger)
_COUNT = (
    select(Recipient.state, func.count())
    .where(Recipient.broadcast_id == bindparam("broadcast"))
    .group_by(Recipient.state)
)


def read_due(db: Connection, broadcast_id: int, batch: str, most: int, now: datetime) -> list[Waiting]:
    """Those whose turn it is, in the order of the plan; of a test batch alone when one is named."""
    asked = {"broadcast": broadcast_id, "most": most, "now": now}
    rows = db.execute(_DUE_OF_BATCH, asked | {"batch": batch}) if batch else db.execute(_DUE, asked)
    return [_waiting(row) for row in rows]


def read_doubtful(db: Connection, broadcast_id: int, most: int, now: datetime) -> list[Waiting]:
    """Those of whom it is to be looked up whether the message arrived."""
    return [
        _waiting(row) for row in db.execute(_DOUBTFUL, {"broadcast": broadcast_id, "most": most, "now": now})
    ]


def claim(db: Connection, recipients: Sequence[Claimed], now: datetime) -> None:
    """Committed before the call: after a crash nobody takes them for not yet sent."""
    alike: dict[tuple[Way, int], list[int]] = {}
    for one in recipients:
        alike.setdefault((one.way, one.price), []).append(one.id)
    for (way, price), numbers in alike.items():
        db.execute(_CLAIM(db), {"keys": numbers, "b_way": way, "b_price": price, "b_now": now})


def next_due(db: Connection, broadcast_id: int, batch: str) -> datetime | None:
    """When somebody's turn comes next; None when everybody has an end state."""
    open_still = or_(
        in_state(RecipientState.PLANNED, RecipientState.CLAIMED),
        and_(in_state(RecipientState.UNKNOWN), Recipient.settled_at.is_(None)),
    )
    asked = select(func.min(Recipient.due_at, type_=UtcMs)).where(
        Recipient.broadcast_id == broadcast_id, open_still
    )
    if batch:
        asked = asked.where(Recipient.batch == batch)
    at: datetime | None = db.execute(asked).scalar()
    return at


def counts(db: Connection, broadcast_id: int) -> Counts:
    return Counts({row[0]: row[1] for row in db.execute(_COUNT, {"broadcast": broadcast_id})})


def sent_so_far(db: Connection, broadcast_id: int) -> int:
    """Those to whom something left, or may have left."""
    states = [RecipientState.SENT, RecipientState.DELIVERED, RecipientState.SEEN, RecipientState.UNKNOWN]
    return counts(db, broadcast_id).of(*states, RecipientState.CLAIMED)


def known_message_ids(db: Connection, among: Collection[MessageId]) -> frozenset[MessageId]:
    rows = select(Recipient.message_id).where(Recipient.message_id.in_(among))
    return frozenset(MessageId(known) for known in db.execute(rows).scalars() if known is not None)


def drop_plan(db: Connection, broadcast_id: int) -> None:
    db.execute(delete(Recipient).where(Recipient.broadcast_id == broadcast_id))


def _waiting(row: Any) -> Waiting:
    return Waiting(
        row.id,
        row.person,
        None if row.contact is None else UserId(row.contact),
        row.liaison_id,
        frozenset(Way(way) for way in row.refused_ways.split(",") if way),
        row.filled,
        row.text_print or "",
        row.part,
        row.attempts,
        row.checks,
        row.claimed_at,
        row.error_code,
    )
