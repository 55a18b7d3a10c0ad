"""Đầu mối: the list with its filters and export, many verified at once, a new one announced."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import Response
from pydantic import BaseModel
from starlette.datastructures import QueryParams

from app.audit.trail import record
from app.console.desk import Desk, at
from app.console.directory_words import ROLES, STATES, masked_phone, moment_words, state_cell
from app.console.forms import EMPTY, Filled, row_number
from app.console.gate import Pages
from app.console.list_pages import list_export, list_page, picked
from app.console.listing import Asked, BulkAct, Cell, Choice, Column, Filter, Found, Listing, Row, Search
from app.console.visit import Visit, Visiting
from app.conversations.announcing import verify_many
from app.directory.choices import office_choices, officer_choices, units_meant
from app.directory.liaison_editing import announce_by_staff
from app.directory.models import LiaisonState
from app.directory.own_units import is_own_unit
from app.directory.people_queries import LiaisonRow, count_pending, list_liaisons
from app.directory.queries import Wanted
from app.directory.refusals import EditRefused, WrongFields
from app.look.formats import day, phone
from app.staff.rules import Right
from app.staff.sessions import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/dau-moi"
AT_ONCE = 500
"""So many are verified by one press: each is told by a message of their own."""
NOBODY_WAITS = "Không có ai trong số này đang chờ xác minh."
OPEN_DATA = frozenset({"phone", "email"})
"""Columns that show how to reach people: whoever has them shown is named in the trail."""

COLUMNS = (
    Column("name", "Họ và tên", sorts=True, place="head"),
    Column("state", "Trạng thái", sorts=True, place="beside"),
    Column("unit", "Đơn vị", sorts=True),
    Column("masked", "Điện thoại"),
    Column("following", "Zalo"),
    Column("seen", "Liên hệ cuối"),
    Column("since", "Từ ngày", at_first=False),
    Column("phone", "Điện thoại đủ số", at_first=False),
    Column("email", "Email", at_first=False),
)
STATE = Choice("trang_thai", "Trạng thái", [(str(key), words) for key, (words, _, _) in STATES.items()])
UNIT = Choice("don_vi", "Đơn vị", [("chua-ro", "Chưa rõ đơn vị")])
FOLLOWING = Choice("theo_doi", "Zalo", [("co", "Đang theo dõi"), ("khong", "Không theo dõi")])
SILENT = Choice("im_lang", "Chưa nhắn", [("7", "từ 7 ngày"), ("30", "từ 30 ngày"), ("90", "từ 90 ngày")])


def add_liaison_pages(pages: Pages) -> None:
    pages.desk.counts[PLACE] = lambda db, visitor: count_pending(db, visitor.only_units_of)
    listing = _listing(pages.desk)
    _add_list(pages, listing)
    _add_new(pages)


def _add_list(pages: Pages, listing: Listing) -> None:
    @pages.get(PLACE, Right.SEE_DIRECTORY)
    async def everybody(visit: Visiting) -> Response:
        filters = await _filters(visit)
        asked = listing.asked(visit.request.query_params, filters)
        if shown := sorted(OPEN_DATA.intersection(asked.columns)):
            entry = visit.entry("directory.viewed", "liaisons", columns=", ".join(shown), page=asked.page)
            await visit.write(lambda db: record(db, entry))
        waiting = visit.arrival.counts.get(PLACE, 0)
        return await list_page(visit, listing, "directory/liaisons.html", filters, waiting=waiting)

    @pages.get(listing.export_path, Right.EXPORT)
    async def export(visit: Visiting) -> Response:
        return await list_export(visit, listing, await _filters(visit))

    @pages.post(f"{PLACE}/xac-minh", Right.EDIT_DIRECTORY)
    async def verify_ticked(visit: Visiting) -> Response:
        """Those who wait and whose unit is known; the others stay, and are counted."""
        ticked = await picked(visit, listing, await _filters(visit))
        numbers = tuple(number for key in ticked.keys if (number := row_number(key)) is not None)
        if not ticked.every and not numbers:
            return visit.done("Anh/Chị đánh dấu ít nhất một đầu mối giúp.", PLACE)
        asked = ticked.asked if ticked.every else listing.asked(QueryParams())
        wanted = replace(_wanted(visit.desk, visit.visitor, asked), page=1, size=AT_ONCE)
        chosen = wanted if ticked.every else replace(wanted, ids=numbers)
        if chosen.state not in ("", LiaisonState.PENDING):
            return visit.done(NOBODY_WAITS, PLACE)
        chosen = replace(chosen, state=LiaisonState.PENDING)
        means, actor, now = visit.desk.runtime.means, visit.visitor.actor, visit.now

        def verify(db: "Connection") -> tuple[int, int]:
            page = list_liaisons(db, means.sealer, chosen)
            return verify_many(db, means, page.rows, actor, now), page.total

        verified, pending = await visit.write(verify)
        left = pending - verified
        said = f"Đã xác minh {verified} đầu mối; máy đang báo cho từng người."
        if left:
            said += f" Còn {left} người: chưa rõ đơn vị, hoặc vượt {AT_ONCE} người một lần."
        return visit.done(said if pending else NOBODY_WAITS, PLACE)


def _add_new(pages: Pages) -> None:
    @pages.get(f"{PLACE}/them", Right.EDIT_DIRECTORY)
    async def form(visit: Visiting) -> Response:
        return await _form_page(visit, EMPTY)

    @pages.post(f"{PLACE}/them", Right.EDIT_DIRECTORY)
    async def add(visit: Visiting) -> Response:
        values = await visit.form()
        sealer, actor, now = visit.desk.runtime.sealer, visit.visitor.actor, visit.now
        unit, scope = row_number(values.get("don_vi", "")), visit.visitor.only_units_of

        def write(db: "Connection") -> int:
            if unit is None or not is_own_unit(db, unit, scope):
                raise WrongFields({"don_vi": "Anh/Chị tìm và chọn đơn vị giúp"})
            return announce_by_staff(db, sealer, unit, values, actor, now)

        try:
            number = await visit.write(write)
        except WrongFields as wrong:
            return await _form_page(visit, Filled(values, None, wrong.fields), status=422)
        except EditRefused as refusal:
            return await _form_page(visit, Filled(values, None, {"": str(refusal)}), status=409)
        said = "Đã báo trước; người này đăng ký bằng đúng số điện thoại là được xác minh ngay."
        return visit.done(said, f"{PLACE}/{number}", undo=f"{PLACE}/{number}/ket-thuc?phien=1")


async def _form_page(visit: Visit, form: Filled[BaseModel], status: int = 200) -> Response:
    values = {**visit.request.query_params, **form.values}
    text, chosen = values.get("tim", ""), row_number(values.get("don_vi", ""))
    scope = visit.visitor.only_units_of
    units = await visit.read(lambda db: units_meant(db, text, chosen, scope))
    return visit.page(
        "directory/liaison_form.html",
        title="Thêm đầu mối",
        here=PLACE,
        status=status,
        form=Filled(values, None, form.errors),
        text=text,
        units=units,
        chosen=chosen,
        roles=list(ROLES.items()),
    )


def _listing(desk: Desk) -> Listing:
    def read(db: "Connection", visitor: Visitor, asked: Asked) -> Found:
        page = list_liaisons(db, desk.runtime.sealer, _wanted(desk, visitor, asked))
        return Found([_row(one) for one in page.rows], page.total)

    return Listing(
        PLACE,
        "Đầu mối",
        "đầu mối",
        COLUMNS,
        read,
        sort="name",
        bulk=(BulkAct(f"{PLACE}/xac-minh", "Xác minh", Right.EDIT_DIRECTORY, "user-check", "main"),),
        empty="Chưa có đầu mối nào. Nhập danh sách Excel, hoặc mời đơn vị đăng ký qua Zalo.",
        subject="dau-moi",
    )


async def _filters(visit: Visit) -> list[Filter]:
    """Those whose choices come from the directory; an officer has but one officer to look at."""
    search = Search("Tên, đơn vị, mã, số điện thoại")
    offices, officers = await visit.read(lambda db: (office_choices(db), officer_choices(db)))
    if visit.visitor.only_units_of is not None:
        return [search, STATE, FOLLOWING, SILENT]
    by_place = (Choice("co_quan", "Cơ quan", offices), Choice("can_bo", "Cán bộ", officers))
    return [search, STATE, *by_place, UNIT, FOLLOWING, SILENT]


def _wanted(desk: Desk, visitor: Visitor, asked: Asked) -> Wanted:
    silent, following = asked.value("im_lang"), asked.value("theo_doi")
    return Wanted(
        text=asked.value("q"),
        state=asked.value("trang_thai"),
        office_id=row_number(asked.value("co_quan")),
        officer_id=row_number(asked.value("can_bo")),
        unit_is_known=False if asked.value("don_vi") else None,
        following=following == "co" if following else None,
        silent_since=desk.runtime.clock.now() - timedelta(days=int(silent)) if silent else None,
        sort=asked.sort,
        descending=asked.descending,
        page=asked.page,
        size=asked.limit,
        only_units_of=visitor.only_units_of,
    )


def _row(one: LiaisonRow) -> Row:
    unit = at(f"/doanh-nghiep/{one.employer_id}") if one.employer_id is not None else ""
    return Row(
        str(one.id),
        {
            "name": Cell(one.full_name or "(đã xóa tên)", at(f"{PLACE}/{one.id}")),
            "state": state_cell(one.state),
            "unit": Cell(one.unit_name, unit, note="" if unit else "theo lời người này, chưa khớp danh bạ"),
            "masked": masked_phone(one.phone),
            "following": following_words(one),
            "seen": moment_words(one.last_interaction_at),
            "since": day(one.from_at),
            "phone": phone(one.phone),
            "email": one.email,
        },
    )


def following_words(one: LiaisonRow) -> str:
    if not one.contact:
        return "Chưa nhắn OA"
    return "Đang theo dõi" if one.following else "Không theo dõi"
