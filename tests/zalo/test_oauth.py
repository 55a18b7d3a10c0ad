from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from app.zalo.errors import NoAnswer, RateLimited, Transient
from app.zalo.oauth import ConsentLost, OAuthClient, Pkce, TokenPair, challenge_of, permission_url

ANSWERS = Path(__file__).parents[1] / "wire" / "answers"
URL = "https://oauth.zaloapp.com/v4/oa/access_token"


@pytest.fixture
async def oauth() -> AsyncIterator[OAuthClient]:
    async with httpx.AsyncClient() as http:
        yield OAuthClient(http, "https://oauth.zaloapp.com/", "3608", "app-secret")


def _answer(name: str) -> httpx.Response:
    return httpx.Response(200, content=(ANSWERS / f"{name}.json").read_bytes())


def _asked(route: respx.Route) -> dict[str, list[str]]:
    return parse_qs(route.calls.last.request.content.decode())


def test_the_vector_of_rfc_7636_holds() -> None:
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == challenge


def test_a_new_verifier_is_forty_three_characters_and_never_the_same() -> None:
    one, other = Pkce.new(), Pkce.new()
    assert len(one.verifier) == len(one.challenge) == 43
    assert one.verifier != other.verifier
    assert one.challenge == challenge_of(one.verifier)


def test_the_consent_page_gets_exactly_the_parameters_it_knows() -> None:
    url = httpx.URL(
        permission_url(
            "https://oauth.zaloapp.com", "3608", "https://bot.example/oauth/zalo/callback?a=1", "chal", "st/1"
        )
    )
    assert (url.host, url.path) == ("oauth.zaloapp.com", "/v4/oa/permission")
    assert dict(url.params) == {
        "app_id": "3608",
        "redirect_uri": "https://bot.example/oauth/zalo/callback?a=1",
        "code_challenge": "chal",
        "state": "st/1",
    }


async def test_a_refresh_token_is_traded_for_the_next_pair(
    oauth: OAuthClient, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.post(URL).mock(return_value=_answer("tokens"))
    assert await oauth.refresh("refresh-1") == TokenPair("access-2", "refresh-2", timedelta(hours=25))
    assert _asked(route) == {
        "refresh_token": ["refresh-1"],
        "app_id": ["3608"],
        "grant_type": ["refresh_token"],
    }
    request = route.calls.last.request
    assert request.headers["secret_key"] == "app-secret"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


async def test_a_code_is_traded_with_its_verifier(oauth: OAuthClient, respx_mock: respx.MockRouter) -> None:
    route = respx_mock.post(URL).mock(return_value=_answer("tokens"))
    await oauth.exchange("code-1", "verifier-1")
    assert _asked(route) == {
        "code": ["code-1"],
        "app_id": ["3608"],
        "grant_type": ["authorization_code"],
        "code_verifier": ["verifier-1"],
    }


@pytest.mark.parametrize("expires_in", [90000, "90000", None, "soon", -1, 10**12])
async def test_a_lifetime_is_read_in_any_form(
    oauth: OAuthClient, respx_mock: respx.MockRouter, expires_in: object
) -> None:
    body = {"access_token": "a", "refresh_token": "r", "expires_in": expires_in}
    respx_mock.post(URL).respond(json=body)
    assert (await oauth.refresh("x")).expires_in == timedelta(hours=25)


async def test_a_refusal_with_http_200_means_that_consent_is_lost(
    oauth: OAuthClient, respx_mock: respx.MockRouter
) -> None:
    respx_mock.post(URL).mock(return_value=_answer("tokens_refused"))
    with pytest.raises(ConsentLost) as caught:
        await oauth.refresh("used")
    assert (caught.value.code, caught.value.message) == (-14014, "Invalid refresh token")
    assert "liên kết lại" in caught.value.staff_line


async def test_a_refusal_without_a_number_is_one_all_the_same(
    oauth: OAuthClient, respx_mock: respx.MockRouter
) -> None:
    respx_mock.post(URL).respond(json={"error_name": "Invalid refresh token", "error_description": "x"})
    with pytest.raises(ConsentLost) as caught:
        await oauth.refresh("used")
    assert caught.value.code is None


@pytest.mark.parametrize("body", [{"access_token": "a"}, {"access_token": "a", "refresh_token": ""}, {}])
async def test_half_a_pair_is_no_success(
    oauth: OAuthClient, respx_mock: respx.MockRouter, body: dict[str, str]
) -> None:
    respx_mock.post(URL).respond(json=body)
    with pytest.raises(NoAnswer):
        await oauth.refresh("x")


async def test_a_server_error_leaves_it_open_whether_the_token_is_spent(
    oauth: OAuthClient, respx_mock: respx.MockRouter
) -> None:
    for answer in (httpx.Response(503), httpx.Response(200, html="<p>bảo trì</p>")):
        respx_mock.post(URL).mock(return_value=answer)
        with pytest.raises(NoAnswer):
            await oauth.refresh("x")


async def test_a_rate_limit_and_a_gateway_cost_no_consent(
    oauth: OAuthClient, respx_mock: respx.MockRouter
) -> None:
    respx_mock.post(URL).respond(json={"error": -32, "message": "limit"})
    with pytest.raises(RateLimited):
        await oauth.refresh("x")
    respx_mock.post(URL).respond(403, html="<p>no</p>")
    with pytest.raises(Transient):
        await oauth.refresh("x")


def test_a_pair_does_not_show_its_tokens() -> None:
    assert "secret" not in repr(TokenPair("secret-a", "secret-r", timedelta(hours=25)))
