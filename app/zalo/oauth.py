"""Zalo's OAuth v4 for Official Accounts: the consent page, the first pair of tokens, every pair after it."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import orjson

from app.zalo.errors import Family, Fault, NoAnswer, RateLimited, ZaloError, error_of, refused_by_gateway
from app.zalo.transport import Answer, exchange

_VERIFIER_BYTES = 32


class ConsentLost(ZaloError):
    """Zalo gives no tokens for this; an administrator of the OA has to consent again."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    access_token: str
    refresh_token: str
    expires_in: timedelta

    def __repr__(self) -> str:
        return f"TokenPair(expires_in={self.expires_in!r})"


@dataclass(frozen=True, slots=True)
class Pkce:
    """The secret half that stays with us and the public half that travels through the browser (RFC 7636)."""

    verifier: str
    challenge: str

    @classmethod
    def new(cls) -> "Pkce":
        verifier = secrets.token_urlsafe(_VERIFIER_BYTES)
        return cls(verifier, challenge_of(verifier))


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def permission_url(oauth_url: str, app_id: str, redirect_uri: str, challenge: str, state: str) -> str:
    """The page on which an administrator of the OA grants the app its permissions.

    Zalo knows these four parameters only: no scope, no response_type.
    """
    asked = {"app_id": app_id, "redirect_uri": redirect_uri, "code_challenge": challenge, "state": state}
    return str(httpx.URL(oauth_url.rstrip("/") + "/v4/oa/permission", params=asked))


class OAuthClient:
    """Trades codes and refresh tokens for pairs; both can be used once."""

    def __init__(self, http: httpx.AsyncClient, oauth_url: str, app_id: str, app_secret: str) -> None:
        self._http = http
        self._url = oauth_url.rstrip("/") + "/v4/oa/access_token"
        self._app_id, self._app_secret = app_id, app_secret

    async def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair; the old one is dead from the moment Zalo makes it.

        Raises `ConsentLost`; after `NoAnswer` the refresh token may be spent or not.
        """
        return await self._ask({"refresh_token": refresh_token, "grant_type": "refresh_token"})

    async def exchange(self, code: str, verifier: str) -> TokenPair:
        """The first pair, for the code that the consent page sent back. Raises `ConsentLost`."""
        return await self._ask({"code": code, "grant_type": "authorization_code", "code_verifier": verifier})

    async def _ask(self, form: dict[str, str]) -> TokenPair:
        request = self._http.build_request(
            "POST", self._url, data={**form, "app_id": self._app_id}, headers={"secret_key": self._app_secret}
        )
        return token_pair(await exchange(self._http, request))


def token_pair(answer: Answer) -> TokenPair:
    """The pair in an answer; only a body with both tokens is one, whatever the HTTP status says."""
    body = _json_object(answer.body)
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        return TokenPair(access, refresh, _lifetime(body.get("expires_in")))
    if answer.status >= 500:
        raise NoAnswer(f"HTTP {answer.status} instead of tokens")
    if body.get("error") or body.get("error_name"):
        raise _refusal(body)
    if answer.status >= 300:
        raise refused_by_gateway(answer.status, "not an answer of Zalo's OAuth")
    raise NoAnswer("the answer holds neither tokens nor an error")


DOCUMENTED_LIFETIME = timedelta(hours=25)


def _lifetime(given: object) -> timedelta:
    """Documented as text, seen as a number."""
    try:
        seconds = int(str(given))
    except ValueError:
        return DOCUMENTED_LIFETIME
    return timedelta(seconds=seconds) if 0 < seconds < 10**9 else DOCUMENTED_LIFETIME


def _refusal(body: dict[str, Any]) -> ZaloError:
    name = str(body.get("error_name") or body.get("error_description") or body.get("message") or "no reason")
    try:
        code = int(str(body.get("error")))
    except ValueError:
        return ConsentLost(None, name, "", Fault.OFFICE)
    known = error_of(code, name, Family.OAUTH)
    if isinstance(known, RateLimited):
        return known
    return ConsentLost(code, name, known.staff_line, known.fault)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return read if isinstance(read, dict) else {}
