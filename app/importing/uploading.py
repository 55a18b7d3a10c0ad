"""A file is dropped: it is kept sealed until the import has ended, and waits to be read."""

from dataclasses import dataclass, replace
from pathlib import PurePath

from sqlalchemy import Connection, insert

from app.audit.rules import Detail
from app.audit.trail import Entry, record
from app.directory.refusals import ImportRefused
from app.directory.sheets import check_size
from app.importing.kinds import KINDS
from app.importing.models import ImportRun, ImportState
from app.importing.moment import Moment
from app.importing.rules import NO_DATES, ImportStopped, ListDates, check_dates
from app.importing.worker_lists import KIND as WORKERS
from app.kit.clock import VIETNAM
from app.kit.seal import Sealer
from app.work.ledger import Claim, wake
from app.work.models import Kind

TIMER = "imports"
"""The name of the recurring work that reads what was dropped."""


@dataclass(frozen=True, slots=True)
class Dropped:
    kind: str
    name: str
    size: int
    sealed: bytes


def seal_file(sealer: Sealer, kind: str, name: str, content: bytes) -> Dropped:
    """The file as it is kept: megabytes are sealed here, outside of any transaction.

    Raises `ImportRefused`.
    """
    if kind not in KINDS:
        raise ImportRefused(f"Không có loại danh sách “{kind}”; chọn một trong: {', '.join(KINDS)}")
    plain_name = PurePath(name.replace("\\", "/")).name[-200:]
    check_size(plain_name, len(content))
    return Dropped(kind, plain_name, len(content), sealer.seal(content))


def upload(db: Connection, dropped: Dropped, at: Moment, dates: ListDates = NO_DATES) -> int:
    """Keeps the file and has it read by the next runner that is free; the number of the import.

    Raises `ImportStopped` when the dates cannot be.
    """
    today = at.now.astimezone(VIETNAM).date()
    check_dates(dates, today)
    if dropped.kind == WORKERS:
        dates = replace(dates, listed_on=dates.listed_on or today)
    elif dates != NO_DATES:
        raise ImportStopped("Ngày và hạn chỉ dành cho danh sách người lao động")
    number: int = db.execute(
        insert(ImportRun)
        .values(
            kind=dropped.kind,
            file_name=dropped.name,
            file_size=dropped.size,
            file=dropped.sealed,
            state=ImportState.UPLOADED,
            listed_on=dates.listed_on,
            due_on=dates.due_on,
            older_is_meant=dates.older_is_meant,
            uploaded_by=at.actor,
            uploaded_at=at.now,
        )
        .returning(ImportRun.id)
    ).scalar_one()
    detail: Detail = {"kind": dropped.kind, "bytes": dropped.size}
    record(db, Entry(at.actor, "import.uploaded", f"import:{number}", at.now, detail, at.address))
    have_it_read(db, at)
    return number


def have_it_read(db: Connection, at: Moment) -> Claim | None:
    return wake(db, Kind.TIMER, TIMER, at.now, None)
