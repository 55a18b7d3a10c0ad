"""How the directory's states, roles and trail lines are said and shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.audit.queries import TrailLine
from app.console.listing import Cell
from app.console.trail_words import action_words, actor_words
from app.directory.duplicates import Why
from app.directory.models import LiaisonEnd, LiaisonRole, LiaisonState
from app.look.formats import day, hour, phone

STATES = {
    LiaisonState.EXPECTED: ("Đã báo trước", "primary", "clock"),
    LiaisonState.PENDING: ("Chờ xác minh", "warn", "user-question"),
    LiaisonState.VERIFIED: ("Đã xác minh", "good", "circle-check"),
    LiaisonState.ENDED: ("Đã kết thúc", "plain", "user-minus"),
}
"""Words, tone and sign."""

ROLES = {
    LiaisonRole.HR: "Nhân sự",
    LiaisonRole.ACCOUNTANT: "Kế toán",
    LiaisonRole.MANAGER: "Lãnh đạo đơn vị",
    LiaisonRole.OTHER: "Khác",
}
ENDS = {
    LiaisonEnd.LEFT: "người này tự thôi",
    LiaisonEnd.HANDED_OVER: "đã bàn giao",
    LiaisonEnd.REJECTED: "bị từ chối",
    LiaisonEnd.ENDED_BY_STAFF: "cán bộ kết thúc",
    LiaisonEnd.MERGED: "gộp vào bản ghi khác",
}
WHY = {Why.SAME_PHONE: "cùng số điện thoại", Why.SAME_NAME: "cùng họ tên"}
CONSENTS = {"liaison": "Lưu thông tin để làm đầu mối"}

_SIGNS = {
    "added": ("plus", "good"),
    "announced": ("user-plus", "primary"),
    "verified": ("user-check", "good"),
    "rejected": ("user-x", "bad"),
    "ended": ("user-minus", "bad"),
    "restored": ("arrow-back-up", "good"),
    "edited": ("edit", "primary"),
    "merged": ("git-merge", "handoff"),
    "merge_undone": ("arrow-back-up", "handoff"),
    "viewed": ("eye", "plain"),
    "assigned": ("id-badge-2", "primary"),
    "leave_noted": ("calendar-off", "warn"),
    "leave_called_off": ("calendar", "good"),
    "invite_made": ("qrcode", "primary"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a history."""

    at: datetime
    words: str
    who: str
    sign: str
    tone: str


def happenings(lines: Iterable[TrailLine], staff: dict[str, str]) -> list[Happening]:
    told = []
    for line in lines:
        sign, tone = _SIGNS.get(line.action.partition(".")[2], ("history", "plain"))
        words, who = action_words(line.action), actor_words(line.actor, staff)
        told.append(Happening(line.at, words, who, sign, tone))
    return told


def state_cell(state: LiaisonState) -> Cell:
    words, tone, sign = STATES[state]
    return Cell(words, tone=tone, sign=sign)


def masked_phone(digits: str) -> str:
    """Enough to know it again, not to dial it: 0905 ••• 101."""
    shown = phone(digits)
    return f"{shown[:4]} ••• {shown[-3:]}" if len(shown) >= 10 else ""


def moment_words(at: datetime | None) -> str:
    return "" if at is None else f"{hour(at)} {day(at)}"
