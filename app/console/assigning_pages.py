"""Units handed to an officer: ticked ones, or all that a filter means; counted before anything is done."""

from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import Response

from app.console.employer_pages import LISTING, PLACE, filters_of, wanted_of
from app.console.forms import row_number
from app.console.gate import Pages
from app.console.list_pages import Picked, picked
from app.console.visit import Visit, Visiting
from app.directory.assigning import Preview, assign, preview
from app.directory.choices import Choices, officer_choices
from app.directory.queries import Wanted, list_employers
from app.directory.refusals import EditRefused
from app.look.formats import number
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection

Which = Wanted | tuple[int, ...]


def add_assigning_pages(pages: Pages) -> None:
    @pages.post(f"{PLACE}/giao", Right.ASSIGN_OFFICERS)
    async def hand_out(visit: Visiting) -> Response:
        """Asks for the officer, then shows what would change, then does it: each step is this form again."""
        form = await visit.form()
        ticked = await picked(visit, LISTING, await filters_of(visit))
        which, officer = _which(visit, ticked), row_number(form.get("can_bo", ""))
        if not which:
            return visit.done("Anh/Chị đánh dấu ít nhất một đơn vị giúp.", PLACE)
        if officer is None or form.get("dong_y") != "1":
            return await _ask_page(visit, ticked, which, officer)
        actor, now = visit.visitor.actor, visit.now
        try:
            changed = await visit.write(lambda db: assign(db, officer, which, actor, now))
        except EditRefused as refusal:
            return await _ask_page(visit, ticked, which, None, str(refusal))
        said = f"Đã giao {number(changed)} đơn vị." if changed else "Các đơn vị này đã thuộc cán bộ đó."
        return visit.done(said, f"/can-bo/{officer}")


async def _ask_page(
    visit: Visit, ticked: Picked, which: Which, officer: int | None, fault: str = ""
) -> Response:
    def read(db: "Connection") -> tuple[Choices, int, list[str], Preview | None, str]:
        wanted = which if isinstance(which, Wanted) else Wanted(ids=which)
        some = list_employers(db, replace(wanted, page=1, size=5))
        told, wrong = None, fault
        if officer is not None:
            try:
                told = preview(db, officer, which)
            except EditRefused as refusal:
                wrong = str(refusal)
        return officer_choices(db), some.total, [one.name for one in some.rows], told, wrong

    officers, total, names, told, wrong = await visit.read(read)
    return visit.page(
        "directory/assign.html",
        title="Giao đơn vị",
        here=PLACE,
        status=409 if wrong else 200,
        officers=officers,
        total=total,
        names=names,
        told=told,
        officer=officer,
        fault=wrong,
        keys=ticked.keys,
        every=ticked.every,
        query=(await visit.form()).get("dieu-kien", ""),
        officer_name=dict(officers).get(str(officer), ""),
    )


def _which(visit: Visit, ticked: Picked) -> Which:
    if ticked.every:
        # Of the first page on: all that the filter means, however long the list is.
        return replace(wanted_of(visit.visitor, ticked.asked), page=1)
    return tuple(found for key in ticked.keys if (found := row_number(key)) is not None)
