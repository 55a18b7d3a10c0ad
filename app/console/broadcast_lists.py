"""The lists around broadcasts: all of them by state, the recipients of one; each as a page and as Excel."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.broadcasts.listing import (
    BroadcastRow,
    RecipientRow,
    WantedBroadcasts,
    WantedRecipients,
    find_broadcasts,
    find_recipients,
)
from app.broadcasts.models import BroadcastState, RecipientState
from app.broadcasts.wordings import REASONS, STATES, WAYS, reason_line
from app.console.broadcast_figures import GROUPS
from app.console.broadcast_words import ANSWERS, RECIPIENT_TONES
from app.console.broadcast_words import STATES as BROADCAST_STATES
from app.console.desk import at
from app.console.listing import Asked, Cell, Choice, Column, Filter, Found, Listing, Row, Search
from app.look.formats import day, hour, number
from app.staff.queries import names_of_staff
from app.staff.sessions import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/gui-tin"

RUNNING = (BroadcastState.TESTING, BroadcastState.SENDING, BroadcastState.PAUSED, BroadcastState.HALTED)
GROUPED: dict[str, tuple[str, tuple[BroadcastState, ...]]] = {
    "nhap": ("Bản nháp", (BroadcastState.DRAFT,)),
    "chua-gui": ("Chưa gửi", (BroadcastState.PLANNING, BroadcastState.PLANNED)),
    "hen": ("Đã hẹn giờ", (BroadcastState.SCHEDULED,)),
    "dang": ("Đang gửi, tạm dừng", RUNNING),
    "xong": ("Đã xong", (BroadcastState.DONE,)),
    "dung": ("Đã dừng hẳn", (BroadcastState.STOPPED,)),
}
REACHED = (RecipientState.SENT, RecipientState.DELIVERED, RecipientState.SEEN)


def _read_broadcasts(db: "Connection", _: Visitor, asked: Asked) -> Found:
    states = GROUPED[asked.value("tt")][1] if asked.value("tt") else ()
    wanted = WantedBroadcasts(
        states, asked.value("q"), asked.sort, asked.descending, None, asked.offset, asked.limit
    )
    rows, total = find_broadcasts(db, wanted)
    names = names_of_staff(db)
    return Found([_broadcast(row, names) for row in rows], total)


LISTING = Listing(
    PLACE,
    "Gửi thông báo",
    "đợt gửi",
    (
        Column("ten", "Tên", sorts=True, place="head"),
        Column("tt", "Tình trạng", place="beside"),
        Column("nhan", "Người nhận", number=True),
        Column("toi", "Đã gửi", number=True),
        Column("loi", "Không gửi được", number=True),
        Column("soan", "Người soạn"),
        Column("duyet", "Người duyệt", at_first=False),
        Column("hen", "Giờ gửi", sorts=True),
        Column("luc", "Soạn lúc", sorts=True),
    ),
    _read_broadcasts,
    (
        Search("Tìm tên đợt gửi"),
        Choice("tt", "Tình trạng", tuple((key, words) for key, (words, _) in GROUPED.items())),
    ),
    sort="-luc",
    empty="Chưa có đợt gửi nào. Bấm “Soạn thông báo” để viết đợt đầu tiên.",
    subject="gui-tin",
)


def _broadcast(row: BroadcastRow, names: dict[str, str]) -> Row:
    words, tone, sign = BROADCAST_STATES[row.state]
    note = "Lời nhắc tự gửi" if row.reminder_id is not None else ""
    return Row(
        str(row.id),
        {
            "ten": Cell(row.title, at(f"{PLACE}/{row.id}"), note=note),
            "tt": Cell(words, tone=tone, sign=sign),
            "nhan": number(row.counts.total),
            "toi": number(row.counts.of(*REACHED)),
            "loi": number(row.counts.of(RecipientState.FAILED)),
            "soan": _person(row.created_by, names),
            "duyet": _person(row.approved_by or "", names),
            "hen": _moment(row.scheduled_at),
            "luc": _moment(row.created_at),
        },
    )


def _person(actor: str, names: dict[str, str]) -> str:
    if actor.startswith("reminder:"):
        return "Lời nhắc"
    return names.get(actor, "Dòng lệnh" if actor == "operator" else actor)


def recipients_path(broadcast_id: int) -> str:
    return f"{PLACE}/{broadcast_id}/nguoi-nhan"


def recipients_listing(broadcast_id: int, title: str, visitor: Visitor) -> Listing:
    """Those of the visitor's own units only, where a role is bound to them."""

    def read(db: "Connection", _: Visitor, asked: Asked) -> Found:
        wanted = replace(_wanted(asked), only_units_of=visitor.only_units_of)
        rows, total = find_recipients(db, broadcast_id, wanted)
        return Found([_recipient(row) for row in rows], total)

    return Listing(
        recipients_path(broadcast_id),
        f"Người nhận: {title}",
        "người nhận",
        (
            Column("ten", "Họ tên", place="head"),
            Column("don_vi", "Đơn vị"),
            Column("tt", "Trạng thái", place="beside"),
            Column("cach", "Cách gửi"),
            Column("gia", "Chi phí (đồng)", number=True),
            Column("ly_do", "Lý do"),
            Column("gui", "Gửi lúc"),
            Column("nhan", "Nhận lúc", at_first=False),
            Column("xem", "Xem lúc"),
            Column("tra_loi", "Trả lời"),
            Column("lo", "Lô thử", at_first=False),
        ),
        read,
        _filters(),
        empty="Chưa có người nhận nào.",
        subject=f"broadcast:{broadcast_id}",
    )


def _filters() -> tuple[Filter, ...]:
    return (
        Search("Tìm tên, đơn vị"),
        Choice("tt", "Trạng thái", tuple((key, words) for key, (words, _, _) in GROUPS.items())),
        Choice("cach", "Cách gửi", tuple((str(way), words) for way, words in WAYS.items())),
        Choice("ly_do", "Lý do", tuple((str(key), words.split(".")[0]) for key, words in REASONS.items())),
        Choice("thu", "Lô thử", (("1", "Chỉ người gửi thử"),)),
    )


def _wanted(asked: Asked) -> WantedRecipients:
    states = GROUPS[asked.value("tt")][2] if asked.value("tt") else ()
    return WantedRecipients(
        states,
        asked.value("cach"),
        asked.value("ly_do"),
        asked.value("q"),
        asked.value("thu") == "1",
        offset=asked.offset,
        limit=asked.limit,
    )


def _recipient(row: RecipientRow) -> Row:
    """Who is no liaison has no name with us: the end of their Zalo number tells them apart."""
    name = row.name or ("Không còn trong danh bạ" if row.person.startswith("l:") else "")
    reason = "" if row.reason is None else reason_line(row.reason, row.error_code, row.way)
    answer = ANSWERS.get(row.answer or "", "")
    return Row(
        str(row.id),
        {
            "ten": name or f"Người dùng Zalo …{row.person[-4:]}",
            "don_vi": row.unit,
            "tt": Cell(STATES[row.state].capitalize(), tone=RECIPIENT_TONES[row.state]),
            "cach": "" if row.way is None else WAYS[row.way],
            "gia": number(row.price),
            "ly_do": reason,
            "gui": _moment(row.sent_at),
            "nhan": _moment(row.delivered_at),
            "xem": _moment(row.seen_at),
            "tra_loi": f"{answer}, {_moment(row.answered_at)}" if answer else "",
            "lo": row.batch,
        },
    )


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{hour(moment)} {day(moment)}"
