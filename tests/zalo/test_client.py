from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
import pytest
import respx

from app.kit.ids import UserId
from app.zalo.answers import TRANSACTION, Allowance, TemplateDetail, TemplateParameter
from app.zalo.client import Quota, ZaloClient
from app.zalo.errors import NoAnswer, RateLimited, RecipientUnreachable, TokenRejected, ZaloError
from app.zalo.messages import Text
from app.zalo.template import Template
from app.zalo.uploads import BadUpload

WIRE = Path(__file__).parents[1] / "wire"
API, ZBS = "https://openapi.zalo.me", "https://business.openapi.zalo.me"
PERSON = UserId("2512523625412515")
SENT_AT = datetime(2021, 7, 22, 3, 59, 9, 402000, UTC)


@pytest.fixture
async def client() -> AsyncIterator[ZaloClient]:
    async with httpx.AsyncClient() as http:
        yield ZaloClient(http, API, ZBS + "/")


def _answer(name: str) -> httpx.Response:
    return httpx.Response(200, content=(WIRE / "answers" / f"{name}.json").read_bytes())


def _asked(route: respx.Route) -> object:
    return orjson.loads(route.calls.last.request.content)


def _golden(name: str) -> object:
    return orjson.loads((WIRE / "requests" / f"{name}.json").read_bytes())


async def test_a_message_is_posted_with_the_token_in_its_own_header(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.post(f"{API}/v3.0/oa/message/cs").mock(return_value=_answer("sent_in_window"))
    sent = await client.send("token-1", PERSON, Text("hello, world!"))
    assert _asked(route) == _golden("text")
    request = route.calls.last.request
    assert request.headers["access_token"] == "token-1"
    assert request.headers["content-type"] == "application/json"
    assert "authorization" not in request.headers
    assert (sent.message_id, sent.sent_at) == ("b3d6a0e1c9f8a7b6c5d4", SENT_AT)
    assert sent.quota == Quota("reply", None, None)


async def test_the_allowance_that_paid_is_told(client: ZaloClient, respx_mock: respx.MockRouter) -> None:
    route = respx_mock.post(f"{API}/v3.0/oa/message/cs")
    route.side_effect = [_answer("sent_with_counted_quota"), _answer("sent_billed")]
    assert (await client.send("t", PERSON, Text("a"))).quota == Quota("sub_quota", 499, 500)
    assert (await client.send("t", PERSON, Text("a"))).quota is None


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ("refused_out_of_window", RecipientUnreachable, -230),
        ("refused_rate_limit", RateLimited, -32),
        ("refused_token_expired", TokenRejected, -220),
    ],
)
async def test_a_refusal_with_http_200_is_an_error_all_the_same(
    client: ZaloClient, respx_mock: respx.MockRouter, answer: str, kind: type[ZaloError], code: int
) -> None:
    route = respx_mock.post(f"{API}/v3.0/oa/message/cs").mock(return_value=_answer(answer))
    with pytest.raises(kind) as caught:
        await client.send("t", PERSON, Text("a"))
    assert caught.value.code == code
    assert route.call_count == 1


