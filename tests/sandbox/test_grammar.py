"""Every shape and size that Zalo would refuse is refused, each by its code."""

from contextlib import suppress
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.assets import AssetKind
from app.sandbox.codes import Refused, invalid
from app.sandbox.grammar import read_message
from tests.sandbox.harness import Zalo, buttons

QUERY = {"title": "Có", "type": "oa.query.hide", "payload": "#co"}
OPEN = {"title": "Mở", "type": "oa.open.url", "payload": {"url": "https://vssid.gov.vn"}}
CALL = {"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "84905123456"}}
SMS = {"title": "Nhắn", "type": "oa.open.sms", "payload": {"content": "alo", "phone_code": "84905123456"}}
FORM = {"title": "Chia sẻ", "subtitle": "Để chúng tôi liên hệ", "image_url": "https://vssid.gov.vn/a.png"}
PHOTO = {"media_type": "image", "url": "https://vssid.gov.vn/a.png"}


def template(**payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}


def card(*listed: Any, text: str = "Mời chọn") -> dict[str, Any]:
    return {"text": text, **template(buttons=list(listed))}


def media(*elements: Any) -> dict[str, Any]:
    return template(template_type="media", elements=list(elements))


def form(**changes: Any) -> dict[str, Any]:
    return template(template_type="request_user_info", elements=[{**FORM, **changes}])


ACCEPTED = {
    "2000 characters": {"text": "ă" * 2000},
    "2000 characters that are more in decomposed letters": {"text": "a\u0306" * 2000},
    "empty fields of the PHP SDK": {"text": "chào", "quote_message_id": ""},
    "five buttons of every type": card(QUERY, OPEN, CALL, SMS, {**QUERY, "type": "oa.query.show"}),
    "longest title and payload": card({**QUERY, "title": "đ" * 100, "payload": "#" * 1000}),
    "a hotline": card({**CALL, "payload": {"phone_code": "19009068"}}),
    "a picture by address": media(PHOTO),
    "a picture with caption": {"text": "Xem ảnh", **media(PHOTO)},
    "a sticker": media({"media_type": "sticker", "attachment_id": "bfe458bf64fa8da4d4eb"}),
    "a moving picture": media(
        {"media_type": "gif", "url": "https://vssid.gov.vn/a.gif", "width": 10, "height": 10}
    ),
    "a form": form(),
}

REFUSED = {
    "2001 characters": (-210, {"text": "ă" * 2001}),
    "no text": (-201, {}),
    "blank text": (-201, {"text": "  \n"}),
    "text that is no text": (-201, {"text": 5}),
    "six buttons": (-210, buttons("1", "2", "3", "4", "5", "6")),
    "no buttons": (-201, card()),
    "buttons without words": (-201, card(QUERY, text="")),
    "title of 101": (-210, card({**QUERY, "title": "đ" * 101})),
    "no title": (-201, card({**QUERY, "title": ""})),
    "payload of 1001": (-210, card({**QUERY, "payload": "#" * 1001})),
    "query payload that is no text": (-201, card({**QUERY, "payload": {"url": "x"}})),
    "unknown button": (-201, card({**QUERY, "type": "oa.open.app"})),
    "link that is no address": (-201, card({**OPEN, "payload": {"url": "javascript:alert(1)"}})),
    "flat link": (-201, card({"title": "Mở", "type": "oa.open.url", "url": "https://vssid.gov.vn"})),
    "phone with spaces": (-201, card({**CALL, "payload": {"phone_code": "0905 123 456"}})),
    "sms of 161": (-210, card({**SMS, "payload": {"content": "x" * 161, "phone_code": "84905123456"}})),
    "two pictures": (-210, media(PHOTO, PHOTO)),
    "no picture": (-201, media()),
    "picture by both ways": (-201, media({**PHOTO, "attachment_id": "x"})),
    "picture by no way": (-201, media({"media_type": "image"})),
    "unknown attachment": (-201, media({"media_type": "image", "attachment_id": "never uploaded"})),
    "moving picture without size": (-201, media({"media_type": "gif", "url": "https://vssid.gov.vn/a.gif"})),
    "unknown media": (-201, media({**PHOTO, "media_type": "video"})),
    "form title of 101": (-210, form(title="x" * 101)),
    "form subtitle of 501": (-210, form(subtitle="x" * 501)),
    "form without picture": (-201, form(image_url="")),
    "list template": (-233, template(template_type="list", elements=[])),
    "transaction template": (-233, template(template_type="transaction_order", elements=[])),
    "no template type": (-201, template(elements=[])),
    "unknown attachment type": (-201, {"text": "x", "attachment": {"type": "link", "payload": {}}}),
    "unknown file token": (-201, {"attachment": {"type": "file", "payload": {"token": "never"}}}),
    "file with words": (-201, {"text": "x", "attachment": {"type": "file", "payload": {"token": "never"}}}),
    "quote of nothing": (-201, {"text": "x", "quote_message_id": "never"}),
}


@pytest.mark.parametrize("message", ACCEPTED.values(), ids=ACCEPTED)
async def test_it_takes(zalo: Zalo, message: dict[str, Any]) -> None:
    answer = await zalo.cs(await zalo.person(), message)
    assert answer["error"] == 0, answer


@pytest.mark.parametrize(("code", "message"), REFUSED.values(), ids=REFUSED)
async def test_it_refuses(zalo: Zalo, code: int, message: dict[str, Any]) -> None:
    user_id = await zalo.person()
    answer = await zalo.cs(user_id, message)
    assert answer["error"] == code
    assert "data" not in answer
    assert len(zalo.sandbox.thread(user_id)) == 1, "nothing reached the chat"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"recipient": "5", "message": {"text": "x"}},
        {"recipient": {"user_id": 5}, "message": {"text": "x"}},
        {"recipient": {"user_id": "5"}, "message": {"text": "x"}},
        {"recipient": {}},
    ],
)
async def test_a_malformed_call_is_invalid(zalo: Zalo, body: object) -> None:
    answer = await zalo.call("/v3.0/oa/message/cs", body)
    assert answer["error"] == -201
    assert answer["message"].endswith("is invalid!")


async def test_a_body_that_is_no_json_is_invalid(zalo: Zalo) -> None:
    headers = {"access_token": zalo.token}
    answer = await zalo.raw("POST", "/v3.0/oa/message/cs", content=b"{", headers=headers)
    assert answer.json()["error"] == -201


FIELDS = "text attachment type payload template_type buttons elements title url media_type token"
VALUES = "template media file oa.query.hide oa.open.url request_user_info image gif"
WORDS = st.sampled_from(f"{FIELDS} {VALUES}".split())
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=5), inner),
    max_leaves=20,
)


def nothing_uploaded(key: str, kind: AssetKind, field: str) -> NoReturn:
    raise invalid(field)


@given(ANYTHING)
def test_any_message_is_read_or_refused(message: object) -> None:
    with suppress(Refused):
        read_message(message, nothing_uploaded)


async def test_a_quote_names_a_message_of_this_chat(zalo: Zalo) -> None:
    user_id, other = await zalo.person(), await zalo.person()
    mine, theirs = (zalo.sandbox.thread(someone)[0].msg_id for someone in (user_id, other))
    assert (await zalo.cs(user_id, {"text": "dạ", "quote_message_id": theirs}))["error"] == -201
    assert (await zalo.cs(user_id, {"text": "dạ", "quote_message_id": mine}))["error"] == 0
    assert zalo.sandbox.thread(user_id)[-1].quoted == mine
