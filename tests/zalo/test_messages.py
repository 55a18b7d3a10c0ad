import unicodedata
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.ids import MessageId, UserId
from app.zalo.messages import (
    BadMessage,
    Buttons,
    File,
    Gif,
    Image,
    Message,
    Missing,
    OpenUrl,
    Phone,
    Query,
    Quote,
    RequestUserInfo,
    Sms,
    Text,
    TooLong,
    TooMany,
    decode,
    encode,
    length_of,
    phone_code,
    plain_text,
)
from app.zalo.template import Template

REQUESTS = Path(__file__).parents[1] / "wire" / "requests"
PERSON = UserId("2512523625412515")

GOLDEN: dict[str, Message] = {
    "text": Text("hello, world!"),
    "quote": Quote("Dạ còn ạ", MessageId("96d3cdf3af150460909")),
    "buttons": Buttons(
        "Anh/Chị chọn giúp một mục ạ",
        (
            OpenUrl("Mở hướng dẫn", "https://example.com/huong-dan"),
            Query("Xem công khai", "#command", shown=True),
            Query("Xem kín đáo", "#command"),
            Phone("Gọi cán bộ", "0919 018 791"),
            Sms("Nhắn SMS", "+84 919018791", "alo"),
        ),
    ),
    "image_by_url": Image(url="https://example.com/a.jpg", caption="Mẫu thẻ"),
    "image_by_attachment": Image(attachment_id="bfe458bf64fa8da4d4eb"),
    "gif": Gif(500, 280, attachment_id="bfe458bf64fa8da4d4eb", caption="Các bước"),
    "file": File("2bd08f7e6d0a8454dd1b"),
    "request_user_info": RequestUserInfo(
        "Chia sẻ thông tin", "Để cơ quan BHXH liên hệ với Anh/Chị", "https://example.com/anh.jpg"
    ),
}


def _golden(name: str) -> object:
    return orjson.loads((REQUESTS / f"{name}.json").read_bytes())


@pytest.mark.parametrize("name", GOLDEN)
def test_a_message_becomes_the_json_that_zalo_documents(name: str) -> None:
    assert {"recipient": {"user_id": PERSON}, "message": GOLDEN[name].body()} == _golden(name)


def test_a_template_becomes_the_json_that_zalo_documents_for_each_way() -> None:
    to_user = Template("7895417a7d3f9461cd2e", {"customer": "Nguyễn Văn An", "order_code": "PE010299485"})
    assert to_user.body_for_user(PERSON) == _golden("template_by_user_id")
    to_phone = Template("7895417a7d3f9461cd2e", {"name": "Nguyễn Văn An"})
    assert to_phone.body_for_phone("0987 654 321", "order-88213") == _golden("template_by_phone")


@pytest.mark.parametrize("message", GOLDEN.values(), ids=GOLDEN.keys())
def test_a_stored_message_is_read_back_the_same(message: Message) -> None:
    assert decode(encode(message)) == message
    assert encode(decode(encode(message))) == encode(message)


def test_the_stored_form_stays_readable_for_messages_of_older_versions() -> None:
    stored = (
        b'{"kind":"buttons","text":"A","buttons":'
        b'[{"kind":"query","title":"B","payload":"#dm/menu","shown":false}]}'
    )
    message = Buttons("A", (Query("B", "#dm/menu"),))
    assert decode(stored) == message
    assert encode(message) == stored


def test_the_words_of_a_message_are_those_its_echo_will_carry() -> None:
    words = {name: plain_text(message) for name, message in GOLDEN.items()}
    assert words == {
        "text": "hello, world!",
        "quote": "Dạ còn ạ",
        "buttons": "Anh/Chị chọn giúp một mục ạ",
        "image_by_url": "Mẫu thẻ",
        "image_by_attachment": "",
        "gif": "Các bước",
        "file": "",
        "request_user_info": "Chia sẻ thông tin",
    }


