"""Rows that may be one and the same, side by side; people say which one stays, and can take it back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response

from app.audit.trail import record
from app.console.directory_words import STATES, WHY
from app.console.forms import row_number
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.directory.duplicates import Pair, Why, duplicate_employers, duplicate_liaisons
from app.directory.merging import merge_employers, merge_liaisons, merged_rows, undo_merge
from app.directory.own_units import is_own_liaison, is_own_unit
from app.directory.people_queries import LiaisonRow, list_liaisons
from app.directory.queries import EmployerRow, Wanted, list_employers
from app.directory.refusals import EditRefused
from app.look.formats import day, phone
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/dau-moi/trung"
SHOWN = 25
"""Pairs on the page; the next ones follow when these are decided."""


@dataclass(frozen=True, slots=True)
class Side:
    id: int
    name: str
    href: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownPair:
    kind: str
    why: str
    first: Side
    second: Side


def add_duplicate_pages(pages: Pages) -> None:
    @pages.get(PLACE, Right.EDIT_DIRECTORY)
    async def pairs(visit: Visiting) -> Response:
        kind = "employer" if visit.request.query_params.get("loai") == "don-vi" else "liaison"
        shown, total = await visit.read(lambda db: _pairs(db, visit, kind))
        if kind == "liaison" and shown:  # phones are shown
            entry = visit.entry("directory.viewed", "duplicates", rows=len(shown))
            await visit.write(lambda db: record(db, entry))
        return visit.page(
            "directory/duplicates.html",
            title="Bản ghi trùng",
            here="/dau-moi",
            pairs=shown,
            kind=kind,
            total=total,
        )

    @pages.post(f"{PLACE}/gop", Right.EDIT_DIRECTORY)
    async def merge(visit: Visiting) -> Response:
        form = await visit.form()
        kind = form.get("loai", "")
        kept, dropped = row_number(form.get("giu", "")), row_number(form.get("bo", ""))
        if kept is None or dropped is None or kind not in _MERGES:
            raise HTTPException(422)
        sealer, actor, now = visit.desk.runtime.sealer, visit.visitor.actor, visit.now
        back = _back(kind)

        def write(db: "Connection") -> int:
            _check_own(db, visit, kind, (kept, dropped))
            return _MERGES[kind](db, sealer, kept, dropped, actor, now)

        try:
            number = await visit.write(write)
        except EditRefused as refusal:
            return visit.done(str(refusal), back)
        return visit.done("Đã gộp làm một.", back, undo=f"{PLACE}/{number}/hoan-tac")

    @pages.post(f"{PLACE}/{{merge_id}}/hoan-tac", Right.EDIT_DIRECTORY)
    async def undo(visit: Visiting, merge_id: int) -> Response:
        sealer, actor, now = visit.desk.runtime.sealer, visit.visitor.actor, visit.now

        def write(db: "Connection") -> str:
            merged = merged_rows(db, merge_id)
            if merged is None:
                raise HTTPException(404)
            kind, kept, _ = merged
            _check_own(db, visit, kind, (kept,))
            undo_merge(db, sealer, merge_id, actor, now)
            return kind

        try:
            kind = await visit.write(write)
        except EditRefused as refusal:
            return visit.done(str(refusal), PLACE)
        return visit.done("Đã hoàn tác, hai bản ghi trở lại như trước.", _back(kind))


_MERGES: dict[str, Callable[..., int]] = {"liaison": merge_liaisons, "employer": merge_employers}


def _back(kind: str) -> str:
    return PLACE if kind == "liaison" else f"{PLACE}?loai=don-vi"


def _check_own(db: "Connection", visit: Visit, kind: str, numbers: Iterable[int]) -> None:
    is_own = is_own_liaison if kind == "liaison" else is_own_unit
    if not all(is_own(db, number, visit.visitor.only_units_of) for number in numbers):
        raise HTTPException(404)


def _pairs(db: "Connection", visit: Visit, kind: str) -> tuple[list[ShownPair], int]:
    """Those of the kind to look at, and how many there are."""
    scope = visit.visitor.only_units_of
    found = duplicate_liaisons(db, scope) if kind == "liaison" else duplicate_employers(db, scope)
    chosen = found[:SHOWN]
    sides = _liaison_sides(db, visit, chosen) if kind == "liaison" else _employer_sides(db, chosen)
    shown = [
        ShownPair(one.kind, _why(one), sides[one.first_id], sides[one.second_id])
        for one in chosen
        if one.first_id in sides and one.second_id in sides
    ]
    return shown, len(found)


def _why(pair: Pair) -> str:
    words = {**WHY, Why.SAME_NAME: "cùng tên đơn vị"} if pair.kind == "employer" else WHY
    return ", ".join(words[why] for why in pair.why)


def _liaison_sides(db: "Connection", visit: Visit, pairs: list[Pair]) -> dict[int, Side]:
    wanted = Wanted(ids=_numbers(pairs), size=2 * SHOWN)
    rows = list_liaisons(db, visit.desk.runtime.sealer, wanted).rows
    return {one.id: _liaison_side(one) for one in rows} if pairs else {}


def _liaison_side(one: LiaisonRow) -> Side:
    rows = [
        ("Trạng thái", STATES[one.state][0]),
        ("Đơn vị", one.unit_name),
        ("Điện thoại", phone(one.phone)),
        ("Email", one.email),
        ("Zalo", "đã nhắn OA" if one.contact else "chưa nhắn OA"),
        ("Từ ngày", day(one.from_at)),
    ]
    return Side(one.id, one.full_name, f"/dau-moi/{one.id}", rows)


def _employer_sides(db: "Connection", pairs: list[Pair]) -> dict[int, Side]:
    rows = list_employers(db, Wanted(ids=_numbers(pairs), size=2 * SHOWN)).rows if pairs else ()
    return {one.id: _employer_side(one) for one in rows}


def _employer_side(one: EmployerRow) -> Side:
    rows = [
        ("Mã mới", one.new_code),
        ("Mã cũ", one.old_code),
        ("Mã số thuế", one.tax_code),
        ("Mã QHNS", one.budget_code),
        ("Cơ quan", one.office_name),
        ("Cán bộ", one.officer_name),
        ("Đầu mối", str(one.liaisons)),
    ]
    return Side(one.id, one.name, f"/doanh-nghiep/{one.id}", rows)


def _numbers(pairs: list[Pair]) -> tuple[int, ...]:
    return tuple({number for one in pairs for number in (one.first_id, one.second_id)})
