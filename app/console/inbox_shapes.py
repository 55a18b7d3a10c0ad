"""What Hộp thư shows: who waits, what was said, and by which way an answer would go at what cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from app.conversations.colleague import Why
from app.conversations.queries import Line
from app.handover.models import RequestState
from app.handover.queries import Waiting
from app.handover.rules import time_left, way_to_answer
from app.look.bubbles import Bubble, BubbleButton, Press, Side
from app.look.formats import ago, number, span
from app.outbox.allowances import PAY_REPLIES, Told
from app.outbox.models import DeliveryState
from app.outbox.ways import Nobody, Reach, Way
from app.outbox.ways import Why as NoWay
from app.zalo.messages import MAX_TEXT

SOON, LATE = timedelta(minutes=10), timedelta(minutes=20)
"""A wait turns amber, then red."""

NEARLY_OVER = timedelta(hours=6)

STATES = {
    DeliveryState.PLANNED: "chờ gửi",
    DeliveryState.CLAIMED: "đang gửi",
    DeliveryState.SENT: "đã gửi",
    DeliveryState.RECEIVED: "đã nhận",
    DeliveryState.SEEN: "đã xem",
    DeliveryState.FAILED: "Zalo từ chối",
    DeliveryState.SKIPPED: "không gửi nữa",
    DeliveryState.UNKNOWN: "chưa rõ đã tới chưa",
}
ATTACHED = {
    "tap": "bấm một nút",
    "image": "ảnh",
    "gif": "ảnh động",
    "sticker": "nhãn dán",
    "audio": "tin thoại",
    "video": "video",
    "location": "vị trí",
    "link": "liên kết",
}
REFUSED = {
    Why.TAKEN: "Yêu cầu này đã có đồng nghiệp nhận, hoặc không còn chờ nữa.",
    Why.NO_WAY: "Zalo không nhận tin gửi người này nữa cho tới khi họ nhắn lại.",
    Why.COSTS_NOW: "Vừa hết 48 giờ trả lời miễn phí nên chưa gửi. Anh/Chị xem chi phí rồi bấm Gửi lần nữa.",
    Why.CLOSED: "Yêu cầu này đã được đóng rồi.",
}


@dataclass(frozen=True, slots=True)
class Queued:
    """A request as the queue shows it."""

    id: int
    name: str
    unit: str
    wording: str
    asked_at: datetime
    tone: str
    taken_by: str
    mine: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as a bubble, and what is to be said under it."""

    bubble: Bubble
    under: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The conversation beside the queue."""

    request: Queued
    spoken: list[Spoken]
    box: "AnswerBox"
    taken_by_other: bool


@dataclass(frozen=True, slots=True)
class AnswerBox:
    """What stands at the answer box before anything is sent; `way` is None when nothing can be."""

    way: Way | None
    chip: str
    tone: str
    note: str
    button: str
    card: str
    """Path of the person's card, where a phone number may stand; "" for somebody unknown."""


def queued(one: Waiting, me: str, names: Mapping[str, str], now: datetime) -> Queued:
    """`me` as the trail names the reader."""
    waited = now - one.asked_at
    tone = "bad" if waited >= LATE else "warn" if waited >= SOON else "plain"
    return Queued(
        id=one.id,
        name=one.name or f"Người dùng Zalo …{one.contact[-4:]}",
        unit=one.unit,
        wording=one.wording,
        asked_at=one.asked_at,
        tone=tone,
        taken_by=names.get(one.taken_by or "", ""),
        mine=one.taken_by == me,
        is_open=one.state is RequestState.OPEN,
    )


def answer_box(
    one: Waiting, prices: Mapping[Way, int], allowances: Sequence[Told], now: datetime
) -> AnswerBox:
    """The way that an answer takes now, as the planner finds it, in words."""
    found = way_to_answer(one.facts, prices, now)
    card = f"/dau-moi/{one.liaison_id}" if one.liaison_id else ""
    if isinstance(found, Nobody):
        return AnswerBox(None, "Không gửi được qua Zalo", "bad", _no_way(found), "", card)
    left = time_left(one.facts, found.way, now)
    if found.way is Way.FREE:
        chip = "Trả lời miễn phí" if left is None else f"Còn {span(left)} trả lời miễn phí"
        tone = "warn" if left is not None and left < NEARLY_OVER else "plain"
        return AnswerBox(Way.FREE, chip, tone, "", "Gửi", card)
    chip = "Trả lời có phí" if left is None else f"Còn {span(left)} trả lời có phí"
    price = f"Gửi, {number(found.price)} đ mỗi tin" if found.price else "Gửi"
    return AnswerBox(found.way, chip, "warn", _costs(found, allowances, now), price, card)


def _costs(found: Reach, allowances: Sequence[Told], now: datetime) -> str:
    known = [one for one in allowances if one.kind in PAY_REPLIES and one.remain is not None]
    if known:
        left, asked = sum(one.remain or 0 for one in known), min(one.asked_at for one in known)
        package = f" Gói còn {number(left)} tin (Zalo cho biết {ago(asked, now)})."
    else:
        package = ""
    return (
        "Đã quá 48 giờ từ lần nhắn cuối nên câu trả lời tính phí: trừ vào gói tin của OA, hết gói thì "
        f"{number(found.price)} đ mỗi tin. Câu dài hơn {number(MAX_TEXT)} ký tự thành nhiều tin.{package}"
    )


def _no_way(found: Nobody) -> str:
    match found.why:
        case NoWay.SILENT:
            why = "Đã quá 7 ngày từ lần nhắn cuối; Zalo không cho OA gửi nữa."
        case NoWay.SHUT_OUT:
            why = "Người này đã chặn hoặc tắt tin của OA trên Zalo."
        case NoWay.NEVER_WROTE:
            why = "Người này chưa từng nhắn cho OA; Zalo chưa cho gửi."
        case NoWay.STOPPED | NoWay.REFUSED | NoWay.NO_ADDRESS | NoWay.NOT_ALLOWED:
            why = "Zalo không nhận tin gửi người này."
        case _:
            assert_never(found.why)
    return f"{why} Anh/Chị gọi điện, gửi thư, hoặc đợi người này nhắn lại: lúc đó trả lời lại miễn phí."


def spoken(lines: list[Line]) -> list[Spoken]:
    spoken = []
    before: bool | None = None
    for line in lines:
        buttons = tuple(BubbleButton(title, Press.REPLY) for title in line.buttons)
        side = Side.OA if line.from_us else Side.USER
        bubble = Bubble(
            line.key, side, line.at, _words(line), buttons=buttons, first=line.from_us is not before
        )
        under = STATES[line.state] if line.state is not None and line.by_person else ""
        spoken.append(Spoken(bubble, "Đồng nghiệp · " + under if under else ""))
        before = line.from_us
    return spoken


def _words(line: Line) -> str:
    if not line.attached:
        return line.text
    return f"({ATTACHED.get(line.attached, 'tệp đính kèm')}) {line.text}".strip()
