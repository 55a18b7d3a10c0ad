"""What staff decide about a dry run: accept it, approve it as the second person, discard it, undo it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from app.audit.trail import Entry, record
from app.directory.taking_back import InTheWay
from app.importing.dry_run import digest_of, open_json, seal_json
from app.importing.kinds import KINDS
from app.importing.models import OPEN, ImportPage, ImportRun, ImportState
from app.importing.moment import Moment
from app.importing.reading import File, Read, habits_of, note_habit, open_file, plan_list, read_list
from app.importing.rules import (
    FORGOTTEN_AFTER,
    UNDO_WITHIN,
    ImportStopped,
    Standing,
    check_accept,
    check_approve,
    check_discard,
    check_undo,
    needs_second_person,
)
from app.importing.telling import Teller
from app.importing.uploading import have_it_read
from app.kit.db import Database


class UndoRefused(Exception):
    """Rows were changed or used after the import: nothing was undone, and these are they."""

    def __init__(self, in_the_way: Sequence[InTheWay]) -> None:
        super().__init__("; ".join(f"{row.name}: {row.reason}" for row in in_the_way))
        self.in_the_way = tuple(in_the_way)


def accept(
    database: Database,
    import_id: int,
    at: Moment,
    teller: Teller,
    *,
    approval_rows: int,
    leave_out_wrong: bool = False,
) -> ImportState:
    """Applies the import, or above a set size leaves it for a second person; away from the event loop.

    Raises `ImportStopped`.
    """

    def first(db: Connection) -> bool:
        standing = standing_of(db, import_id)
        check_accept(standing, leave_out_wrong=leave_out_wrong)
        wait = needs_second_person(standing, approval_rows)
        values = {"accepted_by": at.actor, "accepted_at": at.now, "leaves_out_wrong": leave_out_wrong}
        _step(db, import_id, ImportState.WAITING if wait else ImportState.CHECKED, values)
        _record(db, import_id, "import.accepted", at, {"second_person": wait})
        return wait

    if database.write_now(first):
        return ImportState.WAITING
    return _apply(database, import_id, at, teller, ImportState.CHECKED)


def approve(database: Database, import_id: int, at: Moment, teller: Teller) -> ImportState:
    """The second person says yes: the import is applied. Raises `ImportStopped`."""
    database.read_now(lambda db: check_approve(standing_of(db, import_id), at.actor))
    return _apply(database, import_id, at, teller, ImportState.WAITING)


def discard(db: Connection, import_id: int, at: Moment) -> None:
    """Nothing is taken in; the file and its dry run are gone at once. Raises `ImportStopped`."""
    check_discard(standing_of(db, import_id))
    _end(db, import_id, ImportState.DISCARDED, at)
    _record(db, import_id, "import.discarded", at)


def undo(db: Connection, import_id: int, at: Moment) -> None:
    """Everything the import wrote is put back as it was. Raises `ImportStopped` or `UndoRefused`."""
    row = db.execute(
        select(ImportRun.kind, ImportRun.memory).where(ImportRun.id == import_id).with_for_update()
    ).one_or_none()
    check_undo(standing_of(db, import_id), at.now)
    if row is None or row.memory is None:
        raise ImportStopped("Không còn dữ liệu để hoàn tác")
    done = KINDS[row.kind].undo(db, at, open_json(at.sealer, row.memory))
    if done.in_the_way:
        raise UndoRefused(done.in_the_way)
    _end(db, import_id, ImportState.UNDONE, at)
    _record(db, import_id, "import.undone", at, {"kept": done.kept})


def forget_old(db: Connection, at: Moment) -> None:
    """What can no longer be undone is not kept for it; what nobody decided about is discarded."""
    late = ImportRun.applied_at < at.now - UNDO_WITHIN
    over = select(ImportRun.id).where(ImportRun.state == ImportState.APPLIED, late)
    db.execute(delete(ImportPage).where(ImportPage.import_id.in_(over)))
    db.execute(update(ImportRun).where(ImportRun.state == ImportState.APPLIED, late).values(memory=None))
    stale = db.execute(
        select(ImportRun.id).where(
            ImportRun.state.in_(OPEN), ImportRun.uploaded_at < at.now - FORGOTTEN_AFTER
        )
    ).scalars()
    for import_id in list(stale):
        _end(db, import_id, ImportState.DISCARDED, at)
        _record(db, import_id, "import.discarded", at, {"why": "nobody decided"})


def standing_of(db: Connection, import_id: int) -> Standing:
    """Raises `ImportStopped` when there is no such import."""
    row = db.execute(select(*_STANDING).where(ImportRun.id == import_id)).one_or_none()
    if row is None:
        raise ImportStopped("Không có lần nhập này")
    return Standing(
        ImportState(row.state),
        row.accepted_by,
        row.new_rows,
        row.changed_rows,
        row.wrong_rows,
        row.applied_at,
    )


def _apply(
    database: Database, import_id: int, at: Moment, teller: Teller, wanted: ImportState
) -> ImportState:
    """Reads the file again, then all of it is written in one transaction, or nothing."""
    file = database.read_now(lambda db: open_file(db, at.sealer, import_id))
    if file is None:
        raise ImportStopped("Tệp của lần nhập này không còn")
    habits = database.read_now(lambda db: habits_of(db, file.kind.name))
    read = read_list(file, habits)

    def work(db: Connection) -> bool:
        return _write(db, file, read, at, teller, wanted)

    if database.write_now(work):
        return ImportState.APPLIED
    raise ImportStopped(
        "Danh bạ đã thay đổi từ lúc kiểm tra: tệp đang được kiểm tra lại, Anh/Chị xem rồi nhận"
    )


def _write(db: Connection, file: File, read: Read, at: Moment, teller: Teller, wanted: ImportState) -> bool:
    """False when the directory has changed since the dry run: it is made anew, nothing else is written."""
    row = db.execute(
        select(ImportRun.state, ImportRun.edition, ImportRun.digest, ImportRun.accepted_by)
        .where(ImportRun.id == file.id)
        .with_for_update()
    ).one()
    if row.state != wanted or row.edition != file.edition:
        raise ImportStopped("Lần nhập này vừa được người khác xử lý: Anh/Chị tải lại trang để xem")
    plan = plan_list(db, file, read.listing, at)
    if digest_of(plan) != row.digest:
        have_it_checked_again(db, file.id, at)
        return False
    saved = file.kind.save(db, at, plan)
    note_habit(db, file, read, at)
    second = {"approved_by": at.actor} if wanted is ImportState.WAITING else {}
    values = {"applied_at": at.now, "memory": seal_json(at.sealer, list(saved.memory)), "file": None}
    _step(db, file.id, ImportState.APPLIED, values | second | {"overrides": None})
    for contact in saved.verified:
        teller(db, contact, at.now, f"import:{file.id}")
    _record(db, file.id, "import.applied", at, {"kind": file.kind.name, "rows": saved.rows})
    return True


def have_it_checked_again(db: Connection, import_id: int, at: Moment) -> None:
    """A new edition: what was accepted of the old one no longer counts."""
    again = {"edition": ImportRun.edition + 1, "accepted_by": "", "accepted_at": None, "refusal": ""}
    _step(db, import_id, ImportState.UPLOADED, again)
    have_it_read(db, at)


def _end(db: Connection, import_id: int, state: ImportState, at: Moment) -> None:
    gone = {"file": None, "overrides": None, "memory": None, "notes": None}
    _step(db, import_id, state, gone | {"ended_by": at.actor, "ended_at": at.now})
    db.execute(delete(ImportPage).where(ImportPage.import_id == import_id))


def _step(db: Connection, import_id: int, state: ImportState, values: dict[str, Any]) -> None:
    db.execute(update(ImportRun).where(ImportRun.id == import_id).values(state=state, **values))


def _record(
    db: Connection, import_id: int, action: str, at: Moment, detail: dict[str, Any] | None = None
) -> None:
    record(db, Entry(at.actor, action, f"import:{import_id}", at.now, detail or {}, at.address))


_STANDING = (
    ImportRun.state,
    ImportRun.accepted_by,
    ImportRun.new_rows,
    ImportRun.changed_rows,
    ImportRun.wrong_rows,
    ImportRun.applied_at,
)