def test_decomposed_vietnamese_is_composed_before_it_is_counted() -> None:
    longest = "ự" * 2000
    assert Text(unicodedata.normalize("NFD", longest)).text == longest


def test_an_emoji_counts_as_two_because_zalo_may_count_it_so() -> None:
    assert length_of("chào 👋") == 7
    with pytest.raises(TooLong):
        Text("👋" * 1001)


BUTTON = Query("Menu", "#dm/menu")
PICTURE = "https://example.com/a.jpg"

TOO_LONG: dict[str, Callable[[], object]] = {
    "text": lambda: Text("a" * 2001),
    "quote": lambda: Quote("a" * 2001, MessageId("1")),
    "text over buttons": lambda: Buttons("a" * 2001, (BUTTON,)),
    "button title": lambda: Query("a" * 101, "#dm"),
    "payload": lambda: Query("Menu", "#" * 1001),
    "sms": lambda: Sms("Nhắn", "0919018791", "a" * 161),
    "caption": lambda: Image(url="https://example.com/a.jpg", caption="a" * 2001),
    "form title": lambda: RequestUserInfo("a" * 101, "b", PICTURE),
    "form subtitle": lambda: RequestUserInfo("a", "b" * 501, PICTURE),
    "tracking id": lambda: Template("t").body_for_phone("0919018791", "a" * 49),
}


@pytest.mark.parametrize("build", TOO_LONG.values(), ids=TOO_LONG.keys())
def test_what_is_one_character_too_long_cannot_be_built(build: Callable[[], object]) -> None:
    with pytest.raises(TooLong, match="Zalo takes"):
        build()


def test_what_is_just_short_enough_can_be_built() -> None:
    Text("a" * 2000)
    Query("a" * 100, "#" * 1000)
    Sms("Nhắn", "0919018791", "a" * 160)
    RequestUserInfo("a" * 100, "b" * 500, PICTURE)
    Template("t").body_for_phone("0919018791", "a" * 48)


def test_five_buttons_are_the_most() -> None:
    assert len(Buttons("Chọn", (BUTTON,) * 5).buttons) == 5
    with pytest.raises(TooMany):
        Buttons("Chọn", (BUTTON,) * 6)


MISSING: dict[str, Callable[[], object]] = {
    "text": lambda: Text(" \n\u200b"),
    "buttons": lambda: Buttons("Chọn", ()),
    "title": lambda: Query("", "#dm"),
    "payload": lambda: Query("Menu", " "),
    "web address": lambda: OpenUrl("Mở", "javascript:alert(1)"),
    "whole web address": lambda: OpenUrl("Mở", "https://example.com/a b"),
    "phone number": lambda: Phone("Gọi", "không có"),
    "image": Image,
    "one source": lambda: Image(url="https://example.com/a.jpg", attachment_id="1"),
    "picture of the form": lambda: RequestUserInfo("a", "b", ""),
    "size": lambda: Gif(0, 280, attachment_id="1"),
    "file": lambda: File(""),
    "quoted message": lambda: Quote("Dạ", MessageId("")),
    "template": lambda: Template(" "),
    "tracking id": lambda: Template("t").body_for_phone("0919018791", ""),
}


@pytest.mark.parametrize("build", MISSING.values(), ids=MISSING.keys())
def test_what_lacks_a_part_cannot_be_built(build: Callable[[], object]) -> None:
    with pytest.raises(Missing):
        build()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("0919018791", "84919018791"),
        ("+84 919.018.791", "84919018791"),
        ("84919018791", "84919018791"),
        ("(0258) 3822 222", "842583822222"),
        ("1900 9068", "19009068"),
    ],
)
def test_phone_numbers_are_dialled_however_they_are_written(written: str, code: str) -> None:
    assert phone_code(written) == code


@given(st.text())
def test_any_text_is_sent_within_the_limits_or_refused(text: str) -> None:
    try:
        message = Text(text)
    except BadMessage:
        return
    assert 0 < len(message.body()["text"]) <= 2000
    assert decode(encode(message)) == message
