"""What lists show: broadcasts by state, recipients by name, reminders by their next run; a page at a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from app.broadcasts.ledger import Counts
from app.broadcasts.models import (
    Broadcast,
    BroadcastState,
    Recipient,
    RecipientState,
    Reminder,
    ReminderState,
)
from app.directory.models import Employer, Liaison
from app.directory.queries import holds, own_units
from app.kit.vietnamese import fold
from app.outbox.ways import Way


@dataclass(frozen=True, slots=True)
class BroadcastRow:
    id: int
    title: str
    state: BroadcastState
    created_by: str
    created_at: datetime
    approved_by: str | None
    scheduled_at: datetime | None
    reminder_id: int | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """Name and unit as they are now; who has left the directory has none."""

    id: int
    person: str
    name: str
    unit: str
    state: RecipientState
    way: Way | None
    price: int
    batch: str
    reason: str | None
    error_code: int | None
    sent_at: datetime | None
    """When the call was made that brought it there, or may have."""
    delivered_at: datetime | None
    seen_at: datetime | None
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReminderRow:
    id: int
    title: str
    state: ReminderState
    audience: str
    weekday: int
    at: str
    most: int
    within_days: int
    created_by: str
    approved_by: str | None
    next_at: datetime | None
    runs: int
    last_id: int | None


@dataclass(frozen=True, slots=True)
class WantedBroadcasts:
    states: Collection[BroadcastState] = ()
    text: str = ""
    sort: str = ""
    descending: bool = True
    reminder_id: int | None = None
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class WantedRecipients:
    states: Collection[RecipientState] = ()
    way: str = ""
    reason: str = ""
    text: str = ""
    tests: bool = False
    """Only those who got it first, as a test."""
    only_units_of: Sequence[int] | None = None
    """Only those of these officers' units; None: of every unit."""
    offset: int = 0
    limit: int = 50


_LEFT_US = frozenset(
    {
        RecipientState.CLAIMED,
        RecipientState.UNKNOWN,
        RecipientState.SENT,
        RecipientState.DELIVERED,
        RecipientState.SEEN,
    }
)
_SORTS = {"ten": Broadcast.title, "luc": Broadcast.created_at, "hen": Broadcast.scheduled_at}


def find_broadcasts(db: Connection, wanted: WantedBroadcasts) -> tuple[list[BroadcastRow], int]:
    """The rows of one page and how many there are in all; the newest first unless asked otherwise."""
    column = _SORTS.get(wanted.sort, Broadcast.id)
    rows = select(Broadcast.__table__).order_by(column.desc() if wanted.descending else column, Broadcast.id)
    if wanted.states:
        rows = rows.where(Broadcast.state.in_([str(state) for state in wanted.states]))
    if wanted.reminder_id is not None:
        rows = rows.where(Broadcast.reminder_id == wanted.reminder_id)
    text = fold(wanted.text)
    found = [row for row in db.execute(rows) if text in fold(row.title)]
    shown = found[wanted.offset : wanted.offset + wanted.limit]
    counted = count_recipients(db, [row.id for row in shown])
    return [_broadcast(row, counted.get(row.id, Counts())) for row in shown], len(found)


def count_recipients(db: Connection, broadcasts: Collection[int]) -> Mapping[int, Counts]:
    """By broadcast, in one statement."""
    rows = db.execute(
        select(Recipient.broadcast_id, Recipient.state, func.count())
        .where(Recipient.broadcast_id.in_(broadcasts))
        .group_by(Recipient.broadcast_id, Recipient.state)
    )
    by_state: dict[int, dict[str, int]] = defaultdict(dict)
    for number, state, count in rows:
        by_state[number][state] = count
    return {number: Counts(counts) for number, counts in by_state.items()}


