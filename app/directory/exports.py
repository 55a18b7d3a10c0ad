"""The directory out as a list that can be taken in again unchanged."""

import csv
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from sqlalchemy import Connection, select

from app.directory.cell_values import ANNOUNCED, VERIFIED, WAITING
from app.directory.columns import Column, Kind, exported_columns, kind_of
from app.directory.liaison_plan import Units
from app.directory.liaisons import CURRENT
from app.directory.models import Liaison, LiaisonState
from app.directory.records import Record, read_records
from app.directory.refusals import ExportRefused
from app.kit.seal import Sealer

_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_STANDINGS = {
    LiaisonState.EXPECTED: ANNOUNCED,
    LiaisonState.PENDING: WAITING,
    LiaisonState.VERIFIED: VERIFIED,
}


def export_file(db: Connection, sealer: Sealer, kind: str, file: Path) -> int:
    """Writes the whole file or none, for its owner's eyes; returns how many rows. Raises `ExportRefused`."""
    known_kind = kind_of(kind)
    if known_kind is None:
        raise ExportRefused(f"Không có loại danh sách “{kind}”; chọn một trong: {', '.join(Kind)}")
    ending = file.suffix.lower()
    if ending not in {".csv", ".xlsx"}:
        raise ExportRefused(f"Chỉ xuất được tệp .csv hoặc .xlsx, không phải {file.name}")
    columns = exported_columns(known_kind)
    records = (
        _liaisons(db, sealer) if known_kind is Kind.LIAISONS else list(read_records(db, known_kind).values())
    )
    write = _write_csv if ending == ".csv" else _write_xlsx
    with _replacing(file) as unfinished:
        write(unfinished, columns, records)
    return len(records)


def _liaisons(db: Connection, sealer: Sealer) -> list[Record]:
    """Each person once for a unit; those who wait, as often as they wait."""
    units = Units(read_records(db, Kind.EMPLOYERS))
    states = (LiaisonState.EXPECTED, *CURRENT)
    found = db.execute(select(Liaison.__table__).where(Liaison.state.in_(states)).order_by(Liaison.id))
    records: list[Record] = []
    written: set[tuple[str, int]] = set()
    for row in found:
        if row.state != LiaisonState.PENDING:
            if (row.phone_print, row.employer_id) in written:
                continue
            written.add((row.phone_print, row.employer_id))
        known = row.employer_id is not None
        records.append(
            {
                "name": row.full_name,
                "phone": sealer.open_text(row.phone),
                "email": sealer.open_text(row.email),
                "unit_code": units.code_of(row.employer_id) if known else row.stated_code,
                "unit_name": units.known[row.employer_id]["name"] if known else row.stated_unit,
                "standing": _STANDINGS[LiaisonState(row.state)],
            }
        )
    return records


def _write_csv(file: Path, columns: list[Column], records: list[Record]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(column.header for column in columns)
        writer.writerows([_harmless(record[column.key]) for column in columns] for record in records)


def _harmless(text: str) -> str:
    """Excel computes what starts like a formula, unless a single quote stands before it."""
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def _write_xlsx(file: Path, columns: list[Column], records: list[Record]) -> None:
    content = BytesIO()
    # In memory: it would otherwise leave the rows, personal data among them, in temporary files on its way.
    import xlsxwriter  # type: ignore[import-untyped]  # 2 MB that only an export needs

    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        # The text format keeps zeros and long numbers when somebody edits the cell.
        plain, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        for place, column in enumerate(columns):
            sheet.set_column(place, place, 40 if "name" in column.key else 22, plain)
            sheet.write_string(0, place, column.header, bold)
        sheet.freeze_panes(1, 0)
        for number, record in enumerate(records, 1):
            for place, column in enumerate(columns):
                sheet.write_string(number, place, record[column.key], plain)
    file.write_bytes(content.getvalue())


@contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """A file beside the wanted one, which takes its place when all is written."""
    try:
        handle, name = tempfile.mkstemp(prefix=".daumoi-", suffix=file.suffix, dir=file.parent)
        os.close(handle)
        unfinished = Path(name)
        try:
            yield unfinished
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise ExportRefused(f"Không ghi được tệp {file}: {error.strerror}") from error
