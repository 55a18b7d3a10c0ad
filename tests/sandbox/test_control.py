from datetime import timedelta

import pytest

from app.kit.clock import SystemClock
from app.sandbox.control_shapes import duration
from app.sandbox.people import STRANGER, VERIFIED_LIAISON
from app.sandbox.pretend_zalo import ClockStands, PretendZalo
from tests.sandbox.fake_bot import FakeBot
from tests.sandbox.harness import Zalo, buttons, config


async def test_a_user_is_made_writes_and_reads_the_answer(zalo: Zalo, bot: FakeBot) -> None:
    user_id = (await zalo.control("POST", "/users", {"display_name": "Bà Sáu"}))["user_id"]
    await zalo.control("POST", f"/users/{user_id}/follow")
    said = await zalo.control("POST", f"/users/{user_id}/messages", {"text": "chao co"})
    assert (await bot.until(1, "user_send_text"))[0].event["message"]["msg_id"] == said["msg_id"]
    sent = await zalo.cs(user_id, buttons("Cài VssID"))
    thread = await zalo.control("GET", f"/users/{user_id}/thread")
    assert [(row["from"], row["text"]) for row in thread] == [
        ("user", "chao co"),
        ("oa", "Anh/Chị chọn giúp ạ"),
    ]
    assert thread[1]["msg_id"] == sent["data"]["message_id"]
    assert thread[1]["buttons"] == [{"title": "Cài VssID", "type": "oa.query.hide", "payload": "#Cài VssID"}]
    assert thread[1]["attachment"] is None
    assert {"at", "state"} <= thread[1].keys()


async def test_a_tap_goes_by_title_or_payload(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    await zalo.cs(user_id, buttons("Có", "Không"))
    by_title = await zalo.control("POST", f"/users/{user_id}/messages", {"tap": "Có"})
    by_payload = await zalo.control("POST", f"/users/{user_id}/messages", {"tap": "#Không"})
    told = await bot.until(3, "user_send_text")
    assert [one.event["message"] for one in told[1:]] == [
        {"text": "#Có", "msg_id": by_title["msg_id"]},
        {"text": "#Không", "msg_id": by_payload["msg_id"]},
    ]
    said = await zalo.control("POST", f"/users/{user_id}/messages", {"tap": "Gì đó"}, status=404)
    assert "Có, Không" in said["error"]


@pytest.mark.parametrize("act", ["follow", "unfollow", "block", "unblock", "open", "withdraw", "look"])
async def test_every_simple_act_answers_with_the_person(zalo: Zalo, act: str) -> None:
    assert (await zalo.control("POST", f"/users/{STRANGER}/{act}"))["user_id"] == STRANGER


async def test_unknown_people_and_acts_are_not_found(zalo: Zalo) -> None:
    await zalo.control("GET", "/users/1/thread", status=404)
    await zalo.control("POST", "/users/1/messages", {"text": "x"}, status=404)
    await zalo.control("POST", f"/users/{STRANGER}/dance", status=404)


@pytest.mark.parametrize(
    "body", [{}, {"text": "a", "tap": "b"}, {"text": ""}, {"attachment": {"type": "text"}}]
)
async def test_a_message_is_one_thing(zalo: Zalo, body: object) -> None:
    await zalo.control("POST", f"/users/{STRANGER}/messages", body, status=422)


@pytest.mark.parametrize(
    "kind", ["image", "gif", "sticker", "file", "location", "audio", "video", "link", "business_card"]
)
async def test_phones_send_every_kind_of_media(zalo: Zalo, bot: FakeBot, kind: str) -> None:
    await zalo.control("POST", f"/users/{STRANGER}/messages", {"attachment": {"type": kind}})
    event = (await bot.until(1, f"user_send_{kind}"))[0].event
    assert event["message"]["attachments"][0]["payload"]


async def test_info_is_submitted_as_given(zalo: Zalo, bot: FakeBot) -> None:
    info = {"name": "An", "phone": "84905123456", "address": "1 Trần Phú", "city": "Khánh Hòa"}
    await zalo.control("POST", f"/users/{STRANGER}/submit-info", info)
    assert (await bot.until(1, "user_submit_info"))[0].event["info"] == info


async def test_the_clock_jumps_and_windows_close(zalo: Zalo) -> None:
    user_id = await zalo.person()
    before = zalo.clock.now()
    await zalo.control("POST", "/clock", {"advance": "8d"})
    assert zalo.clock.now() - before == timedelta(days=8)
    assert (await zalo.text(user_id))["error"] == -230
    shown = await zalo.control("POST", "/clock", {"at": "22:30"})
    assert "T22:30:00+07:00" in shown["vietnam"]
    for wrong in ({"advance": "soon"}, {"advance": "99999999999d"}, {"at": "25:00"}, {"backwards": True}):
        await zalo.control("POST", "/clock", wrong, status=422)


def test_a_clock_that_cannot_be_moved_says_so() -> None:
    zalo = PretendZalo(config(), SystemClock())
    with pytest.raises(ClockStands):
        zalo.advance_clock(timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8d", timedelta(days=8)),
        ("1h30m", timedelta(minutes=90)),
        ("45s", timedelta(seconds=45)),
        ("-10m", -timedelta(minutes=10)),
        ("0.5h", timedelta(minutes=30)),
    ],
)
def test_durations_are_read(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "8", "8 days", "d", "1w"])
def test_other_words_are_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        duration(text)


async def test_stats_count_both_ways(zalo: Zalo) -> None:
    user_id = await zalo.person()
    await zalo.text(user_id)
    await zalo.sandbox.settled()
    stats = await zalo.control("GET", "/stats")
    assert stats["messages"] == {"from_user": 1, "user_seen": 1, "from_oa": 1, "oa_seen": 1}
    assert stats["wire"]["call /v3.0/oa/message/cs"] == 1
    assert stats["wire"]["webhook user_send_text"] == 1
    assert stats["granted"] is True


async def test_reset_forgets_people_and_chats_but_keeps_the_bot_connected(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    zalo.sandbox.phone.say(VERIFIED_LIAISON, "alo")
    await zalo.control("PUT", "/faults", {"hang": "always"})
    await zalo.control("POST", "/reset")
    await zalo.control("GET", f"/users/{user_id}/thread", status=404)
    assert await zalo.control("GET", f"/users/{VERIFIED_LIAISON}/thread") == []
    assert set((await zalo.control("GET", "/faults")).values()) == {"off"}
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == 0
    bot.forget()
    zalo.sandbox.phone.say(VERIFIED_LIAISON, "alo")
    assert await bot.until(1, "user_send_text")


async def test_text_that_no_phone_could_send_breaks_nothing(zalo: Zalo, bot: FakeBot) -> None:
    for number, text in enumerate(("\ud800 nửa ký tự", "\x00", "\u202e ngược", "a" * 100_000), start=1):
        zalo.sandbox.phone.say(STRANGER, text)
        await bot.until(number)
    assert len(await zalo.control("GET", f"/users/{STRANGER}/thread")) == 4
