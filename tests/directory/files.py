"""Lists as offices save them, for the tests of this room."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from app.importing.at_once import ImportReport, import_file
from app.kit.clock import from_epoch_ms
from app.kit.db import Database
from app.kit.seal import Sealer

NOW = from_epoch_ms(1_795_000_000_000)
SEALER = Sealer("k")

Value = str | float | bool | date


def text_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def xlsx_file(
    folder: Path, rows: Iterable[Iterable[Value]], merged: Iterable[str] = (), name: str = "list.xlsx"
) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row, values in enumerate(rows, 1):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, value)
    for area in merged:
        sheet.merge_cells(area)
    file = folder / name
    book.save(file)
    return file


def take_in(db: Database, kind: str, file: Path, *, dry_run: bool = False) -> ImportReport:
    return db.write_now(lambda tx: import_file(tx, SEALER, kind, file, NOW, dry_run=dry_run))


def take_in_text(db: Database, folder: Path, kind: str, text: str, *, dry_run: bool = False) -> ImportReport:
    return take_in(db, kind, text_file(folder, text), dry_run=dry_run)


def counts(report: ImportReport) -> tuple[int, int, int]:
    assert report.accepted, report.text
    return report.new, report.changed, report.unchanged
