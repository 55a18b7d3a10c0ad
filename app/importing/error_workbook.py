"""The dropped workbook again, with what is wrong in a column of its own, to be mended in Excel."""

import re
from collections import defaultdict
from io import BytesIO

from sqlalchemy import Connection, select

from app.audit.trail import Entry, record
from app.directory.sheet_shapes import Sheet
from app.importing.dry_run import open_lines
from app.importing.models import Group, ImportPage
from app.importing.moment import Moment
from app.importing.reading import habits_of, open_file, read_list
from app.importing.rules import ImportStopped
from app.kit.db import Database

HEADER = "Lỗi"


def error_workbook(database: Database, import_id: int, at: Moment) -> bytes:
    """Every row where it was, corrections of the console included; away from the event loop.

    Raises `ImportStopped` once the file is gone.
    """
    file = database.read_now(lambda db: open_file(db, at.sealer, import_id))
    if file is None:
        raise ImportStopped("Tệp của lần nhập này không còn")
    habits = database.read_now(lambda db: habits_of(db, file.kind.name))
    read = read_list(file, habits)
    wrong = database.read_now(lambda db: _wrong_rows(db, at, import_id))
    content = _written(read.sheet, read.listing.header.row, wrong)
    # Rows of people leave the house here: that is on record before anybody holds them.
    subject, detail = f"import:{import_id}", {"rows": len(wrong)}
    entry = Entry(at.actor, "import.errors_exported", subject, at.now, detail, at.address)

    database.write_now(lambda db: record(db, entry))
    return content


def _wrong_rows(db: Connection, at: Moment, import_id: int) -> dict[int, str]:
    told: dict[int, list[str]] = defaultdict(list)
    pages = db.execute(
        select(ImportPage.lines).where(ImportPage.import_id == import_id, ImportPage.tab == Group.WRONG)
    ).scalars()
    for sealed in pages:
        for line in open_lines(at.sealer, sealed):
            told[line.row] += [f"{cell.place}: {cell.reason}" for cell in line.wrong]
    return {row: "; ".join(reasons) for row, reasons in told.items()}


def _written(sheet: Sheet, header_row: int, wrong: dict[int, str]) -> bytes:
    content = BytesIO()
    last = max(len(row.cells) for row in sheet.rows)
    import xlsxwriter  # type: ignore[import-untyped]  # 2 MB that only an export needs

    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", "_", sheet.name)[:31] or None)

        plain = book.add_format({"num_format": "@"})
        bad = book.add_format({"num_format": "@", "font_color": "#b3261e"})
        page.set_column(0, last - 1, 22, plain)
        page.set_column(last, last, 60, bad)
        for row in sheet.rows:
            for place, cell in enumerate(row.cells):
                if cell.text:
                    page.write_string(row.number - 1, place, cell.text, plain)
        page.write_string(header_row - 1, last, HEADER, bad)
        for number, reasons in wrong.items():
            page.write_string(number - 1, last, reasons, bad)
    return content.getvalue()
