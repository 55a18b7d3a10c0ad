"""Mẫu tin: what Zalo has approved, what each asks for and costs; brought over by a button."""

from fastapi import Response

from app.broadcasts.fetching import fetch_templates
from app.broadcasts.templates import list_templates
from app.console.gate import Pages
from app.console.visit import Visiting
from app.console.zalo_pages import words_of
from app.credentials.renewal import NotLinked
from app.staff.rules import Right
from app.zalo.answers import CARE, PROMOTION, TRANSACTION
from app.zalo.errors import ZaloError

PLACE = "/gui-tin"
HOME = f"{PLACE}/mau"
TAGS = {TRANSACTION: "Giao dịch", CARE: "Chăm sóc khách hàng", PROMOTION: "Quảng bá, chỉ gửi ban ngày"}


def add_template_pages(pages: Pages) -> None:
    runtime = pages.desk.runtime

    @pages.get(HOME, Right.SEE_SENDS)
    async def templates(visit: Visiting) -> Response:
        known = await visit.read(list_templates)
        return visit.page(
            "broadcasts/templates.html", title="Mẫu tin đã duyệt", here=PLACE, known=known, tags=TAGS
        )

    @pages.post(f"{HOME}/lay", Right.SEND)
    async def fetch(visit: Visiting) -> Response:
        by = visit.visitor.actor
        try:
            known = await fetch_templates(runtime.db, runtime.client, runtime.tokens, by, runtime.clock)
        except NotLinked:
            return visit.done("OA chưa kết nối.", HOME)
        except ZaloError as error:
            return visit.done(words_of(error), HOME)
        return visit.done(f"OA có {len(known)} mẫu tin đã duyệt.", HOME)
