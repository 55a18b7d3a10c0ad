"""What is done with a broadcast: planned, tried out, approved, sent, held, let go on, ended, tried again."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException, Response

from app.broadcasts import steering
from app.broadcasts.drafts import have_planned
from app.broadcasts.ground import Ground
from app.broadcasts.rules import NotNow
from app.broadcasts.steering import NoSuchBroadcast
from app.broadcasts.trying import send_test
from app.console.broadcast_words import in_words
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.kit.clock import VIETNAM
from app.kit.vietnamese import fold
from app.look.formats import hour, long_day, number
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/gui-tin"
MOST_TESTERS = 50
_TYPED = re.compile(r"gui\s+([0-9][0-9.]*)")

Draw = Callable[..., Awaitable[Response]]
"""Draws the page of a broadcast again, with what is wrong."""
Verb = Callable[["Connection", int, str, datetime], Any]


def add_broadcast_acts(pages: Pages, ground: Ground, page: Draw) -> None:
    _add_steering(pages)
    _add_test(pages, ground, page)
    _add_send(pages, ground, page)


def _add_steering(pages: Pages) -> None:
    verbs: tuple[tuple[str, Right, Verb, str], ...] = (
        ("lap", Right.SEND, have_planned, "Đang lập danh sách nhận."),
        ("duyet", Right.APPROVE_SEND, steering.approve, "Anh/Chị đã duyệt; người soạn gửi được rồi."),
        ("tam-dung", Right.SEND, steering.pause, "Đã tạm dừng; tin đã gửi vẫn được tính."),
        ("chay-tiep", Right.SEND, steering.resume, "Chạy tiếp từ chỗ đã dừng."),
        ("dung", Right.SEND, steering.stop, "Đã dừng hẳn; ai chưa nhận thì không nhận nữa."),
        ("gui-lai", Right.SEND, steering.retry_failed, "Đang gửi lại cho những người chưa gửi được."),
    )
    for path, right, verb, said in verbs:
        _add_verb(pages, path, right, verb, said)


def _add_verb(pages: Pages, path: str, right: Right, verb: Verb, said: str) -> None:
    @pages.post(f"{PLACE}/{{number}}/{path}", right)
    async def act(visit: Visiting, number: int) -> Response:
        by, now = visit.visitor.actor, visit.now
        try:
            await visit.write(lambda db: verb(db, number, by, now))
        except NoSuchBroadcast as gone:
            raise HTTPException(404) from gone
        except NotNow as refused:
            return visit.done(in_words(refused), f"{PLACE}/{number}")
        return visit.done(said, f"{PLACE}/{number}")


def _add_test(pages: Pages, ground: Ground, page: Draw) -> None:
    @pages.post(f"{PLACE}/{{number}}/thu", Right.SEND)
    async def test(visit: Visiting, number: int) -> Response:
        form = await visit.request.form()
        people = [key for key in form.getlist("nguoi") if isinstance(key, str)][:MOST_TESTERS]
        name, by, now = str(form.get("lo", "")), visit.visitor.actor, visit.now
        try:
            size = await visit.write(lambda db: send_test(db, ground, number, name, people, by, now))
        except NoSuchBroadcast as gone:
            raise HTTPException(404) from gone
        except NotNow as refused:
            return await page(visit, number, status=409, faults={"thu": in_words(refused)})
        return visit.done(f"Đang gửi thử cho {size} người.", f"{PLACE}/{number}")


def _add_send(pages: Pages, ground: Ground, page: Draw) -> None:
    @pages.post(f"{PLACE}/{{number}}/gui", Right.SEND)
    async def send(visit: Visiting, number: int) -> Response:
        form = await visit.form()
        typed, wanted = _typed(form.get("xac_nhan", "")), form.get("luc", "")
        if typed is None:
            fault = "Anh/Chị gõ chữ GUI và số người nhận, đúng như dòng trên."
            return await page(visit, number, status=422, faults={"xac_nhan": fault})
        try:
            start = _moment(wanted, visit)
        except ValueError as wrong:
            return await page(visit, number, status=422, faults={"luc": str(wrong)})
        by, now = visit.visitor.actor, visit.now
        try:
            due = await visit.write(lambda db: steering.send(db, ground, number, by, typed, start, now))
        except NoSuchBroadcast as gone:
            raise HTTPException(404) from gone
        except NotNow as refused:
            return await page(visit, number, status=409, faults={"xac_nhan": in_words(refused)})
        said = "Bắt đầu gửi." if due <= now else f"Sẽ gửi lúc {hour(due)} {long_day(due)}."
        return visit.done(said, f"{PLACE}/{number}")


def _typed(text: str) -> str | None:
    """ "GUI 1.284" → "1284"; None for anything else."""
    found = _TYPED.fullmatch(fold(text).strip())
    return None if found is None else found[1].replace(".", "")


def _moment(text: str, visit: Visit) -> datetime | None:
    """The wall time of the form; None for "at once". Raises `ValueError` with words for the writer."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=VIETNAM)
    except ValueError:
        raise ValueError("Giờ gửi này không đọc được, ví dụ đúng: 01/12/2026 09:00.") from None
    if at < visit.now:
        raise ValueError("Giờ này đã qua. Anh/Chị chọn giờ khác, hoặc để trống để gửi ngay.")
    return at


def confirmation(size: int) -> str:
    """What is to be typed before so many people get a message."""
    return f"GUI {number(size)}"
