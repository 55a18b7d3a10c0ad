"""Write, approve, send, pause, resume, stop, try again: each inside the caller's transaction and recorded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.audit.trail import Entry, record
from app.broadcasts.audience import parse_audience
from app.broadcasts.content import Content, ContentRefused, check_content, write_content
from app.broadcasts.ground import Ground
from app.broadcasts.ledger import counts
from app.broadcasts.models import Broadcast, BroadcastState, Recipient, RecipientState
from app.broadcasts.rules import (
    NotNow,
    Reason,
    Start,
    check_approve,
    check_pause,
    check_resume,
    check_retry,
    check_start,
    check_stop,
)
from app.broadcasts.templates import check_template
from app.kit.vietnamese import nfc
from app.outbox.ways import ALL_WAYS, Way
from app.work.ledger import wake
from app.work.models import Kind


class NoSuchBroadcast(Exception):
    """There is no broadcast of this number."""

    def __init__(self, broadcast_id: int) -> None:
        super().__init__(f"Không có đợt gửi số {broadcast_id}.")


@dataclass(frozen=True, slots=True)
class NewBroadcast:
    title: str
    audience: str
    content: Content
    ways: Collection[Way] = ALL_WAYS
    attachment_id: int | None = None
    reminder_id: int | None = None


def write(db: Connection, new: NewBroadcast, by: str, now: datetime) -> int:
    """Keeps a draft. Raises `AudienceRefused` or `ContentRefused`."""
    check_new(db, new.audience, new.content, new.ways)
    return put_down(db, new, by, now)


def check_new(db: Connection, audience: str, content: Content, ways: Collection[Way]) -> None:
    """Raises `AudienceRefused` or `ContentRefused`."""
    parse_audience(audience)
    check_content(content)
    check_template(db, content)
    if not ways:
        raise ContentRefused("Chưa chọn cách gửi nào.")


def put_down(db: Connection, new: NewBroadcast, by: str, now: datetime) -> int:
    """Keeps what has been checked."""
    written = db.execute(
        insert(Broadcast).values(
            title=nfc(new.title)[:200],
            state=BroadcastState.DRAFT,
            audience=nfc(new.audience),
            content=write_content(new.content),
            ways=",".join(way for way in ALL_WAYS if way in set(new.ways)),
            attachment_id=new.attachment_id,
            reminder_id=new.reminder_id,
            created_by=by,
            created_at=now,
        )
    )
    key = written.inserted_primary_key
    assert key is not None  # noqa: S101  every insert of one row has one
    broadcast_id = int(key[0])
    record(db, Entry(by, "broadcast.write", f"broadcast:{broadcast_id}", now))
    return broadcast_id


def approve(db: Connection, broadcast_id: int, by: str, now: datetime) -> None:
    """A second person has read it and agrees. Raises `NotNow`."""
    row = _read(db, broadcast_id)
    check_approve(BroadcastState(row.state), row.created_by, by)
    _set(db, broadcast_id, approved_by=by, approved_at=now)
    record(db, Entry(by, "broadcast.approve", f"broadcast:{broadcast_id}", now))


def send(
    db: Connection, ground: Ground, broadcast_id: int, by: str, typed: str, at: datetime | None, now: datetime
) -> datetime:
    """Sends at `at`, or as soon as the send hours allow; says when that is. Raises `NotNow`.

    A time on a holiday becomes the same time on the next working day; who presses "now" on one means it.
    """
    row = _read(db, broadcast_id)
    size = counts(db, broadcast_id).of(RecipientState.PLANNED)
    start = Start(BroadcastState(row.state), size, row.created_by, row.approved_by, by, typed)
    check_start(start, ground.second_person_above)
    due = ground.hours.next_open(now) if at is None or at <= now else ground.hours.working_time(at)
    _set(db, broadcast_id, state=BroadcastState.SCHEDULED, scheduled_at=due, note=None)
    wake(db, Kind.BROADCAST, str(broadcast_id), due, None)
    record(db, Entry(by, "broadcast.send", f"broadcast:{broadcast_id}", now, {"recipients": size}))
    return due


def send_test_batch(db: Connection, broadcast_id: int, name: str, by: str, now: datetime) -> int:
    """Sends the named batch alone and at once; the rest stays planned. Raises `NotNow`."""
    row = _read(db, broadcast_id)
    of_batch = select(Recipient.id).where(
        Recipient.broadcast_id == broadcast_id,
        Recipient.batch == name,
        Recipient.state == RecipientState.PLANNED,
    )
    size = len(db.execute(of_batch).all())
    if row.state != BroadcastState.PLANNED or not name or size == 0:
        raise NotNow("Chưa có ai trong đợt gửi thử này.")
    _set(db, broadcast_id, state=BroadcastState.TESTING, test_batch=name)
    wake(db, Kind.BROADCAST, str(broadcast_id), now, None)
    record(db, Entry(by, "broadcast.test", f"broadcast:{broadcast_id}", now, {"batch": name}))
    return size


def pause(db: Connection, broadcast_id: int, by: str, now: datetime) -> None:
    """No further message leaves; what has left stays counted. Raises `NotNow`."""
    row = _read(db, broadcast_id)
    check_pause(BroadcastState(row.state))
    _set(db, broadcast_id, state=BroadcastState.PAUSED)
    record(db, Entry(by, "broadcast.pause", f"broadcast:{broadcast_id}", now))


def resume(db: Connection, broadcast_id: int, by: str, now: datetime) -> None:
    """Goes on where it stood; ways that were closed for everybody are tried anew. Raises `NotNow`."""
    row = _read(db, broadcast_id)
    check_resume(BroadcastState(row.state))
    # One that was paused before its hour still waits for it.
    waits = row.started_at is None and row.scheduled_at is not None and row.scheduled_at > now
    state = BroadcastState.SENDING
    if waits:
        state = BroadcastState.SCHEDULED
    elif row.test_batch:
        state = BroadcastState.TESTING
    # One that was paused between its hour and its first message starts here.
    starts = state is BroadcastState.SENDING and row.started_at is None
    started_at = now if starts else row.started_at
    _set(db, broadcast_id, state=state, started_at=started_at, note=None, closed_ways="")
    wake(db, Kind.BROADCAST, str(broadcast_id), row.scheduled_at if waits else now, None)
    record(db, Entry(by, "broadcast.resume", f"broadcast:{broadcast_id}", now))


def stop(db: Connection, broadcast_id: int, by: str, now: datetime) -> None:
    """Ends it for good; who has not had it yet is skipped. Raises `NotNow`."""
    row = _read(db, broadcast_id)
    check_stop(BroadcastState(row.state))
    _set(db, broadcast_id, state=BroadcastState.STOPPED, ended_at=now)
    skip_the_rest(db, broadcast_id, now)
    # Whoever is sending it right now must still settle what is in flight and look up what is in doubt.
    wake(db, Kind.BROADCAST, str(broadcast_id), now, None)
    record(db, Entry(by, "broadcast.stop", f"broadcast:{broadcast_id}", now))


def skip_the_rest(db: Connection, broadcast_id: int, now: datetime) -> None:
    db.execute(
        update(Recipient)
        .where(Recipient.broadcast_id == broadcast_id, Recipient.state == RecipientState.PLANNED)
        .values(state=RecipientState.SKIPPED, reason=Reason.BROADCAST_STOPPED, settled_at=now)
    )


def retry_failed(db: Connection, broadcast_id: int, by: str, now: datetime) -> int:
    """Plans everybody who failed once more, all ways open again; says how many. Raises `NotNow`.

    Who is unknown is left alone: they may have it.
    """
    row = _read(db, broadcast_id)
    failed = counts(db, broadcast_id).of(RecipientState.FAILED)
    check_retry(BroadcastState(row.state), failed)
    db.execute(
        update(Recipient)
        .where(Recipient.broadcast_id == broadcast_id, Recipient.state == RecipientState.FAILED)
        .values(
            state=RecipientState.PLANNED,
            due_at=now,
            settled_at=None,
            attempts=0,
            refused_ways="",
            reason=None,
        )
    )
    # One that was stopped during a test had a batch: the failed ones of every batch are meant now.
    anew = {"ended_at": None, "note": None, "closed_ways": "", "test_batch": ""}
    _set(db, broadcast_id, state=BroadcastState.SENDING, **anew)
    wake(db, Kind.BROADCAST, str(broadcast_id), now, None)
    record(db, Entry(by, "broadcast.retry", f"broadcast:{broadcast_id}", now, {"recipients": failed}))
    return failed


def _read(db: Connection, broadcast_id: int) -> Any:
    row = db.execute(
        select(Broadcast.__table__).where(Broadcast.id == broadcast_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NoSuchBroadcast(broadcast_id)
    return row


def _set(db: Connection, broadcast_id: int, **values: object) -> None:
    db.execute(update(Broadcast).where(Broadcast.id == broadcast_id).values(**values))
