"""Excel lists: dropped, looked through in four tabs, put right, accepted, approved, taken back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import HTTPException, Response
from fastapi.sse import ServerSentEvent

from app.audit.trail import record
from app.console.forms import page_number
from app.console.gate import Pages
from app.console.import_shapes import STATES, DryRunTabs, LayoutForm, layout_of, read_dates, read_layout
from app.console.live import Change, follow
from app.console.visit import Visit, Visiting
from app.conversations.announcing import tell_verified
from app.directory.refusals import ImportRefused
from app.importing.correcting import correct_cell, correct_dates, correct_guess
from app.importing.deciding import UndoRefused, accept, approve, discard, undo
from app.importing.error_workbook import error_workbook
from app.importing.kinds import FOR_LEADS, KINDS
from app.importing.models import Group, ImportState
from app.importing.moment import Moment
from app.importing.queries import (
    ImportCard,
    count_imports,
    count_to_decide,
    is_being_read,
    is_open,
    read_import,
    read_imports,
    read_notes,
    read_tab,
)
from app.importing.rules import ImportStopped, ListDates
from app.importing.telling import Teller
from app.importing.uploading import seal_file, upload
from app.look.workbook import MEDIA_TYPE
from app.staff.queries import names_of_staff
from app.staff.rules import Right
from app.staff.sessions import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/nhap-excel"
ROWS = 50


def add_import_pages(pages: Pages) -> None:
    pages.desk.counts[PLACE] = lambda db, visitor: count_to_decide(db, only_of(visitor))
    _add_list(pages)
    _add_card(pages)
    _add_corrections(pages)
    _add_decisions(pages)


def _add_list(pages: Pages) -> None:
    @pages.get(PLACE, Right.IMPORT)
    async def imports(visit: Visiting) -> Response:
        return await _list_page(visit)

    @pages.post(PLACE, Right.IMPORT)
    async def drop(visit: Visiting) -> Response:
        async with visit.request.form() as form:
            kind, file = form.get("loai"), form.get("tep")
            if isinstance(file, str) or file is None or not file.filename:
                return await _list_page(visit, fault="Anh/Chị chọn một tệp Excel hoặc CSV giúp.")
            name, content = file.filename, await file.read()
            given = {key: value for key, value in form.items() if isinstance(value, str)}
        told = read_dates(given)
        if not isinstance(told, ListDates):
            return await _list_page(visit, told, given)
        at, dates = moment(visit), told
        try:
            dropped = await asyncio.to_thread(seal_file, at.sealer, str(kind), name, content)
        except ImportRefused as refused:
            return await _list_page(visit, str(refused), given)
        try:
            number = await visit.write(lambda db: upload(db, dropped, at, dates))
        except ImportStopped as stopped:
            return await _list_page(visit, f"{stopped}.", given)
        return visit.to(f"{PLACE}/{number}")


def _add_card(pages: Pages) -> None:
    @pages.get(PLACE + "/{number}", Right.IMPORT)
    async def card(visit: Visiting, number: int) -> Response:
        return await _card_page(visit, number)

    @pages.stream(PLACE + "/{number}/tien-do", Right.IMPORT)
    async def progress(visit: Visiting, number: int, after: str = "") -> AsyncIterator[ServerSentEvent]:
        if await visit.read(lambda db: read_import(db, number, only_of(visit.visitor))) is None:
            return
        async for event in follow(visit, after, partial(_progress, visit, number)):
            yield event

    @pages.get(PLACE + "/{number}/tep-loi", Right.EXPORT)
    async def with_faults(visit: Visiting, number: int) -> Response:
        found = await _found(visit, number)

        async def write_book() -> Response:
            content = await asyncio.to_thread(error_workbook, visit.desk.runtime.db, number, moment(visit))
            name = quote(f"loi-{found.file_name.rsplit('.', 1)[0]}.xlsx")
            headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
            return Response(content, media_type=MEDIA_TYPE, headers=headers)

        return await _or_say_why(visit, number, write_book())


def _add_corrections(pages: Pages) -> None:
    @pages.post(PLACE + "/{number}/o", Right.IMPORT)
    async def cell(visit: Visiting, number: int) -> Response:
        form = await visit.form()
        row, column = _whole(form, "dong"), _whole(form, "cot")
        text, at = form.get("gia_tri", ""), moment(visit)
        return await _written(
            visit,
            number,
            lambda db: correct_cell(db, number, row, column, text, at),
            "Đã sửa ô, tệp đang được kiểm tra lại.",
            f"{PLACE}/{number}?nhom=wrong",
        )

    @pages.post(PLACE + "/{number}/ngay", Right.IMPORT)
    async def dates(visit: Visiting, number: int) -> Response:
        told, at = read_dates(await visit.form()), moment(visit)
        if not isinstance(told, ListDates):
            return visit.done(told, f"{PLACE}/{number}")
        return await _written(
            visit,
            number,
            partial(correct_dates, import_id=number, dates=told, at=at),
            "Đã ghi ngày và hạn, tệp đang được kiểm tra lại.",
        )

    @pages.get(PLACE + "/{number}/cot", Right.IMPORT)
    async def layout(visit: Visiting, number: int) -> Response:
        found, sheet = await _found(visit, number), visit.request.query_params.get("trang")

        async def show() -> Response:
            shown = await asyncio.to_thread(layout_of, visit.desk.runtime.db, moment(visit), found, sheet)
            await _note_view(visit, number)
            return visit.page("imports/layout.html", title="Cột của tệp", here=PLACE, card=found, shown=shown)

        return await _or_say_why(visit, number, show())

    @pages.post(PLACE + "/{number}/cot", Right.IMPORT)
    async def tell_layout(visit: Visiting, number: int) -> Response:
        found, at = await _found(visit, number), moment(visit)
        told = read_layout(KINDS[found.kind].shape, await visit.form())
        if not isinstance(told, LayoutForm):
            return visit.done(told, f"{PLACE}/{number}/cot")
        said = "Đã ghi các cột, tệp đang được kiểm tra lại."
        return await _written(
            visit, number, partial(correct_guess, import_id=number, guess=told.guess, at=at), said
        )


def _add_decisions(pages: Pages) -> None:
    @pages.post(PLACE + "/{number}/nhan", Right.IMPORT)
    async def take(visit: Visiting, number: int) -> Response:
        leave_out = (await visit.form()).get("bo_dong_loi") == "1"
        runtime = visit.desk.runtime

        def decide() -> ImportState:
            return accept(
                runtime.db,
                number,
                moment(visit),
                _teller(visit),
                approval_rows=runtime.settings.import_approval_rows,
                leave_out_wrong=leave_out,
            )

        return await _decided(visit, number, decide)

    @pages.post(PLACE + "/{number}/duyet", Right.APPROVE_IMPORT)
    async def agree(visit: Visiting, number: int) -> Response:
        runtime = visit.desk.runtime
        return await _decided(
            visit, number, lambda: approve(runtime.db, number, moment(visit), _teller(visit))
        )

    @pages.post(PLACE + "/{number}/bo", Right.IMPORT)
    async def drop_it(visit: Visiting, number: int) -> Response:
        at = moment(visit)
        said = "Đã bỏ tệp, danh bạ không đổi gì."
        return await _written(visit, number, lambda db: discard(db, number, at), said, PLACE)

    @pages.post(PLACE + "/{number}/hoan-tac", Right.IMPORT)
    async def take_back(visit: Visiting, number: int) -> Response:
        at, said = moment(visit), "Đã hoàn tác, danh bạ trở lại như trước lần nhập."
        try:
            return await _written(visit, number, lambda db: undo(db, number, at), said)
        except UndoRefused as refused:
            return await _card_page(visit, number, in_the_way=refused.in_the_way, status=409)


async def _decided(visit: Visit, number: int, decide: Callable[[], ImportState]) -> Response:
    """Deciding reads the whole file again: away from the event loop."""
    await _found(visit, number)

    async def carry_out() -> Response:
        state = await asyncio.to_thread(decide)
        said = "Đã nhập xong." if state is ImportState.APPLIED else "Đã nhận; đang chờ người thứ hai duyệt."
        return visit.done(said, f"{PLACE}/{number}")

    return await _or_say_why(visit, number, carry_out())


async def _written(
    visit: Visit, number: int, work: "Callable[[Connection], object]", said: str, to: str = ""
) -> Response:
    """Takes a step that is one write; afterwards `to`, or the import's own page."""
    await _found(visit, number)

    async def write() -> Response:
        await visit.write(work)
        return visit.done(said, to or f"{PLACE}/{number}")

    return await _or_say_why(visit, number, write())


