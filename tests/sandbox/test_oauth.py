from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.kit.clock import FixedClock
from app.sandbox.grants import challenge_of
from tests.sandbox.fake_bot import FakeBot
from tests.sandbox.harness import APP_ID, APP_SECRET, OA_ID, REFRESH, TOKEN, Json, Zalo, config

CALLBACK = "https://bot.example/oauth/zalo/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
async def zalo(bot: FakeBot, clock: FixedClock) -> AsyncIterator[Zalo]:
    """Here tokens live as long as Zalo's."""
    zalo = Zalo(config(bot.url, access_lives=timedelta(seconds=90_000)), clock)
    yield zalo
    await zalo.close()


async def consent(zalo: Zalo, **changes: str) -> tuple[str, dict[str, str]]:
    """Where the permission page sends the browser, and with what."""
    usual = {"app_id": APP_ID, "redirect_uri": CALLBACK, "state": "s1", "code_challenge": CHALLENGE}
    answer = await zalo.raw("GET", "/v4/oa/permission", params={**usual, **changes})
    assert answer.status_code == 302
    to = urlsplit(answer.headers["location"])
    return f"{to.scheme}://{to.netloc}{to.path}", dict(parse_qsl(to.query))


async def exchange(zalo: Zalo, code: str, verifier: str = VERIFIER) -> Json:
    form = {"code": code, "app_id": APP_ID, "grant_type": "authorization_code", "code_verifier": verifier}
    answer = await zalo.raw("POST", "/v4/oa/access_token", data=form, headers={"secret_key": APP_SECRET})
    body: Json = answer.json()
    return body


def test_the_challenge_is_the_one_of_rfc_7636() -> None:
    assert challenge_of(VERIFIER) == CHALLENGE


async def test_consent_returns_a_code_that_works_once(zalo: Zalo) -> None:
    to, given = await consent(zalo)
    assert to == CALLBACK
    assert (given["oa_id"], given["state"]) == (OA_ID, "s1")
    pair = await exchange(zalo, given["code"])
    assert pair["expires_in"] == "90000"
    zalo.token = pair["access_token"]
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == 0
    assert "access_token" not in await exchange(zalo, given["code"])


async def test_a_code_needs_its_verifier_and_dies_after_ten_minutes(zalo: Zalo) -> None:
    _, first = await consent(zalo)
    assert (await exchange(zalo, first["code"], "another verifier"))["error"] == -14019
    _, second = await consent(zalo)
    zalo.later(minutes=11)
    assert (await exchange(zalo, second["code"]))["error"] == -14019


async def test_without_a_challenge_no_verifier_is_asked_for(zalo: Zalo) -> None:
    _, given = await consent(zalo, code_challenge="")
    assert "access_token" in await exchange(zalo, given["code"], "")


async def test_a_wrong_app_or_callback_never_reaches_the_bot(zalo: Zalo) -> None:
    to, given = await consent(zalo, app_id="1")
    assert (to.endswith("/v4/permission/error"), given) == (True, {"error_code": "-14002"})
    _, given = await consent(zalo, redirect_uri="ftp://bot.example")
    assert given == {"error_code": "-14003"}


async def test_a_refresh_token_works_once_and_kills_the_old_access_token(zalo: Zalo) -> None:
    pair = await zalo.refresh(REFRESH)
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == -220
    zalo.token = pair["access_token"]
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == 0
    again = await zalo.refresh(REFRESH)
    assert (again["error"], again["error_name"]) == (-14014, "Invalid refresh token")
    assert "message" not in again
    assert "access_token" in await zalo.refresh(pair["refresh_token"])


async def test_tokens_age_by_the_sandbox_clock(zalo: Zalo) -> None:
    zalo.later(hours=25)
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == -220
    zalo.later(days=90)
    assert (await zalo.refresh(REFRESH))["error"] == -14014


async def test_a_wrong_secret_is_refused_and_spends_nothing(zalo: Zalo) -> None:
    assert (await zalo.refresh(REFRESH, secret="wrong"))["error"] == -14002
    assert "access_token" in await zalo.refresh(REFRESH)


async def test_the_control_api_hands_out_a_pair_as_the_console_does(zalo: Zalo) -> None:
    pair = await zalo.control("POST", "/tokens")
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == -220
    zalo.token = pair["access_token"]
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == 0
    assert "access_token" in await zalo.refresh(pair["refresh_token"])


async def test_a_token_that_never_was_is_invalid(zalo: Zalo) -> None:
    zalo.token = "made up"
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == -216
    zalo.token = ""
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == -216


async def test_a_revoked_permission_is_told_and_ends_both_tokens(zalo: Zalo, bot: FakeBot) -> None:
    await zalo.control("POST", "/revoke")
    assert (await bot.until(1))[0].name == "permission_revoked"
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == -220
    assert (await zalo.refresh(REFRESH))["error"] == -14014


async def test_a_proof_is_checked_when_it_is_given(zalo: Zalo) -> None:
    good = zalo.sandbox.world.grants.proof_of(TOKEN)
    for proof, code in ((good, 0), ("0" * 64, -242)):
        headers = {"access_token": TOKEN, "appsecret_proof": proof}
        answer = await zalo.raw("GET", "/v2.0/oa/getoa", headers=headers)
        assert answer.json()["error"] == code


async def test_the_log_holds_no_secret(zalo: Zalo) -> None:
    pair = await zalo.refresh(REFRESH)
    zalo.token = pair["access_token"]
    await zalo.call("/v2.0/oa/getoa")
    written = str(await zalo.control("GET", "/log"))
    for secret in (REFRESH, APP_SECRET, pair["access_token"], pair["refresh_token"]):
        assert secret not in written
