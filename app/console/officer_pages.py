"""Cán bộ: who is in charge of how many units, where nobody is, who stands in during leave."""

from datetime import date
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response
from pydantic import BaseModel

from app.console.desk import Desk, at
from app.console.directory_words import Happening, happenings
from app.console.forms import EMPTY, Filled, fill
from app.console.gate import Pages
from app.console.list_pages import list_export, list_page
from app.console.listing import Asked, Cell, Choice, Column, Filter, Found, Listing, Row, Search
from app.console.record_pages import Book, add_record_pages
from app.console.visit import Visit, Visiting
from app.directory.cards import history_of
from app.directory.choices import Choices, office_choices, officer_choices
from app.directory.columns import Kind
from app.directory.coverage import read_coverage
from app.directory.leave import Leave, call_off_leave, note_leave, read_leaves
from app.directory.queries import EmployerRow, OfficerRow, Page, Wanted, list_employers, list_officers
from app.directory.refusals import EditRefused
from app.kit.clock import VIETNAM
from app.look.formats import number, phone
from app.staff.queries import names_of_staff
from app.staff.rules import Right
from app.staff.sessions import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/can-bo"
SHOWN_UNITS = 20
BOOK = Book(Kind.OFFICERS, PLACE, "cán bộ", Right.ASSIGN_OFFICERS)
COLUMNS = (
    Column("name", "Họ và tên", sorts=True, place="head"),
    Column("code", "Mã", sorts=True),
    Column("office", "Cơ quan", sorts=True),
    Column("employers", "Số đơn vị", sorts=True, number=True, place="beside"),
    Column("today", "Hôm nay"),
    Column("phone", "Điện thoại"),
    Column("hours", "Giờ làm việc", at_first=False),
    Column("email", "Email", at_first=False),
)
STATE = Choice("trang_thai", "Trạng thái", [("ended", "Đã ngừng dùng")])


class NewLeave(BaseModel):
    nguoi_thay: int
    tu: date
    den: date


def add_officer_pages(pages: Pages) -> None:
    listing = _listing(pages.desk)

    @pages.get(PLACE, Right.SEE_DIRECTORY)
    async def officers(visit: Visiting) -> Response:
        whole = visit.visitor.only_units_of is None
        coverage, leaves = await visit.read(
            lambda db: (read_coverage(db) if whole else [], read_leaves(db, since=_today(visit)))
        )
        return await list_page(
            visit,
            listing,
            "directory/officers.html",
            await _filters(visit),
            coverage=coverage,
            gap=sum(one.without_officer for one in coverage),
            leaves=leaves,
            today=_today(visit),
        )

    @pages.get(listing.export_path, Right.EXPORT)
    async def export(visit: Visiting) -> Response:
        return await list_export(visit, listing, await _filters(visit))

    add_record_pages(pages, BOOK)
    _add_card(pages)
    _add_leave(pages)


def _add_card(pages: Pages) -> None:
    @pages.get(f"{PLACE}/{{officer_id}}", Right.SEE_DIRECTORY)
    async def card(visit: Visiting, officer_id: int) -> Response:
        return await _card_page(visit, officer_id)


def _add_leave(pages: Pages) -> None:
    @pages.post(f"{PLACE}/{{officer_id}}/nghi", Right.ASSIGN_OFFICERS)
    async def note(visit: Visiting, officer_id: int) -> Response:
        form = fill(NewLeave, await visit.form())
        if form.model is None:
            return await _card_page(visit, officer_id, form, 422)
        leave, actor, now = form.model, visit.visitor.actor, visit.now
        try:
            noted = await visit.write(
                lambda db: note_leave(db, officer_id, leave.nguoi_thay, leave.tu, leave.den, actor, now)
            )
        except EditRefused as refusal:
            return await _card_page(visit, officer_id, form.refused("", str(refusal)), 409)
        undo = f"{PLACE}/{officer_id}/nghi/{noted}/bo"
        return visit.done("Đã ghi lịch nghỉ; người thay nhận việc đúng ngày.", _card(officer_id), undo=undo)

    @pages.post(f"{PLACE}/{{officer_id}}/nghi/{{leave_id}}/bo", Right.ASSIGN_OFFICERS)
    async def call_off(visit: Visiting, officer_id: int, leave_id: int) -> Response:
        actor, now = visit.visitor.actor, visit.now
        try:
            await visit.write(lambda db: call_off_leave(db, leave_id, actor, now))
        except EditRefused as refusal:
            return visit.done(str(refusal), _card(officer_id))
        return visit.done("Đã bỏ lịch nghỉ.", _card(officer_id))


