"""Soạn thông báo: whom, what, by which ways; checked while it is written, kept as a draft or planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response

from app.audit.trail import record
from app.broadcasts.attachments import keep_file
from app.broadcasts.content import ContentRefused, Field
from app.broadcasts.drafts import have_planned, read_draft, rewrite
from app.broadcasts.ground import Ground
from app.broadcasts.rules import NotNow
from app.broadcasts.steering import NoSuchBroadcast, write
from app.broadcasts.templates import KnownTemplate, list_templates
from app.console import audience_form
from app.console.audience_form import Places, audience_words
from app.console.broadcast_preview import Preview, read_preview
from app.console.broadcast_words import WEEKDAYS, in_words
from app.console.compose_form import (
    FILE,
    FILE_NUMBER,
    ON,
    WITHOUT_FILE,
    Composed,
    button_labels,
    first_values,
    read_form,
    values_of_draft,
    ways_shown,
)
from app.console.forms import Filled
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.directory.queries import Wanted, list_officers, list_offices
from app.kit.clock import VIETNAM
from app.runtime import open_ground
from app.staff.rules import Right
from app.zalo.uploads import UploadKind

if TYPE_CHECKING:
    from pydantic import BaseModel
    from sqlalchemy import Connection

PLACE = "/gui-tin"
PICTURES = (".jpg", ".jpeg", ".png")
MOST_BYTES = 5 << 20
"""No file that Zalo takes is larger."""
EVERY = 10_000
"""Offices and officers in a select: all of them."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the form offers to choose from."""

    places: Places
    templates: Sequence[KnownTemplate]
    guides: Sequence[tuple[str, str]]


def add_compose_pages(pages: Pages) -> None:
    ground = open_ground(pages.desk.runtime.settings, pages.desk.runtime.sealer)

    @pages.get(f"{PLACE}/moi", Right.SEND)
    async def blank(visit: Visiting) -> Response:
        templates = bool(await visit.read(list_templates))
        values = first_values(mail=ground.mail, templates=templates)
        return await compose_page(visit, ground, values, quiet=True)

    @pages.post(f"{PLACE}/moi", Right.SEND)
    async def keep(visit: Visiting) -> Response:
        form, file_faults = await take_file(visit)
        composed, asked = await read_composed(visit, form), form.get("viec", "")
        if asked == "xem" or composed.faults or file_faults:
            status = 200 if asked == "xem" else 422
            return await compose_page(visit, ground, form, status=status, extra_faults=file_faults)
        by, now = visit.visitor.actor, visit.now

        def write_it(db: "Connection") -> int:
            number = write(db, composed.new, by, now)
            if asked == "lap":
                have_planned(db, number, by, now)
            return number

        number = await visit.write(write_it)
        return visit.done(_kept(asked), f"{PLACE}/{number}")

    @pages.post(f"{PLACE}/moi/xem-truoc", Right.SEND)
    async def look(visit: Visiting) -> Response:
        form = await visit.form()
        shelf, composed, preview = await _read(visit, ground, form)
        words = audience_words(composed.new.audience, shelf.places)
        return visit.part("broadcasts/preview_part.html", preview=preview, composed=composed, words=words)

    @pages.post(f"{PLACE}/moi/mau", Right.SEND)
    async def parameters(visit: Visiting) -> Response:
        form = await visit.form()
        templates = await visit.read(list_templates)
        return visit.part("broadcasts/parameters.html", form=_filled(form, {}), templates=templates)

    @pages.get(f"{PLACE}/{{number}}/sua", Right.SEND)
    async def open_again(visit: Visiting, number: int) -> Response:
        try:
            draft = await visit.read(lambda db: read_draft(db, number))
        except NoSuchBroadcast as gone:
            raise HTTPException(404) from gone
        return await compose_page(visit, ground, values_of_draft(draft.written), number=number)

    @pages.post(f"{PLACE}/{{number}}/sua", Right.SEND)
    async def change(visit: Visiting, number: int) -> Response:
        form, file_faults = await take_file(visit)
        composed, asked = await read_composed(visit, form), form.get("viec", "")
        if asked == "xem" or composed.faults or file_faults:
            status = 200 if asked == "xem" else 422
            return await compose_page(
                visit, ground, form, number=number, status=status, extra_faults=file_faults
            )
        by, now = visit.visitor.actor, visit.now

        def rewrite_it(db: "Connection") -> None:
            rewrite(db, number, composed.new, by, now)
            if asked == "lap":
                have_planned(db, number, by, now)

        try:
            await visit.write(rewrite_it)
        except NoSuchBroadcast as gone:
            raise HTTPException(404) from gone
        except NotNow as refused:
            # What was typed stays on the page: it can be kept as a new broadcast.
            return await compose_page(visit, ground, form, status=409, fault=in_words(refused))
        return visit.done(_kept(asked), f"{PLACE}/{number}")


