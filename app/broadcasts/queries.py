"""What pages and commands show of broadcasts: frozen records, counted by the database."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, cast, func, select

from app.broadcasts.content import Answer, Content, read_content
from app.broadcasts.ground import Ground
from app.broadcasts.ledger import Counts
from app.broadcasts.models import Broadcast, BroadcastState, Recipient, RecipientState
from app.broadcasts.rules import calls_for
from app.broadcasts.steering import NoSuchBroadcast
from app.kit.db import UtcMs
from app.outbox.ways import Way

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
    """Why people got nothing; `error_code` when it was Zalo, or a mail server, who said no.

    `way` tells whose code it is: there is none for chats, and for who was not called at all.
    """

    reason: str
    error_code: int | None
    count: int
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Everybody of a broadcast, counted once: the states, the ways and the reasons are sums of it."""

    lines: Sequence[tuple[RecipientState, Way | None, str | None, int | None, int, int]]
    """State, way, reason, Zalo's code; how many, and their price together."""

    @property
    def counts(self) -> Counts:
        by_state: dict[str, int] = defaultdict(int)
        for state, *_, count, _ in self.lines:
            by_state[state] += count
        return Counts(dict(by_state))

    def ways(self) -> list[WayLine]:
        """The forecast while it is planned, the bill afterwards."""
        waiting, reached, prices = Counter[Way](), Counter[Way](), Counter[Way]()
        used = {way for _, way, *_ in self.lines if way is not None}
        for state, way, _, _, count, price in self.lines:
            if way is None or state not in _WAITS | _REACHED:
                continue
            (waiting if state in _WAITS else reached)[way] += count
            prices[way] += price
        return [WayLine(way, waiting[way], reached[way], prices[way]) for way in Way if way in used]

    def reasons(self) -> list[ReasonLine]:
        """Why people were left out, failed, or stay in doubt; the most frequent first."""
        found: Counter[tuple[str, int | None, Way | None]] = Counter()
        for _, way, reason, code, count, _ in self.lines:
            if reason is not None:
                speaks_alone = code is not None and way in {Way.PHONE, Way.EMAIL}
                found[reason, code, way if speaks_alone else None] += count
        lines = [ReasonLine(reason, code, count, way) for (reason, code, way), count in found.items()]
        return sorted(lines, key=lambda line: (-line.count, line.reason))


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
    has_file: bool
    tally: Tally
    answered: int
    content: Content = field(repr=False)

    @property
    def counts(self) -> Counts:
        return self.tally.counts

    @property
    def settled(self) -> int:
        """Everybody but those whose turn is still to come."""
        return self.counts.total - self.counts.of(RecipientState.PLANNED, RecipientState.CLAIMED)

    @property
    def calls_left(self) -> int:
        return calls_for({line.way: line.waiting for line in self.tally.ways()}, has_file=self.has_file)


@dataclass(frozen=True, slots=True)
class Progress:
    """How fast it goes: sends in the last minute, and how long the rest takes at the set pace."""

    per_minute: int
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class HourPoint:
    """What had come by the end of this hour since the start."""

    hour: int
    delivered: int
    seen: int
    answered: int
    done: int
    """Of the answers, those that say so."""


_WAITS = frozenset({RecipientState.PLANNED, RecipientState.CLAIMED})
_REACHED = frozenset({RecipientState.SENT, RecipientState.DELIVERED, RecipientState.SEEN})
_KEYS = (Recipient.state, Recipient.way, Recipient.reason, Recipient.error_code)
_TALLY = (
    select(*_KEYS, func.count(), func.sum(Recipient.price))
    .where(Recipient.broadcast_id == bindparam("broadcast"))
    .group_by(*_KEYS)
)


def read_overview(db: Connection, broadcast_id: int) -> Overview:
    """Raises `NoSuchBroadcast`."""
    row = db.execute(select(Broadcast.__table__).where(Broadcast.id == broadcast_id)).one_or_none()
    if row is None:
        raise NoSuchBroadcast(broadcast_id)
    return _overview(db, row)


def read_tally(db: Connection, broadcast_id: int) -> Tally:
    rows = db.execute(_TALLY, {"broadcast": broadcast_id})
    return Tally(
        [
            (RecipientState(state), None if way is None else Way(way), reason, code, count, int(price))
            for state, way, reason, code, count, price in rows
        ]
    )


def read_progress(db: Connection, ground: Ground, seen: Overview, now: datetime) -> Progress:
    recent = select(func.count()).where(
        Recipient.broadcast_id == seen.id, Recipient.claimed_at > now - RECENT
    )
    per_minute: int = db.execute(recent).scalar_one()
    left, per_second = seen.calls_left, ground.bulk_per_minute / 60
    begins = max(seen.scheduled_at or now, now)
    return Progress(per_minute, ground.hours.ends_at(begins, left, per_second) if left else None)


def read_hours(db: Connection, broadcast_id: int) -> Sequence[HourPoint]:
    """Delivered, seen, answered and done by the hour since it started, summed up."""
    start = db.execute(select(Broadcast.started_at).where(Broadcast.id == broadcast_id)).scalar()
    if start is None:
        return []
    columns = {
        "delivered": Recipient.delivered_at,
        "seen": Recipient.seen_at,
        "answered": Recipient.answered_at,
    }
    by_hour = {name: _by_hour(db, broadcast_id, column, start) for name, column in columns.items()}
    is_done = Recipient.answer == Answer.DONE
    by_hour["done"] = _by_hour(db, broadcast_id, Recipient.answered_at, start, is_done)
    last = max((hour for hours in by_hour.values() for hour in hours), default=-1)
    sums = dict.fromkeys(by_hour, 0)
    points = []
    for hour in range(last + 1):
        for name in by_hour:
            sums[name] += by_hour[name].get(hour, 0)
        points.append(HourPoint(hour, sums["delivered"], sums["seen"], sums["answered"], sums["done"]))
    return points


def _by_hour(
    db: Connection, broadcast_id: int, column: Any, start: datetime, *also: ColumnElement[bool]
) -> Mapping[int, int]:
    ms = cast(column, UtcMs.impl)
    hour = (ms - int(start.timestamp() * 1000)) // HOUR_MS
    rows = db.execute(
        select(hour, func.count())
        .where(Recipient.broadcast_id == broadcast_id, column.is_not(None), *also)
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
        row.attachment_id is not None,
        read_tally(db, row.id),
        db.execute(answered).scalar_one(),
        read_content(row.content),
    )
