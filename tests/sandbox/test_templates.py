from datetime import datetime
from typing import Any

import pytest

from app.kit.clock import VIETNAM
from app.sandbox.people import ELDERLY_WORKER, STRANGER, VERIFIED_LIAISON
from app.sandbox.windows import is_night
from tests.sandbox.fake_bot import FakeBot
from tests.sandbox.harness import Json, Zalo

CARE, PROMOTION, OLD = "300101", "300103", "200900"
DATA = {"ten_dau_moi": "Mai", "ten_don_vi": "Cty A", "so_nguoi": "3", "han": "30/11/2026"}
PHONE = "84905000101"


def to_user(user_id: str, template_id: str = CARE, data: Any = None) -> Json:
    return {"user_id": user_id, "template_id": template_id, "template_data": DATA if data is None else data}


def to_phone(phone: str = PHONE, template_id: str = CARE, **more: Any) -> Json:
    return {
        "phone": phone,
        "template_id": template_id,
        "template_data": DATA,
        "tracking_id": "t-1",
        **more,
    }


async def test_a_template_reaches_one_who_has_been_silent_for_weeks(zalo: Zalo, bot: FakeBot) -> None:
    zalo.later(days=30)
    answer = await zalo.call("/v3.0/oa/message/template", to_user(ELDERLY_WORKER))
    assert answer["data"]["quota"]["quota_type"] == "purchase_quota"
    shown = zalo.sandbox.thread(ELDERLY_WORKER)[-1]
    assert "Cty A" in shown.text
    assert "<" not in shown.text
    echo = (await bot.until(1, "oa_send_template"))[0]
    assert echo.event["message"]["msg_id"] == answer["data"]["message_id"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (to_user("1"), -201),
        (to_user(VERIFIED_LIAISON, "unknown"), -201),
        (to_user(VERIFIED_LIAISON, OLD), -249),
        (to_user(VERIFIED_LIAISON, data={**DATA, "han": ""}), -201),
        (to_user(VERIFIED_LIAISON, data={**DATA, "han": "x" * 21}), -210),
        (to_user(VERIFIED_LIAISON, data=["x"]), -201),
        (to_user(STRANGER), -232),
        (to_user(STRANGER, PROMOTION, {"ten_nguoi_nhan": "Hân"}), -213),
    ],
)
async def test_what_a_template_by_user_id_is_refused_for(zalo: Zalo, body: Json, code: int) -> None:
    assert (await zalo.call("/v3.0/oa/message/template", body))["error"] == code


async def test_promotions_sleep_at_night(zalo: Zalo) -> None:
    body = to_user(VERIFIED_LIAISON, PROMOTION, {"ten_nguoi_nhan": "Mai"})
    zalo.clock.set(datetime(2026, 11, 24, 22, 30, tzinfo=VIETNAM))
    assert (await zalo.call("/v3.0/oa/message/template", body))["error"] == -234
    assert (await zalo.call("/v3.0/oa/message/template", to_user(VERIFIED_LIAISON)))["error"] == 0
    zalo.clock.set(datetime(2026, 11, 25, 6, 0, tzinfo=VIETNAM))
    assert (await zalo.call("/v3.0/oa/message/template", body))["error"] == 0


def test_the_night_is_vietnamese() -> None:
    nights = [
        is_night(datetime(2026, 11, 24, hour, minute, tzinfo=VIETNAM))
        for hour, minute in ((21, 59), (22, 0), (5, 59), (6, 0))
    ]
    assert nights == [False, True, True, False]


async def test_a_template_by_phone_is_received_under_its_tracking_id(zalo: Zalo, bot: FakeBot) -> None:
    data = (await zalo.call("/message/template", to_phone("0905000101")))["data"]
    assert data["quota"] == {"dailyQuota": "500", "remainingQuota": "499"}
    receipt = (await bot.until(1, "user_received_message"))[0].event
    assert receipt["recipient"] == {"id": PHONE}
    assert (receipt["message"]["msg_id"], receipt["message"]["tracking_id"]) == (data["msg_id"], "t-1")
    status = await zalo.raw(
        "GET",
        "/message/status",
        params={"message_id": data["msg_id"]},
        headers={"access_token": zalo.token},
    )
    assert status.json()["data"]["status"] == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (to_phone("12345"), -108),
        (to_phone("84999999999"), -118),
        (to_phone(template_id="unknown"), -109),
        (to_phone(template_data={}), -1122),
        (to_phone(template_data={**DATA, "han": "x" * 21}), -1121),
        (to_phone(template_data="x"), -1123),
        (to_phone(tracking_id="x" * 49), -1123),
    ],
)
async def test_what_a_template_by_phone_is_refused_for(zalo: Zalo, body: Json, code: int) -> None:
    assert (await zalo.call("/message/template", body))["error"] == code


async def test_the_template_host_has_its_own_word_for_a_bad_token(zalo: Zalo) -> None:
    zalo.token = "made up"
    assert (await zalo.call("/message/template", to_phone()))["error"] == -124


async def test_one_who_blocked_the_oa_refuses_templates_too(zalo: Zalo) -> None:
    zalo.sandbox.phone.block(VERIFIED_LIAISON)
    assert (await zalo.call("/message/template", to_phone()))["error"] == -139
    assert (await zalo.call("/v3.0/oa/message/template", to_user(VERIFIED_LIAISON)))["error"] == -244


async def test_a_new_template_can_be_approved(zalo: Zalo) -> None:
    new = {"template_id": "9", "name": "Mới", "parameters": ["x"], "wording": "Chào <x>"}
    await zalo.control("POST", "/templates", new)
    await zalo.call("/v3.0/oa/message/template", to_user(VERIFIED_LIAISON, "9", {"x": "Mai"}))
    assert zalo.sandbox.thread(VERIFIED_LIAISON)[-1].text == "Chào Mai"
    headers = {"access_token": zalo.token}
    info = await zalo.raw("GET", "/template/info/v2", params={"template_id": "9"}, headers=headers)
    assert info.json()["data"]["listParams"][0]["name"] == "x"