def _kept(asked: str) -> str:
    return "Đã lưu, đang lập danh sách nhận." if asked == "lap" else "Đã lưu bản nháp."


async def compose_page(
    visit: Visit,
    ground: Ground,
    values: Mapping[str, str],
    *,
    number: int | None = None,
    quiet: bool = False,
    status: int = 200,
    fault: str = "",
    extra_faults: Mapping[str, str] | None = None,
    template: str = "broadcasts/compose.html",
    title: str = "Soạn thông báo",
) -> Response:
    """The composer with what was typed.

    `quiet`, for a form that nobody has touched: nothing is called wrong, and whom it would reach is counted
    once the page is there, for that takes a while among tens of thousands.
    """
    shelf, composed, preview = await _read(visit, ground, values, count=not quiet)
    faults = {} if quiet else {**composed.faults, **(extra_faults or {})}
    if fault:
        faults[""] = fault
    return visit.page(
        template,
        title=title if number is None else f"Sửa đợt gửi #{number}",
        here=PLACE,
        status=status,
        form=_filled(values, faults),
        number=number,
        shelf=shelf,
        templates=shelf.templates,
        composed=composed,
        preview=preview,
        untouched=quiet,
        words=audience_words(composed.new.audience, shelf.places),
        options=audience_form,
        buttons=button_labels(),
        takes_file=template == "broadcasts/compose.html",
        fields=[str(one) for one in Field],
        weekdays=list(enumerate(WEEKDAYS)),
        ways=ways_shown(ground.prices, mail=ground.mail),
    )


async def take_file(visit: Visit) -> tuple[dict[str, str], dict[str, str]]:
    """The form with the number of the file that came with it, and what is wrong with the file.

    A file is kept at once: a form that comes back with a fault keeps it.
    """
    form, upload = dict(await visit.form()), await _uploaded(visit)
    if form.pop(WITHOUT_FILE, "") == ON:
        form.pop(FILE_NUMBER, None)
    if upload is None:
        return form, {}
    name, body = upload
    kind = UploadKind.IMAGE if name.lower().endswith(PICTURES) else UploadKind.FILE
    by, now = visit.visitor.actor, visit.now
    try:
        number = await visit.write(lambda db: keep_file(db, kind, name, body, by, now))
    except ContentRefused:
        return form, {FILE: f"Zalo không nhận “{name}”: sai loại tệp, tệp trống hoặc quá lớn."}
    return form | {FILE_NUMBER: str(number)}, {}


async def _uploaded(visit: Visit) -> tuple[str, bytes] | None:
    async with visit.request.form() as sent:
        file = sent.get(FILE)
        if file is None or isinstance(file, str) or not file.filename:
            return None
        return file.filename, await file.read(MOST_BYTES + 1)


async def read_composed(visit: Visit, form: Mapping[str, str]) -> Composed:
    templates = await visit.read(list_templates)
    return read_form(form, templates)


def read_places(db: "Connection", visit: Visit) -> Places:
    today = visit.now.astimezone(VIETNAM).date()
    offices = {row.code: row.name for row in list_offices(db, Wanted(size=EVERY)).rows}
    officers = {row.code: row.name for row in list_officers(db, Wanted(size=EVERY), today).rows}
    return Places(offices, officers)


async def _read(
    visit: Visit, ground: Ground, form: Mapping[str, str], *, count: bool = True
) -> tuple[Shelf, Composed, Preview]:
    library = visit.desk.runtime.means.library
    guides = [(f"{flow.flow}.{flow.start}", flow.title) for flow in library.flows.values() if not flow.form]

    def read(db: "Connection") -> tuple[Shelf, Composed, Preview]:
        templates = list_templates(db)
        composed = read_form(form, templates)
        shelf = Shelf(read_places(db, visit), templates, guides)
        preview = read_preview(db, ground, composed, form.get("nguoi", ""), visit.now, count=count)
        return shelf, composed, preview

    shelf, composed, preview = await visit.read(read)
    if preview.chosen is not None and preview.chosen.key != form.get("da_xem"):
        # Name, unit and numbers of a real person are on the page now: once for each who is looked at.
        kind, _, key = preview.chosen.key.partition(":")
        entry = visit.entry("broadcast.preview", f"{'liaison' if kind == 'l' else 'contact'}:{key}")
        await visit.write(lambda db: record(db, entry))
    return shelf, composed, preview


def _filled(values: Mapping[str, str], faults: Mapping[str, str]) -> "Filled[BaseModel]":
    return Filled(values, None, faults)