async def _card_page(
    visit: Visit, officer_id: int, form: Filled[NewLeave] | Filled[BaseModel] = EMPTY, status: int = 200
) -> Response:
    scope, today = visit.visitor.only_units_of, _today(visit)

    def read(
        db: "Connection",
    ) -> tuple[OfficerRow, Page[EmployerRow], list[Leave], Choices, list[Happening]]:
        officer = _officer(db, officer_id, today)
        mine = Wanted(officer_id=officer_id, only_units_of=scope, size=SHOWN_UNITS)
        history = happenings(history_of(db, f"officer:{officer_id}"), names_of_staff(db))
        others = [one for one in officer_choices(db) if one[0] != str(officer_id)]
        leaves = read_leaves(db, since=today, officer_id=officer_id)
        return officer, list_employers(db, mine), leaves, others, history

    officer, units, leaves, others, history = await visit.read(read)
    return visit.page(
        "directory/officer.html",
        title=officer.name,
        here=PLACE,
        status=status,
        officer=officer,
        units=units,
        leaves=leaves,
        others=others,
        history_lines=history,
        form=form,
        today=today,
        sees_units=scope is None or officer_id in scope,
    )


def _officer(db: "Connection", officer_id: int, today: date) -> OfficerRow:
    for state in ("", "ended"):
        rows = list_officers(db, Wanted(ids=(officer_id,), state=state), today).rows
        if rows:
            return rows[0]
    raise HTTPException(404)


async def _filters(visit: Visit) -> list[Filter]:
    offices = await visit.read(office_choices)
    return [Search("Tên, mã cán bộ"), Choice("co_quan", "Cơ quan", offices), STATE]


def _listing(desk: Desk) -> Listing:
    def read(db: "Connection", _visitor: Visitor, asked: Asked) -> Found:
        wanted = Wanted(
            text=asked.value("q"),
            office_id=int(asked.value("co_quan")) if asked.value("co_quan") else None,
            state=asked.value("trang_thai"),
            sort=asked.sort,
            descending=asked.descending,
            page=asked.page,
            size=asked.limit,
        )
        page = list_officers(db, wanted, desk.runtime.clock.now().astimezone(VIETNAM).date())
        return Found([_row(one) for one in page.rows], page.total)

    return Listing(
        PLACE,
        "Cán bộ",
        "cán bộ",
        COLUMNS,
        read,
        sort="name",
        empty="Chưa có cán bộ nào. Nhập danh sách Excel, hoặc thêm từng người.",
        subject="can-bo",
    )


def _row(one: OfficerRow) -> Row:
    away = Cell("Nghỉ", tone="warn", sign="calendar-off", note=f"{one.stand_in} thay")
    return Row(
        str(one.id),
        {
            "name": Cell(one.name, at(f"{PLACE}/{one.id}")),
            "code": one.code,
            "office": Cell(one.office_name, at(f"/co-quan/{one.office_id}")),
            "employers": number(one.employers),
            "today": away if one.stand_in else "Làm việc",
            "phone": phone(one.phone),
            "hours": one.hours,
            "email": one.email,
        },
    )


def _today(visit: Visit) -> date:
    return visit.now.astimezone(VIETNAM).date()


def _card(officer_id: int) -> str:
    return f"{PLACE}/{officer_id}"
