"""Lists of unregistered workers: how every unit stands, and the link or the letter for many at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import HTTPException, Response

from app.audit.trail import record
from app.console.forms import row_number
from app.console.gate import Pages
from app.console.list_pages import MOST_EXPORTED, file_answer, list_export, picked, plain_name, show
from app.console.listing import Asked, Filter, Found, Listing, ShownList
from app.console.visit import Visit, Visiting
from app.console.worker_links import send_links
from app.console.worker_list_shapes import (
    BULK,
    COLUMNS,
    LOOKS,
    PLACE,
    SORTS,
    shares,
    unit_filter,
    unit_filters,
    unit_row,
)
from app.console.worker_unit_pages import add_worker_unit_pages
from app.directory.queries import names_of_offices
from app.look.formats import number
from app.staff.queries import officers_to_link
from app.staff.rules import Right
from app.staff.saved_views import read_views
from app.staff.sessions import Visitor
from app.worker_lists.dating import DueRefused, change_due
from app.worker_lists.letters import Letterhead, letter_workbook
from app.worker_lists.list_queries import list_lists, names_of_lists
from app.worker_lists.queries import Numbers, UnitProgress, UnitsPage, count_overdue, find_units, list_units
from app.worker_lists.rules import today
from app.worker_lists.worker_queries import Worker, letter_workers

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_LETTERS = 200
"""In one file: a few seconds of work, and as much as an office prints in a day."""
ZIP = "application/zip"


def add_worker_list_pages(pages: Pages) -> None:
    clock = pages.desk.runtime.clock
    pages.desk.counts[PLACE] = lambda db, visitor: count_overdue(
        db, visitor.only_units_of, today(clock.now())
    )
    _add_units(pages)
    _add_bulk(pages)
    _add_lists(pages)
    add_worker_unit_pages(pages)


def _add_units(pages: Pages) -> None:
    listing = _listing(pages)

    @pages.get(PLACE, Right.SEE_WORKERS)
    async def units(visit: Visiting) -> Response:
        visitor, now = visit.visitor, visit.now

        def read(db: "Connection") -> tuple[ShownList, Numbers]:
            filters = _read_filters(db, visitor)
            asked = listing.asked(visit.request.query_params, filters)
            found = _list(db, visitor, asked, now)
            rows = Found([unit_row(unit, now) for unit in found.units], found.count)
            views = read_views(db, visitor.staff_id, PLACE)
            return show(visit, listing, asked, rows, filters, views), found.numbers

        shown, sums = await visit.read(read)
        return visit.page(
            "worker_lists/units.html",
            title=listing.title,
            here=PLACE,
            list=shown,
            sums=sums,
            shares=shares(sums),
            looks=LOOKS,
        )

    @pages.get(listing.export_path, Right.EXPORT)
    async def export(visit: Visiting) -> Response:
        return await list_export(visit, listing, await _filters(visit))


def _list(db: "Connection", visitor: Visitor, asked: Asked, now: datetime) -> UnitsPage:
    return list_units(
        db,
        unit_filter(asked, visitor.only_units_of),
        today(now),
        page=asked.page - 1,
        size=asked.limit,
        sort=SORTS[asked.sort],
        descending=asked.descending,
    )


def _listing(pages: Pages) -> Listing:
    clock = pages.desk.runtime.clock

    def read(db: "Connection", visitor: Visitor, asked: Asked) -> Found:
        now = clock.now()
        found = _list(db, visitor, asked, now)
        return Found([unit_row(unit, now) for unit in found.units], found.count)

    return Listing(
        PLACE,
        "Lao động chưa đăng ký VssID",
        "đơn vị",
        COLUMNS,
        read,
        sort="-con",
        bulk=BULK,
        empty="Chưa có danh sách nào. Nhập tệp “Người lao động chưa đăng ký VssID” ở trang Nhập Excel.",
        subject="lao-dong-chua-dang-ky",
    )


def _add_bulk(pages: Pages) -> None:
    listing = _listing(pages)

    @pages.post(f"{PLACE}/gui-duong-dan", Right.EDIT_WORKERS)
    async def send(visit: Visiting) -> Response:
        units = await _picked_units(visit, listing)
        if not units:
            return visit.done("Anh/Chị đánh dấu ít nhất một đơn vị giúp.", PLACE)
        return visit.done(await send_links(visit, units), PLACE)

    @pages.post(f"{PLACE}/thu", Right.EXPORT)
    async def letters(visit: Visiting) -> Response:
        units = await _picked_units(visit, listing, has_liaison=False)
        if not units:
            return visit.done("Các đơn vị đã chọn đều có đầu mối: gửi đường dẫn cho họ là đủ.", PLACE)
        if len(units) > MOST_LETTERS:
            most = number(MOST_LETTERS)
            return visit.done(f"Một lần tải nhiều nhất {most} thư; Anh/Chị thu hẹp bộ lọc giúp.", PLACE)
        on = today(visit.now)
        content = await asyncio.to_thread(zipped_letters, await _letters(visit, units), on)
        return file_answer(content, f"thu-chua-dang-ky-{on:%Y%m%d}.zip", ZIP)


async def _picked_units(visit: Visit, listing: Listing, has_liaison: bool | None = None) -> list[int]:
    """The ticked units, as far as they are the visitor's own."""
    chosen = await picked(visit, listing, await _filters(visit))
    ticked = [number for key in chosen.keys if (number := row_number(key)) is not None]
    asked = chosen.asked if chosen.every else replace(chosen.asked, filters={})
    wanted = unit_filter(asked, visit.visitor.only_units_of, None if chosen.every else ticked)
    if has_liaison is not None:
        wanted = replace(wanted, has_liaison=has_liaison)
    on = today(visit.now)
    return await visit.read(lambda db: find_units(db, wanted, on, size=MOST_EXPORTED))


