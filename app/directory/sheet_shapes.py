"""What a sheet is once it has been read: rows of text cells with their places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class CellKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    """Excel kept a number: leading zeros are gone, digits beyond the fifteenth are invented."""
    DATE = "date"
    """Excel kept a date or a time, perhaps of its own accord."""
    FORMULA = "formula"
    """A formula that no program has computed: there is no value."""


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
class Remark:
    """What was found or put right while reading, and where."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: tuple[Row, ...]
    """Without those in which nothing is written."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """First row, first column, last row, last column; rows from 1, columns from 0."""
    other_names: tuple[str, ...] = ()
    """Visible sheets of the same file that are not read."""
    name: str = ""
    remarks: tuple[Remark, ...] = ()


def column_letter(column: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def filled_rows(lines: Iterable[tuple[int, Sequence[Cell]]]) -> tuple[Row, ...]:
    """The rows in which a cell holds anything but spaces."""
    return tuple(
        Row(number, tuple(cells))
        for number, cells in lines
        if any(cell.text.strip() or cell.kind is CellKind.FORMULA for cell in cells)
    )


def with_cells(sheet: Sheet, texts: Mapping[tuple[int, int], str]) -> Sheet:
    """The sheet with some cells written anew, by row number and column."""
    if not texts:
        return sheet
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in texts.items():
        by_row.setdefault(row, {})[column] = text
    rows = tuple(_with(row, by_row[row.number]) if row.number in by_row else row for row in sheet.rows)
    return replace(sheet, rows=rows)


def _with(row: Row, texts: Mapping[int, str]) -> Row:
    width = max(len(row.cells), max(texts) + 1)
    cells = [Cell(texts[at]) if at in texts else row.cell(at) for at in range(width)]
    return Row(row.number, tuple(cells))
