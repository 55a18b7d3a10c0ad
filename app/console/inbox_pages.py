"""Hộp thư: people who wait for a person, what they wrote, and the box to answer them. Live by a stream."""

import secrets
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response
from fastapi.sse import ServerSentEvent
from pydantic import BaseModel, Field

from app.audit.trail import Entry, record
from app.console.forms import EMPTY, Filled, fill
from app.console.gate import Pages
from app.console.inbox_shapes import REFUSED, Opened, Queued, answer_box, queued, spoken
from app.console.live import Change, follow
from app.console.visit import Visit, Visiting
from app.conversations.colleague import AnswerRefused, answer, finish, hand_back, take_over
from app.conversations.queries import read_thread, thread_pulse
from app.handover.queries import Waiting, count_waiting, pulse, read_done, read_request, read_waiting
from app.outbox.allowances import read_allowances
from app.outbox.ways import Way
from app.runtime import way_prices
from app.staff.queries import names_of_staff
from app.staff.rules import Right
from app.work.ledger import Claim

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/hop-thu"
TABS = {"cho": "Đang chờ", "toi": "Của tôi", "xong": "Đã xong"}


class Answer(BaseModel):
    noi_dung: str = Field(min_length=1, max_length=4000)
    lan: str = Field(min_length=8, max_length=40)
    cach: Way = Way.FREE
    """The way that the page told the writer."""


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
        said = "Anh/Chị đã nhận; máy im lặng với người này."
        return await _act(visit, number, take_over, "handover.taken", said)

    @pages.post(f"{PLACE}/{{number}}/tra-lai", Right.ANSWER)
    async def give_back(visit: Visiting, number: int) -> Response:
        said = "Đã trả lại; yêu cầu chờ người khác nhận."
        return await _act(visit, number, hand_back, "handover.given_back", said)

    @pages.post(f"{PLACE}/{{number}}/xong", Right.ANSWER)
    async def done(visit: Visiting, number: int) -> Response:
        said = "Đã xong. Máy lại trả lời người này như thường."
        return await _act(visit, number, finish, "handover.done", said, PLACE)

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
            words, lan = model.noi_dung, model.lan
            return answer(
                db,
                sealer,
                request,
                words,
                lan,
                entry,
                mine,
                prices=way_prices(visit.desk.runtime.settings),
                shown=model.cach,
            )

        try:
            claim = await visit.write(owe)
        except AnswerRefused as refusal:
            return await _page(
                visit, "cho", number, form=form.refused("noi_dung", REFUSED[refusal.why]), status=409
            )
        if runner is not None and claim is not None:
            runner.take(claim)
        return visit.to(f"{PLACE}/{number}")


async def _act(
    visit: Visit,
    number: int,
    verb: "Callable[[Connection, Waiting, Entry], None]",
    action: str,
    said: str,
    to: str = "",
) -> Response:
    """Does the verb to the request under its name in the trail; afterwards `to`, or the conversation."""
    request = await _request(visit, number)
    entry = visit.entry(action, f"request:{number}")
    try:
        await visit.write(lambda db: verb(db, request, entry))
    except AnswerRefused as refusal:
        said = REFUSED[refusal.why]
    return visit.done(said, to or f"{PLACE}/{number}")


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
    names, now = names_of_staff(db), visit.desk.runtime.clock.now()
    return [queued(one, visit.visitor.actor, names, now) for one in found]


def _opened(db: "Connection", visit: Visit, number: int | None) -> Opened | None:
    if number is None:
        return None
    scope, sealer = visit.visitor.only_units_of, visit.desk.runtime.sealer
    request = read_request(db, sealer, number, scope)
    if request is None:
        return None
    lines = read_thread(db, sealer, request.contact)
    now = visit.desk.runtime.clock.now()
    shown = queued(request, visit.visitor.actor, names_of_staff(db), now)
    box = answer_box(request, way_prices(visit.desk.runtime.settings), read_allowances(db), now)
    return Opened(shown, spoken(lines), box, bool(request.taken_by) and not shown.mine)


def _tab(wanted: str) -> str:
    return wanted if wanted in TABS else "cho"
