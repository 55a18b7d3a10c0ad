"""Putting right what was guessed, or what a cell says; the list is then read anew."""

from dataclasses import asdict, replace

from sqlalchemy import Connection, select, update

from app.audit.rules import Detail
from app.audit.trail import Entry, record
from app.directory.headers import Guess
from app.directory.sheet_shapes import column_letter
from app.importing.deciding import have_it_checked_again, standing_of
from app.importing.models import ImportRun
from app.importing.moment import Moment
from app.importing.reading import guess_as_text, guess_from, read_overrides, seal_overrides
from app.importing.rules import ImportStopped, ListDates, check_correct, check_dates
from app.importing.worker_lists import KIND as WORKERS
from app.kit.clock import VIETNAM

LONGEST_CELL = 2000


def correct_guess(db: Connection, import_id: int, guess: Guess, at: Moment) -> None:
    """Staff say which sheet, header row and columns are meant. Raises `ImportStopped`."""
    check_correct(standing_of(db, import_id))
    _forget_cells_of_another_sheet(db, import_id, guess)
    told = {"guess": guess_as_text(guess), "guess_told": True}
    db.execute(update(ImportRun).where(ImportRun.id == import_id).values(**told))
    have_it_checked_again(db, import_id, at)
    detail = {"header_row": guess.header_row, "columns": len(guess.columns)}
    record(db, Entry(at.actor, "import.columns_told", f"import:{import_id}", at.now, detail, at.address))


def correct_dates(db: Connection, import_id: int, dates: ListDates, at: Moment) -> None:
    """Staff say anew of which day a list of workers is, and until when it is due. Raises `ImportStopped`."""
    check_correct(standing_of(db, import_id))
    kind = db.execute(select(ImportRun.kind).where(ImportRun.id == import_id)).scalar()
    if kind != WORKERS:
        raise ImportStopped("Ngày và hạn chỉ dành cho danh sách người lao động")
    today = at.now.astimezone(VIETNAM).date()
    check_dates(dates, today)
    listed_on = dates.listed_on or today
    told = replace(dates, listed_on=listed_on)
    db.execute(update(ImportRun).where(ImportRun.id == import_id).values(asdict(told)))
    have_it_checked_again(db, import_id, at)
    detail: Detail = {"listed_on": listed_on.isoformat(), "older_is_meant": dates.older_is_meant}
    record(db, Entry(at.actor, "import.dates_told", f"import:{import_id}", at.now, detail, at.address))


def correct_cell(db: Connection, import_id: int, row: int, column: int, text: str, at: Moment) -> None:
    """One cell reads differently from now on; the file itself stays as it was. Raises `ImportStopped`."""
    check_correct(standing_of(db, import_id))
    if len(text) > LONGEST_CELL:
        raise ImportStopped(f"Ô dài quá {LONGEST_CELL} ký tự")
    sealed = db.execute(select(ImportRun.overrides).where(ImportRun.id == import_id)).scalar()
    overrides = read_overrides(at.sealer, sealed) | {(row, column): text.strip()}
    kept = seal_overrides(at.sealer, overrides)
    db.execute(update(ImportRun).where(ImportRun.id == import_id).values(overrides=kept))
    have_it_checked_again(db, import_id, at)
    detail = {"cell": f"{column_letter(column)}{row}"}
    record(db, Entry(at.actor, "import.cell_corrected", f"import:{import_id}", at.now, detail, at.address))


def _forget_cells_of_another_sheet(db: Connection, import_id: int, guess: Guess) -> None:
    before = db.execute(select(ImportRun.guess).where(ImportRun.id == import_id)).scalar() or ""
    known = guess_from(before)
    if known is not None and known.sheet != guess.sheet:
        db.execute(update(ImportRun).where(ImportRun.id == import_id).values(overrides=None))
