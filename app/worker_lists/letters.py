"""The list of a unit as a workbook to print and sign: for units that have no liaison on Zalo."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from app.worker_lists.queries import UnitProgress
from app.worker_lists.worker_queries import Worker

A4 = 9
COLUMNS = (
    ("STT", 6),
    ("Họ và tên", 34),
    ("Mã số", 18),
    ("Đã cài (x)", 11),
    ("Đã nghỉ việc (x)", 11),
    ("Cần hỗ trợ, sai thông tin (ghi rõ)", 34),
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes, and from where; as the office's own letters are headed."""

    parent: str = "BẢO HIỂM XÃ HỘI VIỆT NAM"
    office: str = "BẢO HIỂM XÃ HỘI TỈNH KHÁNH HÒA"
    place: str = "Khánh Hòa"
    signer: str = "CÁN BỘ CHUYÊN QUẢN"


def letter_workbook(head: Letterhead, unit: UnitProgress, workers: tuple[Worker, ...], on: date) -> bytes:
    """One sheet, fit for A4; names and unit are only ever written as text, never as a formula."""
    content = BytesIO()
    # In memory: names would otherwise lie in temporary files on the way.
    import xlsxwriter  # type: ignore[import-untyped]  # 2 MB that only an export needs

    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Danh sách")
        sheet.set_paper(A4)
        sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&CTrang &P/&N")
        formats = _Formats(book)
        for place, (_, width) in enumerate(COLUMNS):
            sheet.set_column(place, place, width)
        first = _write_head(sheet, formats, head, unit, on)
        after = _write_table(sheet, formats, workers, first)
        _write_foot(sheet, formats, head, unit, after)
    return content.getvalue()


class _Formats:
    def __init__(self, book: Any) -> None:
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
        centred = base | {"align": "center"}
        grid = base | {"border": 1, "text_wrap": True}
        self.plain = book.add_format(base | {"text_wrap": True})
        self.centre = book.add_format(centred)
        self.strong = book.add_format(centred | {"bold": True})
        self.title = book.add_format(centred | {"bold": True, "font_size": 14})
        self.italic = book.add_format(centred | {"italic": True})
        self.heading = book.add_format(grid | {"bold": True, "align": "center"})
        self.cell = book.add_format(grid | {"num_format": "@"})
        self.number = book.add_format(grid | {"align": "center"})


def _write_head(sheet: Any, formats: _Formats, head: Letterhead, unit: UnitProgress, on: date) -> int:
    """The row under the heading, where the table begins."""
    _across(sheet, 0, 0, 2, head.parent, formats.centre)
    _across(sheet, 0, 3, 5, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", formats.strong)
    _across(sheet, 1, 0, 2, head.office, formats.strong)
    _across(sheet, 1, 3, 5, "Độc lập – Tự do – Hạnh phúc", formats.strong)
    _across(sheet, 2, 3, 5, _dateline(head, on), formats.italic)
    _across(sheet, 4, 0, 5, "DANH SÁCH NGƯỜI LAO ĐỘNG CHƯA ĐĂNG KÝ, CÀI ĐẶT VssID", formats.title)
    _across(sheet, 5, 0, 5, f"Kính gửi: {unit.name}", formats.strong)
    about = f"Mã đơn vị: {unit.code or '……'} · {unit.list_title}, số liệu ngày {_day(unit.received_on)}"
    if unit.due_on is not None:
        about += f" · Đề nghị phản hồi trước ngày {_day(unit.due_on)}"
    _across(sheet, 6, 0, 5, about, formats.centre)
    return 8


def _write_table(sheet: Any, formats: _Formats, workers: tuple[Worker, ...], first: int) -> int:
    for place, (heading, _) in enumerate(COLUMNS):
        sheet.write_string(first, place, heading, formats.heading)
    sheet.repeat_rows(first)
    for number, worker in enumerate(workers, 1):
        row = first + number
        sheet.write_number(row, 0, number, formats.number)
        sheet.write_string(row, 1, worker.name, formats.cell)
        sheet.write_string(row, 2, worker.masked_number, formats.cell)
        for place in range(3, len(COLUMNS)):
            sheet.write_blank(row, place, None, formats.cell)
    return first + len(workers) + 1


def _write_foot(sheet: Any, formats: _Formats, head: Letterhead, unit: UnitProgress, row: int) -> None:
    said = (
        "Đơn vị đánh dấu vào cột phù hợp và gửi lại chuyên quản; không ghi mật khẩu, mã OTP, "
        "không kèm ảnh giấy tờ của người lao động."
    )
    sheet.set_row(row + 1, 34)
    _across(sheet, row + 1, 0, 5, said, formats.plain)
    _across(sheet, row + 3, 0, 2, "ĐẠI DIỆN ĐƠN VỊ", formats.strong)
    _across(sheet, row + 3, 3, 5, head.signer, formats.strong)
    if unit.officer:
        _across(sheet, row + 7, 3, 5, unit.officer, formats.strong)


def _across(sheet: Any, row: int, first: int, last: int, text: str, look: Any) -> None:
    """Merged cells hold a string, whatever it begins with: `merge_range` would guess a formula."""
    sheet.merge_range(row, first, row, last, "", look)
    sheet.write_string(row, first, text, look)


def _dateline(head: Letterhead, on: date) -> str:
    return f"{head.place}, ngày {on.day:02} tháng {on.month:02} năm {on.year}"


def _day(on: date) -> str:
    return f"{on:%d/%m/%Y}"
