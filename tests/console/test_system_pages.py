"""Linking the OA, people, one's own account, the trail, health, saved views: each walk over HTTP."""

import re
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import httpx
import openpyxl
import pyotp
import respx
from sqlalchemy import Connection, select

from app.audit.queries import TrailFilter, read_page
from app.credentials.ledger import Pair, read_link, store_pair
from app.credentials.models import LinkState
from app.kit.clock import FixedClock
from app.runtime import Runtime
from app.staff.models import SavedView, StaffAccount
from app.staff.queries import read_accounts
from app.staff.rules import Role
from tests.console.conftest import NOW, PASSWORD, Client, SignIn

TOKENS = {"access_token": "new-access", "refresh_token": "new-refresh", "expires_in": "90000"}


async def consent_address(client: Client) -> dict[str, str]:
    """What the link to Zalo's permission page carries."""
    page = await client.post("/console/zalo/ket-noi")
    found = re.search(r'href="(https://oauth[^"]+)"', page.text)
    assert found is not None
    asked = parse_qs(urlsplit(found[1].replace("&amp;", "&")).query)
    return {name: values[0] for name, values in asked.items()}


async def test_an_oa_is_linked_by_consent_with_pkce(runtime: Runtime, signed_in: SignIn) -> None:
    client = signed_in(Role.ADMIN)
    assert "Chưa kết nối OA" in (await client.get("/console/zalo")).text
    old = Pair("old-access", "old-refresh")
    runtime.db.write_now(lambda tx: store_pair(tx, runtime.sealer, "2", old, timedelta(hours=25), NOW))
    assert await runtime.tokens.token() == "old-access"
    asked = await consent_address(client)
    assert asked["redirect_uri"] == "http://console.test/oauth/zalo/callback"
    with respx.mock:
        tokens = respx.post("https://oauth.zaloapp.com/v4/oa/access_token").respond(json=TOKENS)
        back = await client.get(
            "/oauth/zalo/callback", params={"code": "c0de", "state": asked["state"], "oa_id": "2"}
        )
        assert back.headers["location"].startswith("/console/zalo/ket-qua?code=c0de")
        answer = await client.get(back.headers["location"])
    assert answer.status_code == 303
    sent = parse_qs(tokens.calls.last.request.content.decode())
    assert sent["code"] == ["c0de"]
    assert len(sent["code_verifier"][0]) >= 43
    link = runtime.db.read_now(lambda tx: read_link(tx, runtime.sealer, "2"))
    assert link is not None
    assert (link.state, link.pair.access_token) == (LinkState.LINKED, "new-access")
    assert await runtime.tokens.token() == "new-access"
    assert "Zalo hoạt động" in (await client.get("/console/zalo")).text


