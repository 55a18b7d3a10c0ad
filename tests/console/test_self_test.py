"""The webhook's self-test: the knock goes to the public address and comes back in, or it is said why not."""

import httpx
import pytest
import respx
from pydantic import SecretStr
from sqlalchemy import func, select

from app.console.self_test import what_came_of_it
from app.inbox.models import InboxEvent
from app.main import create_app
from app.runtime import Runtime
from app.staff.rules import Role
from tests.console.conftest import HOST, SignIn, browser_of

WEBHOOK = f"{HOST}/webhook/zalo"


async def test_a_knock_that_comes_back_in_is_seen_and_no_event_is_kept(
    runtime: Runtime, signed_in: SignIn
) -> None:
    inside = browser_of(create_app(runtime, with_runner=False))

    async def deliver(request: httpx.Request) -> httpx.Response:
        return await inside.post("/webhook/zalo", content=request.content, headers=request.headers)

    with respx.mock as router:
        router.post(WEBHOOK).mock(side_effect=deliver)
        page = await signed_in(Role.ADMIN).post("/console/zalo/thu-webhook")
    await inside.aclose()
    assert "đã đi từ địa chỉ công khai tới hệ thống này" in page.text
    assert "chưa phải HTTPS" in page.text
    assert runtime.db.read_now(lambda tx: tx.execute(select(func.count(InboxEvent.id))).scalar_one()) == 0
    assert "Chưa nhận sự kiện nào" in page.text


async def test_a_stranger_who_answers_200_is_told_apart(signed_in: SignIn) -> None:
    with respx.mock as router:
        router.post(WEBHOOK).respond(200)
        page = await signed_in(Role.ADMIN).post("/console/zalo/thu-webhook")
    assert "không tới hệ thống này" in page.text


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (httpx.ConnectError("no"), "không kết nối được cổng 80"),
        (httpx.ReadTimeout("no"), "không trả lời trong 5 giây"),
        (httpx.RemoteProtocolError("cut"), "ngắt giữa chừng"),
        (httpx.UnsupportedProtocol("no"), "không phải một địa chỉ web"),
    ],
)
async def test_an_address_that_does_not_answer_is_named_with_its_reason(
    signed_in: SignIn, failure: Exception, said: str
) -> None:
    with respx.mock as router:
        router.post(WEBHOOK).mock(side_effect=failure)
        page = await signed_in(Role.ADMIN).post("/console/zalo/thu-webhook")
    assert page.status_code == 200
    assert said in page.text


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "không nhận chữ ký"),
        (404, "không có đường dẫn"),
        (308, "chuyển sang địa chỉ khác"),
        (502, "không gọi được tới hệ thống này"),
        (418, "trả lời 418 thay vì 200"),
    ],
)
def test_every_refusal_says_where_to_look(status: int, said: str) -> None:
    sign = what_came_of_it("https://daumoi.example.vn", status, arrived=False)
    assert sign.tone == "bad"
    assert said in sign.sentence


@pytest.mark.parametrize(
    ("url", "tone"),
    [
        ("https://daumoi.example.vn", "good"),
        ("http://daumoi.example.vn", "warn"),
        ("http://127.0.0.1:8000", "warn"),
        ("https://10.0.0.7", "warn"),
        ("https://may-chu.local", "warn"),
    ],
)
def test_an_address_that_only_the_office_sees_is_no_public_address(url: str, tone: str) -> None:
    assert what_came_of_it(url, 200, arrived=True).tone == tone


async def test_without_a_secret_to_sign_with_nothing_is_sent(
    runtime: Runtime, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(Role.ADMIN)
    bare = runtime.settings.model_copy(update={"zalo_oa_secret": SecretStr("")})
    monkeypatch.setattr(runtime, "settings", bare)
    assert "Chưa có DAUMOI_ZALO_OA_SECRET" in (await client.post("/console/zalo/thu-webhook")).text
