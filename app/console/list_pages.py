"""A list as a page, as an Excel file of exactly what the page shows, and the rows ticked on it."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from fastapi import Response
from starlette.datastructures import QueryParams

from app.audit.trail import record
from app.console.gate import Pages
from app.console.listing import Asked, Cell, Filter, Found, Listing, ShownList
from app.console.visit import Visit, Visiting
from app.look.formats import day, hour, number
from app.look.workbook import MEDIA_TYPE, Sheet, write_workbook
from app.staff.rules import Right
from app.staff.saved_views import read_views

MOST_EXPORTED = 100_000
"""More rows than this are refused with a word, not cut off: Excel and the reader would both give up."""


def add_list(pages: Pages, listing: Listing, right: Right, template: str = "console/list.html") -> None:
    """The list's page and its export, both under the right; the template may extend the plain one."""

    @pages.get(listing.path, right)
    async def page(visit: Visiting) -> Response:
        return await list_page(visit, listing, template)

    if listing.exports:

        @pages.get(listing.export_path, Right.EXPORT)
        async def export(visit: Visiting) -> Response:
            return await list_export(visit, listing)


async def list_page(
    visit: Visit,
    listing: Listing,
    template: str = "console/list.html",
    filters: Sequence[Filter] | None = None,
    **values: Any,
) -> Response:
    """`filters` replaces those of the listing where their choices come from the database."""
    asked = listing.asked(visit.request.query_params, filters)
    found, views = await visit.read(
        lambda db: (
            listing.read(db, visit.visitor, asked),
            read_views(db, visit.visitor.staff_id, listing.path),
        )
    )
    shown = show(visit, listing, asked, found, filters, views)
    return visit.page(template, title=listing.title, here=listing.path, list=shown, **values)


def show(
    visit: Visit,
    listing: Listing,
    asked: Asked,
    found: Found,
    filters: Sequence[Filter] | None = None,
    views: Any = (),
) -> ShownList:
    bulk = [act for act in listing.bulk if visit.may(act.right)]
    return ShownList(
        listing,
        asked,
        found,
        listing.filters if filters is None else filters,
        views,
        bulk,
        listing.exports and visit.may(Right.EXPORT),
    )


async def list_export(visit: Visit, listing: Listing, filters: Sequence[Filter] | None = None) -> Response:
    """Every row that the filters let through, in the columns that are shown; recorded in the trail."""
    asked = replace(listing.asked(visit.request.query_params, filters), page=1, limit=MOST_EXPORTED + 1)
    found = await visit.read(lambda db: listing.read(db, visit.visitor, asked))
    shown = show(visit, listing, asked, found, filters)
    if len(found.rows) > MOST_EXPORTED:
        return visit.page(
            "console/refused.html",
            title="Danh sách quá dài",
            here=listing.path,
            status=413,
            reason=f"Một tệp chứa nhiều nhất {number(MOST_EXPORTED)} dòng; Anh/Chị thu hẹp bộ lọc giúp.",
        )
    subject = listing.subject or listing.path.lstrip("/")
    filtered = ", ".join(one.key for one in shown.filters if asked.value(one.key))
    entry = visit.entry("list.exported", subject, rows=len(found.rows), filtered_by=filtered)
    await visit.write(lambda db: record(db, entry))
    content = await asyncio.to_thread(write_workbook, _sheets(visit, shown))
    return file_answer(content, f"{plain_name(subject)}-{visit.now:%Y%m%d-%H%M}.xlsx")


def file_answer(content: bytes, name: str, media_type: str = MEDIA_TYPE) -> Response:
    """A file to keep, under a name that may have accents."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=media_type, headers=headers)


def _sheets(visit: Visit, shown: ShownList) -> list[Sheet]:
    columns = shown.shown_columns
    rows = [[_value(row.cell(column.key), column.number) for column in columns] for row in shown.found.rows]
    conditions = [
        *(shown.told_filters() or [("Bộ lọc", "Không lọc")]),
        ("Số dòng", str(len(rows))),
        ("Người xuất", visit.visitor.full_name),
        ("Lúc", f"{hour(visit.now)} {day(visit.now)}"),
    ]
    return [
        Sheet("Danh sách", [column.title for column in columns], rows),
        Sheet("Điều kiện lọc", ["Điều kiện", "Giá trị"], conditions),
    ]


def _value(cell: Cell, number: bool) -> str | int:
    plain = cell.text.replace(".", "")
    if number and plain.isascii() and plain.isdigit():
        return int(plain)
    return f"{cell.text} ({cell.note})" if cell.note else cell.text


def plain_name(subject: str) -> str:
    """Fit for a file: small letters, digits, hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", subject.lower()).strip("-") or "danh-sach"


@dataclass(frozen=True, slots=True)
class Picked:
    """The rows that were ticked; with `every`, all that `asked` finds instead."""

    keys: tuple[str, ...]
    every: bool
    asked: Asked


async def picked(visit: Visit, listing: Listing, filters: Sequence[Filter] | None = None) -> Picked:
    """What a bulk form of this list has sent."""
    form = await visit.request.form()
    keys = tuple(key for key in form.getlist("chon") if isinstance(key, str))
    query = form.get("dieu-kien")
    asked = listing.asked(QueryParams(query if isinstance(query, str) else ""), filters)
    return Picked(keys, form.get("tat-ca") == "1", asked)
