"""Claim, settle, put back: the life of a recipient, each step inside the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, or_, select, update

from app.broadcasts.models import Recipient, RecipientState, in_state
from app.kit.db import UtcMs
from app.kit.ids import MessageId, UserId
from app.outbox.rules import MOST_TRIES
from app.outbox.ways import CHAT_WAYS, Way

MOST_CHECKS = 6
"""After so many look-ups an outcome that nobody can tell stays unknown, in sight of staff."""


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
class Result:
    """What a recipient comes to; the defaults are those of one that is over and done with."""

    id: int
    state: RecipientState
    attempts: int
    way: Way | None = None
    refused: frozenset[Way] = frozenset()
    price: int = 0
    due_at: datetime | None = None
    settled: bool = True
    message_id: MessageId | None = None
    reason: str | None = None
    error_code: int | None = None
    note: str | None = None


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
_CLAIM = (
    update(Recipient)
    .where(Recipient.id == bindparam("b_id"), in_state(RecipientState.PLANNED))
    .values(
        state=RecipientState.CLAIMED,
        way=bindparam("b_way"),
        claimed_at=bindparam("b_now", type_=UtcMs),
        attempts=Recipient.attempts + 1,
    )
)
# The echo may have told the message id, and a receipt the rest, before our own call came back: then the
# message is out, whatever the call itself said.
_OUT_ALREADY = and_(
    in_state(RecipientState.CLAIMED, RecipientState.UNKNOWN), Recipient.message_id.is_not(None)
)
_FURTHER = in_state(RecipientState.DELIVERED, RecipientState.SEEN)
_SETTLE = (
    update(Recipient)
    .where(
        Recipient.id == bindparam("b_id"),
        in_state(
            RecipientState.PLANNED,
            RecipientState.CLAIMED,
            RecipientState.UNKNOWN,
            RecipientState.DELIVERED,
            RecipientState.SEEN,
        ),
    )
    .values(
        state=case((_FURTHER, Recipient.state), (_OUT_ALREADY, "sent"), else_=bindparam("b_state")),
        way=func.coalesce(bindparam("b_way"), Recipient.way),
        refused_ways=bindparam("b_refused"),
        price=bindparam("b_price"),
        due_at=func.coalesce(bindparam("b_due_at", type_=UtcMs), Recipient.due_at),
        attempts=bindparam("b_attempts"),
        message_id=func.coalesce(bindparam("b_message_id"), Recipient.message_id),
        settled_at=case(
            (_FURTHER, Recipient.settled_at),
            (_OUT_ALREADY, bindparam("b_now", type_=UtcMs)),
            else_=bindparam("b_settled_at", type_=UtcMs),
        ),
        reason=bindparam("b_reason"),
        error_code=bindparam("b_error_code"),
        note=bindparam("b_note"),
    )
)
_NEXT_PART = (
    update(Recipient)
    .where(Recipient.id == bindparam("b_id"))
    .values(
        state=RecipientState.PLANNED,
        part=Recipient.part + 1,
        message_id=None,
        due_at=bindparam("b_now", type_=UtcMs),
    )
)
_PUT_BACK = (
    update(Recipient)
    .where(
        Recipient.id == bindparam("b_id"), in_state(RecipientState.CLAIMED), Recipient.message_id.is_(None)
    )
    .values(state=RecipientState.PLANNED, attempts=Recipient.attempts - 1)
)
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


def claim(db: Connection, recipients: Sequence[tuple[int, Way]], now: datetime) -> None:
    """Committed before the call: after a crash nobody takes them for not yet sent."""
    if recipients:
        db.execute(_CLAIM, [{"b_id": number, "b_way": way, "b_now": now} for number, way in recipients])


def settle(db: Connection, results: Sequence[Result], now: datetime) -> None:
    """Writes down what became of calls, all of them in one statement."""
    if results:
        db.execute(_SETTLE, [_settled(result, now) for result in results])


def go_to_next_part(db: Connection, recipients: Sequence[int], now: datetime) -> None:
    """The picture or file is out; the text follows."""
    if recipients:
        db.execute(_NEXT_PART, [{"b_id": number, "b_now": now} for number in recipients])


def put_back(db: Connection, recipients: Sequence[int]) -> None:
    """Claimed, but surely not handed to anybody: as if it had not been claimed."""
    if recipients:
        db.execute(_PUT_BACK, [{"b_id": number} for number in recipients])


def leave_in_doubt(db: Connection, broadcast_id: int, look_at: datetime, now: datetime) -> int:
    """What a dead process had claimed: nobody knows whether it arrived, so it is never blindly sent again.

    A reply can be looked up in Zalo's list; of a template or an e-mail only a receipt can tell.
    """
    left = update(Recipient).where(Recipient.broadcast_id == broadcast_id, in_state(RecipientState.CLAIMED))
    out = Recipient.message_id.is_not(None)
    seen = db.execute(left.where(out).values(state=RecipientState.SENT, settled_at=now)).rowcount
    can_tell = Recipient.way.in_([str(way) for way in CHAT_WAYS])
    lost = db.execute(
        left.where(or_(~can_tell, Recipient.way.is_(None))).values(
            state=RecipientState.UNKNOWN, settled_at=now, reason="in_doubt"
        )
    ).rowcount
    return seen + lost + db.execute(left.values(state=RecipientState.UNKNOWN, due_at=look_at)).rowcount


def settle_check(
    db: Connection,
    recipient: Waiting,
    found: MessageId | None,
    *,
    looked: bool,
    has_file: bool,
    next_look: datetime,
    now: datetime,
) -> None:
    """What Zalo's list says of an unknown outcome: sent, surely absent (planned again), or not told yet."""
    checks = recipient.checks + 1
    if found is not None:
        values: dict[str, object] = {"state": "sent", "message_id": found, "settled_at": now}
    elif looked and recipient.attempts >= MOST_TRIES:
        values = {"state": "failed", "settled_at": now, "reason": "no_answer"}
    elif looked:
        # A picture or file bears no text to be found by: it is not sent again, the text follows.
        part = 1 if has_file else recipient.part
        values = {"state": "planned", "due_at": now, "checks": 0, "part": part}
    elif checks < MOST_CHECKS:
        values = {"checks": checks, "due_at": next_look}
    else:
        values = {"checks": checks, "settled_at": now, "reason": "in_doubt"}
    still = in_state(RecipientState.UNKNOWN)
    db.execute(update(Recipient).where(Recipient.id == recipient.id, still).values(**values))


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


def _settled(result: Result, now: datetime) -> dict[str, object]:
    return {
        "b_id": result.id,
        "b_state": result.state,
        "b_way": result.way,
        "b_refused": ",".join(sorted(result.refused)),
        "b_price": result.price,
        "b_due_at": result.due_at,
        "b_attempts": result.attempts,
        "b_message_id": result.message_id,
        "b_settled_at": now if result.settled else None,
        "b_now": now,
        "b_reason": result.reason,
        "b_error_code": result.error_code,
        "b_note": result.note,
    }
