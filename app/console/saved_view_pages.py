"""Keeping a filter set of a list under a name, and dropping it."""

from fastapi import Response

from app.console.forms import row_number
from app.console.gate import Pages
from app.console.menu import MENU
from app.console.visit import Visiting
from app.staff.rules import Right
from app.staff.saved_views import drop_view, save_view

PLACES = {place.path for group in MENU for place in group.places}


def add_saved_view_pages(pages: Pages) -> None:
    @pages.post("/bo-loc", Right.OWN_ACCOUNT)
    async def keep(visit: Visiting) -> Response:
        form = await visit.form()
        page, name = _page(form.get("trang", "")), " ".join(form.get("ten", "").split())[:60]
        query = form.get("dieu_kien", "")[:2000]
        if not name:
            return visit.done("Bộ lọc cần một cái tên.", page)
        staff_id = visit.visitor.staff_id
        await visit.write(lambda db: save_view(db, staff_id, page, name, query))
        return visit.done(f"Đã lưu bộ lọc “{name}”.", f"{page}?{query}")

    @pages.post("/bo-loc/bo", Right.OWN_ACCOUNT)
    async def drop(visit: Visiting) -> Response:
        form = await visit.form()
        number, staff_id = row_number(form.get("so", "")), visit.visitor.staff_id
        if number is not None:
            await visit.write(lambda db: drop_view(db, staff_id, number))
        return visit.done("Đã bỏ bộ lọc.", _page(form.get("trang", "")))


def _page(wanted: str) -> str:
    """Only back to a list of ours."""
    return wanted if wanted in PLACES else "/"
