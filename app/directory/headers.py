"""Where a sheet has its header and which column is which: guessed by names, or as somebody said."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.directory.columns import Header, ListShape
from app.directory.refusals import ImportRefused
from app.directory.sheet_shapes import Row, Sheet, column_letter
from app.kit.vietnamese import fold

HEADER_IS_WITHIN = 30
"""Rows of title, decree and date that may stand above the header."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Which sheet, which row is the (last) header, which column holds what."""

    sheet: str
    header_row: int
    columns: Mapping[str, int]


def choose_sheet(sheets: Sequence[Sheet], shape: ListShape) -> tuple[Sheet, Header]:
    """The first sheet that has every required column. Raises `ImportRefused`, speaking of the first sheet."""
    refusal: ImportRefused | None = None
    for sheet in sheets:
        try:
            return sheet, find_header(sheet, shape)
        except ImportRefused as error:
            refusal = refusal or error
    raise refusal or ImportRefused("Tệp không có dữ liệu")


def find_header(sheet: Sheet, shape: ListShape) -> Header:
    """The first row, or pair of rows, that names every required column.

    Raises `ImportRefused`, naming what is missing.
    """
    within = [row for row in sheet.rows if row.number <= HEADER_IS_WITHIN]
    single = [_header(row, shape) for row in within]
    complete = next((header for header in single if not _missing(header, shape)), None)
    if complete is None or _has_groups(sheet, complete.row):
        complete = _of_two_rows(sheet, within, shape, complete) or complete
    header = complete or max(single, key=lambda each: len(each.columns), default=None)
    if header is None or not header.columns:
        wanted = ", ".join(_missing(None, shape))
        raise ImportRefused(f"Không thấy dòng tiêu đề. Tệp cần có các cột: {wanted}")
    if missing := _missing(header, shape):
        raise ImportRefused(f"Dòng tiêu đề (dòng {header.row}) thiếu cột: {', '.join(missing)}")
    _check_once(sheet, header, shape)
    return header


def told_header(sheet: Sheet, shape: ListShape, guess: Guess) -> Header:
    """The header as staff corrected it. Raises `ImportRefused` when a required column is not named."""
    row = next((row for row in sheet.rows if row.number == guess.header_row), Row(guess.header_row, ()))
    known = {column.key: column.header for column in shape.columns}
    columns = {key: place for key, place in guess.columns.items() if key in known}
    written = {key: _tidy(row.cell(place).text) or known[key] for key, place in columns.items()}
    named = set(columns.values())
    ignored = tuple(
        _tidy(cell.text) for place, cell in enumerate(row.cells) if cell.text and place not in named
    )
    width = max([len(row.cells), *(place + 1 for place in named)])
    header = Header(guess.header_row, columns, written, ignored, width)
    if missing := _missing(header, shape):
        raise ImportRefused(f"Chưa chọn cột: {', '.join(missing)}")
    return header


def prints_of(sheet: Sheet) -> Iterator[tuple[int, str]]:
    """Row number and fingerprint of every row that may be a header: the same form gives the same print."""
    for row in sheet.rows:
        if row.number <= HEADER_IS_WITHIN:
            names = "|".join(_plain(cell.text) for cell in row.cells).rstrip("|")
            yield row.number, hashlib.sha256(names.encode()).hexdigest()[:32]


def _of_two_rows(
    sheet: Sheet, within: Sequence[Row], shape: ListShape, alone: Header | None
) -> Header | None:
    """A header whose upper row groups the lower one: "Mã đơn vị" over "Cũ" and "Mới"."""
    by_number = {row.number: row for row in within}
    for upper in within:
        lower = by_number.get(upper.number + 1)
        if lower is None or (alone is not None and upper.number != alone.row):
            continue
        header = _joined(sheet, upper, lower, shape)
        more = alone is None or len(header.columns) >= len(alone.columns)
        if more and not _missing(header, shape) and _is_header(lower):
            return header
    return None


def _joined(sheet: Sheet, upper: Row, lower: Row, shape: ListShape) -> Header:
    tops = _spread(sheet, upper)
    named = _named(shape)
    columns: dict[str, int] = {}
    written: dict[str, str] = {}
    ignored: list[str] = []
    for place in range(max(len(tops), len(lower.cells))):
        above, below = tops[place] if place < len(tops) else "", lower.cell(place).text
        names = [_tidy(name) for name in (f"{above} {below}", below, above) if name.strip()]
        found = next((named[_plain(name)] for name in names if _plain(name) in named), None)
        if found is not None and found not in columns:
            columns[found], written[found] = place, names[0]
        elif names and found is None:
            ignored.append(names[0])
    width = max(len(tops), len(lower.cells))
    return Header(lower.number, columns, written, tuple(ignored), width)


def _spread(sheet: Sheet, row: Row) -> list[str]:
    """The row's texts, those of merged cells in every column that they cover."""
    texts = [cell.text for cell in row.cells]
    for top, left, bottom, right in sheet.merged:
        if top == bottom == row.number and left < len(texts):
            texts += [""] * (right + 1 - len(texts))
            texts[left : right + 1] = [texts[left]] * (right + 1 - left)
    return texts


def _is_header(row: Row) -> bool:
    """Data have digits in them; the names of columns do not."""
    texts = [cell.text for cell in row.cells if cell.text]
    return bool(texts) and not any(letter.isdigit() for text in texts for letter in text)


def _has_groups(sheet: Sheet, row: int) -> bool:
    return any(top == bottom == row and right > left for top, left, bottom, right in sheet.merged)


def _header(row: Row, shape: ListShape) -> Header:
    columns: dict[str, int] = {}
    written: dict[str, str] = {}
    ignored: list[str] = []
    for place, cell in enumerate(row.cells):
        key = _named(shape).get(_plain(cell.text))
        if key is not None and key not in columns:
            columns[key], written[key] = place, _tidy(cell.text)
        elif key is None and cell.text:
            ignored.append(_tidy(cell.text))
    width = max((place + 1 for place, cell in enumerate(row.cells) if cell.text), default=0)
    return Header(row.number, columns, written, tuple(ignored), width)


def _missing(header: Header | None, shape: ListShape) -> list[str]:
    there = {} if header is None else header.columns
    missing = [column.header for column in shape.columns if column.required and column.key not in there]
    if shape.one_of and not any(key in there for key in shape.one_of):
        names = [column.header for column in shape.columns if column.key in shape.one_of]
        missing.append("một trong các cột " + ", ".join(f"“{name}”" for name in names))
    return missing


def _check_once(sheet: Sheet, header: Header, shape: ListShape) -> None:
    row = next(row for row in sheet.rows if row.number == header.row)
    for place, cell in enumerate(row.cells):
        key = _named(shape).get(_plain(cell.text))
        if key is not None and header.columns.get(key, place) != place:
            one, other = column_letter(header.columns[key]), column_letter(place)
            raise ImportRefused(
                f"Cột {one} ({header.written[key]}) và cột {other} ({cell.text}) cùng một nghĩa: "
                "Anh/Chị bỏ bớt hoặc đổi tên một cột"
            )


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    """Without accents, signs and remarks in brackets."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", re.sub(r"\([^)]*\)", " ", fold(text))).split())


@cache
def _named(shape: ListShape) -> Mapping[str, str]:
    return {_plain(name): column.key for column in shape.columns for name in (column.header, *column.also)}
