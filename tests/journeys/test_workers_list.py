"""A liaison's whole walk: asks in the chat, opens the link, reads the code in the chat, marks, is done."""

import re
from collections.abc import Iterator

import httpx
import pytest

from app.sandbox.people import VERIFIED_LIAISON
from tests.journeys.people import Person
from tests.journeys.processes import Stage, until

UNIT = "Công ty TNHH Biển Xanh (ví dụ)"


@pytest.fixture
def liaison(shared_stage: Stage) -> Person:
    person = Person.known(shared_stage, VERIFIED_LIAISON)
    person.follow()
    return person


@pytest.fixture
def phone() -> Iterator[httpx.Client]:
    """The browser that Zalo opens a link in."""
    with httpx.Client(trust_env=False, follow_redirects=True) as browser:
        yield browser


def link_in_chat(person: Person) -> str:
    """The address on the newest button of that kind."""
    thread = person.stage.call("GET", f"/users/{person.user_id}/thread")
    buttons = [button for message in thread for button in message["buttons"]]
    urls = [
        button["payload"]
        for button in buttons
        if button["title"] == "Mở danh sách" and "/ds/" in button["payload"]
    ]
    return str(urls[-1])


def code_in_chat(person: Person) -> str:
    texts = [bubble.text for bubble in person.read()]
    found = [match for text in texts if (match := re.search(r"Mã mở danh sách của đơn vị: (\d{6})", text))]
    return found[-1][1] if found else ""


def test_a_liaison_asks_opens_marks_and_is_done(liaison: Person, phone: httpx.Client) -> None:
    said = liaison.say("danh sách của đơn vị")
    assert UNIT in said[0].text
    assert said[0].buttons == ("Mở danh sách",)
    url = link_in_chat(liaison)

    assert UNIT not in phone.get(url).text
    phone.post(url, data={"viec": "gui-ma"})
    code = until(lambda: code_in_chat(liaison), "the code arrives in the chat")
    opened = phone.post(url, data={"viec": "mo", "ma": code}).text
    assert UNIT in opened

    mark = re.findall(r'value="(\d+\.\d+\.can-ho-tro)"', opened)[0]
    assert "Cần hỗ trợ" in phone.post(url, data={"viec": "danh-dau", "dau": mark}).text
    asked = phone.get(url, params={"tat-ca": ""}).text
    number = re.findall(r'name="so" value="(\d+)"', asked)[0]
    phone.post(url, data={"viec": "tat-ca", "so": number})

    done = liaison.say("đơn vị đã xong")
    assert (
        "còn 2 người chưa được đánh dấu" in done[0].text
    )  # they need help, and the bot does not forget them


def test_neither_token_nor_code_is_in_the_bot_s_log(liaison: Person, phone: httpx.Client) -> None:
    liaison.say("danh sách của đơn vị")
    url = link_in_chat(liaison)
    phone.post(url, data={"viec": "gui-ma"})
    code = until(lambda: code_in_chat(liaison), "the code arrives in the chat")
    phone.post(url, data={"viec": "mo", "ma": code})
    logged = liaison.stage.bot.last_words(1_000_000)
    assert url.rpartition("/")[2] not in logged
    assert code not in logged


def test_a_stranger_gets_no_link(person: Person) -> None:
    said = person.say("danh sách của đơn vị")
    assert all("Mở danh sách" not in bubble.buttons for bubble in said)
