"""Webhooks as the sandbox writes them have the shape of the documented samples: keys and JSON types."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.kit.clock import VIETNAM
from app.kit.ids import MessageId, UserId
from app.sandbox.events import EventWriter
from app.sandbox.media import made_up
from app.sandbox.people import Person
from app.sandbox.thread import Attachment, Button, ButtonType, Kind, Sender, ThreadMessage
from tests.sandbox.harness import APP_ID, OA_ID

SAMPLES = Path(__file__).parents[1] / "wire" / "webhooks"

WRITER = EventWriter(APP_ID, OA_ID)
PERSON = Person(UserId("246845883529197922"), "Nguyễn Văn An")
MSG, OTHER = MessageId("96d3cdf3af150460909"), MessageId("97e4dde4ba261571a1a")


def message(kind: Kind = Kind.TEXT, text: str = "message", count: int = 1, **rest: Any) -> ThreadMessage:
    enclosed = (
        () if kind in (Kind.TEXT, Kind.CARD) else (Attachment(kind, made_up(kind, "a.pdf", None)),) * count
    )
    at = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)
    values = {"attachments": enclosed, **rest}
    return ThreadMessage(MSG, PERSON.user_id, Sender.USER, kind, text, at, **values)


def said(kind: Kind = Kind.TEXT, text: str = "", **rest: Any) -> dict[str, object]:
    return WRITER.user_message(PERSON, message(kind, text, **rest))


def sent(kind: Kind = Kind.TEXT, text: str = "", **rest: Any) -> dict[str, object]:
    return WRITER.echo(PERSON, message(kind, text, **rest))


ADDRESS = {"user_city": "Khánh Hòa", "user_ward": "Phường Nha Trang", "user_address": "1 Trần Phú"}
INFO: dict[str, object] = {
    "name": "An",
    "phone": "84912345678",
    "user_dob": "30/10/1999",
    "gender": "Nam",
    "full_address": ADDRESS,
}

WRITTEN: dict[str, Callable[[], dict[str, object]]] = {
    "follow": lambda: WRITER.follow(PERSON),
    "unfollow": lambda: WRITER.unfollow(PERSON),
    "user_click_chatnow": lambda: WRITER.chat_opened(PERSON),
    "user_withdraw": lambda: WRITER.withdraw(PERSON),
    "user_submit_info": lambda: WRITER.submitted(PERSON, INFO),
    "user_send_text": lambda: said(text="message"),
    "user_send_text_button_payload": lambda: said(text="#tuvan"),
    "user_send_text_reply": lambda: said(text="Còn không?", quoted=OTHER),
    "user_send_image": lambda: said(Kind.IMAGE),
    "user_send_image_multi": lambda: said(Kind.IMAGE, "Mẫu này", count=2),
    "user_send_gif": lambda: said(Kind.GIF),
    "user_send_link": lambda: said(Kind.LINK, "https://example.com"),
    "user_send_audio": lambda: said(Kind.AUDIO),
    "user_send_video": lambda: said(Kind.VIDEO),
    "user_send_sticker": lambda: said(Kind.STICKER),
    "user_send_location": lambda: said(Kind.LOCATION),
    "user_send_business_card": lambda: said(Kind.BUSINESS_CARD, "Nguyễn Văn A"),
    "user_send_file": lambda: said(Kind.FILE),
    "user_reacted_message": lambda: WRITER.reacted(PERSON, MSG, "/-heart"),
    "user_received_message": lambda: WRITER.received(PERSON, MSG),
    "user_seen_message": lambda: WRITER.seen(PERSON, [MSG, OTHER]),
    "oa_send_text": lambda: sent(text="message"),
    "oa_send_text_by_admin": lambda: sent(text="Dạ", admin_id="4267886274574868951"),
    "oa_send_text_quote": lambda: sent(text="Dạ còn ạ", quoted=OTHER),
    "oa_send_image": lambda: sent(Kind.IMAGE),
    "oa_send_gif": lambda: sent(Kind.GIF),
    "oa_send_file": lambda: sent(Kind.FILE),
    "oa_send_sticker": lambda: sent(Kind.STICKER),
    "oa_send_template": lambda: sent(Kind.CARD, "Trạng thái", title="Trạng thái đơn hàng"),
    "add_user_to_tag": lambda: WRITER.tagged(PERSON, "example"),
    "remove_user_from_tag": lambda: WRITER.untagged(PERSON, "example"),
    "remove_tag": lambda: WRITER.tag_removed("example"),
    "permission_revoked": WRITER.permission_revoked,
    "zns_user_received_message": lambda: WRITER.phone_receipt("84912345678", MSG, "order-1", "1602960467432"),
    "webhook_url_check": WRITER.url_check,
}


def shape(value: object) -> object:
    """Keys and JSON types, without the values."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    return type(value).__name__


@pytest.mark.parametrize("name", WRITTEN)
def test_an_event_has_the_shape_of_its_sample(name: str) -> None:
    sample = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    written = {**WRITTEN[name](), "timestamp": "1543908534747"}
    assert shape(written) == shape(sample)
    assert written["event_name"] == sample["event_name"]


def test_buttons_echo_as_a_template_that_carries_their_text() -> None:
    button = Button("Có", ButtonType.QUERY_HIDE, "#co")
    echo = WRITER.echo(PERSON, message(text="Mời chọn", buttons=(button,)))
    assert echo["event_name"] == "oa_send_template"
    assert "Mời chọn" in json.dumps(echo, ensure_ascii=False)
