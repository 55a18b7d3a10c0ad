"""A sheet read as a list of one kind: entries with their places, and every cell that is wrong."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.directory.cell_values import WrongCell, read_cell
from app.directory.columns import Header, ListShape
from app.directory.headers import find_header
from app.directory.sheet_shapes import Row, Sheet, column_letter

_COLUMN_NUMBER = re.compile(r"\(?(?:[0-9]{1,2}|[A-Z])\)?")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a place of the file, for who has to mend it there."""

    place: str
    reason: str
    row: int = 0
    """0 when it is about the file as a whole."""
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Entry:
    row: int
    values: Mapping[str, str]
    """By column key; only columns that the file has."""

    def get(self, key: str) -> str:
        return self.values.get(key, "")


@dataclass(frozen=True, slots=True)
class Listing:
    header: Header
    entries: tuple[Entry, ...]
    """Those rows of which every cell could be read."""
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    def has(self, key: str) -> bool:
        return key in self.header.columns

    def finding(self, entry: Entry, key: str, reason: str) -> Finding:
        """About a cell; about the row when the file has no such column."""
        if not self.has(key):
            return Finding(f"Dòng {entry.row}", reason, entry.row)
        return _about_cell(self.header, entry.row, key, reason)


Watch = Callable[[int], None]
"""Told now and then how many rows have been read."""
WATCHED_EVERY = 500


def read_listing(
    sheet: Sheet, shape: ListShape, header: Header | None = None, watch: Watch = lambda _rows: None
) -> Listing:
    """Raises `ImportRefused` when the sheet has no header for this kind of list."""
    header = header or find_header(sheet, shape)
    columns = [column for column in shape.columns if column.key in header.columns]
    findings = list(_merged_cells(sheet, header))
    areas = _merged_areas(sheet, header)
    merged = {number for top, _, bottom, _ in areas for number in range(top, bottom + 1)}

    notes = list(_remarks(sheet, header))
    entries: list[Entry] = []
    for count, row in enumerate(_data_rows(sheet, header), 1):
        values: dict[str, str] = {}
        wrong = []
        for column in columns:
            try:
                value = read_cell(column, row.cell(header.columns[column.key]))
            except WrongCell as error:
                wrong.append(_about_cell(header, row.number, column.key, str(error)))
                continue
            values[column.key] = value.text
            if value.note:
                notes.append(_about_cell(header, row.number, column.key, value.note))
        wrong += _cells_too_many(row, header)
        findings += wrong or _no_choice(shape, row, values)
        if not wrong and row.number not in merged:
            entries.append(Entry(row.number, values))
        if count % WATCHED_EVERY == 0:
            watch(count)
    if not entries and not findings:
        findings.append(Finding(f"Dòng {header.row}", "dưới dòng tiêu đề không có dòng nào"))
    return Listing(header, tuple(entries), tuple(findings), tuple(notes))


def _about_cell(header: Header, row: int, key: str, reason: str) -> Finding:
    return Finding(header.place(row, key), reason, row, header.columns[key])


def _data_rows(sheet: Sheet, header: Header) -> Iterator[Row]:
    for row in sheet.rows:
        if row.number <= header.row:
            continue
        texts = [row.cell(place).text for place in header.columns.values()]
        if not any(texts):
            continue
        # Forms often number their columns under the header: (1) (2) (3), or A B 1 2.
        numbers_columns = all(not text or _COLUMN_NUMBER.fullmatch(text) for text in texts)
        if numbers_columns and row.number == header.row + 1:
            continue
        yield row


def _cells_too_many(row: Row, header: Header) -> list[Finding]:
    """A comma inside a value that is not quoted moves everything behind it one column on."""
    beyond = [place for place in range(header.width, len(row.cells)) if row.cell(place).text]
    if not beyond:
        return []
    place = f"{column_letter(beyond[0])}{row.number}"
    what = "ô nằm ngoài các cột có tiêu đề; trong CSV, giá trị có dấu phẩy phải ở trong ngoặc kép"
    return [Finding(place, what, row.number, beyond[0])]


def _no_choice(shape: ListShape, row: Row, values: Mapping[str, str]) -> list[Finding]:
    choice = shape.one_of
    if not choice or any(values.get(key) for key in choice):
        return []
    headers = ", ".join(column.header for column in shape.columns if column.key in choice)
    return [Finding(f"Dòng {row.number}", f"cần ít nhất một trong các mã: {headers}", row.number)]


def _merged_cells(sheet: Sheet, header: Header) -> Iterator[Finding]:
    """Excel keeps the value of merged cells in the first one only; the others would be taken for empty."""
    for top, left, bottom, right in _merged_areas(sheet, header):
        area = f"{column_letter(left)}{top}:{column_letter(right)}{bottom}"
        first = max(top, header.row + 1)
        yield Finding(area, "các ô gộp: Anh/Chị bỏ gộp và điền đủ từng dòng", first, left)


def _merged_areas(sheet: Sheet, header: Header) -> Iterator[tuple[int, int, int, int]]:
    known = set(header.columns.values())
    for top, left, bottom, right in sheet.merged:
        if bottom > header.row and known & set(range(left, right + 1)):
            yield top, left, bottom, right


def _remarks(sheet: Sheet, header: Header) -> Iterator[Finding]:
    if header.ignored:
        yield Finding(f"Dòng {header.row}", f"không dùng các cột: {', '.join(header.ignored)}")
    for remark in sheet.remarks:
        yield Finding(remark.place, remark.text)
    if sheet.other_names:
        what = f"chỉ đọc trang tính {sheet.name}, không đọc: {', '.join(sheet.other_names)}"
        yield Finding("Tệp", what)