async def _or_say_why(visit: Visit, number: int, step: Awaitable[Response]) -> Response:
    """The step's own answer, or the import's page with the reason why it cannot be taken."""
    try:
        return await step
    except (ImportRefused, ImportStopped) as why:
        return visit.done(str(why).rstrip(".") + ".", f"{PLACE}/{number}")


def only_of(visitor: Visitor) -> str | None:
    """Whose imports this person may see: a file holds people of any unit, so an officer's own alone."""
    return None if visitor.only_units_of is None else visitor.actor


async def _list_page(visit: Visit, fault: str = "", given: Mapping[str, str] | None = None) -> Response:
    page, whose = _page(visit), only_of(visit.visitor)
    cards, total, names = await visit.read(
        lambda db: (
            read_imports(db, page=page, only_of=whose),
            count_imports(db, only_of=whose),
            names_of_staff(db),
        )
    )
    return visit.page(
        "imports/imports.html",
        title="Nhập Excel",
        here=PLACE,
        status=422 if fault else 200,
        cards=cards,
        names=names,
        number_page=page,
        last_page=max(1, -(-total // ROWS)),
        kinds=[(name, kind.title) for name, kind in KINDS.items() if whose is None or name not in FOR_LEADS],
        fault=fault,
        given=given or {},
        states=STATES,
    )


async def _card_page(visit: Visit, number: int, status: int = 200, **values: object) -> Response:
    asked = visit.request.query_params.get("nhom", "")
    page, sealer = _page(visit), visit.desk.runtime.sealer

    def read(db: "Connection") -> tuple[ImportCard, DryRunTabs, list[tuple[str, str]], dict[str, str]]:
        card = read_import(db, number, only_of(visit.visitor))
        if card is None:
            raise HTTPException(404)
        group = _group(card, asked)
        lines = read_tab(db, sealer, number, group, page)
        tabs = DryRunTabs(card, KINDS[card.kind].shape, group, page, lines)
        return card, tabs, read_notes(db, sealer, number), names_of_staff(db)

    card, tabs, notes, names = await visit.read(read)
    if tabs.lines:
        await _note_view(visit, number, page)
    return visit.page(
        "imports/card.html",
        title=f"{card.title}: {card.file_name}",
        here=PLACE,
        status=status,
        card=card,
        tabs=tabs,
        notes=notes,
        names=names,
        being_read=is_being_read(card),
        still_open=is_open(card),
        is_first_person=card.accepted_by == visit.visitor.actor,
        states=STATES,
        **({"in_the_way": ()} | values),
    )


async def _note_view(visit: Visit, number: int, page: int = 1) -> None:
    """Rows of people are on the page, and no other page's record tells of them."""
    entry = visit.entry("import.viewed", f"import:{number}", page=page)
    await visit.write(lambda db: record(db, entry))


def _progress(visit: Visit, number: int, db: "Connection", cursor: str) -> Change | None:
    """The bar while the file is read; at the end the page is asked to load itself anew."""
    card = read_import(db, number, only_of(visit.visitor))
    if card is None or cursor == (now := f"{card.state}:{card.rows_read}"):
        return None
    return Change(now, visit.desk.render("imports/progress.html", card=card, being_read=is_being_read(card)))


async def _found(visit: Visit, number: int) -> ImportCard:
    card = await visit.read(lambda db: read_import(db, number, only_of(visit.visitor)))
    if card is None:
        raise HTTPException(404)
    return card


def moment(visit: Visit) -> Moment:
    return Moment(visit.desk.runtime.sealer, visit.now, visit.visitor.actor, visit.address)


def _teller(visit: Visit) -> Teller:
    """Whom a list verifies, the bot tells."""
    means = visit.desk.runtime.means
    return lambda db, contact, now, cause: tell_verified(db, means, contact, now, cause)


def _group(card: ImportCard, asked: str) -> Group:
    """The tab asked for; else the first that has something to look at, mistakes before all."""
    if asked in set(Group):
        return Group(asked)
    order = (Group.WRONG, Group.CHANGED, Group.NEW, Group.UNCHANGED)
    return next((group for group in order if card.counts[group]), Group.NEW)


def _page(visit: Visit) -> int:
    return page_number(visit.request.query_params.get("trang", ""))


def _whole(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HTTPException(422)
    return int(text)