async def _letters(visit: Visit, units: Sequence[int]) -> list[tuple[UnitProgress, tuple[Worker, ...]]]:
    """Every unit with its workers; each is on the trail before a name is opened."""
    chosen = unit_filter(_NOTHING_ASKED, visit.visitor.only_units_of, units)
    sealer, on = visit.desk.runtime.sealer, today(visit.now)
    found = await visit.read(lambda db: list_units(db, chosen, on, size=MOST_LETTERS).units)

    def note(db: "Connection") -> None:
        for unit in found:
            rows, subject = unit.numbers.waiting, f"employer:{unit.employer_id}"
            record(db, visit.entry("list.exported", subject, rows=rows, letter=True))

    await visit.write(note)
    return await visit.read(lambda db: [(one, letter_workers(db, sealer, one.employer_id)) for one in found])


_NOTHING_ASKED = Asked({}, "", descending=False, page=1, columns=())


def zipped_letters(read: Sequence[tuple[UnitProgress, tuple[Worker, ...]]], on: date) -> bytes:
    """One workbook for each unit, in memory: names leave no file behind."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as zipped:
        for unit, workers in read:
            name = f"{plain_name(unit.code or str(unit.employer_id))}-{unit.employer_id}.xlsx"
            zipped.writestr(name, letter_workbook(Letterhead(), unit, workers, on))
    return content.getvalue()


def _add_lists(pages: Pages) -> None:
    @pages.get(f"{PLACE}/lo", Right.SEE_WORKERS)
    async def lists(visit: Visiting) -> Response:
        return await _lists_page(visit)

    @pages.post(f"{PLACE}/lo/{{number}}/han", Right.EDIT_WORKERS)
    async def due(visit: Visiting, number: int) -> Response:
        if visit.visitor.only_units_of is not None:
            raise HTTPException(403)
        text = (await visit.form()).get("han", "").strip()
        entry = visit.entry("worker_list.due_changed", f"list:{number}")
        try:
            due_on = date.fromisoformat(text) if text else None
            await visit.write(lambda db: change_due(db, number, due_on, entry))
        except ValueError:
            return await _lists_page(visit, number, "Ngày này không đọc được.")
        except DueRefused as refused:
            return await _lists_page(visit, number, str(refused))
        said = "Đã bỏ hạn." if due_on is None else f"Hạn mới: {due_on:%d/%m/%Y}."
        return visit.done(said, f"{PLACE}/lo")


async def _lists_page(visit: Visit, wrong: int = 0, fault: str = "") -> Response:
    scope = visit.visitor.only_units_of
    found = await visit.read(lambda db: list_lists(db, scope))
    return visit.page(
        "worker_lists/lists.html",
        title="Các danh sách đã nhận",
        here=PLACE,
        status=422 if fault else 200,
        lists=found,
        shares=shares,
        on=today(visit.now),
        may_move_due=visit.may(Right.EDIT_WORKERS) and visit.visitor.only_units_of is None,
        wrong=wrong,
        fault=fault,
    )


async def _filters(visit: Visit) -> list[Filter]:
    return await visit.read(lambda db: _read_filters(db, visit.visitor))


def _read_filters(db: "Connection", visitor: Visitor) -> list[Filter]:
    names = (names_of_offices(db), officers_to_link(db), names_of_lists(db))
    return unit_filters(*names, visitor.only_units_of)
