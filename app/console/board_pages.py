"""Bảng tin: what needs doing first, then four numbers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import Response

from app.audit.queries import TrailFilter, read_page
from app.console.desk import at
from app.console.gate import Pages
from app.console.trail_pages import ShownLine, shown_lines
from app.console.visit import Visit, Visiting
from app.directory.leave import Leave, read_leaves
from app.directory.totals import read_totals
from app.handover.queries import Waiting, read_waiting
from app.inbox.queries import count_messages
from app.kit.clock import VIETNAM
from app.look.formats import number
from app.outbox.queries import read_backlog
from app.staff.queries import names_of_staff
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection

DAY = timedelta(days=1)
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Todo:
    href: str
    sign: str
    tone: str
    title: str
    under: str


@dataclass(frozen=True, slots=True)
class Number:
    name: str
    value: str
    unit: str
    change: str
    under: str


def add_board_pages(pages: Pages) -> None:
    @pages.get("/", Right.SEE_BOARD)
    async def board(visit: Visiting) -> Response:
        numbers, waiting, lately, standing_in = await visit.read(
            lambda db: (_numbers(db, visit), _waiting(db, visit), _lately(db, visit), _standing_in(db, visit))
        )
        return visit.page(
            "board/board.html",
            numbers=numbers,
            waiting=waiting,
            lately=lately,
            standing_in=standing_in,
            title="Bảng tin",
            here="/",
            greeting=_greeting(visit),
            todo=_todo(visit),
        )


def _numbers(db: "Connection", visit: Visit) -> list[Number]:
    """Counted now, compared with the same hour of yesterday where that says something."""
    today = visit.now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    messages = count_messages(db, today, visit.now)
    yesterday = count_messages(db, today - DAY, visit.now - DAY)
    totals, backlog = read_totals(db), read_backlog(db)
    change = messages - yesterday
    unsure = (
        f"{number(backlog.unknown)} tin chưa rõ đã tới chưa"
        if backlog.unknown
        else "không có tin nào chưa rõ"
    )
    return [
        Number("Tin nhắn hôm nay", number(messages), "", f"{change:+d}", "so với giờ này hôm qua"),
        Number(
            "Đang theo dõi OA", number(totals.following), f"/ {number(totals.contacts)}", "", "người đã nhắn"
        ),
        Number(
            "Đầu mối đã xác minh",
            number(totals.verified_liaisons),
            "",
            "",
            f"trên {number(totals.employers)} đơn vị",
        ),
        Number("Tin đang chờ gửi", number(backlog.waiting), "", "", unsure),
    ]


def _waiting(db: "Connection", visit: Visit) -> list[Waiting]:
    """The first of those who wait, for whoever may answer them."""
    if not visit.may(Right.ANSWER):
        return []
    return read_waiting(db, visit.desk.runtime.sealer, visit.visitor.only_units_of)[:SHOWN]


def _lately(db: "Connection", visit: Visit) -> list[ShownLine]:
    """What was done last, for whoever may see the trail."""
    if not visit.may(Right.SEE_TRAIL):
        return []
    return shown_lines(read_page(db, TrailFilter(), limit=SHOWN).lines, names_of_staff(db))


def _standing_in(db: "Connection", visit: Visit) -> list[Leave]:
    """Colleagues on leave whose units this officer looks after today."""
    mine, today = visit.visitor.officer_id, visit.now.astimezone(VIETNAM).date()
    if len(visit.visitor.looks_after) < 2:
        return []
    leaves = read_leaves(db, since=today, officer_id=mine)
    return [leave for leave in leaves if leave.stand_in_id == mine and leave.from_on <= today]


def _greeting(visit: Visit) -> str:
    hour = visit.now.astimezone(VIETNAM).hour
    part = (
        "buổi sáng" if hour < 11 else "buổi trưa" if hour < 13 else "buổi chiều" if hour < 18 else "buổi tối"
    )
    return f"Chào {part}, {visit.visitor.full_name}"


def _todo(visit: Visit) -> list[Todo]:
    """What the menu counts, in words."""
    waiting = {path: count for path, count in visit.arrival.counts.items() if count}
    said = {
        "/hop-thu": ("headset", "bad", "{} người đang chờ cán bộ", "Mở hộp thư để nhận và trả lời"),
        "/cau-hoi": (
            "message-question",
            "warn",
            "{} câu hỏi chưa trả lời được",
            "Chọn câu trả lời hoặc viết mới",
        ),
        "/dau-moi": (
            "user-check",
            "primary",
            "{} đầu mối chờ xác minh",
            "Kiểm tra rồi xác minh hoặc từ chối",
        ),
        "/nhap-excel": ("file-spreadsheet", "good", "{} tệp Excel chờ duyệt", "Xem lại rồi nhận hoặc bỏ"),
        "/gui-tin": (
            "speakerphone",
            "primary",
            "{} đợt gửi cần duyệt",
            "Xem người nhận và chi phí trước khi duyệt",
        ),
    }
    return [
        Todo(at(path), sign, tone, title.format(number(waiting[path])), under)
        for path, (sign, tone, title, under) in said.items()
        if path in waiting
    ]
