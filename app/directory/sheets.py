"""Files as people drop them: CSV or XLSX in, tidy sheets out, whatever the name or the font."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.directory.csv_sheets import SAVE_AGAIN, read_csv
from app.directory.old_fonts import read_column
from app.directory.refusals import ImportRefused
from app.directory.sheet_shapes import (
    Cell,
    CellKind,
    Remark,
    Row,
    Sheet,
    column_letter,
    filled_rows,
)
from app.directory.xlsx_sheets import read_xlsx
from app.kit.vietnamese import nfc

LARGEST_FILE = 50_000_000
MOST_ROWS = 200_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def read_file(file: Path) -> tuple[Sheet, ...]:
    """The visible sheets of a file on disk. Raises `ImportRefused`."""
    if not file.is_file():
        raise ImportRefused(f"Không thấy tệp {file}")
    check_size(file.name, file.stat().st_size)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ImportRefused(f"Không đọc được tệp {file}: {error.strerror}") from error
    return read_sheets(file.name, content)


def read_sheet(file: Path) -> Sheet:
    """The first visible sheet of the file that has anything in it. Raises `ImportRefused`."""
    return read_file(file)[0]


def check_size(name: str, size: int) -> None:
    """Raises `ImportRefused`."""
    if size > LARGEST_FILE:
        raise ImportRefused(f"Tệp {name} lớn hơn {LARGEST_FILE // 1_000_000} MB")


def read_sheets(name: str, content: bytes) -> tuple[Sheet, ...]:
    """Every visible sheet that has anything in it, each knowing the names of the others.

    What the file is, its first bytes say; its name only has to be one of those that lists have. Raises
    `ImportRefused`.
    """
    check_size(name, len(content))
    ending = Path(name).suffix.lower()
    if ending not in {".csv", ".xlsx"}:
        raise ImportRefused(f"Chỉ nhập được tệp .csv hoặc .xlsx, không phải {name}. {SAVE_AGAIN}")
    if content.startswith(_OLE):
        raise ImportRefused(_locked_or_old(name, content))
    if content.startswith(_ZIP):
        sheets = read_xlsx(name, content)
        remarks = () if ending == ".xlsx" else (Remark("Tệp", "tên là .csv nhưng bên trong là .xlsx"),)
    elif ending == ".csv":
        sheets, remarks = (read_csv(name, content),), ()
    else:
        raise ImportRefused(f"Không đọc được tệp {name}: tệp hỏng hoặc không phải .xlsx")
    filled = [tidy for sheet in sheets if (tidy := _tidy(sheet)).rows]
    if not filled:
        raise ImportRefused(f"Tệp {name} không có dữ liệu")
    if any(len(sheet.rows) > MOST_ROWS for sheet in filled):
        raise ImportRefused(f"Tệp {name} có hơn {MOST_ROWS:,} dòng: Anh/Chị chia nhỏ tệp rồi nhập lại")
    names = [sheet.name for sheet in filled]
    return tuple(
        replace(
            sheet,
            other_names=tuple(names[:at] + names[at + 1 :]),
            remarks=(*remarks, *sheet.remarks),
        )
        for at, sheet in enumerate(filled)
    )


def _locked_or_old(name: str, content: bytes) -> str:
    if _LOCKED in content:
        return f"Tệp {name} có mật khẩu: Anh/Chị bỏ mật khẩu rồi nhập lại"
    return f"Tệp {name} theo kiểu Excel cũ (.xls). {SAVE_AGAIN}"


def _tidy(sheet: Sheet) -> Sheet:
    """Old fonts read before letters are composed: one of their codes is a sign that is tidied away."""
    rows, remarks = _in_unicode(sheet.rows)
    tidy = [
        (row.number, [Cell(nfc(cell.text), cell.kind) if cell.text else cell for cell in row.cells])
        for row in rows
    ]
    return replace(sheet, rows=filled_rows(tidy), remarks=(*sheet.remarks, *remarks))


def _in_unicode(rows: Sequence[Row]) -> tuple[Sequence[Row], list[Remark]]:
    if all(cell.text.isascii() for row in rows for cell in row.cells):
        return rows, []
    remarks: list[Remark] = []
    written: dict[tuple[int, int], str] = {}
    for column in range(max(len(row.cells) for row in rows)):
        texts = [row.cell(column).text for row in rows]
        reading = read_column(texts)
        if reading.font is None:
            continue
        what = f"{reading.converted} ô gõ bằng phông {reading.font}, đã chuyển sang Unicode: Anh/Chị xem lại"
        remarks.append(Remark(f"Cột {column_letter(column)}", what))
        written |= {
            (at, column): new
            for at, (old, new) in enumerate(zip(texts, reading.texts, strict=True))
            if old != new
        }
    if not written:
        return rows, []
    return [_rewritten(at, row, written) for at, row in enumerate(rows)], remarks


def _rewritten(at: int, row: Row, written: dict[tuple[int, int], str]) -> Row:
    cells = [
        Cell(written[at, column], CellKind.TEXT) if (at, column) in written else cell
        for column, cell in enumerate(row.cells)
    ]
    return Row(row.number, tuple(cells))
