"""Lời nhắc: broadcasts that come back every week until the matter is done; written, agreed to, switched."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException, Response

from app.broadcasts.ground import Ground
from app.broadcasts.listing import list_reminders
from app.broadcasts.models import ReminderState
from app.broadcasts.reminders import (
    NewReminder,
    NoSuchReminder,
    end_reminder,
    pause_reminder,
    start_reminder,
    write_reminder,
)
from app.broadcasts.rules import NotNow
from app.broadcasts.templates import list_templates
from app.console.audience_form import audience_words
from app.console.broadcast_words import REMINDER_STATES, WEEKDAYS, in_words
from app.console.compose_form import Composed, first_values
from app.console.compose_pages import compose_page, read_composed, read_places
from app.console.gate import Pages
from app.console.visit import Visiting
from app.look.formats import hour, long_day
from app.runtime import open_ground
from app.staff.queries import names_of_staff
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/gui-tin"
HOME = f"{PLACE}/nhac"
MOST_TIMES, MOST_DAYS = 30, 365
FIRST = {"thu": "0", "gio": "09:00", "toi_da": "2", "trong_ngay": "14"}

Leave = Callable[["Connection", int, str, datetime], None]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When it comes, and how often to one person."""

    weekday: int
    at: time
    most: int
    within_days: int


def add_reminder_pages(pages: Pages) -> None:
    ground = open_ground(pages.desk.runtime.settings, pages.desk.runtime.sealer)
    _add_list(pages)
    _add_new(pages, ground)
    _add_switches(pages, ground)


def _add_list(pages: Pages) -> None:
    @pages.get(HOME, Right.SEE_SENDS)
    async def reminders(visit: Visiting) -> Response:
        rows, names, places = await visit.read(
            lambda db: (list_reminders(db), names_of_staff(db), read_places(db, visit))
        )
        words = {row.id: audience_words(row.audience, places) for row in rows}
        return visit.page(
            "broadcasts/reminders.html",
            title="Lời nhắc",
            here=PLACE,
            rows=rows,
            names=names,
            words=words,
            states=REMINDER_STATES,
            weekdays=WEEKDAYS,
            paused=ReminderState.PAUSED,
            active=ReminderState.ACTIVE,
        )


def _add_new(pages: Pages, ground: Ground) -> None:
    async def form_page(visit: Any, values: Mapping[str, str], **more: Any) -> Response:
        return await compose_page(
            visit, ground, values, template="broadcasts/reminder.html", title="Lời nhắc mới", **more
        )

    @pages.get(f"{HOME}/moi", Right.SEND)
    async def blank(visit: Visiting) -> Response:
        templates = bool(await visit.read(list_templates))
        values = first_values(mail=ground.mail, templates=templates) | FIRST
        return await form_page(visit, values, quiet=True)

    @pages.post(f"{HOME}/moi", Right.SEND)
    async def keep(visit: Visiting) -> Response:
        form = await visit.form()
        composed, (rhythm, faults) = await read_composed(visit, form), read_rhythm(form)
        if form.get("viec") == "xem":
            return await form_page(visit, form, extra_faults=faults)
        if composed.faults or rhythm is None:
            return await form_page(visit, form, extra_faults=faults, status=422)
        new, by, now = _reminder(composed, rhythm), visit.visitor.actor, visit.now
        await visit.write(lambda db: write_reminder(db, new, by, now))
        return visit.done("Đã lưu lời nhắc. Lời nhắc chạy khi một người khác bật giúp.", HOME)


def _add_switches(pages: Pages, ground: Ground) -> None:
    @pages.post(f"{HOME}/{{number}}/bat", Right.APPROVE_SEND)
    async def switch_on(visit: Visiting, number: int) -> Response:
        by, now = visit.visitor.actor, visit.now
        try:
            at = await visit.write(lambda db: start_reminder(db, ground.hours, number, by, now))
        except NoSuchReminder as gone:
            raise HTTPException(404) from gone
        except NotNow as refused:
            return visit.done(in_words(refused), HOME)
        return visit.done(f"Đã bật. Lần tới: {hour(at)} {long_day(at)}.", HOME)

    _add_leave(pages, "tat", pause_reminder, "Đã tắt; bật lại lúc nào cũng được.")
    _add_leave(pages, "ket-thuc", end_reminder, "Lời nhắc đã kết thúc.")


def _add_leave(pages: Pages, path: str, leave: Leave, said: str) -> None:
    @pages.post(f"{HOME}/{{number}}/{path}", Right.SEND)
    async def act(visit: Visiting, number: int) -> Response:
        by, now = visit.visitor.actor, visit.now
        try:
            await visit.write(lambda db: leave(db, number, by, now))
        except NoSuchReminder as gone:
            raise HTTPException(404) from gone
        return visit.done(said, HOME)


def read_rhythm(form: Mapping[str, str]) -> tuple[Rhythm | None, dict[str, str]]:
    """When and how often; what is wrong beside its field."""
    faults: dict[str, str] = {}
    weekday = _whole(form.get("thu", ""), 0, 6)
    most = _whole(form.get("toi_da", ""), 1, MOST_TIMES)
    within = _whole(form.get("trong_ngay", ""), 1, MOST_DAYS)
    if weekday is None:
        faults["thu"] = "Anh/Chị chọn một ngày trong tuần giúp."
    if most is None:
        faults["toi_da"] = f"Một số từ 1 đến {MOST_TIMES}."
    if within is None:
        faults["trong_ngay"] = f"Một số từ 1 đến {MOST_DAYS}."
    try:
        at = time.fromisoformat(form.get("gio", ""))
    except ValueError:
        faults["gio"] = "Giờ viết như 09:00."
        return None, faults
    if weekday is None or most is None or within is None:
        return None, faults
    return Rhythm(weekday, at, most, within), faults


def _whole(text: str, least: int, most: int) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most
    return int(text) if fits else None


def _reminder(composed: Composed, rhythm: Rhythm) -> NewReminder:
    new = composed.new
    return NewReminder(
        new.title,
        new.audience,
        new.content,
        rhythm.weekday,
        rhythm.at,
        rhythm.most,
        rhythm.within_days,
        new.ways,
    )