async def test_an_answer_of_zalo_counts_once_for_who_asked_and_for_minutes(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    client, other = signed_in(Role.ADMIN), signed_in(Role.ADMIN)
    with respx.mock:
        respx.post("https://oauth.zaloapp.com/v4/oa/access_token").respond(json=TOKENS)
        state = (await consent_address(client))["state"]
        path = "/console/zalo/ket-qua"
        await other.get(path, params={"code": "c", "state": state})
        assert runtime.db.read_now(lambda tx: read_link(tx, runtime.sealer, "2")) is None
        await client.get(path, params={"code": "c", "state": "forged"})
        assert runtime.db.read_now(lambda tx: read_link(tx, runtime.sealer, "2")) is None
        clock.advance(timedelta(minutes=16))
        await client.get(path, params={"code": "c", "state": state})
        assert runtime.db.read_now(lambda tx: read_link(tx, runtime.sealer, "2")) is None
        state = (await consent_address(client))["state"]
        await client.get(path, params={"code": "c", "state": state, "oa_id": "999"})
        assert runtime.db.read_now(lambda tx: read_link(tx, runtime.sealer, "2")) is None


async def test_a_person_is_added_with_a_first_password_that_is_shown_once(
    runtime: Runtime, signed_in: SignIn, stranger: Client
) -> None:
    admin = signed_in(Role.ADMIN)
    made = await admin.post(
        "/console/nguoi-dung", data={"ho_ten": "Trần Thị Mới", "dang_nhap": "moi", "vai_tro": "officer"}
    )
    found = re.search(r'class="code">([^<]+)<', made.text)
    assert found is not None
    account = next(one for one in runtime.db.read_now(read_accounts) if one.login == "moi")
    assert found[1] not in (await admin.get(f"/console/nguoi-dung/{account.id}")).text
    inside = await stranger.post("/console/dang-nhap", data={"ten": "moi", "mat_khau": found[1]})
    assert inside.status_code == 303
    assert (await stranger.get("/console/")).headers["location"] == "/console/dang-nhap/doi-mat-khau"


async def test_a_form_with_a_mistake_comes_back_with_what_was_typed(signed_in: SignIn) -> None:
    answer = await signed_in(Role.ADMIN).post(
        "/console/nguoi-dung", data={"ho_ten": "A", "dang_nhap": "giu-lai", "vai_tro": "officer"}
    )
    assert answer.status_code == 422
    assert "Cần ít nhất 2 ký tự" in answer.text
    assert 'value="giu-lai"' in answer.text


async def test_a_changed_role_counts_at_once_and_a_closed_account_can_be_taken_back(
    runtime: Runtime, signed_in: SignIn
) -> None:
    admin, other = signed_in(Role.ADMIN), signed_in(Role.VIEWER)
    other_id = max(one.id for one in runtime.db.read_now(read_accounts))
    assert (await other.get("/console/nhat-ky")).status_code == 403
    await admin.post(f"/console/nguoi-dung/{other_id}/vai-tro", data={"vai_tro": "lead"})
    assert (await other.get("/console/nhat-ky")).status_code == 200
    await admin.post(f"/console/nguoi-dung/{other_id}/khoa")
    assert (await other.get("/console/")).status_code == 303
    toast = await admin.get("/console/nguoi-dung")
    assert f'action="/console/nguoi-dung/{other_id}/mo-lai"' in toast.text


async def test_the_second_factor_is_set_up_and_then_asked_for(
    runtime: Runtime, signed_in: SignIn, stranger: Client, clock: FixedClock
) -> None:
    client = signed_in(Role.LEAD)
    page = await client.get("/console/tai-khoan/hai-lop")
    assert "<svg" in page.text
    assert "style=" not in page.text
    found = re.search(r'class="code">([A-Z2-7 ]+)<', page.text)
    assert found is not None
    totp = pyotp.TOTP(found[1].replace(" ", ""))
    assert (await client.post("/console/tai-khoan/hai-lop", data={"ma": "000000"})).status_code == 422
    codes = await client.post("/console/tai-khoan/hai-lop", data={"ma": totp.at(NOW)})
    assert len(re.findall(r'<li class="code">', codes.text)) == 10
    login = runtime.db.read_now(lambda tx: tx.execute(select(StaffAccount.login)).scalar_one())
    clock.advance(timedelta(minutes=1))
    await stranger.post("/console/dang-nhap", data={"ten": login, "mat_khau": PASSWORD})
    assert (await stranger.get("/console/")).headers["location"] == "/console/dang-nhap/ma"
    assert (await stranger.get("/console/tai-khoan")).headers["location"] == "/console/dang-nhap/ma"
    wrong = await stranger.post("/console/dang-nhap/ma", data={"ma": "000000"})
    assert wrong.status_code == 403
    await stranger.post("/console/dang-nhap/ma", data={"ma": totp.at(clock.now())})
    assert (await stranger.get("/console/")).status_code == 200


async def test_other_devices_are_signed_out_from_the_account_page(
    runtime: Runtime, signed_in: SignIn, stranger: Client
) -> None:
    client = signed_in(Role.VIEWER)
    login = runtime.db.read_now(lambda tx: tx.execute(select(StaffAccount.login)).scalar_one())
    await stranger.post("/console/dang-nhap", data={"ten": login, "mat_khau": PASSWORD})
    assert (await stranger.get("/console/")).status_code == 200
    page = await client.get("/console/tai-khoan")
    assert page.text.count("Chrome trên Windows") == 2
    await client.post("/console/tai-khoan/dang-xuat-noi-khac")
    assert (await stranger.get("/console/")).status_code == 303
    assert (await client.get("/console/tai-khoan")).status_code == 200


async def test_nobody_signs_out_somebody_elses_device(signed_in: SignIn) -> None:
    mine, theirs = signed_in(Role.VIEWER), signed_in(Role.VIEWER)
    await mine.post("/console/tai-khoan/thiet-bi/2/dang-xuat")
    assert (await theirs.get("/console/")).status_code == 200


async def test_the_trail_is_filtered_checked_and_taken_out_as_a_file(
    runtime: Runtime, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    assert "Mở tài khoản" in (await client.get("/console/nhat-ky")).text
    assert "Không có dòng nào khớp" in (await client.get("/console/nhat-ky?viec=liaison.verified")).text
    assert "Chuỗi nguyên vẹn" in (await client.post("/console/nhat-ky/kiem-tra")).text
    answer = await client.get("/console/nhat-ky/xuat-excel?viec=staff")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert [sheet.title for sheet in book] == ["Nhật ký", "Điều kiện lọc"]
    assert book["Nhật ký"]["C2"].value == "Mở tài khoản"
    lines = runtime.db.read_now(lambda tx: read_page(tx, TrailFilter(action="trail"))).lines
    assert [line.action for line in lines] == ["trail.exported", "trail.checked"]


async def test_an_altered_trail_is_named_on_the_page(runtime: Runtime, signed_in: SignIn) -> None:
    from sqlalchemy import text

    client = signed_in(Role.LEAD)

    def tamper(tx: Connection) -> None:
        tx.execute(text("DROP TRIGGER audit_line_no_update"))
        tx.execute(text("UPDATE audit_line SET actor = 'staff:99' WHERE id = 1"))

    runtime.db.write_now(tamper)
    assert "Chuỗi đứt ở dòng số 1" in (await client.post("/console/nhat-ky/kiem-tra")).text


async def test_health_says_what_is_wrong_in_sentences(signed_in: SignIn) -> None:
    page = await signed_in(Role.VIEWER).get("/console/suc-khoe")
    assert "SQLite trả lời" in page.text
    assert "Chưa kết nối OA" in page.text
    assert "Không có tiến trình nào chạy" in page.text


async def test_a_filter_set_is_kept_under_a_name_for_its_owner(runtime: Runtime, signed_in: SignIn) -> None:
    client = signed_in(Role.VIEWER)
    sent = {"trang": "/nhat-ky", "ten": "Của tôi", "dieu_kien": "q=lan"}
    answer = await client.post("/console/bo-loc", data=sent)
    assert answer.headers["location"] == "/console/nhat-ky?q=lan"
    await signed_in(Role.VIEWER).post("/console/bo-loc/bo", data={"so": "1"})
    assert runtime.db.read_now(lambda tx: tx.execute(select(SavedView.name)).scalar()) == "Của tôi"
    await client.post("/console/bo-loc/bo", data={"so": "1", "trang": "//evil.test"})
    assert runtime.db.read_now(lambda tx: tx.execute(select(SavedView.name)).scalar()) is None


async def test_a_toast_that_we_did_not_write_is_not_shown(signed_in: SignIn) -> None:
    import base64
    import json

    client = signed_in(Role.VIEWER)
    forged = base64.urlsafe_b64encode(json.dumps(["Bấm đi", "https://evil.test/"]).encode()).decode()
    client.cookies.set("daumoi_toast", forged)
    assert "evil.test" not in (await client.get("/console/")).text
    client.cookies.set("daumoi_toast", "???")
    assert (await client.get("/console/")).status_code == 200


def linked(runtime: Runtime) -> None:
    pair = Pair("an-access", "a-refresh")
    runtime.db.write_now(lambda tx: store_pair(tx, runtime.sealer, "2", pair, timedelta(hours=25), NOW))


QUOTA = "https://openapi.zalo.me/v3.0/oa/quota/message"


def answers_of_zalo(router: respx.MockRouter) -> None:
    oa = {"oaid": "2", "name": "BHXH", "num_follower": 3}
    router.get("https://openapi.zalo.me/v2.0/oa/getoa").respond(
        json={"error": 0, "message": "Success", "data": oa}
    )
    package = {"quota_type": "sub_quota", "valid_through": "30/11/2026", "total": 2000, "remain": 1997}
    router.post(QUOTA, json__quota_type="sub_quota").respond(
        json={"error": 0, "message": "Success", "data": [package]}
    )
    router.post(QUOTA).respond(json={"error": 0, "message": "Success", "data": []})
    router.get("https://business.openapi.zalo.me/message/quota").respond(
        json={"error": 0, "message": "Success", "data": {"dailyQuota": "500", "remainingQuota": "480"}}
    )


async def test_what_the_oa_may_still_send_is_told_and_stays_with_the_time_it_was_asked(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    linked(runtime)
    client = signed_in(Role.ADMIN)
    assert "Chưa hỏi Zalo lần nào" in (await client.get("/console/zalo")).text
    with respx.mock as router:
        answers_of_zalo(router)
        assert (
            "còn 1.997 trên 2.000, dùng đến hết 30/11/2026" in (await client.post("/console/zalo/hoi")).text
        )
    clock.advance(timedelta(minutes=20))
    later = (await client.get("/console/zalo")).text
    assert "còn 1.997 trên 2.000" in later
    assert "còn 480 trên 500" in later
    assert "20 phút trước" in later


async def test_an_allowance_that_zalo_does_not_tell_is_a_sentence_and_keeps_what_was_known(
    runtime: Runtime, signed_in: SignIn
) -> None:
    linked(runtime)
    client = signed_in(Role.ADMIN)
    with respx.mock as router:
        answers_of_zalo(router)
        await client.post("/console/zalo/hoi")
    with respx.mock as router:
        answers_of_zalo(router)
        router.post(QUOTA, json__quota_type="sub_quota").respond(json={"error": -224, "message": "upgrade"})
        router.get("https://business.openapi.zalo.me/message/quota").mock(side_effect=httpx.ConnectError("x"))
        page = await client.post("/console/zalo/hoi")
    assert page.status_code == 200
    assert page.text.count("Tin tư vấn trong gói") == 2
    assert "còn 1.997 trên 2.000" in page.text


async def test_zalo_out_of_reach_is_a_sentence_on_the_page(runtime: Runtime, signed_in: SignIn) -> None:
    linked(runtime)
    client = signed_in(Role.ADMIN)
    with respx.mock as router:
        router.get("https://openapi.zalo.me/v2.0/oa/getoa").mock(side_effect=httpx.ConnectError("x"))
        asked = await client.post("/console/zalo/hoi")
    assert asked.status_code == 303
    assert "Chưa kết nối được với Zalo" in (await client.get("/console/zalo")).text
