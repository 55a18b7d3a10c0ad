"""What reaches the bot beside people's words: colleagues, Zalo's console, events nobody knows."""

import json
from datetime import UTC, datetime

import httpx
from sqlalchemy import select

from app.content.transcript import Does
from app.inbox.models import EventState, InboxEvent
from app.zalo.signature import signature_of
from tests.journeys.people import Person
from tests.journeys.processes import APP_ID, OA_ID, OA_SECRET, Json, Stage, until


def kept(stage: Stage, event_name: str) -> list[tuple[str, str | None]]:
    rows = select(InboxEvent.state, InboxEvent.note).where(InboxEvent.event_name == event_name)
    return stage.database.read_now(lambda db: [(row.state, row.note) for row in db.execute(rows)])


def post(stage: Stage, body: bytes, timestamp: str, secret: str = OA_SECRET) -> int:
    headers = {"X-ZEvent-Signature": f"mac={signature_of(APP_ID, body, timestamp, secret)}"}
    url = f"{stage.bot.url}/webhook/zalo"
    return httpx.post(url, content=body, headers=headers, trust_env=False).status_code


def event(name: str, **rest: object) -> tuple[bytes, str]:
    timestamp = str(int(datetime.now(UTC).timestamp() * 1000))
    body: Json = {"app_id": APP_ID, "oa_id": OA_ID, "event_name": name, "timestamp": timestamp, **rest}
    return json.dumps(body).encode(), timestamp


def test_a_colleague_s_message_silences_the_bot_and_menu_wakes_it(person: Person) -> None:
    person.say("menu")
    person.is_answered_by_colleague("Chào anh, em là cán bộ BHXH đây ạ")
    person.stage.settle()
    (colleague,) = person.read()
    assert colleague.admin_id is not None
    assert person.say("Dạ em cảm ơn chị") == []
    assert person.say("cài vssid") == []
    assert "Cài đặt VssID" in person.say("menu")[0].buttons
    assert person.say("cài vssid") != []


def test_a_tapped_button_wakes_the_bot_as_well(person: Person) -> None:
    person.say("menu")
    person.is_answered_by_colleague("Anh cần gì thêm không ạ?")
    person.stage.settle()
    person.read()
    assert person.tap("Cài đặt VssID") != []


def test_zalo_s_check_of_the_webhook_address_is_answered_and_talks_to_nobody(shared_stage: Stage) -> None:
    assert shared_stage.call("POST", "/webhook/check") == {"ok": True}
    until(lambda: not shared_stage.open_ends(), "the sample is settled")
    assert (EventState.SETTLED, "Zalo checked the webhook address") in kept(shared_stage, "user_send_text")


def test_an_event_that_nobody_knows_is_kept_and_visible(shared_stage: Stage) -> None:
    assert post(shared_stage, *event("user_dances", user_id="123")) == 200
    until(lambda: not shared_stage.open_ends(), "the event is settled")
    assert kept(shared_stage, "user_dances") == [(EventState.SETTLED, "nobody knows the event user_dances")]


def test_a_signed_body_that_is_no_event_is_kept_and_visible(shared_stage: Stage) -> None:
    assert post(shared_stage, b'{"timestamp":"5","message":', "5") == 200
    assert (EventState.UNREADABLE, None) in kept(shared_stage, "unreadable")


def test_what_zalo_did_not_sign_is_refused(person: Person) -> None:
    body, timestamp = event("follow", follower={"id": person.user_id})
    assert post(person.stage, body, timestamp, secret="not-the-oa-secret") == 401
    assert person.everything() == []


def test_pictures_and_stickers_are_answered_in_words(person: Person) -> None:
    assert person.do(Does("ảnh"))
    assert person.do(Does("nhãn dán"))


def test_who_asks_zalo_to_be_forgotten_is_forgotten(person: Person) -> None:
    person.say("đăng ký làm đầu mối")
    person.say("đồng ý")
    person.asks_zalo_to_be_forgotten()
    person.wait()
    # Receipts of our own messages may still come in; they hold nobody's words.
    said = (InboxEvent.contact == person.user_id, InboxEvent.event_name.startswith("user_send"))
    rows = select(InboxEvent.id).where(*said, InboxEvent.body != b"")
    assert person.stage.database.read_now(lambda db: db.execute(rows).all()) == []
