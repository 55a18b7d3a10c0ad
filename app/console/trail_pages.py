"""Nhật ký: who did what, when, from where; a button that proves the chain whole; the trail as a file."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import Response

from app.audit.queries import TrailFilter, TrailLine, known_actions, read_page
from app.audit.trail import Chain, check_chain, record
from app.console.forms import row_number
from app.console.gate import Pages
from app.console.trail_words import action_words, actor_words, detail_words, subject_words
from app.console.visit import Visit, Visiting
from app.kit.clock import VIETNAM
from app.look.formats import day, hour_exact, number
from app.look.workbook import MEDIA_TYPE, Sheet, write_workbook
from app.staff.queries import names_of_staff
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/nhat-ky"
MOST_EXPORTED = 50_000


@dataclass(frozen=True, slots=True)
class ShownLine:
    at: datetime
    who: str
    what: str
    whom: str
    detail: str
    address: str


def add_trail_pages(pages: Pages) -> None:
    @pages.get(PLACE, Right.SEE_TRAIL)
    async def trail(visit: Visiting) -> Response:
        return await _page(visit)

    @pages.post(f"{PLACE}/kiem-tra", Right.SEE_TRAIL)
    async def check(visit: Visiting) -> Response:
        chain = await visit.read(check_chain)
        entry = visit.entry("trail.checked", "trail", lines=chain.lines, broken_at=chain.broken_at)
        await visit.write(lambda db: record(db, entry))
        return await _page(visit, chain)

    @pages.get(f"{PLACE}/xuat-excel", Right.SEE_TRAIL)
    async def export(visit: Visiting) -> Response:
        wanted = _wanted(visit.request.query_params)
        entry = visit.entry("trail.exported", "trail")

        def take(db: "Connection") -> list[ShownLine]:
            lines = read_page(db, wanted, limit=MOST_EXPORTED).lines
            record(db, entry)
            return shown_lines(lines, names_of_staff(db))

        lines = await visit.write(take)
        content = await asyncio.to_thread(write_workbook, _sheets(visit, lines))
        name = f"nhat-ky-{visit.now:%Y%m%d-%H%M}.xlsx"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=MEDIA_TYPE, headers=headers)


async def _page(visit: Visit, chain: Chain | None = None) -> Response:
    asked = visit.request.query_params
    wanted, before = _wanted(asked), asked.get("truoc", "")
    older_than = row_number(before)
    page, actions, staff = await visit.read(
        lambda db: (read_page(db, wanted, before=older_than), known_actions(db), names_of_staff(db))
    )
    filters = {key: asked.get(key, "") for key in ("ai", "viec", "doi-tuong", "tu", "den") if asked.get(key)}
    return visit.page(
        "trail/trail.html",
        title="Nhật ký",
        here=PLACE,
        lines=shown_lines(page.lines, staff),
        older="?" + urlencode({**filters, "truoc": page.older}) if page.older else "",
        newest="?" + urlencode(filters) if older_than else "",
        filters=filters,
        query=urlencode(filters),
        actors=sorted(staff.items(), key=lambda one: one[1]),
        actions=sorted(((one, action_words(one)) for one in actions), key=lambda one: one[1]),
        chain=chain,
    )


def _wanted(asked: Mapping[str, str]) -> TrailFilter:
    since, until = _day(asked.get("tu", "")), _day(asked.get("den", ""))
    return TrailFilter(
        actor=asked.get("ai", ""),
        action=asked.get("viec", ""),
        subject=asked.get("doi-tuong", "").strip(),
        since=since,
        until=until + timedelta(days=1) if until else None,
    )


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), VIETNAM)
    except ValueError:
        return None


def shown_lines(lines: tuple[TrailLine, ...], staff: dict[str, str]) -> list[ShownLine]:
    return [
        ShownLine(
            line.at,
            actor_words(line.actor, staff),
            action_words(line.action),
            subject_words(line.subject, staff),
            detail_words(line.detail),
            line.address,
        )
        for line in lines
    ]


def _sheets(visit: Visit, lines: list[ShownLine]) -> list[Sheet]:
    rows = [
        [f"{day(one.at)} {hour_exact(one.at)}", one.who, one.what, one.whom, one.detail, one.address]
        for one in lines
    ]
    asked = visit.request.query_params
    conditions = [(key, value) for key, value in asked.items() if value]
    conditions += [("Số dòng", number(len(rows))), ("Người xuất", visit.visitor.full_name)]
    if len(rows) == MOST_EXPORTED:
        conditions.append(("Lưu ý", f"Chỉ gồm {number(MOST_EXPORTED)} dòng mới nhất của bộ lọc này"))
    return [
        Sheet("Nhật ký", ["Lúc", "Ai", "Việc", "Đối tượng", "Chi tiết", "Từ địa chỉ"], rows),
        Sheet("Điều kiện lọc", ["Điều kiện", "Giá trị"], conditions),
    ]
