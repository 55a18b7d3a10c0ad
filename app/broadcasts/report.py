"""The table of a broadcast's recipients as an Excel workbook; that it was made is recorded."""

from datetime import datetime
from io import BytesIO

import xlsxwriter  # type: ignore[import-untyped]
from sqlalchemy import Connection, select

from app.audit.trail import Entry, record
from app.broadcasts.models import Recipient
from app.broadcasts.queries import RecipientLine, list_recipients, read_overview
from app.broadcasts.wordings import STATES, WAYS, reason_line
from app.directory.models import Employer, Liaison
from app.kit.clock import VIETNAM

SLICE = 1000
HEADINGS = (
    "Họ tên",
    "Đơn vị",
    "Trạng thái",
    "Cách gửi",
    "Chi phí (đồng)",
    "Lý do",
    "Gửi lúc",
    "Nhận lúc",
    "Xem lúc",
    "Trả lời",
    "Trả lời lúc",
)
ANSWERS = {"done": "Đã xong", "help": "Cần hỗ trợ"}


def write_report(db: Connection, broadcast_id: int, by: str, now: datetime) -> bytes:
    """Everybody of the broadcast, in the order of the plan. Raises `NoSuchBroadcast`."""
    read_overview(db, broadcast_id)
    file = BytesIO()
    # Texts are never formulas or links, whatever a person has written into their name.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("Người nhận")
        sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
        row, after = 1, 0
        while lines := list_recipients(db, broadcast_id, after=after, most=SLICE):
            names = _names(db, lines)
            for line in lines:
                sheet.write_row(row, 0, _cells(line, *names.get(line.id, ("", ""))))
                row += 1
            after = lines[-1].id
    detail = {"rows": row - 1}
    record(db, Entry(by, "broadcast.export", f"broadcast:{broadcast_id}", now, detail))
    return file.getvalue()


def _names(db: Connection, lines: list[RecipientLine]) -> dict[int, tuple[str, str]]:
    """Name and unit as they are now; who has left or was deleted has none."""
    rows = db.execute(
        select(Recipient.id, Liaison.full_name, Employer.name)
        .join(Liaison, Liaison.id == Recipient.liaison_id)
        .outerjoin(Employer, Employer.id == Recipient.employer_id)
        .where(Recipient.id.in_([line.id for line in lines]))
    )
    return {row.id: (row.full_name, row.name or "") for row in rows}


def _cells(line: RecipientLine, name: str, unit: str) -> list[str | int]:
    return [
        name,
        unit,
        STATES[line.state],
        "" if line.way is None else WAYS[line.way],
        line.price,
        "" if line.reason is None else reason_line(line.reason, line.error_code, line.way),
        _at(line.settled_at),
        _at(line.delivered_at),
        _at(line.seen_at),
        ANSWERS.get(line.answer or "", ""),
        _at(line.answered_at),
    ]


def _at(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}"
