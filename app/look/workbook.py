"""Excel workbooks of plain values: text stays text, whatever it begins with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

LONGEST_CELL = 32_767
NARROWEST, WIDEST = 8, 60
MEASURED = 200
"""Rows that decide how wide a column is."""

Value = str | int


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]


def write_workbook(sheets: Iterable[Sheet]) -> bytes:
    """The file's bytes. Nothing is computed on opening: a name that begins with "=" is a name.

    Built in memory: rows with personal data leave no temporary file behind.
    """
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    import xlsxwriter  # type: ignore[import-untyped]  # 2 MB that only an export needs

    with xlsxwriter.Workbook(content, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        # The text format keeps zeros and long numbers when somebody edits the cell.
        text = book.add_format({"num_format": "@"})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.title), sheet, bold, text)
    return content.getvalue()


def _write_sheet(page, sheet: Sheet, bold: object, text: object) -> None:  # type: ignore[no-untyped-def]
    for place, heading in enumerate(sheet.headings):
        shown = [heading, *(str(row[place]) for row in sheet.rows[:MEASURED])]
        width = max(NARROWEST, min(WIDEST, max(map(len, shown)) + 2))
        page.set_column(place, place, width)
        page.write_string(0, place, heading, bold)
    page.freeze_panes(1, 0)
    for number, row in enumerate(sheet.rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                page.write_number(number, place, value)
            else:
                page.write_string(number, place, value[:LONGEST_CELL], text)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.headings) - 1)
