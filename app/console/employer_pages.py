"""Đơn vị: the list with its gaps, one unit with all that belongs to it, the sheet that invites a liaison."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response
from markupsafe import Markup

from app.audit.trail import record
from app.console.desk import at
from app.console.directory_words import ROLES, STATES, Happening, happenings
from app.console.forms import row_number
from app.console.gate import Pages
from app.console.list_pages import list_export, list_page
from app.console.listing import Asked, BulkAct, Cell, Choice, Column, Filter, Found, Listing, Row, Search
from app.console.record_pages import Book, add_record_pages
from app.console.visit import Visit, Visiting
from app.directory.cards import EmployerCard, read_employer_card
from app.directory.choices import Choices, office_choices, officer_choices
from app.directory.columns import Kind
from app.directory.invites import Invite, latest_invite, make_invite, oa_qr
from app.directory.models import RecordState
from app.directory.own_units import is_own_unit
from app.directory.queries import EmployerRow, Wanted, list_employers
from app.directory.records import Record, read_record
from app.directory.refusals import EditRefused, WrongFields
from app.kit.clock import VIETNAM
from app.look.formats import number
from app.staff.queries import names_of_staff
from app.staff.rules import Right
from app.staff.sessions import Visitor
from app.worker_lists.queries import UnitProgress, read_unit_progress

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/doanh-nghiep"
COLUMNS = (
    Column("name", "Đơn vị", sorts=True, place="head"),
    Column("code", "Mã đơn vị", sorts=True),
    Column("tax", "Mã số thuế / QHNS"),
    Column("office", "Cơ quan", sorts=True),
    Column("officer", "Cán bộ phụ trách", sorts=True),
    Column("liaisons", "Đầu mối", number=True, place="beside"),
    Column("old_code", "Mã cũ", at_first=False),
)
WITHOUT = Choice("thieu", "Thiếu", [("can-bo", "Chưa có cán bộ"), ("dau-moi", "Chưa có đầu mối")])
STATE = Choice("trang_thai", "Trạng thái", [("ended", "Đã ngừng dùng")])


@dataclass(frozen=True, slots=True)
class Opened:
    card: EmployerCard
    history: list[Happening]
    workers: UnitProgress | None
    officers: Choices


def add_employer_pages(pages: Pages) -> None:
    @pages.get(PLACE, Right.SEE_DIRECTORY)
    async def units(visit: Visiting) -> Response:
        return await list_page(visit, LISTING, "directory/employers.html", await filters_of(visit))

    @pages.get(LISTING.export_path, Right.EXPORT)
    async def export(visit: Visiting) -> Response:
        return await list_export(visit, LISTING, await filters_of(visit))

    add_record_pages(pages, BOOK)
    _add_card(pages)
    _add_sheet(pages)


def _add_card(pages: Pages) -> None:
    @pages.get(f"{PLACE}/{{employer_id}}", Right.SEE_DIRECTORY)
    async def card(visit: Visiting, employer_id: int) -> Response:
        opened = await visit.write(lambda db: _opened(db, visit, employer_id))
        return visit.page(
            "directory/employer.html",
            title=opened.card.employer.name,
            here=PLACE,
            opened=opened,
            states=STATES,
            roles=ROLES,
        )


def _add_sheet(pages: Pages) -> None:
    @pages.get(f"{PLACE}/{{employer_id}}/to-moi", Right.EDIT_DIRECTORY)
    async def sheet(visit: Visiting, employer_id: int) -> Response:
        """The page as it is printed: the OA's code, and the word that says which unit is meant."""

        def read(db: "Connection") -> tuple[Record | None, Invite | None]:
            _check_own(db, visit, employer_id)
            unit = read_record(db, Kind.EMPLOYERS, employer_id)
            return unit, latest_invite(db, employer_id, visit.now)

        unit, invite = await visit.read(read)
        if unit is None:
            raise HTTPException(404)
        settings = visit.desk.runtime.settings
        return visit.page(
            "directory/invite.html",
            title="Tờ mời đầu mối",
            here=PLACE,
            employer_id=employer_id,
            unit=unit,
            invite=invite,
            qr=Markup(oa_qr(settings.zalo_oa_id)),  # noqa: S704 - drawn by us from a number of ours
        )

    @pages.post(f"{PLACE}/{{employer_id}}/to-moi", Right.EDIT_DIRECTORY)
    async def make(visit: Visiting, employer_id: int) -> Response:
        actor, now = visit.visitor.actor, visit.now

        def write(db: "Connection") -> None:
            _check_own(db, visit, employer_id)
            make_invite(db, employer_id, actor, now)

        try:
            await visit.write(write)
        except EditRefused as refusal:
            return visit.done(str(refusal), f"{PLACE}/{employer_id}")
        return visit.to(f"{PLACE}/{employer_id}/to-moi")


