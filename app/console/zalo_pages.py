"""Kết nối Zalo: link the OA, see its token, its webhook, and what Zalo refused lately."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import Response

from app.audit.trail import record
from app.console.desk import CALLBACK
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.console.wellness import token_sign, webhook_sign
from app.credentials.consents import Asked, ask_consent, take_consent
from app.credentials.ledger import Pair, store_pair
from app.credentials.renewal import NotLinked
from app.outbox.queries import Refusal, read_refusals
from app.staff.rules import Right
from app.zalo.answers import OaProfile
from app.zalo.errors import Family, ZaloError, error_of
from app.zalo.oauth import OAuthClient, permission_url

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/zalo"
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ShownRefusal:
    code: str
    line: str
    count: int
    last_at: datetime


def add_zalo_pages(pages: Pages) -> None:
    runtime = pages.desk.runtime
    settings = runtime.settings
    sealer, oa_id, callback = runtime.sealer, settings.zalo_oa_id, settings.public_url + CALLBACK
    oauth = OAuthClient(
        runtime.http,
        settings.zalo_oauth_url,
        settings.zalo_app_id,
        settings.zalo_app_secret.get_secret_value(),
    )

    @pages.get(PLACE, Right.LINK_OA)
    async def zalo(visit: Visiting) -> Response:
        return await _page(visit)

    @pages.post(f"{PLACE}/hoi", Right.LINK_OA)
    async def ask(visit: Visiting) -> Response:
        """Asks Zalo who the OA is: the one proof that the token works."""
        try:
            profile = await runtime.client.get_oa(await runtime.tokens.token())
        except NotLinked:
            return visit.done("OA chưa kết nối.", PLACE)
        except ZaloError as error:
            return visit.done(error.staff_line or "Zalo không trả lời; Anh/Chị thử lại sau.", PLACE)
        return await _page(visit, profile)

    @pages.post(f"{PLACE}/gia-han", Right.LINK_OA)
    async def renew(visit: Visiting) -> Response:
        try:
            await runtime.tokens.replace(await runtime.tokens.token())
        except NotLinked:
            return visit.done("OA chưa kết nối; Anh/Chị bấm Kết nối OA.", PLACE)
        except ZaloError as error:
            return visit.done(error.staff_line or "Zalo không trả lời; Anh/Chị thử lại sau.", PLACE)
        entry = visit.entry("oa.token_renewed", f"oa:{oa_id}")
        await visit.write(lambda db: record(db, entry))
        return visit.done("Đã gia hạn mã truy cập.", PLACE)

    @pages.post(f"{PLACE}/ket-noi", Right.LINK_OA)
    async def link(visit: Visiting) -> Response:
        """A link rather than a redirect: the policy lets no form end on another site."""
        entry = visit.entry("oa.consent_asked", f"oa:{oa_id}")

        def ask_for(db: "Connection") -> Asked:
            record(db, entry)
            return ask_consent(db, sealer, visit.visitor.actor, visit.now)

        asked = await visit.write(ask_for)
        where = permission_url(
            settings.zalo_oauth_url, settings.zalo_app_id, callback, asked.challenge, asked.state
        )
        return visit.page(
            "system/consent.html", title="Kết nối OA", here=PLACE, where=where, callback=callback
        )

    @pages.get(f"{PLACE}/ket-qua", Right.LINK_OA)
    async def back_from_zalo(
        visit: Visiting, code: str = "", state: str = "", error_code: str = ""
    ) -> Response:
        if visit.request.query_params.get("oa_id", oa_id) != oa_id:
            return visit.done("Zalo cấp quyền cho một OA khác với OA trong thiết lập; chưa lưu gì.", PLACE)
        verifier = await visit.write(
            lambda db: take_consent(db, sealer, state, visit.visitor.actor, visit.now)
        )
        if verifier is None:
            return visit.done("Lần cấp quyền này không còn hiệu lực; Anh/Chị bấm Kết nối OA lại giúp.", PLACE)
        if not code or error_code:
            return visit.done("Zalo chưa cấp quyền. Anh/Chị thử lại bằng tài khoản quản trị của OA.", PLACE)
        try:
            tokens = await oauth.exchange(code, verifier)
        except ZaloError as error:
            said = error.staff_line or "Zalo không đổi mã lấy quyền truy cập; Anh/Chị kết nối lại giúp."
            return visit.done(said, PLACE)
        pair, entry = Pair(tokens.access_token, tokens.refresh_token), visit.entry("oa.linked", f"oa:{oa_id}")

        def store(db: "Connection") -> None:
            store_pair(db, sealer, oa_id, pair, tokens.expires_in, visit.now)
            record(db, entry)

        await visit.write(store)
        await runtime.tokens.look_again()
        return visit.done("Đã kết nối OA. Hệ thống tự gia hạn từ nay.", PLACE)


async def _page(visit: Visit, profile: OaProfile | None = None) -> Response:
    runtime, now = visit.desk.runtime, visit.now
    token, webhook, refusals = await visit.read(
        lambda db: (token_sign(db, runtime, now), webhook_sign(db, now), read_refusals(db, now - LATELY))
    )
    return visit.page(
        "system/zalo.html",
        title="Kết nối Zalo",
        here=PLACE,
        token=token,
        webhook=webhook,
        refusals=[_shown(one) for one in refusals],
        profile=profile,
        oa_id=runtime.settings.zalo_oa_id,
        app_id=runtime.settings.zalo_app_id,
        webhook_url=f"{runtime.settings.public_url}/webhook/zalo",
        callback=runtime.settings.public_url + CALLBACK,
        rate=runtime.settings.zalo_rate_per_minute,
    )


def _shown(one: Refusal) -> ShownRefusal:
    if one.code is None:
        return ShownRefusal("–", "Cuộc gọi tới Zalo không có câu trả lời.", one.count, one.last_at)
    line = error_of(one.code, one.note, Family.OA).staff_line
    return ShownRefusal(str(one.code), line, one.count, one.last_at)
