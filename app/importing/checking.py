"""The dry run of what was dropped: read and compared away from the event loop, written down page by page."""

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from app.audit.trail import Entry, record
from app.directory.refusals import ImportRefused
from app.importing.dry_run import DryRun, draw_up, pages, seal_json, seal_lines
from app.importing.models import Group, ImportPage, ImportRun, ImportState
from app.importing.moment import Moment
from app.importing.reading import File, Read, guess_as_text, habits_of, open_file, plan_list, read_list
from app.kit.db import Database


def check_all(database: Database, at: Moment) -> int:
    """Reads what waits to be read, oldest first; takes a while, so never in the event loop. How many."""
    done = 0
    while (import_id := database.write_now(_take_next)) is not None:
        check(database, import_id, at)
        done += 1
    return done


def check(database: Database, import_id: int, at: Moment) -> None:
    """One dry run; nothing of the list is saved. A correction made meanwhile makes this one void."""
    file = database.read_now(lambda db: open_file(db, at.sealer, import_id))
    if file is None:
        return

    def watch(rows: int) -> None:
        database.write_now(lambda db: _note_progress(db, file, rows))

    try:
        habits = database.read_now(lambda db: habits_of(db, file.kind.name))
        read = read_list(file, habits, watch)
    except ImportRefused as error:
        why = str(error)
        database.write_now(lambda db: _note_refusal(db, file, why, at))
        return
    plan = database.read_now(lambda db: plan_list(db, file, read.listing, at))
    drawn = draw_up(read.sheet, file.kind.shape, read.listing, plan)
    sealed = [
        {"tab": group, "number": number, "lines": seal_lines(at.sealer, lines)}
        for group in Group
        for number, lines in pages(drawn.groups[group])
    ]
    database.write_now(lambda db: _write_down(db, file, read, drawn, sealed, at))


def _take_next(db: Connection) -> int | None:
    """One that is being read already was left by a process that died: it is read again."""
    waiting = (ImportState.UPLOADED, ImportState.READING)
    number: int | None = db.execute(
        select(ImportRun.id).where(ImportRun.state.in_(waiting)).order_by(ImportRun.id).limit(1)
    ).scalar()
    if number is not None:
        db.execute(
            update(ImportRun)
            .where(ImportRun.id == number)
            .values(state=ImportState.READING, rows_read=0, rows_total=0)
        )
    return number


def _note_progress(db: Connection, file: File, rows: int) -> None:
    db.execute(update(ImportRun).where(*_this_edition(file)).values(rows_read=rows))


def _note_refusal(db: Connection, file: File, why: str, at: Moment) -> None:
    done = db.execute(
        update(ImportRun)
        .where(*_this_edition(file))
        .values(state=ImportState.UNREADABLE, refusal=why, checked_at=at.now)
    )
    if done.rowcount:
        record(db, Entry("system", "import.unreadable", f"import:{file.id}", at.now))


def _write_down(
    db: Connection, file: File, read: Read, drawn: DryRun, sealed: list[dict[str, object]], at: Moment
) -> None:
    notes = [[note.place, note.reason] for note in (*drawn.about_file, *drawn.notes)]
    counts = {f"{group}_rows": drawn.count(group) for group in Group}
    total = sum(counts.values())
    done = db.execute(
        update(ImportRun)
        .where(*_this_edition(file))
        .values(
            state=ImportState.UNREADABLE if drawn.about_file else ImportState.CHECKED,
            refusal="; ".join(str(finding) for finding in drawn.about_file),
            guess=guess_as_text(read.guess),
            notes=seal_json(at.sealer, notes),
            digest=drawn.digest,
            rows_read=total,
            rows_total=total,
            checked_at=at.now,
            **counts,
        )
    )
    if not done.rowcount:
        return
    db.execute(delete(ImportPage).where(ImportPage.import_id == file.id))
    if sealed:
        db.execute(insert(ImportPage), [{"import_id": file.id, **page} for page in sealed])
    record(db, Entry("system", "import.checked", f"import:{file.id}", at.now, counts))


def _this_edition(file: File) -> tuple[ColumnElement[bool], ...]:
    return (
        ImportRun.id == file.id,
        ImportRun.edition == file.edition,
        ImportRun.state == ImportState.READING,
    )
