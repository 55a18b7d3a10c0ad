"""A file's bytes become a list: which sheet, which header, which cells were put right by hand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from app.directory.columns import Header
from app.directory.headers import Guess, choose_sheet, prints_of, told_header
from app.directory.listing import Listing, Watch, read_listing
from app.directory.refusals import ImportRefused
from app.directory.sheet_shapes import Sheet, with_cells
from app.directory.sheets import read_sheets
from app.importing.kinds import KINDS, ImportKind
from app.importing.models import ImportHabit, ImportRun
from app.importing.moment import Moment
from app.importing.rules import ListDates
from app.kit.clock import VIETNAM
from app.kit.db import upsert
from app.kit.seal import Sealer
from app.staff.queries import only_units_of

Overrides = Mapping[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class File:
    """An import as it lies there, opened."""

    id: int
    edition: int
    kind: ImportKind
    name: str
    content: bytes
    guess: Guess | None
    """Where somebody said that things are."""
    overrides: Overrides
    dates: ListDates
    uploaded_by: str


@dataclass(frozen=True, slots=True)
class Read:
    sheet: Sheet
    listing: Listing

    @property
    def guess(self) -> Guess:
        return Guess(self.sheet.name, self.listing.header.row, self.listing.header.columns)


def open_file(db: Connection, sealer: Sealer, import_id: int) -> File | None:
    """None once the file is gone."""
    row = db.execute(select(ImportRun.__table__).where(ImportRun.id == import_id)).one_or_none()
    if row is None or row.file is None:
        return None
    return File(
        row.id,
        row.edition,
        KINDS[row.kind],
        row.file_name,
        sealer.open(row.file),
        guess_from(row.guess) if row.guess_told else None,
        read_overrides(sealer, row.overrides),
        ListDates(row.listed_on, row.due_on, row.older_is_meant),
        row.uploaded_by,
    )


def habits_of(db: Connection, kind: str) -> dict[str, dict[str, int]]:
    """By print of the header: where the columns were."""
    found = db.execute(select(ImportHabit.header_print, ImportHabit.columns).where(ImportHabit.kind == kind))
    return {row.header_print: json.loads(row.columns) for row in found}


def read_list(file: File, habits: Mapping[str, Mapping[str, int]], watch: Watch = lambda _rows: None) -> Read:
    """Raises `ImportRefused` when sheet, header or a column is not to be found."""
    sheets = read_sheets(file.name, file.content)
    sheet, header = _located(file, sheets, habits)
    mended = with_cells(sheet, file.overrides)
    return Read(mended, read_listing(mended, file.kind.shape, header, watch))


def _located(
    file: File, sheets: tuple[Sheet, ...], habits: Mapping[str, Mapping[str, int]]
) -> tuple[Sheet, Header]:
    """As somebody said; else as the last time; else by the names of the columns."""
    shape = file.kind.shape
    if file.guess is not None:
        wanted = next((sheet for sheet in sheets if sheet.name == file.guess.sheet), None)
        if wanted is None:
            raise ImportRefused(f"Tệp không có trang tính {file.guess.sheet}")
        return wanted, told_header(wanted, shape, file.guess)
    for sheet in sheets:
        for row, header_print in prints_of(sheet):
            if columns := habits.get(header_print):
                return sheet, told_header(sheet, shape, Guess(sheet.name, row, columns))
    return choose_sheet(sheets, shape)


def plan_list(db: Connection, file: File, listing: Listing, at: Moment) -> Any:
    """What the list comes to, about no more units than who dropped it may touch by hand."""
    whose = only_units_of(db, file.uploaded_by, at.now.astimezone(VIETNAM).date())
    return file.kind.plan(db, replace(at, only_units_of=whose), listing, file.dates)


def note_habit(db: Connection, file: File, read: Read, at: Moment) -> None:
    """The next file with the same header is read the same way."""
    header_print = dict(prints_of(read.sheet)).get(read.listing.header.row)
    if header_print is None:
        return
    columns = json.dumps(dict(read.listing.header.columns))
    row = upsert(db, ImportHabit).values(
        kind=file.kind.name, header_print=header_print, columns=columns, noted_at=at.now
    )
    db.execute(
        row.on_conflict_do_update(
            index_elements=[ImportHabit.kind, ImportHabit.header_print],
            set_={"columns": row.excluded.columns, "noted_at": row.excluded.noted_at},
        )
    )


def guess_as_text(guess: Guess) -> str:
    told = {"sheet": guess.sheet, "header_row": guess.header_row, "columns": dict(guess.columns)}
    return json.dumps(told, ensure_ascii=False)


def guess_from(text: str) -> Guess | None:
    if not text:
        return None
    told = json.loads(text)
    return Guess(told["sheet"], told["header_row"], told["columns"])


def read_overrides(sealer: Sealer, sealed: bytes | None) -> dict[tuple[int, int], str]:
    if sealed is None:
        return {}
    return {(row, column): text for row, column, text in json.loads(sealer.open(sealed))}


def seal_overrides(sealer: Sealer, overrides: Overrides) -> bytes:
    written = [[row, column, text] for (row, column), text in overrides.items()]
    return sealer.seal(json.dumps(written, ensure_ascii=False).encode())
