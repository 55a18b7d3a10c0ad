"""XLSX as people save it: every visible sheet, its hidden rows and dead formulas told."""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from io import BytesIO
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    load_workbook,
)

from app.directory.refusals import ImportRefused
from app.directory.sheet_shapes import (
    EMPTY,
    Cell,
    CellKind,
    Remark,
    Sheet,
    column_letter,
    filled_rows,
)

_LARGEST_UNPACKED = 400_000_000
"""Bytes of the whole file once unpacked: one of 50 MB can be made to grow to any size."""
_MOST_PLACES = 6_000_000
"""Rows times columns as far as cells are filled: the reader lays out every place between them, and a file of
5 kB can name 17 thousand million."""
_FILLED = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr=[\"']([A-Z]+)([0-9]+)[\"'][^>]*(?<!/)>")
_FILLED_SOMEWHERE = re.compile(rb"<(?:\w+:)?c\b(?![^>]*\sr=)[^>]*(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr=[\"']([0-9]+)")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_HIDDEN_ROW = re.compile(rb"<row\b(?=[^>]*\br=\"([0-9]+)\")[^>]*\bhidden=\"(?:1|true)\"")
_DEAD_FORMULA = re.compile(
    rb"<c\b(?=[^>]*\br=\"([A-Z]+)([0-9]+)\")[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)


@dataclass(frozen=True, slots=True)
class _Marks:
    hidden: tuple[int, ...] = ()
    dead: frozenset[tuple[int, int]] = frozenset()


def read_xlsx(name: str, content: bytes) -> tuple[Sheet, ...]:
    """The visible sheets that have anything in them. Raises `ImportRefused`."""
    try:
        _check_unpacked(name, content)
        with load_workbook(BytesIO(content)) as book:
            return tuple(_visible_sheets(book, content))
    except PasswordError as error:
        raise ImportRefused(f"Tệp {name} có mật khẩu: Anh/Chị bỏ mật khẩu rồi nhập lại") from error
    except (CalamineError, OSError, zipfile.BadZipFile, KeyError) as error:
        raise ImportRefused(f"Không đọc được tệp {name}: tệp hỏng hoặc không phải .xlsx") from error


def _check_unpacked(name: str, content: bytes) -> None:
    """Before the reader sees it: where memory does not suffice, it ends the whole process."""
    with zipfile.ZipFile(BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > _LARGEST_UNPACKED:
            raise ImportRefused(f"Tệp {name} quá lớn khi mở ra: Anh/Chị chia nhỏ tệp rồi nhập lại")
        for part in parts.namelist():
            if part.endswith(".xml"):
                check_extent(name, parts.read(part))


def check_extent(name: str, xml: bytes) -> None:
    """Raises `ImportRefused` when a filled cell of this part is further away than any list goes."""
    rows, columns = set(), set()
    for found in _FILLED.finditer(xml):
        columns.add(found[1])
        rows.add(found[2])
    if _FILLED_SOMEWHERE.search(xml):  # then only their rows say where they are
        rows.update(_ROW.findall(xml))
    last_row = max(map(int, rows), default=0)
    last_column = max(map(_column, columns), default=0)
    if last_row * (last_column + 1) > _MOST_PLACES:
        where = f"{column_letter(last_column)}{last_row}"
        raise ImportRefused(
            f"Tệp {name} có chữ ở rất xa danh sách (đến ô {where}): "
            "Anh/Chị xóa chữ ở đó, hoặc chép danh sách sang một tệp mới, rồi nhập lại"
        )


def _visible_sheets(book: CalamineWorkbook, content: bytes) -> Iterable[Sheet]:
    for meta in book.sheets_metadata:
        if meta.visible != SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if sheet.height:
            yield _sheet(sheet, _marks(content, meta.name))


def _sheet(sheet: CalamineSheet, marks: _Marks) -> Sheet:
    lines = [
        (number, [_cell(value) for value in line])
        for number, line in enumerate(sheet.to_python(skip_empty_area=False), 1)
    ]
    for row, column in marks.dead:
        _bury(lines, row, column)
    merged = tuple(
        (top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return Sheet(filled_rows(lines), merged, name=sheet.name, remarks=tuple(_remarks(marks, len(lines))))


def _bury(lines: list[tuple[int, list[Cell]]], row: int, column: int) -> None:
    while len(lines) < row:
        lines.append((len(lines) + 1, []))
    cells = lines[row - 1][1]
    cells.extend([EMPTY] * (column + 1 - len(cells)))
    cells[column] = Cell("", CellKind.FORMULA)


def _remarks(marks: _Marks, height: int) -> Iterable[Remark]:
    hidden = [row for row in marks.hidden if row <= height]
    if hidden:
        what = f"{len(hidden)} dòng đang bị ẩn trong Excel vẫn được đọc: {_spans(hidden)}"
        yield Remark("Tệp", what)


def _spans(rows: list[int]) -> str:
    """5–9, 12: as people write rows down; the rest of a long list is only counted."""
    spans: list[list[int]] = []
    for row in sorted(rows):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:10]]
    return ", ".join(shown) + (" …" if len(spans) > 10 else "")


def _marks(content: bytes, name: str) -> _Marks:
    """What the sheet's own XML says; nothing when its part cannot be found."""
    with zipfile.ZipFile(BytesIO(content)) as parts:
        part = _part_of(parts, name)
        if part is None:
            return _Marks()
        xml = parts.read(part)
    dead = frozenset((int(row), _column(letters)) for letters, row in _DEAD_FORMULA.findall(xml))
    return _Marks(tuple(int(row) for row in _HIDDEN_ROW.findall(xml)), dead)


def _part_of(parts: zipfile.ZipFile, name: str) -> str | None:
    there = set(parts.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= there:
        return None
    sheets = {
        _unescaped(_attribute(tag, b"name")): _attribute(tag, rb"\w+:id")
        for tag in _SHEET.findall(parts.read("xl/workbook.xml"))
    }
    relations = parts.read("xl/_rels/workbook.xml.rels")
    targets = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target").decode() for tag in _RELATION.findall(relations)
    }
    target = targets.get(sheets.get(name, b""), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in there else None


def _attribute(tag: bytes, name: bytes) -> bytes:
    found = re.search(rb"\s" + name + rb"=\"([^\"]*)\"", tag)
    return found[1] if found else b""


def _unescaped(text: bytes) -> str:
    plain = text.decode()
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        plain = plain.replace(written, meant)
    return plain


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.decode():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _cell(value: Any) -> Cell:
    match value:
        case "":
            return EMPTY
        case str():
            return Cell(value)
        case bool():
            return Cell(str(value).upper())
        case int() | float():
            return Cell(_number(value), CellKind.NUMBER)
        case date() | time() | timedelta():
            return Cell(str(value), CellKind.DATE)
        case _:
            return Cell(str(value))


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)
