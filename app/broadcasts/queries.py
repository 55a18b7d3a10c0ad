"""What pages and commands show of broadcasts: frozen records, counted by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, case, cast, func, select

from app.broadcasts.content import Answer, Content, read_content
from app.broadcasts.ground import Ground
from app.broadcasts.ledger import Counts, counts
from app.broadcasts.models import Broadcast, BroadcastState, Recipient, RecipientState
from app.broadcasts.steering import NoSuchBroadcast
from app.kit.db import UtcMs
from app.outbox.ways import Way

PAGE = 50
RECENT = timedelta(minutes=1)
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class WayLine:
    """`price`: đồng, forecast for who waits, paid for who has it."""

    way: Way
    waiting: int
    reached: int
    price: int


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """Why people got nothing; `error_code` is Zalo's, when it was Zalo who said no."""

    reason: str
    error_code: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    id: int
    title: str
    state: BroadcastState
    audience: str
    created_by: str
    created_at: datetime
    approved_by: str | None
    scheduled_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    note: str | None
    counts: Counts
    answered: int
    content: Content = field(repr=False)

    @property
    def settled(self) -> int:
        """Everybody but those whose turn is still to come."""
        return self.counts.total - self.counts.of(RecipientState.PLANNED, RecipientState.CLAIMED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How fast it goes: sends in the last minute, and how long the rest takes at the set pace."""

    per_minute: int
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecipientLine:
    id: int
    person: str
    contact: str | None
    liaison_id: int | None
    state: RecipientState
    way: Way | None
    price: int
    reason: str | None
    error_code: int | None
    settled_at: datetime | None
    delivered_at: datetime | None
    seen_at: datetime | None
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class HourPoint:
    """What had come by the end of this hour since the start."""

    hour: int
    delivered: int
    seen: int
    answered: int
    done: int
    """Of the answers, those that say so."""


_REACHED = Recipient.state.in_([RecipientState.SENT, RecipientState.DELIVERED, RecipientState.SEEN])


def list_broadcasts(db: Connection, before: int | None = None, most: int = PAGE) -> list[Overview]:
    """The newest first."""
    rows = select(Broadcast.__table__).order_by(Broadcast.id.desc()).limit(most)
    if before is not None:
        rows = rows.where(Broadcast.id < before)
    return [_overview(db, row) for row in db.execute(rows)]


def read_overview(db: Connection, broadcast_id: int) -> Overview:
    """Raises `NoSuchBroadcast`."""
    row = db.execute(select(Broadcast.__table__).where(Broadcast.id == broadcast_id)).one_or_none()
    if row is None:
        raise NoSuchBroadcast(broadcast_id)
    return _overview(db, row)


def read_progress(db: Connection, ground: Ground, broadcast_id: int, now: datetime) -> Progress:
    recent = select(func.count()).where(
        Recipient.broadcast_id == broadcast_id, Recipient.claimed_at > now - RECENT
    )
    per_minute: int = db.execute(recent).scalar_one()
    left = counts(db, broadcast_id).of(RecipientState.PLANNED, RecipientState.CLAIMED)
    per_second = ground.bulk_per_minute / 60
    return Progress(per_minute, ground.hours.ends_at(now, left, per_second) if left else None)


def read_ways(db: Connection, broadcast_id: int) -> list[WayLine]:
    """The forecast while it is planned, the bill afterwards."""
    waits = Recipient.state.in_([RecipientState.PLANNED, RecipientState.CLAIMED])
    reached: ColumnElement[int] = case((_REACHED, 1), else_=0)
    waiting: ColumnElement[int] = case((waits, 1), else_=0)
    rows = db.execute(
        select(
            Recipient.way,
            func.sum(waiting),
            func.sum(reached),
            func.sum(case((_REACHED | waits, Recipient.price), else_=0)),
        )
        .where(Recipient.broadcast_id == broadcast_id, Recipient.way.is_not(None))
        .group_by(Recipient.way)
    )
    lines = {Way(row[0]): WayLine(Way(row[0]), int(row[1]), int(row[2]), int(row[3])) for row in rows}
    return [lines[way] for way in Way if way in lines]


def read_reasons(db: Connection, broadcast_id: int) -> list[ReasonLine]:
    """Why people were left out, failed, or stay in doubt; the most frequent first."""
    number = func.count()
    rows = db.execute(
        select(Recipient.reason, Recipient.error_code, number)
        .where(Recipient.broadcast_id == broadcast_id, Recipient.reason.is_not(None))
        .group_by(Recipient.reason, Recipient.error_code)
        .order_by(number.desc(), Recipient.reason)
    )
    return [ReasonLine(row[0] or "", row[1], row[2]) for row in rows]


def list_recipients(
    db: Connection,
    broadcast_id: int,
    *,
    state: RecipientState | None = None,
    way: Way | None = None,
    reason: str | None = None,
    after: int = 0,
    most: int = PAGE,
) -> list[RecipientLine]:
    """In the order of the plan; `after` is the last id of the page before."""
    rows = select(Recipient.__table__).where(Recipient.broadcast_id == broadcast_id, Recipient.id > after)
    for column, wanted in ((Recipient.state, state), (Recipient.way, way), (Recipient.reason, reason)):
        if wanted is not None:
            rows = rows.where(column == wanted)
    return [_line(row) for row in db.execute(rows.order_by(Recipient.id).limit(most))]


def read_hours(db: Connection, broadcast_id: int) -> Sequence[HourPoint]:
    """Delivered, seen, answered and done by the hour since it started, summed up."""
    start = db.execute(select(Broadcast.started_at).where(Broadcast.id == broadcast_id)).scalar()
    if start is None:
        return []
    columns = {
        "delivered": func.coalesce(Recipient.delivered_at, Recipient.seen_at, type_=UtcMs),
        "seen": Recipient.seen_at,
        "answered": Recipient.answered_at,
        "done": case((Recipient.answer == Answer.DONE, Recipient.answered_at)),
    }
    by_hour = {name: _by_hour(db, broadcast_id, column, start) for name, column in columns.items()}
    last = max((hour for hours in by_hour.values() for hour in hours), default=-1)
    sums = dict.fromkeys(columns, 0)
    points = []
    for hour in range(last + 1):
        for name in columns:
            sums[name] += by_hour[name].get(hour, 0)
        points.append(HourPoint(hour, sums["delivered"], sums["seen"], sums["answered"], sums["done"]))
    return points


def _by_hour(db: Connection, broadcast_id: int, column: Any, start: datetime) -> Mapping[int, int]:
    ms = cast(column, UtcMs.impl)
    hour = cast(func.floor((ms - int(start.timestamp() * 1000)) / HOUR_MS), Integer)
    rows = db.execute(
        select(hour, func.count())
        .where(Recipient.broadcast_id == broadcast_id, column.is_not(None))
        .group_by(hour)
    )
    return {max(row[0], 0): row[1] for row in rows}


def _overview(db: Connection, row: Any) -> Overview:
    answered = select(func.count()).where(
        Recipient.broadcast_id == row.id, Recipient.answered_at.is_not(None)
    )
    return Overview(
        row.id,
        row.title,
        BroadcastState(row.state),
        row.audience,
        row.created_by,
        row.created_at,
        row.approved_by,
        row.scheduled_at,
        row.started_at,
        row.ended_at,
        row.note,
        counts(db, row.id),
        db.execute(answered).scalar_one(),
        read_content(row.content),
    )


def _line(row: Any) -> RecipientLine:
    return RecipientLine(
        row.id,
        row.person,
        row.contact,
        row.liaison_id,
        RecipientState(row.state),
        None if row.way is None else Way(row.way),
        row.price,
        row.reason,
        row.error_code,
        row.settled_at,
        row.delivered_at,
        row.seen_at,
        row.answer,
        row.answered_at,
    )
