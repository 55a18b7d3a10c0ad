"""Kết nối Zalo: link the OA, see its token, its webhook, what it may still send and what Zalo refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import Response

from app.audit.trail import record
from app.console.desk import CALLBACK
from app.console.gate import Pages
from app.console.self_test import knock_at_our_door
from app.console.visit import Visit, Visiting
from app.console.wellness import Sign, token_sign, webhook_sign
from app.credentials.consents import Asked, ask_consent, take_consent
from app.credentials.ledger import Pair, store_pair
from app.credentials.renewal import NotLinked
from app.look.formats import number
from app.outbox.allowances import Kind, Told, note_allowances, read_allowances
from app.outbox.queries import Refusal, read_refusals
from app.staff.rules import Right
from app.zalo.answers import Allowance, OaProfile
from app.zalo.errors import Family, NoAnswer, NotSent, ZaloError, error_of
from app.zalo.oauth import OAuthClient, permission_url

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/zalo"
LATELY = timedelta(days=7)
NO_WAY = "Chưa kết nối được với Zalo; Anh/Chị thử lại sau."
NO_WORD = "Zalo không trả lời; Anh/Chị thử lại sau."
PAYS = {
    Kind.PACKAGE: "Tin tư vấn trong gói",
    Kind.BOUGHT: "Tin tư vấn mua thêm",
    Kind.GIFT: "Tin tư vấn được tặng",
    Kind.TEMPLATES: "Tin mẫu trong hôm nay",
}


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
        """Asks Zalo who the OA is, the one proof that the token works, and what the OA may still send."""
        try:
            token = await runtime.tokens.token()
            profile = await runtime.client.get_oa(token)
        except NotLinked:
            return visit.done("OA chưa kết nối.", PLACE)
        except ZaloError as error:
            return visit.done(words_of(error), PLACE)
        untold = await _ask_allowances(visit, token)
        return await _page(visit, profile=profile, untold=untold)

    @pages.post(f"{PLACE}/thu-webhook", Right.LINK_OA)
    async def test_webhook(visit: Visiting) -> Response:
        return await _page(visit, tested=await knock_at_our_door(visit))

    @pages.post(f"{PLACE}/gia-han", Right.LINK_OA)
    async def renew(visit: Visiting) -> Response:
        try:
            await runtime.tokens.replace(await runtime.tokens.token())
        except NotLinked:
            return visit.done("OA chưa kết nối; Anh/Chị bấm Kết nối OA.", PLACE)
        except ZaloError as error:
            return visit.done(words_of(error), PLACE)
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
            return visit.done(f"Chưa kết nối được OA. {words_of(error)}", PLACE)
        pair, entry = Pair(tokens.access_token, tokens.refresh_token), visit.entry("oa.linked", f"oa:{oa_id}")

        def store(db: "Connection") -> None:
            store_pair(db, sealer, oa_id, pair, tokens.expires_in, visit.now)
            record(db, entry)

        await visit.write(store)
        await runtime.tokens.look_again()
        return visit.done("Đã kết nối OA. Hệ thống tự gia hạn từ nay.", PLACE)


async def _ask_allowances(visit: Visit, token: str) -> list[str]:
    """Keeps what Zalo tells; returns a sentence for each kind that it does not tell."""
    client, untold = visit.desk.runtime.client, []
    found: dict[Kind, list[Allowance]] = {}
    for kind in Kind:
        try:
            found[kind] = (
                [await client.template_allowance(token)]
                if kind is Kind.TEMPLATES
                else await client.allowances(token, kind)
            )
        except ZaloError as error:
            untold.append(f"{PAYS[kind]}: {words_of(error)}")

    def note(db: "Connection") -> None:
        for kind, told in found.items():
            note_allowances(db, kind, told, visit.now)

    await visit.write(note)
    return untold


async def _page(
    visit: Visit, *, profile: OaProfile | None = None, untold: Sequence[str] = (), tested: Sign | None = None
) -> Response:
    runtime, now = visit.desk.runtime, visit.now
    token, webhook, refusals, allowances = await visit.read(
        lambda db: (
            token_sign(db, runtime, now),
            webhook_sign(db, now),
            read_refusals(db, now - LATELY),
            read_allowances(db),
        )
    )
    return visit.page(
        "system/zalo.html",
        title="Kết nối Zalo",
        here=PLACE,
        token=token,
        webhook=webhook,
        refusals=[_shown(one) for one in refusals],
        profile=profile,
        allowances=[(PAYS[one.kind], left_in_words(one)) for one in allowances],
        asked_at=max((one.asked_at for one in allowances), default=None),
        untold=untold,
        tested=tested,
        price=runtime.settings.price_paid_reply,
        oa_id=runtime.settings.zalo_oa_id,
        app_id=runtime.settings.zalo_app_id,
        webhook_url=f"{runtime.settings.public_url}/webhook/zalo",
        callback=runtime.settings.public_url + CALLBACK,
        rate=runtime.settings.zalo_rate_per_minute,
    )


def words_of(error: ZaloError) -> str:
    """What went wrong, for who pressed a button: nothing tries again by itself here."""
    match error:
        case NotSent():
            return NO_WAY
        case NoAnswer():
            return NO_WORD
        case _:
            return error.staff_line or NO_WORD


def left_in_words(one: Told) -> str:
    """What is left of an allowance, and until when."""
    if one.remain is None:
        return "Zalo không nói số còn lại"
    if not one.total:
        return "không có"
    until = f", dùng đến hết {one.valid_through}" if one.valid_through else ""
    return f"còn {number(one.remain)} trên {number(one.total)}{until}"


def _shown(one: Refusal) -> ShownRefusal:
    if one.code is None:
        return ShownRefusal("–", "Cuộc gọi tới Zalo không có câu trả lời.", one.count, one.last_at)
    line = error_of(one.code, one.note, Family.OA).staff_line
    return ShownRefusal(str(one.code), line, one.count, one.last_at)
