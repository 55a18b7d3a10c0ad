"""Excel lists: dropped, looked through in four tabs, put right, accepted, approved, taken back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import HTTPException, Response
from fastapi.sse import ServerSentEvent

from app.console.desk import Desk
from app.console.gate import Pages
from app.console.import_shapes import DryRunTabs, LayoutForm, layout_of, read_dates, read_layout
from app.console.live import Change, follow
from app.console.visit import Visit, Visiting
from app.conversations.announcing import tell_verified
from app.directory.refusals import ImportRefused
from app.importing.correcting import correct_cell, correct_dates, correct_guess
from app.importing.deciding import UndoRefused, accept, approve, discard, undo
from app.importing.error_workbook import error_workbook
from app.importing.kinds import KINDS
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

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/nhap-excel"
ROWS = 50


def add_import_pages(pages: Pages) -> None:
    pages.desk.counts[PLACE] = lambda db, _visitor: count_to_decide(db)
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
        async for event in follow(visit, after, partial(_progress, visit.desk, number)):
            yield event

    @pages.get(PLACE + "/{number}/tep-loi", Right.EXPORT)
    async def with_faults(visit: Visiting, number: int) -> Response:
        found = await _found(visit, number)
        try:
            content = await asyncio.to_thread(error_workbook, visit.desk.runtime.db, number, moment(visit))
        except ImportStopped as stopped:
            return visit.done(str(stopped), f"{PLACE}/{number}")
        name = quote(f"loi-{found.file_name.rsplit('.', 1)[0]}.xlsx")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _add_corrections(pages: Pages) -> None:
    @pages.post(PLACE + "/{number}/o", Right.IMPORT)
    async def cell(visit: Visiting, number: int) -> Response:
        form = await visit.form()
        row, column = _whole(form, "dong"), _whole(form, "cot")
        text, at = form.get("gia_tri", ""), moment(visit)
        try:
            await visit.write(lambda db: correct_cell(db, number, row, column, text, at))
        except ImportStopped as stopped:
            return visit.done(str(stopped), f"{PLACE}/{number}")
        return visit.done("Đã sửa ô, tệp đang được kiểm tra lại.", f"{PLACE}/{number}?nhom=wrong")

    @pages.post(PLACE + "/{number}/ngay", Right.IMPORT)
    async def dates(visit: Visiting, number: int) -> Response:
        told, at = read_dates(await visit.form()), moment(visit)
        if not isinstance(told, ListDates):
            return visit.done(told, f"{PLACE}/{number}")
        given = told
        try:
            await visit.write(lambda db: correct_dates(db, number, given, at))
        except ImportStopped as stopped:
            return visit.done(f"{stopped}.", f"{PLACE}/{number}")
        return visit.done("Đã ghi ngày và hạn, tệp đang được kiểm tra lại.", f"{PLACE}/{number}")

    @pages.get(PLACE + "/{number}/cot", Right.IMPORT)
    async def layout(visit: Visiting, number: int) -> Response:
        found = await _found(visit, number)
        try:
            shown = await asyncio.to_thread(
                layout_of,
                visit.desk.runtime.db,
                moment(visit),
                found,
                visit.request.query_params.get("trang"),
            )
        except (ImportRefused, ImportStopped) as stopped:
            return visit.done(str(stopped), f"{PLACE}/{number}")
        return visit.page("imports/layout.html", title="Cột của tệp", here=PLACE, card=found, shown=shown)

    @pages.post(PLACE + "/{number}/cot", Right.IMPORT)
    async def tell_layout(visit: Visiting, number: int) -> Response:
        found = await _found(visit, number)
        told = read_layout(KINDS[found.kind].shape, await visit.form())
        if not isinstance(told, LayoutForm):
            return visit.done(told, f"{PLACE}/{number}/cot")
        at = moment(visit)
        try:
            await visit.write(lambda db: correct_guess(db, number, told.guess, at))
        except ImportStopped as stopped:
            return visit.done(str(stopped), f"{PLACE}/{number}")
        return visit.to(f"{PLACE}/{number}")


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
        try:
            await visit.write(lambda db: discard(db, number, at))
        except ImportStopped as stopped:
            return visit.done(str(stopped), f"{PLACE}/{number}")
        return visit.done("Đã bỏ tệp, danh bạ không đổi gì.", PLACE)

    @pages.post(PLACE + "/{number}/hoan-tac", Right.IMPORT)
    async def take_back(visit: Visiting, number: int) -> Response:
        at = moment(visit)
        try:
            await visit.write(lambda db: undo(db, number, at))
        except ImportStopped as stopped:
            return visit.done(str(stopped), f"{PLACE}/{number}")
        except UndoRefused as refused:
            return await _card_page(visit, number, in_the_way=refused.in_the_way, status=409)
        return visit.done("Đã hoàn tác, danh bạ trở lại như trước lần nhập.", f"{PLACE}/{number}")


async def _decided(visit: Visit, number: int, decide: Callable[[], ImportState]) -> Response:
    """Deciding reads the whole file again: away from the event loop."""
    try:
        state = await asyncio.to_thread(decide)
    except ImportStopped as stopped:
        return visit.done(str(stopped), f"{PLACE}/{number}")
    said = "Đã nhập xong." if state is ImportState.APPLIED else "Đã nhận; đang chờ người thứ hai duyệt."
    return visit.done(said, f"{PLACE}/{number}")


async def _list_page(visit: Visit, fault: str = "", given: Mapping[str, str] | None = None) -> Response:
    page = _page(visit)
    cards, total, names = await visit.read(
        lambda db: (read_imports(db, page=page), count_imports(db), names_of_staff(db))
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
        kinds=[(name, kind.title) for name, kind in KINDS.items()],
        fault=fault,
        given=given or {},
        states=STATES,
    )


async def _card_page(visit: Visit, number: int, status: int = 200, **values: object) -> Response:
    asked = visit.request.query_params.get("nhom", "")
    page, sealer = _page(visit), visit.desk.runtime.sealer

    def read(db: "Connection") -> tuple[ImportCard, DryRunTabs, list[tuple[str, str]], dict[str, str]]:
        card = read_import(db, number)
        if card is None:
            raise HTTPException(404)
        group = _group(card, asked)
        lines = read_tab(db, sealer, number, group, page)
        tabs = DryRunTabs(card, KINDS[card.kind].shape, group, page, lines)
        return card, tabs, read_notes(db, sealer, number), names_of_staff(db)

    card, tabs, notes, names = await visit.read(read)
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


def _progress(desk: Desk, number: int, db: "Connection", cursor: str) -> Change | None:
    """The bar while the file is read; at the end the page is asked to load itself anew."""
    card = read_import(db, number)
    if card is None or cursor == (now := f"{card.state}:{card.rows_read}"):
        return None
    return Change(now, desk.render("imports/progress.html", card=card, being_read=is_being_read(card)))


async def _found(visit: Visit, number: int) -> ImportCard:
    card = await visit.read(lambda db: read_import(db, number))
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
    asked = visit.request.query_params.get("trang", "")
    return min(max(1, int(asked)), 100_000) if asked.isascii() and asked.isdigit() else 1


def _whole(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise HTTPException(422)
    return int(text)


STATES = {
    ImportState.UPLOADED: ("Chờ kiểm tra", "plain", "clock-play"),
    ImportState.READING: ("Đang kiểm tra", "primary", "clock-play"),
    ImportState.UNREADABLE: ("Chưa đọc được", "bad", "file-alert"),
    ImportState.CHECKED: ("Chờ nhận", "warn", "checklist"),
    ImportState.WAITING: ("Chờ người thứ hai duyệt", "warn", "user-check"),
    ImportState.APPLIED: ("Đã nhập", "good", "circle-check"),
    ImportState.UNDONE: ("Đã hoàn tác", "plain", "arrow-back-up"),
    ImportState.DISCARDED: ("Đã bỏ", "plain", "trash"),
}