def count_to_approve(db: Connection, second_person_above: int, by: str) -> int:
    """Broadcasts and reminders that wait for a second person, other than the one who wrote them."""
    # Not a count of recipients: one row behind the limit is enough to know, however many there are.
    one_more = (
        select(Recipient.id)
        .where(Recipient.broadcast_id == Broadcast.id, Recipient.state == RecipientState.PLANNED)
        .offset(second_person_above)
        .limit(1)
        .correlate(Broadcast)
        .scalar_subquery()
    )
    broadcasts = select(func.count()).where(
        Broadcast.state == BroadcastState.PLANNED,
        Broadcast.approved_by.is_(None),
        Broadcast.created_by != by,
        one_more.is_not(None),
    )
    reminders = select(func.count()).where(
        Reminder.state == ReminderState.PAUSED, Reminder.approved_by.is_(None), Reminder.created_by != by
    )
    waiting: int = db.execute(broadcasts).scalar_one() + db.execute(reminders).scalar_one()
    return waiting


def find_recipients(
    db: Connection, broadcast_id: int, wanted: WantedRecipients
) -> tuple[list[RecipientRow], int]:
    """In the order of the plan."""
    conditions = [Recipient.broadcast_id == broadcast_id]
    if wanted.states:
        conditions.append(Recipient.state.in_([str(state) for state in wanted.states]))
    if wanted.way:
        conditions.append(Recipient.way == wanted.way)
    if wanted.reason:
        conditions.append(Recipient.reason == wanted.reason)
    if wanted.tests:
        conditions.append(Recipient.batch != "")
    conditions += own_units(wanted.only_units_of)
    if text := fold(wanted.text):
        conditions.append(or_(holds(Liaison.name_folded, text), holds(Employer.name_folded, text)))
    named = wanted.only_units_of is not None or bool(wanted.text)
    counted = select(func.count()).select_from(Recipient)
    if named:
        counted = _joined(counted)
    total: int = db.execute(counted.where(and_(*conditions))).scalar_one()
    rows = _joined(
        select(Recipient.__table__, Liaison.full_name.label("name"), Employer.name.label("unit")).select_from(
            Recipient
        )
    )
    page = rows.where(and_(*conditions)).order_by(Recipient.id).offset(wanted.offset).limit(wanted.limit)
    return [_recipient(row) for row in db.execute(page)], total


def list_reminders(db: Connection) -> list[ReminderRow]:
    """Those that run first, then by their next time."""
    runs = (
        select(Broadcast.reminder_id, func.count().label("runs"), func.max(Broadcast.id).label("last_id"))
        .where(Broadcast.reminder_id.is_not(None))
        .group_by(Broadcast.reminder_id)
        .subquery()
    )
    rows = db.execute(
        select(Reminder.__table__, runs.c.runs, runs.c.last_id)
        .outerjoin(runs, runs.c.reminder_id == Reminder.id)
        .order_by(Reminder.state, Reminder.next_at, Reminder.id.desc())
    )
    return [
        ReminderRow(
            row.id,
            row.title,
            ReminderState(row.state),
            row.audience,
            row.weekday,
            row.at,
            row.most,
            row.within_days,
            row.created_by,
            row.approved_by,
            row.next_at,
            row.runs or 0,
            row.last_id,
        )
        for row in rows
    ]


def _joined(rows: Any) -> Any:
    return rows.outerjoin(Liaison, Liaison.id == Recipient.liaison_id).outerjoin(
        Employer, Employer.id == Recipient.employer_id
    )


def _broadcast(row: Any, counts: Counts) -> BroadcastRow:
    return BroadcastRow(
        row.id,
        row.title,
        BroadcastState(row.state),
        row.created_by,
        row.created_at,
        row.approved_by,
        row.scheduled_at,
        row.reminder_id,
        counts,
    )


def _recipient(row: Any) -> RecipientRow:
    return RecipientRow(
        row.id,
        row.person,
        row.name or "",
        row.unit or "",
        RecipientState(row.state),
        None if row.way is None else Way(row.way),
        row.price,
        row.batch,
        row.reason,
        row.error_code,
        row.claimed_at if row.state in _LEFT_US else None,
        row.delivered_at,
        row.seen_at,
        row.answer,
        row.answered_at,
    )
