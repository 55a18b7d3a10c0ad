"""Sheets as people save them: CSV or XLSX in, rows of text cells with their places out."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, PasswordError, SheetVisibleEnum, load_workbook

from app.directory.refusals import ImportRefused
from app.kit.vietnamese import nfc

LARGEST_FILE = 50_000_000
MOST_ROWS = 200_000
_DELIMITERS = ";,\t"
_SNIFFED_ROWS = 50
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r]")
_SAVE_AGAIN = "Anh/Chị mở tệp bằng Excel, chọn Lưu thành (Save As) kiểu CSV UTF-8 hoặc .xlsx rồi nhập lại"


class CellKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    """Excel kept a number: leading zeros are gone, digits beyond the fifteenth are invented."""
    DATE = "date"
    """Excel kept a date or a time, perhaps of its own accord."""


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    kind: CellKind = CellKind.TEXT


EMPTY = Cell("")


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """As Excel counts it: the first is 1."""
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else EMPTY


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: tuple[Row, ...]
    """Without those in which nothing is written."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """First row, first column, last row, last column; rows from 1, columns from 0."""
    other_names: tuple[str, ...] = ()
    """Visible sheets of the same file that are not read."""


def column_letter(column: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def read_sheet(file: Path) -> Sheet:
    """The first visible sheet of the file that has anything in it. Raises `ImportRefused`."""
    _check_file(file)
    sheet = _read_csv(file) if file.suffix.lower() == ".csv" else _read_xlsx(file)
    if not sheet.rows:
        raise ImportRefused(f"Tệp {file.name} không có dữ liệu")
    if len(sheet.rows) > MOST_ROWS:
        raise ImportRefused(f"Tệp {file.name} có hơn {MOST_ROWS:,} dòng: Anh/Chị chia nhỏ tệp rồi nhập lại")
    return sheet


def _check_file(file: Path) -> None:
    if file.suffix.lower() not in {".csv", ".xlsx"}:
        raise ImportRefused(f"Chỉ nhập được tệp .csv hoặc .xlsx, không phải {file.name}. {_SAVE_AGAIN}")
    if not file.is_file():
        raise ImportRefused(f"Không thấy tệp {file}")
    if file.stat().st_size > LARGEST_FILE:
        raise ImportRefused(f"Tệp {file.name} lớn hơn {LARGEST_FILE // 1_000_000} MB")


# CSV


def _read_csv(file: Path) -> Sheet:
    text = _decoded(file)
    first, _, rest = text.partition("\n")
    if told := re.fullmatch(r"sep=(.)\r?", first):
        return _csv_sheet(file, rest, told[1], first_number=2)
    return _csv_sheet(file, text, _sniffed(text), first_number=1)


def _decoded(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ImportRefused(f"Không đọc được tệp {file}: {error.strerror}") from error
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content:
        raise ImportRefused(f"Tệp {file.name} được lưu theo mã UTF-16. {_SAVE_AGAIN}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(
            f"Tệp {file.name} không theo mã UTF-8 (có thể là Windows-1258). {_SAVE_AGAIN}"
        ) from error


def _sniffed(text: str) -> str:
    """The delimiter that cuts most of the first rows into the same number of cells, and into most cells."""
    return max(_DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> int:
    rows = islice(csv.reader(StringIO(text, newline=""), delimiter=delimiter), _SNIFFED_ROWS)
    try:
        widths = Counter(len(cells) for cells in rows)
    except csv.Error:
        return 0
    return max(((width - 1) * times for width, times in widths.items()), default=0)


def _csv_sheet(file: Path, text: str, delimiter: str, first_number: int) -> Sheet:
    rows: list[Row] = []
    # Strict: a quote that is never closed would otherwise swallow the rest of the file into one cell.
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = first_number
    try:
        for number, texts in enumerate(reader, first_number):
            rows.extend(_row(number, [Cell(_unquoted(text)) for text in texts]))
    except csv.Error as error:
        raise ImportRefused(
            f"Tệp {file.name}, sau dòng {number}: dấu nháy kép đặt sai chỗ hoặc không có dấu đóng"
        ) from error
    return Sheet(tuple(rows))


def _unquoted(text: str) -> str:
    """Without the sign that keeps Excel from taking a text for a formula."""
    return nfc(text[1:] if _QUOTED_FORMULA.match(text) else text)


# XLSX


def _read_xlsx(file: Path) -> Sheet:
    try:
        with load_workbook(file) as book:
            names = [
                sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible
            ]
            filled = [sheet for name in names if (sheet := book.get_sheet_by_name(name)).height]
            if not filled:
                return Sheet(())
            return _xlsx_sheet(filled[0], tuple(sheet.name for sheet in filled[1:]))
    except PasswordError as error:
        raise ImportRefused(f"Tệp {file.name} có mật khẩu: Anh/Chị bỏ mật khẩu rồi nhập lại") from error
    except (CalamineError, OSError) as error:
        raise ImportRefused(f"Không đọc được tệp {file.name}: tệp hỏng hoặc không phải .xlsx") from error


def _xlsx_sheet(sheet: CalamineSheet, other_names: tuple[str, ...]) -> Sheet:
    values = sheet.to_python(skip_empty_area=False)
    rows = [
        row for number, line in enumerate(values, 1) for row in _row(number, [_cell(value) for value in line])
    ]
    merged = tuple(
        (top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return Sheet(tuple(rows), merged, other_names)


def _cell(value: Any) -> Cell:
    match value:
        case "":
            return EMPTY
        case str():
            return Cell(nfc(value))
        case bool():
            return Cell(str(value).upper())
        case int() | float():
            return Cell(_number(value), CellKind.NUMBER)
        case date() | time() | timedelta():
            return Cell(str(value), CellKind.DATE)
        case _:
            return Cell(nfc(str(value)))


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _row(number: int, cells: list[Cell]) -> Iterator[Row]:
    if any(cell.text for cell in cells):
        yield Row(number, tuple(cells))
