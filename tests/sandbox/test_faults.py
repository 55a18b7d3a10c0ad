import random

import pytest

from app.kit.clock import FixedClock
from app.kit.ids import UserId
from app.sandbox.faults import FaultName, Faults, RuleRefused
from tests.sandbox.fake_bot import FakeBot
from tests.sandbox.harness import OA_SECRET, REFRESH, Zalo, config


def switchboard() -> Faults:
    return Faults(random.Random(1))  # noqa: S311  chance that repeats


def struck(rule: object, times: int = 10) -> list[bool]:
    faults = switchboard()
    faults.set({"hang": rule})
    return [faults.strike(FaultName.HANG) is not None for _ in range(times)]


def test_rules_say_when_a_fault_strikes() -> None:
    assert struck("always") == [True] * 10
    assert struck(True) == [True] * 10
    assert struck("off") == [False] * 10
    assert struck(None) == [False] * 10
    assert struck({"next": 2}) == [True] * 2 + [False] * 8
    assert struck({"every": 3}) == [False, False, True] * 3 + [False]
    assert 20 <= sum(struck({"percent": 30}, 100)) <= 40


def test_a_rule_of_the_next_few_is_off_when_they_are_over() -> None:
    faults = switchboard()
    faults.set({"hang": {"next": 1}})
    assert faults.rules()["hang"] == {"next": 1}
    faults.strike(FaultName.HANG)
    assert faults.rules()["hang"] == "off"


def test_a_rule_may_be_about_one_person_or_path() -> None:
    faults = switchboard()
    faults.set({"hang": {"always": True, "user": "1", "path": "/message"}})
    assert faults.strike(FaultName.HANG, UserId("1"), "/message/cs")
    assert not faults.strike(FaultName.HANG, UserId("2"), "/message/cs")
    assert not faults.strike(FaultName.HANG, UserId("1"), "/getoa")


WRONG_RULES = [
    "sometimes",
    {"next": "x"},
    {"next": 1, "every": 2},
    {"soon": 1},
    {"next": -1},
    {"next": 1, "seconds": "x"},
    7,
]


@pytest.mark.parametrize("rule", WRONG_RULES)
def test_an_unknown_rule_is_refused_and_changes_nothing(rule: object) -> None:
    faults = switchboard()
    with pytest.raises(RuleRefused):
        faults.set({"night": "always", "hang": rule})
    assert faults.rules()["night"] == "off"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("expired_token", -220),
        ("rate_limit", -32),
        ("quota_gone", -211),
        ("out_of_window", -230),
        ("blocked", -244),
        ("night", -234),
    ],
)
async def test_a_refusing_fault_answers_by_its_code_once(zalo: Zalo, fault: str, code: int) -> None:
    user_id = await zalo.person()
    await zalo.control("PUT", "/faults", {fault: {"next": 1}})
    assert (await zalo.text(user_id))["error"] == code
    assert (await zalo.text(user_id))["error"] == 0


async def test_a_used_refresh_token_is_a_fault_that_spends_nothing(zalo: Zalo) -> None:
    await zalo.control("PUT", "/faults", {"refresh_used": {"next": 1}})
    assert (await zalo.refresh(REFRESH))["error"] == -14014
    assert "access_token" in await zalo.refresh(REFRESH)


async def test_a_broken_server_has_done_nothing(zalo: Zalo) -> None:
    user_id = await zalo.person()
    headers = {"access_token": zalo.token}
    body = {"recipient": {"user_id": user_id}, "message": {"text": "x"}}
    await zalo.control("PUT", "/faults", {"server_error": {"next": 1, "status": 503}})
    answer = await zalo.raw("POST", "/v3.0/oa/message/cs", json=body, headers=headers)
    assert answer.status_code == 503
    await zalo.control("PUT", "/faults", {"html_error": {"next": 1}})
    answer = await zalo.raw("POST", "/v3.0/oa/message/cs", json=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert len(zalo.sandbox.thread(user_id)) == 1


async def test_faults_for_calls_leave_the_grant_alone(zalo: Zalo) -> None:
    await zalo.control("PUT", "/faults", {"server_error": "always"})
    assert "access_token" in await zalo.refresh(REFRESH)


async def test_a_hang_answers_late(zalo: Zalo) -> None:
    user_id = await zalo.person()
    await zalo.control("PUT", "/faults", {"hang": {"next": 1, "seconds": 0.2}})
    assert (await zalo.text(user_id))["error"] == 0
    hung = [entry for entry in zalo.sandbox.log.entries() if entry.faults == ("hang",)]
    assert [entry.took_ms >= 200 for entry in hung] == [True]


async def test_a_doubled_webhook_carries_the_same_bytes(zalo: Zalo, bot: FakeBot) -> None:
    await zalo.control("PUT", "/faults", {"webhook_duplicate": {"next": 1}})
    await zalo.person()
    first, second = await bot.until(2)
    assert first.body == second.body


async def test_a_forged_webhook_has_a_signature_that_does_not_hold(zalo: Zalo, bot: FakeBot) -> None:
    await zalo.control("PUT", "/faults", {"bad_signature": {"next": 1}})
    user_id = await zalo.person()
    zalo.sandbox.phone.say(user_id, "thật")
    told = await bot.until(2)
    assert [one.is_signed_with(OA_SECRET) for one in told] == [False, True]


async def test_reordered_webhooks_overtake(bot: FakeBot, clock: FixedClock) -> None:
    zalo = Zalo(config(bot.url, reorder_seconds=0.2), clock)
    user_id = await zalo.person(said=False)
    await zalo.control("PUT", "/faults", {"webhook_reorder": {"next": 1}})
    zalo.sandbox.phone.say(user_id, "một")
    zalo.sandbox.phone.say(user_id, "hai")
    told = await bot.until(2)
    assert [one.event["message"]["text"] for one in told] == ["hai", "một"]
    await zalo.close()


async def test_a_late_webhook_arrives_after_its_delay(zalo: Zalo, bot: FakeBot) -> None:
    await zalo.control("PUT", "/faults", {"webhook_delay": {"next": 1, "seconds": 0.2}})
    user_id = await zalo.person(said=False)
    zalo.sandbox.phone.say(user_id, "một")
    assert bot.told == []
    await bot.until(1)


async def test_a_skewed_clock_shows_in_the_timestamp(zalo: Zalo, bot: FakeBot) -> None:
    await zalo.control("PUT", "/faults", {"clock_skew": {"next": 1}})
    user_id = await zalo.person()
    zalo.sandbox.phone.say(user_id, "đúng giờ")
    skewed, right = await bot.until(2)
    assert int(right.event["timestamp"]) - int(skewed.event["timestamp"]) == 600_000
    assert skewed.is_signed_with(OA_SECRET)


async def test_an_unknown_fault_is_refused_by_name(zalo: Zalo) -> None:
    said = await zalo.control("PUT", "/faults", {"earthquake": "always"}, status=422)
    assert "earthquake" in said["error"]


def test_every_refusal_of_zalo_can_be_switched_on_by_its_code() -> None:
    faults = switchboard()
    faults.set({"-213": {"percent": 30}, "-9999": {"next": 1}})
    assert faults.codes() == [-213, -9999]
    assert faults.rules()["-213"] == {"percent": 30}
    assert faults.strike("-9999")
    assert faults.codes() == [-213]
    assert 20 <= sum(faults.strike("-213") is not None for _ in range(100)) <= 40
    faults.set({"-213": "off"})
    assert faults.codes() == []
    for name in ("213", "-", "-213x", "- 213"):
        with pytest.raises(RuleRefused):
            faults.set({name: "always"})
