"""Bảng tin: what needs doing first, then four numbers."""

from dataclasses import dataclass

from fastapi import Response

from app.console.desk import at
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.kit.clock import VIETNAM
from app.look.formats import number
from app.staff.rules import Right


@dataclass(frozen=True, slots=True)
class Todo:
    href: str
    sign: str
    tone: str
    title: str
    under: str


def add_board_pages(pages: Pages) -> None:
    @pages.get("/", Right.SEE_BOARD)
    async def board(visit: Visiting) -> Response:
        return visit.page(
            "board/board.html",
            title="Bảng tin",
            here="/",
            greeting=_greeting(visit),
            todo=_todo(visit),
        )


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
