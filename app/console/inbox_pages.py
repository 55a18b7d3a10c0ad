"""Hộp thư: people who wait for a person, what they wrote, and the box to answer them. Live by a stream."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response
from fastapi.sse import ServerSentEvent
from pydantic import BaseModel, Field

from app.audit.trail import record
from app.console.forms import EMPTY, Filled, fill
from app.console.gate import Pages
from app.console.live import Change, follow
from app.console.visit import Visit, Visiting
from app.conversations.colleague import AnswerRefused, Why, answer, finish, hand_back, take_over
from app.conversations.queries import Line, read_thread, thread_pulse
from app.handover.models import RequestState
from app.handover.queries import Waiting, count_waiting, pulse, read_done, read_request, read_waiting
from app.handover.rules import time_left
from app.look.bubbles import Bubble, BubbleButton, Press, Side
from app.outbox.models import DeliveryState
from app.staff.queries import names_of_staff
from app.staff.rules import Right
from app.work.ledger import Claim

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/hop-thu"
SOON, LATE = timedelta(minutes=10), timedelta(minutes=20)
"""A wait turns amber, then red."""

TABS = {"cho": "Đang chờ", "toi": "Của tôi", "xong": "Đã xong"}
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
    Why.WINDOW_OVER: "Đã quá 48 giờ từ lần nhắn cuối của người này; Zalo không cho trả lời nữa.",
    Why.CLOSED: "Yêu cầu này đã được đóng rồi.",
}


class Answer(BaseModel):
    noi_dung: str = Field(min_length=1, max_length=4000)
    lan: str = Field(min_length=8, max_length=40)


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
    left: timedelta | None
    taken_by_other: bool


def add_inbox_pages(pages: Pages) -> None:
    desk = pages.desk
    sealer = desk.runtime.sealer
    desk.counts[PLACE] = lambda db, visitor: count_waiting(db, visitor.only_units_of)

    @pages.get(PLACE, Right.ANSWER)
    async def queue(visit: Visiting, xem: str = "cho") -> Response:
        return await _page(visit, _tab(xem), None)

    @pages.stream(f"{PLACE}/luong", Right.ANSWER)
    async def stream(
        visit: Visiting, after: str = "", xem: str = "cho", so: int = 0
    ) -> AsyncIterator[ServerSentEvent]:
        async for event in follow(visit, after, lambda db, since: _changes(db, visit, xem, so, since)):
            yield event

    @pages.get(f"{PLACE}/{{number}}", Right.ANSWER)
    async def conversation(visit: Visiting, number: int, xem: str = "cho") -> Response:
        entry = visit.entry("conversation.viewed", f"request:{number}")
        await _request(visit, number)
        await visit.write(lambda db: record(db, entry))
        return await _page(visit, _tab(xem), number)

    @pages.post(f"{PLACE}/{{number}}/nhan", Right.ANSWER)
    async def take(visit: Visiting, number: int) -> Response:
        request = await _request(visit, number)
        entry = visit.entry("handover.taken", f"request:{number}")
        return await _act(
            visit,
            number,
            lambda db: take_over(db, request, entry),
            "Anh/Chị đã nhận; máy im lặng với người này.",
        )

    @pages.post(f"{PLACE}/{{number}}/tra-lai", Right.ANSWER)
    async def give_back(visit: Visiting, number: int) -> Response:
        request = await _request(visit, number)
        entry = visit.entry("handover.given_back", f"request:{number}")
        return await _act(
            visit,
            number,
            lambda db: hand_back(db, request, entry),
            "Đã trả lại; yêu cầu chờ người khác nhận.",
        )

    @pages.post(f"{PLACE}/{{number}}/xong", Right.ANSWER)
    async def done(visit: Visiting, number: int) -> Response:
        request = await _request(visit, number)
        entry = visit.entry("handover.done", f"request:{number}")
        try:
            await visit.write(lambda db: finish(db, request, entry))
        except AnswerRefused as refusal:
            return visit.done(REFUSED[refusal.why], PLACE)
        return visit.done("Đã xong. Máy lại trả lời người này như thường.", PLACE)

    @pages.post(f"{PLACE}/{{number}}/tra-loi", Right.ANSWER)
    async def reply(visit: Visiting, number: int) -> Response:
        request = await _request(visit, number)
        form = fill(Answer, await visit.form())
        if form.model is None:
            return await _page(visit, "cho", number, form=form, status=422)
        model = form.model
        entry = visit.entry("handover.answered", f"request:{number}", characters=len(model.noi_dung))
        runner = desk.runtime.runner

        def owe(db: "Connection") -> Claim | None:
            mine = None if runner is None else runner.id
            return answer(db, sealer, request, model.noi_dung, model.lan, entry, mine)

        try:
            claim = await visit.write(owe)
        except AnswerRefused as refusal:
            return await _page(
                visit, "cho", number, form=form.refused("noi_dung", REFUSED[refusal.why]), status=409
            )
        if runner is not None and claim is not None:
            runner.take(claim)
        return visit.to(f"{PLACE}/{number}")


async def _act(visit: Visit, number: int, work: object, said: str) -> Response:
    try:
        await visit.write(work)  # type: ignore[arg-type]
    except AnswerRefused as refusal:
        said = REFUSED[refusal.why]
    return visit.done(said, f"{PLACE}/{number}")


async def _request(visit: Visit, number: int) -> Waiting:
    sealer, scope = visit.desk.runtime.sealer, visit.visitor.only_units_of
    request = await visit.read(lambda db: read_request(db, sealer, number, scope))
    if request is None:
        raise HTTPException(404)
    return request


async def _page(
    visit: Visit, tab: str, number: int | None, *, form: Filled[Answer] | None = None, status: int = 200
) -> Response:
    """The cursor is read first: what happens while the page is drawn is told once more, never lost."""
    cursor, queue, opened = await visit.read(
        lambda db: (_cursor(db, visit, number or 0), _queue(db, visit, tab), _opened(db, visit, number))
    )
    return visit.page(
        "inbox/inbox.html",
        title="Hộp thư",
        here=PLACE,
        status=status,
        tab=tab,
        tabs=TABS,
        queue=queue,
        opened=opened,
        number=number,
        cursor=cursor,
        form=form or EMPTY,
        token=secrets.token_urlsafe(12),
    )


def _changes(db: "Connection", visit: Visit, tab: str, number: int, since: str) -> Change | None:
    cursor = _cursor(db, visit, number)
    if cursor == since:
        return None
    now = visit.desk.runtime.clock.now()
    html = visit.desk.render(
        "inbox/changes.html",
        queue=_queue(db, visit, _tab(tab)),
        opened=_opened(db, visit, number or None),
        now=now,
        number=number or None,
        tab=_tab(tab),
    )
    return Change(cursor, html)


def _cursor(db: "Connection", visit: Visit, number: int) -> str:
    """What the page shows, as a mark that changes with it."""
    scope, sealer = visit.visitor.only_units_of, visit.desk.runtime.sealer
    request = read_request(db, sealer, number, scope) if number else None
    return pulse(db) + (f"_{thread_pulse(db, request.contact)}" if request else "")


def _queue(db: "Connection", visit: Visit, tab: str) -> list[Queued]:
    scope, sealer = visit.visitor.only_units_of, visit.desk.runtime.sealer
    read = read_done if tab == "xong" else read_waiting
    found = read(db, sealer, scope)
    if tab == "toi":
        found = [one for one in found if one.taken_by == visit.visitor.actor]
    names = names_of_staff(db)
    return [_queued(one, visit, names) for one in found]


def _queued(one: Waiting, visit: Visit, names: dict[str, str]) -> Queued:
    waited = visit.desk.runtime.clock.now() - one.asked_at
    tone = "bad" if waited >= LATE else "warn" if waited >= SOON else "plain"
    return Queued(
        id=one.id,
        name=one.name or f"Người dùng Zalo …{one.contact[-4:]}",
        unit=one.unit,
        wording=one.wording,
        asked_at=one.asked_at,
        tone=tone,
        taken_by=names.get(one.taken_by or "", ""),
        mine=one.taken_by == visit.visitor.actor,
        is_open=one.state is RequestState.OPEN,
    )


def _opened(db: "Connection", visit: Visit, number: int | None) -> Opened | None:
    if number is None:
        return None
    scope, sealer = visit.visitor.only_units_of, visit.desk.runtime.sealer
    request = read_request(db, sealer, number, scope)
    if request is None:
        return None
    lines = read_thread(db, sealer, request.contact)
    shown = _queued(request, visit, names_of_staff(db))
    left = time_left(request.last_wrote_at, visit.desk.runtime.clock.now())
    return Opened(shown, spoken(lines), left, bool(request.taken_by) and not shown.mine)


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


def _tab(wanted: str) -> str:
    return wanted if wanted in TABS else "cho"
