import asyncio
import json

import pytest

from app.kit.clock import FixedClock
from app.sandbox.config import RetryMode
from app.sandbox.signing import mac
from tests.sandbox.fake_bot import FakeBot
from tests.sandbox.harness import OA_SECRET, Zalo, config

NOWHERE = "http://127.0.0.1:9/webhook"
"""The discard port, where nothing listens."""


def test_the_signature_is_the_one_of_the_official_sdk() -> None:
    """A vector made with MacUtils of Zalo's Java SDK."""
    expected = "299a83fe3bb69e00183034da2d3fd7d1b32678ae62dc442429e3ec3a63bb9db4"
    assert mac("app", b'{"a":1}', "123", "sec") == expected


def test_the_signature_covers_vietnamese_bytes() -> None:
    body = (
        '{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},'
        '"user_id_by_app":"552177279717587730","recipient":{"id":"388613280878808645"},'
        '"event_name":"user_send_text","message":{"text":"Chào shop, đơn hàng của tôi đâu?",'
        '"msg_id":"96d3cdf3af150460909"},"timestamp":"1543908534747"}'
    )
    expected = "2fa21f76f86d90e54bdd953e0d427c78053b2b9982d531d53bce0eea1f3af821"
    assert mac("360846524940903967", body.encode(), "1543908534747", "test-oa-secret") == expected


async def test_every_webhook_is_signed_over_its_very_bytes(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    for number in range(20):
        zalo.sandbox.phone.say(user_id, f"câu số {number}")
    told = await bot.until(21)
    assert all(one.is_signed_with(OA_SECRET) for one in told)
    assert {one.headers["user-agent"] for one in told} == {"ZaloWebhook"}


async def test_bytes_differ_in_order_spacing_and_escapes(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    for _ in range(20):
        zalo.sandbox.phone.say(user_id, "đồng ý")
    told = await bot.until(21)
    assert len({tuple(one.event) for one in told}) > 1, "key order"
    assert {b"\\u0111" in one.body for one in told[1:]} == {True, False}, "escapes"
    assert {b'": "' in one.body for one in told} == {True, False}, "spacing"


async def test_one_persons_messages_arrive_in_order(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person(said=False)
    for number in range(30):
        zalo.sandbox.phone.say(user_id, str(number))
    told = await bot.until(30)
    assert [one.event["message"]["text"] for one in told] == [str(number) for number in range(30)]


async def test_a_failed_webhook_comes_again_with_the_same_bytes(zalo: Zalo, bot: FakeBot) -> None:
    bot.status = 500
    await zalo.person()
    bot.status = 200
    zalo.later(seconds=30)
    first, second = await bot.until(2)
    assert first.body == second.body
    assert "num_retry" not in first.headers
    assert second.headers["num_retry"] == "1"


async def test_nothing_comes_again_before_its_time(zalo: Zalo, bot: FakeBot) -> None:
    bot.status = 500
    await zalo.person()
    zalo.later(seconds=20)  # of thirty: the clock goes on, on a busy machine for seconds
    await asyncio.sleep(0.3)  # longer than the longest nap of a retry
    assert len(bot.told) == 1


async def test_after_the_last_rung_the_webhook_is_disabled(zalo: Zalo, bot: FakeBot) -> None:
    bot.status = 500
    user_id = await zalo.person()
    for number, wait in enumerate((30, 300, 900, 1800, 3600), start=2):
        zalo.later(seconds=wait)
        await zalo.logged(number)
    assert [one.headers.get("num_retry") for one in bot.told] == [None, "1", "2", "3", "4", "5"]
    bot.status = 200
    async for change in zalo.sandbox.subscribe(after=0):
        if change.topic == "webhook":
            break
    assert (await zalo.control("GET", "/webhook"))["enabled"] is False
    zalo.sandbox.phone.say(user_id, "có ai không")
    await zalo.sandbox.settled()
    assert len(bot.told) == 6, "what is said now is lost, as with Zalo"
    await zalo.control("PUT", "/webhook", {"enabled": True})
    zalo.sandbox.phone.say(user_id, "có ai không")
    await bot.until(7)


async def test_speed_shortens_the_ladder(bot: FakeBot, clock: FixedClock) -> None:
    zalo = Zalo(config(bot.url, retry_speed=0.1), clock)
    bot.status = 500
    await zalo.person()
    zalo.later(seconds=3)
    await bot.until(2)
    await zalo.close()


@pytest.mark.parametrize(
    ("mode", "url", "retried"),
    [
        (RetryMode.OFF, NOWHERE, False),
        (RetryMode.CONNECTION_ONLY, NOWHERE, True),
        (RetryMode.CONNECTION_ONLY, "", False),
        (RetryMode.ANY_FAILURE, "", True),
    ],
)
async def test_what_is_retried_depends_on_the_switch(
    bot: FakeBot, clock: FixedClock, mode: RetryMode, url: str, retried: bool
) -> None:
    """No connection, or (with the bot's own address) an answer of 500."""
    bot.status = 500
    zalo = Zalo(config(url or bot.url, retry=mode, seed=3), clock)
    await zalo.person()
    await zalo.control("PUT", "/webhook", {"url": bot.url})
    before = len(bot.told)
    zalo.later(seconds=30)
    if retried:
        await bot.until(before + 1)
    else:
        await zalo.sandbox.settled()
        assert len(bot.told) == before
    await zalo.close()


async def test_a_slow_bot_counts_as_one_that_failed(zalo: Zalo, bot: FakeBot) -> None:
    bot.wait = 0.8
    user_id = await zalo.person()
    entry = zalo.sandbox.log.entries()[0]
    assert (entry.status, entry.ok) == (None, False)
    assert "0.5 s" in entry.answer
    assert zalo.sandbox.thread(user_id)[0].state == "sent"


async def test_the_console_check_sends_zalos_sample(zalo: Zalo, bot: FakeBot) -> None:
    assert (await zalo.control("POST", "/webhook/check"))["ok"] is True
    event = bot.told[0].event
    assert event["message"] == {"msg_id": "This is message id", "text": "This is testing message"}
    assert bot.told[0].is_signed_with(OA_SECRET)
    bot.status = 401
    assert (await zalo.control("POST", "/webhook/check"))["ok"] is False


async def test_a_reset_secret_signs_from_then_on(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    await zalo.control("PUT", "/webhook", {"oa_secret": "the-new-secret"})
    zalo.sandbox.phone.say(user_id, "alo")
    told = await bot.until(2)
    assert [one.is_signed_with("the-new-secret") for one in told] == [False, True]


async def test_the_log_shows_body_headers_and_what_was_signed(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    entry = (await zalo.control("GET", f"/log?user_id={user_id}"))[0]
    assert (entry["direction"], entry["name"], entry["status"], entry["ok"]) == (
        "webhook",
        "user_send_text",
        200,
        True,
    )
    assert json.loads(entry["body"]) == bot.told[0].event
    assert entry["signature_base"].startswith(json.loads(entry["body"])["app_id"] + entry["body"])
    assert OA_SECRET not in entry["signature_base"]
