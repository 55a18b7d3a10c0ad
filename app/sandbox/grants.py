"""OAuth v4 of the one OA: codes, and token pairs of which only the newest lives."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.sandbox.config import SandboxConfig


class OAuthRefused(Exception):
    """A token call that failed: Zalo answers it with a body of its own shape, often under HTTP 200."""

    def __init__(self, code: int, name: str, reason: str = "") -> None:
        super().__init__(f"{code} {name}")
        self.code, self.name, self.reason = code, name, reason

    def body(self) -> dict[str, object]:
        return {
            "error": self.code,
            "error_name": self.name,
            "error_description": self.name,
            "error_reason": self.reason,
            "ref_doc": "https://developers.zalo.me/docs/official-account/bat-dau/xac-thuc-va-uy-quyen",
        }


class TokenState(StrEnum):
    GOOD = "good"
    ENDED = "ended"
    """Expired, superseded or revoked: it was a token once."""
    UNKNOWN = "unknown"


@dataclass(slots=True)
class _Code:
    challenge: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    access_token: str
    refresh_token: str


class Grants:
    """A new pair kills the access token before it and uses its refresh token up."""

    def __init__(self, config: SandboxConfig, now: datetime) -> None:
        self._config = config
        self._codes: dict[str, _Code] = {}
        self._spent: set[str] = set()
        self._access: str | None = None
        self._access_at = now
        self._refresh: str | None = None
        self._refresh_at = now
        self.issued = 0
        self._past: set[str] = set()
        if config.first_access_token and config.first_refresh_token:
            self._hold(Pair(config.first_access_token, config.first_refresh_token), now)

    def authorize(self, app_id: str, redirect_uri: str, challenge: str, now: datetime) -> str:
        """A code for that callback. Raises `OAuthRefused`."""
        if app_id != self._config.app_id:
            raise OAuthRefused(-14002, "Invalid appId")
        known = self._config.callbacks
        if not redirect_uri.startswith(("http://", "https://")) or (known and redirect_uri not in known):
            raise OAuthRefused(-14003, "Invalid redirect uri")
        code = secrets.token_urlsafe(48)
        self._codes[code] = _Code(challenge, now)
        return code

    def exchange(self, code: str, verifier: str, now: datetime) -> Pair:
        """The first pair of a grant; a code works once. Raises `OAuthRefused`."""
        held = self._codes.pop(code, None)
        if held is None or now - held.issued_at > self._config.code_lives:
            raise OAuthRefused(-14019, "Invalid authorization code")
        if held.challenge and not hmac.compare_digest(held.challenge, challenge_of(verifier)):
            raise OAuthRefused(-14019, "Invalid code verifier")
        return self._renew(now)

    def hand_out(self, now: datetime) -> Pair:
        """A pair for an administrator, as the developer console's API Explorer gives one."""
        return self._renew(now)

    def refresh(self, refresh_token: str, now: datetime) -> Pair:
        """A new pair for a refresh token that was never used. Raises `OAuthRefused`."""
        lives = now - self._refresh_at <= self._config.refresh_lives
        if not refresh_token or refresh_token != self._refresh or not lives:
            reason = "Refresh token was used" if refresh_token in self._spent else ""
            raise OAuthRefused(-14014, "Invalid refresh token", reason)
        return self._renew(now)

    def check_app(self, app_id: str, secret: str) -> None:
        """Raises `OAuthRefused` unless the call comes from the app."""
        if app_id != self._config.app_id:
            raise OAuthRefused(-14001, "Invalid app id")
        if not hmac.compare_digest(secret.encode(), self._config.app_secret.encode()):
            raise OAuthRefused(-14002, "Invalid secret key")

    def state_of(self, access_token: str, now: datetime) -> TokenState:
        if access_token and access_token == self._access:
            lives = now - self._access_at < self._config.access_lives
            return TokenState.GOOD if lives else TokenState.ENDED
        return TokenState.ENDED if access_token in self._past else TokenState.UNKNOWN

    def revoke(self) -> None:
        """The OA takes its permission back: both tokens are dead."""
        self._retire()
        self._access = self._refresh = None

    @property
    def granted(self) -> bool:
        return self._access is not None

    def proof_of(self, access_token: str) -> str:
        """`appsecret_proof` of a token."""
        return hmac.new(self._config.app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()

    def _renew(self, now: datetime) -> Pair:
        pair = Pair(secrets.token_urlsafe(96), secrets.token_urlsafe(96))
        self._hold(pair, now)
        self.issued += 1
        return pair

    def _hold(self, pair: Pair, now: datetime) -> None:
        self._retire()
        self._access, self._access_at = pair.access_token, now
        self._refresh, self._refresh_at = pair.refresh_token, now

    def _retire(self) -> None:
        if self._access:
            self._past.add(self._access)
        if self._refresh:
            self._spent.add(self._refresh)


def challenge_of(verifier: str) -> str:
    """PKCE: base64url without padding over the raw SHA-256 digest."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
