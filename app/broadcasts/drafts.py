"""A draft is opened again, changed, and planned by the runner; whatever was agreed to before is void then."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from app.audit.trail import Entry, record
from app.broadcasts.content import read_content, write_content
from app.broadcasts.ledger import drop_plan, sent_so_far
from app.broadcasts.models import Broadcast, BroadcastFile, BroadcastState
from app.broadcasts.planning import begin_plan
from app.broadcasts.rules import check_plan
from app.broadcasts.steering import NewBroadcast, NoSuchBroadcast, check_new
from app.kit.vietnamese import nfc
from app.outbox.ways import ALL_WAYS, Way
from app.work.ledger import wake
from app.work.models import Kind
from app.zalo.uploads import UploadKind


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast as it was written."""

    id: int
    state: BroadcastState
    created_by: str
    written: NewBroadcast


def read_draft(db: Connection, broadcast_id: int) -> Draft:
    """Raises `NoSuchBroadcast`."""
    row = db.execute(select(Broadcast.__table__).where(Broadcast.id == broadcast_id)).one_or_none()
    if row is None:
        raise NoSuchBroadcast(broadcast_id)
    ways = tuple(Way(way) for way in row.ways.split(",") if way)
    content = read_content(row.content)
    written = NewBroadcast(row.title, row.audience, content, ways, row.attachment_id, row.reminder_id)
    return Draft(row.id, BroadcastState(row.state), row.created_by, written)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The picture or file of a broadcast, by name."""

    id: int
    kind: UploadKind
    name: str


def read_enclosed(db: Connection, file_id: int) -> Enclosed | None:
    row = db.execute(
        select(BroadcastFile.id, BroadcastFile.kind, BroadcastFile.name).where(BroadcastFile.id == file_id)
    ).one_or_none()
    return None if row is None else Enclosed(row.id, UploadKind(row.kind), row.name)


def rewrite(db: Connection, broadcast_id: int, new: NewBroadcast, by: str, now: datetime) -> None:
    """Back to a draft with other words or other people; who changes it is the one who wrote it from now on.

    Raises `NotNow` once anything was sent, `AudienceRefused`, `ContentRefused`.
    """
    known = read_draft(db, broadcast_id)
    check_plan(known.state, sent_so_far(db, broadcast_id))
    check_new(db, new.audience, new.content, new.ways)
    drop_plan(db, broadcast_id)
    db.execute(
        update(Broadcast)
        .where(Broadcast.id == broadcast_id)
        .values(
            title=nfc(new.title)[:200],
            state=BroadcastState.DRAFT,
            audience=nfc(new.audience),
            content=write_content(new.content),
            ways=",".join(way for way in ALL_WAYS if way in set(new.ways)),
            attachment_id=new.attachment_id,
            created_by=by,
            planned_at=None,
            approved_by=None,
            approved_at=None,
            note=None,
        )
    )
    record(db, Entry(by, "broadcast.rewrite", f"broadcast:{broadcast_id}", now))


def have_planned(db: Connection, broadcast_id: int, by: str, now: datetime) -> None:
    """The runner plans it from here, and goes on after a crash. Raises `NotNow`."""
    begin_plan(db, broadcast_id, by, now)
    wake(db, Kind.BROADCAST, str(broadcast_id), now, None)