async def test_a_template_goes_to_a_person_by_user_id(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.post(f"{API}/v3.0/oa/message/template").mock(
        return_value=_answer("template_by_user_id")
    )
    values = {"customer": "Nguyễn Văn An", "order_code": "PE010299485"}
    sent = await client.send_template("t", PERSON, Template("7895417a7d3f9461cd2e", values))
    assert _asked(route) == _golden("template_by_user_id")
    assert (sent.message_id, sent.quota) == ("a4d0243feee163bd3af2", Quota("purchase_quota", None, None))


async def test_a_template_goes_to_a_phone_number_over_the_other_host(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.post(f"{ZBS}/message/template").mock(return_value=_answer("template_by_phone"))
    template = Template("7895417a7d3f9461cd2e", {"name": "Nguyễn Văn An"})
    sent = await client.send_template_to_phone("t", "0987654321", template, "order-88213")
    assert _asked(route) == _golden("template_by_phone")
    assert (sent.message_id, sent.quota) == ("a4d0243feee163bd3af2", Quota("daily", 499, 500))


async def test_the_codes_of_the_template_host_have_their_own_meaning(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    respx_mock.post(f"{ZBS}/message/template").respond(json={"error": -118, "message": "not exist"})
    with pytest.raises(RecipientUnreachable):
        await client.send_template_to_phone("t", "0987654321", Template("x"), "1")


async def test_a_picture_and_a_file_are_uploaded_as_multipart(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    image = respx_mock.post(f"{API}/v2.0/oa/upload/image").mock(return_value=_answer("upload_image"))
    gif = respx_mock.post(f"{API}/v2.0/oa/upload/gif").mock(return_value=_answer("upload_image"))
    file = respx_mock.post(f"{API}/v2.0/oa/upload/file").mock(return_value=_answer("upload_file"))
    assert await client.upload_image("t", "a.PNG", b"png") == "bfe458bf64fa8da4d4eb"
    assert await client.upload_gif("t", "a.gif", b"gif") == "bfe458bf64fa8da4d4eb"
    assert await client.upload_file("t", "a.pdf", b"pdf") == "2bd08f7e6d0a8454dd1b"
    for route in (image, gif, file):
        request = route.calls.last.request
        assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
        assert request.headers["access_token"] == "t"
        assert b'name="file"; filename="a.' in request.content


@pytest.mark.parametrize(
    ("name", "content"), [("a.exe", b"x"), ("a", b"x"), ("a.png", b""), ("a.png", b"x" * (1024 * 1024 + 1))]
)
async def test_a_picture_that_zalo_would_refuse_never_travels(
    client: ZaloClient, respx_mock: respx.MockRouter, name: str, content: bytes
) -> None:
    with pytest.raises(BadUpload):
        await client.upload_image("t", name, content)
    assert not respx_mock.calls


async def test_a_persons_details_are_read(client: ZaloClient, respx_mock: respx.MockRouter) -> None:
    route = respx_mock.get(f"{API}/v3.0/oa/user/detail").mock(return_value=_answer("user_detail"))
    detail = await client.user_detail("t", UserId("246845883529197922"))
    assert route.calls.last.request.url.params["data"] == '{"user_id":"246845883529197922"}'
    assert (detail.display_name, detail.is_follower, detail.is_minor) == ("Nguyễn Văn An", True, False)
    assert (detail.shared_phone, detail.tags) == ("84912345678", ("example",))


async def test_details_that_were_never_shared_are_empty(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    respx_mock.get(f"{API}/v3.0/oa/user/detail").respond(json={"error": 0, "data": {"user_id": "1"}})
    detail = await client.user_detail("t", UserId("1"))
    assert (detail.display_name, detail.shared_name, detail.shared_phone, detail.tags) == ("", "", "", ())


async def test_the_reply_quota_says_when_the_person_last_wrote(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.post(f"{API}/v3.0/oa/quota/message").mock(return_value=_answer("reply_quota"))
    quota = await client.reply_quota("t", PERSON)
    assert _asked(route) == _golden("reply_quota")
    assert quota.last_interaction == datetime(2024, 4, 10, 16, 14, tzinfo=UTC)
    assert (quota.remain, quota.total) == (0, 0)


async def test_a_conversation_tells_who_wrote_what_and_when(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.get(f"{API}/v2.0/oa/conversation").mock(return_value=_answer("conversation"))
    newest, older = await client.conversation("t", UserId("246845883529197922"), 10, 5)
    asked = orjson.loads(route.calls.last.request.url.params["data"])
    assert asked == {"user_id": "246845883529197922", "offset": 10, "count": 5}
    assert (newest.from_oa, newest.text, newest.message_id) == (True, "Dạ còn ạ", "97e4dde4ba261571a1a")
    assert (older.from_oa, older.kind, older.at) == (False, "photo", SENT_AT)
    assert newest.user_id == older.user_id == "246845883529197922"


async def test_recent_chats_are_listed_the_same_way(client: ZaloClient, respx_mock: respx.MockRouter) -> None:
    respx_mock.get(f"{API}/v2.0/oa/listrecentchat").mock(return_value=_answer("conversation"))
    assert len(await client.recent_chats("t")) == 2


async def test_odd_entries_of_a_list_are_left_out(client: ZaloClient, respx_mock: respx.MockRouter) -> None:
    odd = [None, 7, {}, {"message_id": "m", "time": "soon"}, {"message_id": "m1", "time": 10**30}]
    fine = {"src": "0", "time": "1626926349402", "message": None, "message_id": "m2", "to_id": 1}
    respx_mock.get(f"{API}/v2.0/oa/conversation").respond(json={"error": 0, "data": [*odd, fine]})
    (message,) = await client.conversation("t", UserId("1"))
    assert (message.from_oa, message.message_id, message.text) == (True, "m2", "")
    respx_mock.get(f"{API}/v2.0/oa/conversation").respond(json={"error": 0, "data": {}})
    assert await client.conversation("t", UserId("1")) == []


async def test_the_account_behind_a_token_is_read(client: ZaloClient, respx_mock: respx.MockRouter) -> None:
    route = respx_mock.get(f"{API}/v2.0/oa/getoa").mock(return_value=_answer("get_oa"))
    profile = await client.get_oa("t")
    assert "data" not in route.calls.last.request.url.params
    assert (profile.oa_id, profile.is_verified, profile.package) == (
        "388613280878808645",
        True,
        "Tăng trưởng",
    )
    assert profile.billing_linked


async def test_a_success_that_names_no_message_leaves_the_outcome_open(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    respx_mock.post(f"{API}/v3.0/oa/message/cs").respond(json={"error": 0, "message": "Success"})
    with pytest.raises(NoAnswer):
        await client.send("t", PERSON, Text("a"))


async def test_what_is_left_of_the_package_is_asked_by_kind(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    package = {"quota_type": "sub_quota", "valid_through": "30/04/2024", "total": 2000, "remain": 1997}
    route = respx_mock.post(f"{API}/v3.0/oa/quota/message").respond(
        json={"data": [package], "error": 0, "message": "Success"}
    )
    assert await client.allowances("t", "sub_quota") == [Allowance(1997, 2000, "30/04/2024")]
    asked = {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
    assert orjson.loads(route.calls.last.request.content) == asked


async def test_what_is_left_of_the_days_templates_is_told_as_text(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    told = {"dailyQuota": "500", "remainingQuota": "480"}
    respx_mock.get(f"{ZBS}/message/quota").respond(json={"error": 0, "message": "Success", "data": told})
    assert await client.template_allowance("t") == Allowance(480, 500)


async def test_approved_templates_are_listed_a_page_at_a_time(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.get(f"{ZBS}/template/all").mock(return_value=_answer("template_all"))
    listed = await client.templates("t", 100)
    assert dict(route.calls.last.request.url.params) == {"offset": "100", "limit": "100", "status": "1"}
    assert [(one.template_id, one.is_enabled) for one in listed] == [("300101", True), ("200900", False)]
    assert listed[0].created_at == datetime(2025, 12, 31, 16, 53, 20, tzinfo=UTC)


async def test_an_answer_without_a_list_does_not_pass_for_no_templates(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    respx_mock.get(f"{ZBS}/template/all").respond(json={"error": 0, "message": "Success"})
    with pytest.raises(NoAnswer):
        await client.templates("t")


async def test_a_template_tells_what_it_asks_for_and_costs(
    client: ZaloClient, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.get(f"{ZBS}/template/info/v2").mock(return_value=_answer("template_info"))
    told = await client.template_detail("t", "300101")
    assert dict(route.calls.last.request.url.params) == {"template_id": "300101"}
    assert told == TemplateDetail(
        "Nhắc danh sách",
        TRANSACTION,
        (TemplateParameter("ten", True, 60), TemplateParameter("han", False, 20)),
        price_user_id=200,
        price_phone=300,
    )
