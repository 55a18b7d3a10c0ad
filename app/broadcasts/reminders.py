"""Reminders: a broadcast that comes back every week to whoever has not finished, until they have."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.audit.trail import Entry, record
from app.broadcasts.content import Content, read_content, write_content
from app.broadcasts.ground import Ground
from app.broadcasts.models import Broadcast, BroadcastState, Reminder, ReminderState
from app.broadcasts.people import START
from app.broadcasts.rules import OPERATOR, NotNow, SendHours, check_approve, next_weekly
from app.broadcasts.steering import NewBroadcast, check_new, put_down
from app.kit.clock import Clock
from app.kit.db import Database, UtcMs
from app.kit.vietnamese import nfc
from app.outbox.ways import ALL_WAYS, Way
from app.work.ledger import wake
from app.work.models import Kind

TIMER = "reminders"
"""The name of the recurring work that starts what is due."""
LOOK_AGAIN = timedelta(hours=1)


class NoSuchReminder(Exception):
    """There is no reminder of this number."""


@dataclass(frozen=True, slots=True)
class NewReminder:
    """Every `weekday` (0 is Monday) at `at`; at most `most` times to one person within `within_days`."""

    title: str
    audience: str
    content: Content
    weekday: int
    at: time
    most: int = 2
    within_days: int = 14
    ways: Collection[Way] = ALL_WAYS


def write_reminder(db: Connection, new: NewReminder, by: str, now: datetime) -> int:
    """Keeps it, paused until a second person agrees. Raises `AudienceRefused` or `ContentRefused`."""
    check_new(db, new.audience, new.content, new.ways)
    written = db.execute(
        insert(Reminder).values(
            title=nfc(new.title)[:200],
            state=ReminderState.PAUSED,
            audience=nfc(new.audience),
            content=write_content(new.content),
            ways=",".join(way for way in ALL_WAYS if way in set(new.ways)),
            weekday=new.weekday,
            at=f"{new.at:%H:%M}",
            most=new.most,
            within_days=new.within_days,
            created_by=by,
            created_at=now,
        )
    )
    key = written.inserted_primary_key
    assert key is not None  # noqa: S101  every insert of one row has one
    record(db, Entry(by, "reminder.write", f"reminder:{key[0]}", now))
    return int(key[0])


def start_reminder(db: Connection, hours: SendHours, reminder_id: int, by: str, now: datetime) -> datetime:
    """Lets it run; who has written it needs a second person for that. Says when it comes first."""
    row = _read(db, reminder_id)
    if row.state == ReminderState.ENDED:
        raise NotNow("Lời nhắc đã kết thúc.")
    if row.approved_by is None and by != OPERATOR:
        check_approve(BroadcastState.PLANNED, row.created_by, by)
    next_at = _next(row, hours, now)
    values = {"state": ReminderState.ACTIVE, "next_at": next_at, "approved_by": row.approved_by or by}
    db.execute(update(Reminder).where(Reminder.id == reminder_id).values(**values))
    wake(db, Kind.TIMER, TIMER, next_at, None)
    record(db, Entry(by, "reminder.start", f"reminder:{reminder_id}", now))
    return next_at


def pause_reminder(db: Connection, reminder_id: int, by: str, now: datetime) -> None:
    _leave(db, reminder_id, ReminderState.PAUSED, "reminder.pause", by, now)


def end_reminder(db: Connection, reminder_id: int, by: str, now: datetime) -> None:
    _leave(db, reminder_id, ReminderState.ENDED, "reminder.end", by, now)


class Reminders:
    """The recurring work: `look` starts every reminder that is due and says when the next one is."""

    def __init__(self, db: Database, ground: Ground, clock: Clock) -> None:
        self._db, self._ground, self._clock = db, ground, clock

    async def look(self) -> datetime:
        now = self._clock.now()
        return await self._db.write(lambda db: start_due(db, self._ground.hours, now))


def start_due(db: Connection, hours: SendHours, now: datetime) -> datetime:
    """Writes a broadcast for each reminder that is due, to be planned and sent by itself.

    Broadcast and next time stand in one commit: no crash can send a week's reminder twice or not at all.
    Nothing is checked anew: one whose template Zalo has withdrawn goes by the ways that are left.
    """
    due = select(Reminder.__table__).where(Reminder.state == ReminderState.ACTIVE, Reminder.next_at <= now)
    for row in db.execute(due).all():
        content = read_content(row.content)
        ways = [Way(way) for way in row.ways.split(",") if way]
        new = NewBroadcast(row.title, row.audience, content, ways, reminder_id=row.id)
        number = put_down(db, new, f"reminder:{row.id}", now)
        # Planning goes over to scheduled by itself: somebody has agreed to the reminder as a whole.
        values = {"state": BroadcastState.PLANNING, "planned_to": START, "scheduled_at": now}
        db.execute(
            update(Broadcast).where(Broadcast.id == number).values(approved_by=row.approved_by, **values)
        )
        wake(db, Kind.BROADCAST, str(number), now, None)
        db.execute(update(Reminder).where(Reminder.id == row.id).values(next_at=_next(row, hours, now)))
    next_at: datetime | None = db.execute(
        select(func.min(Reminder.next_at, type_=UtcMs)).where(Reminder.state == ReminderState.ACTIVE)
    ).scalar()
    return min(next_at or now + LOOK_AGAIN, now + LOOK_AGAIN)


def _next(row: Any, hours: SendHours, after: datetime) -> datetime:
    """A holiday moves it to the next day; what was due on the way is not caught up."""
    return hours.working_time(next_weekly(row.weekday, time.fromisoformat(row.at), after))


def _leave(
    db: Connection, reminder_id: int, state: ReminderState, action: str, by: str, now: datetime
) -> None:
    _read(db, reminder_id)
    db.execute(update(Reminder).where(Reminder.id == reminder_id).values(state=state, next_at=None))
    record(db, Entry(by, action, f"reminder:{reminder_id}", now))


def _read(db: Connection, reminder_id: int) -> Any:
    row = db.execute(select(Reminder.__table__).where(Reminder.id == reminder_id)).one_or_none()
    if row is None:
        raise NoSuchReminder(f"Không có lời nhắc số {reminder_id}.")
    return row
