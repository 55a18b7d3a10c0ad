"""The sandbox alone, behind a real socket: what only a connection can show."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.sandbox.alone import standalone_app
from tests.sandbox.fake_bot import FakeBot, Served
from tests.sandbox.harness import TOKEN, config


@pytest.fixture
def web(bot: FakeBot) -> Iterator[httpx.Client]:
    with Served(standalone_app(config(bot.url))) as base, httpx.Client(base_url=base) as web:
        yield web


def person(web: httpx.Client) -> str:
    user_id: str = web.post("/api/users", json={"display_name": "An"}).json()["user_id"]
    web.post(f"/api/users/{user_id}/messages", json={"text": "xin chào"})
    return user_id


def send(web: httpx.Client, user_id: str) -> dict[str, Any]:
    body = {"recipient": {"user_id": user_id}, "message": {"text": "chào Anh/Chị"}}
    answer = web.post("/v3.0/oa/message/cs", json=body, headers={"access_token": TOKEN})
    sent: dict[str, Any] = answer.json()
    return sent


def texts(web: httpx.Client, user_id: str) -> list[str]:
    return [message["text"] for message in web.get(f"/api/users/{user_id}/thread").json()]


def test_one_address_serves_zalo_and_the_control_api(web: httpx.Client) -> None:
    user_id = person(web)
    assert send(web, user_id)["error"] == 0
    web.post("/api/settle")
    assert texts(web, user_id) == ["xin chào", "chào Anh/Chị"]


def test_an_answer_lost_means_sent_but_not_known(web: httpx.Client) -> None:
    user_id = person(web)
    web.put("/api/faults", json={"answer_lost": {"next": 1}})
    with pytest.raises(httpx.RemoteProtocolError):
        send(web, user_id)
    assert texts(web, user_id) == ["xin chào", "chào Anh/Chị"]


def test_a_cut_means_not_sent_and_not_known(web: httpx.Client) -> None:
    user_id = person(web)
    web.put("/api/faults", json={"cut": {"next": 1}})
    with pytest.raises(httpx.RemoteProtocolError):
        send(web, user_id)
    assert texts(web, user_id) == ["xin chào"]
    assert ["cut"] in [entry["faults"] for entry in web.get("/api/log").json()]


def test_a_hang_that_outlasts_the_caller_sends_nothing(web: httpx.Client) -> None:
    user_id = person(web)
    web.put("/api/faults", json={"hang": {"next": 1, "seconds": 0.3}})
    impatient = httpx.Client(base_url=web.base_url, timeout=0.1)
    with impatient, pytest.raises(httpx.ReadTimeout):
        send(impatient, user_id)
    web.put("/api/faults", json={"hang": {"next": 1, "seconds": 0.4}})
    send(web, user_id)
    assert texts(web, user_id) == ["xin chào", "chào Anh/Chị"]


def test_a_code_that_is_switched_on_refuses_sends_alone_and_is_counted(web: httpx.Client) -> None:
    user_id = person(web)
    web.put("/api/faults", json={"-244": {"next": 1}, "-9999": "always"})
    assert send(web, user_id) == {
        "error": -244,
        "message": "User has restricted this message type from your OA",
    }
    assert send(web, user_id)["error"] == -9999
    assert web.get("/v2.0/oa/getoa", headers={"access_token": TOKEN}).json()["error"] == 0
    assert web.get("/api/stats").json()["faults_struck"] == {"-244": 1, "-9999": 1}
    assert texts(web, user_id) == ["xin chào"]
    web.put("/api/faults", json={"-9999": "off"})
    assert send(web, user_id)["error"] == 0


def test_many_people_who_wrote_a_while_ago_are_made_at_once(web: httpx.Client) -> None:
    wanted = {"display_name": "An", "count": 3, "last_wrote": "1h"}
    made = web.post("/api/users", json=wanted).json()
    assert len(set(made["user_ids"])) == 3
    assert made["user_id"] == made["user_ids"][0]
    assert send(web, made["user_ids"][2])["error"] == 0
    heard = {one["user_id"]: one["from_oa"] for one in web.get("/api/users").json()}
    assert [heard[one] for one in made["user_ids"]] == [0, 0, 1]
    assert web.post("/api/users", json=wanted | {"last_wrote": "long ago"}).status_code == 422


def test_only_the_answers_of_sends_are_lost(web: httpx.Client) -> None:
    web.put("/api/faults", json={"answer_lost": "always"})
    answer = web.get("/v2.0/oa/getoa", headers={"access_token": TOKEN})
    assert answer.json()["error"] == 0


def test_the_phone_is_at_the_root(web: httpx.Client) -> None:
    page = web.get("/")
    assert page.status_code == 200
    assert "mô phỏng" in page.text