def _opened(db: "Connection", visit: Visit, employer_id: int) -> Opened:
    """With the view of its people recorded; 404 too for a unit that is not this officer's."""
    _check_own(db, visit, employer_id)
    today = visit.now.astimezone(VIETNAM).date()
    card = read_employer_card(db, visit.desk.runtime.sealer, employer_id, today)
    if card is None:
        raise HTTPException(404)
    record(db, visit.entry("employer.viewed", f"employer:{employer_id}"))
    workers = read_unit_progress(db, employer_id, today) if visit.may(Right.SEE_WORKERS) else None
    officers = officer_choices(db) if visit.may(Right.ASSIGN_OFFICERS) else []
    return Opened(card, _timeline(card, names_of_staff(db)), workers, officers)


def _timeline(card: EmployerCard, staff: dict[str, str]) -> list[Happening]:
    """What was done to the unit, and who came to speak for it, the newest first."""
    came = [
        Happening(one.from_at, f"{one.full_name} đăng ký làm đầu mối", "", "user-plus", "good")
        for one in card.liaisons
        if one.contact
    ]
    return sorted([*happenings(card.done, staff), *came], key=lambda one: one.at, reverse=True)


def _check_own(db: "Connection", visit: Visit, employer_id: int) -> None:
    if not is_own_unit(db, employer_id, visit.visitor.only_units_of):
        raise HTTPException(404)


async def filters_of(visit: Visit) -> list[Filter]:
    search = Search("Tên, mã đơn vị, mã số thuế")
    if visit.visitor.only_units_of is not None:
        return [search, Choice("thieu", "Thiếu", [("dau-moi", "Chưa có đầu mối")]), STATE]
    offices, officers = await visit.read(lambda db: (office_choices(db), officer_choices(db)))
    places = (Choice("co_quan", "Cơ quan", offices), Choice("can_bo", "Cán bộ", officers))
    return [search, *places, WITHOUT, STATE]


def wanted_of(visitor: Visitor, asked: Asked) -> Wanted:
    return Wanted(
        text=asked.value("q"),
        office_id=row_number(asked.value("co_quan")),
        officer_id=row_number(asked.value("can_bo")),
        without_officer=asked.value("thieu") == "can-bo",
        without_liaison=asked.value("thieu") == "dau-moi",
        state=asked.value("trang_thai"),
        sort=asked.sort,
        descending=asked.descending,
        page=asked.page,
        size=asked.limit,
        only_units_of=visitor.only_units_of,
    )


def _read(db: "Connection", visitor: Visitor, asked: Asked) -> Found:
    page = list_employers(db, wanted_of(visitor, asked))
    return Found([_row(one) for one in page.rows], page.total)


def _row(one: EmployerRow) -> Row:
    ended = one.state is RecordState.ENDED
    officer = Cell(one.officer_name, at(f"/can-bo/{one.officer_id}"))
    liaisons = Cell(number(one.liaisons)) if one.liaisons else Cell("0", tone="warn")
    return Row(
        str(one.id),
        {
            "name": Cell(one.name, at(f"{PLACE}/{one.id}"), note="đã ngừng dùng" if ended else ""),
            "code": one.new_code or one.old_code,
            "tax": one.tax_code or one.budget_code,
            "office": one.office_name,
            "officer": officer if one.officer_id else Cell("Chưa có", tone="bad", sign="alert-triangle"),
            "liaisons": liaisons,
            "old_code": one.old_code,
        },
    )


LISTING = Listing(
    PLACE,
    "Đơn vị",
    "đơn vị",
    COLUMNS,
    _read,
    sort="name",
    bulk=(BulkAct(f"{PLACE}/giao", "Giao cho cán bộ", Right.ASSIGN_OFFICERS, "id-badge-2"),),
    empty="Chưa có đơn vị nào. Nhập danh sách Excel, hoặc thêm từng đơn vị.",
    subject="don-vi",
)


def _is_theirs(db: "Connection", visit: Visit, employer_id: int) -> bool:
    return is_own_unit(db, employer_id, visit.visitor.only_units_of)


def _of_the_officer(db: "Connection", visit: Visit) -> Record:
    """A unit that an officer adds is theirs, and of their office."""
    if visit.visitor.only_units_of is None:
        return {}
    officer_id = visit.visitor.officer_id
    me = None if officer_id is None else read_record(db, Kind.OFFICERS, officer_id)
    if me is None:
        raise WrongFields({"": "Tài khoản của Anh/Chị chưa gắn với cán bộ nào trong danh bạ."})
    return {"officer": me["code"], "office": me["office"]}


def _hidden(visit: Visit) -> frozenset[str]:
    """Who is in charge is for those to say who hand units out."""
    return frozenset() if visit.may(Right.ASSIGN_OFFICERS) else frozenset({"office", "officer"})


BOOK = Book(Kind.EMPLOYERS, PLACE, "đơn vị", Right.EDIT_DIRECTORY, _is_theirs, _of_the_officer, _hidden)
