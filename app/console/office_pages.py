"""Cơ quan BHXH: the offices, each with its officers and how many units it has."""

from datetime import date
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response

from app.console.desk import at
from app.console.directory_words import Happening, happenings
from app.console.gate import Pages
from app.console.list_pages import add_list
from app.console.listing import Asked, Cell, Choice, Column, Found, Listing, Row, Search
from app.console.record_pages import Book, add_record_pages
from app.console.visit import Visiting
from app.directory.cards import history_of
from app.directory.columns import Kind
from app.directory.queries import OfficeRow, OfficerRow, Wanted, list_officers, list_offices
from app.kit.clock import VIETNAM
from app.look.formats import number, phone
from app.staff.queries import names_of_staff
from app.staff.rules import Right
from app.staff.sessions import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/co-quan"
BOOK = Book(Kind.OFFICES, PLACE, "cơ quan", Right.ASSIGN_OFFICERS)
MOST_OFFICERS = 200


def add_office_pages(pages: Pages) -> None:
    add_list(pages, LISTING, Right.SEE_DIRECTORY, "directory/offices.html")
    add_record_pages(pages, BOOK)

    @pages.get(f"{PLACE}/{{office_id}}", Right.SEE_DIRECTORY)
    async def card(visit: Visiting, office_id: int) -> Response:
        today = visit.now.astimezone(VIETNAM).date()
        office, officers, history = await visit.read(lambda db: _card(db, office_id, today))
        return visit.page(
            "directory/office.html",
            title=office.name,
            here=PLACE,
            office=office,
            officers=officers,
            history_lines=history,
        )


def _card(
    db: "Connection", office_id: int, today: date
) -> tuple[OfficeRow, tuple[OfficerRow, ...], list[Happening]]:
    for state in ("", "ended"):
        rows = list_offices(db, Wanted(ids=(office_id,), state=state)).rows
        if rows:
            break
    else:
        raise HTTPException(404)
    officers = list_officers(db, Wanted(office_id=office_id, size=MOST_OFFICERS), today).rows
    return rows[0], officers, happenings(history_of(db, f"office:{office_id}"), names_of_staff(db))


def _read(db: "Connection", _visitor: Visitor, asked: Asked) -> Found:
    wanted = Wanted(
        text=asked.value("q"),
        state=asked.value("trang_thai"),
        sort=asked.sort,
        descending=asked.descending,
        page=asked.page,
        size=asked.limit,
    )
    page = list_offices(db, wanted)
    return Found([_row(one) for one in page.rows], page.total)


def _row(one: OfficeRow) -> Row:
    return Row(
        str(one.id),
        {
            "name": Cell(one.name, at(f"{PLACE}/{one.id}")),
            "code": one.code,
            "officers": number(one.officers),
            "employers": number(one.employers),
            "phone": phone(one.phone),
            "address": one.address,
            "hours": one.hours,
        },
    )


LISTING = Listing(
    PLACE,
    "Cơ quan BHXH",
    "cơ quan",
    (
        Column("name", "Tên cơ quan", sorts=True, place="head"),
        Column("code", "Mã", sorts=True, place="beside"),
        Column("officers", "Cán bộ", number=True),
        Column("employers", "Đơn vị", number=True),
        Column("phone", "Điện thoại"),
        Column("address", "Địa chỉ"),
        Column("hours", "Giờ làm việc", at_first=False),
    ),
    _read,
    filters=(
        Search("Tên, mã cơ quan"),
        Choice("trang_thai", "Trạng thái", [("ended", "Đã ngừng dùng")]),
    ),
    sort="name",
    empty="Chưa có cơ quan nào. Nhập danh sách Excel, hoặc thêm từng cơ quan.",
    subject="co-quan",
)
