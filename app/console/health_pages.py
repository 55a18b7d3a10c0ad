"""Sức khỏe hệ thống: one plain sentence per item, and the same as text for whoever helps."""

from fastapi import Response

from app.console.gate import Pages
from app.console.visit import Visiting
from app.console.wellness import read_signs
from app.look.formats import day, hour
from app.staff.rules import Right

TONES = {"good": "ổn", "warn": "cần xem", "bad": "hỏng"}


def add_health_pages(pages: Pages) -> None:
    runtime = pages.desk.runtime

    @pages.get("/suc-khoe", Right.SEE_HEALTH)
    async def health(visit: Visiting) -> Response:
        signs = await visit.read(lambda db: read_signs(db, runtime, visit.now))
        told = "\n".join(f"[{TONES[one.tone]}] {one.subject}: {one.sentence}" for one in signs)
        return visit.page(
            "system/health.html",
            title="Sức khỏe hệ thống",
            here="/suc-khoe",
            signs=signs,
            unwell=sum(one.tone != "good" for one in signs),
            told=f"Đầu Mối, {hour(visit.now)} {day(visit.now)}\n{told}",
        )
