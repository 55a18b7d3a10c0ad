"""Settings: the only place that reads the environment. See `.env.example` for what each one is for."""

import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_WEAK = {"", "changeme", "change-me", "secret", "default", "test", "password", "demo"}
SHORTEST_SECRET = 16
MODELS = Path("data/understanding")
"""Where trained models are kept, below the working folder."""


class SettingsRefused(Exception):
    """The process must not start with these settings; the message names each one and what to do."""


class Settings(BaseSettings):
    """One field per setting, named as in the environment without the prefix DAUMOI_."""

    model_config = SettingsConfigDict(
        env_prefix="DAUMOI_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: str = Field("sqlite:///data/daumoi.db", description="SQLite file or PostgreSQL database")
    secret_key: SecretStr = Field(
        SecretStr(""), description="seals personal data at rest; older keys may follow after commas"
    )
    public_url: str = Field("http://127.0.0.1:8000", description="address that people reach us at")
    zalo_app_id: str = Field("", description="id of the Zalo application")
    zalo_app_secret: SecretStr = Field(SecretStr(""), description="the application's secret key")
    zalo_oa_id: str = Field("", description="id of the Official Account")
    zalo_oa_secret: SecretStr = Field(
        SecretStr(""),
        description="OA key that signs webhooks; while rotating a second one after a comma",
    )
    zalo_access_token: SecretStr = Field(SecretStr(""), description="first start only: access token")
    zalo_refresh_token: SecretStr = Field(SecretStr(""), description="first start only: refresh token")
    zalo_oauth_url: str = Field("https://oauth.zaloapp.com", description="base of Zalo's OAuth")
    zalo_api_url: str = Field("https://openapi.zalo.me", description="base of the OA API")
    zalo_zbs_url: str = Field("https://business.openapi.zalo.me", description="base of the template API")
    zalo_rate_per_minute: int = Field(4000, ge=60, description="requests a minute that Zalo grants the app")
    import_approval_rows: int = Field(
        500, ge=1, description="rows that one person alone may take in; above, a second one approves"
    )
    zalo_reply_share: float = Field(
        0.2, ge=0.05, le=0.9, description="part of that rate which broadcasts leave to replies"
    )
    send_hours: str = Field("06:00-22:00", description="when broadcasts may leave, Vietnamese time")
    second_person_above: int = Field(
        500, ge=0, description="recipients above which a second person approves a broadcast"
    )
    halt_above: float = Field(
        0.3, gt=0, le=1, description="failed share of the last sends at which a broadcast halts itself"
    )
    price_paid_reply: int = Field(
        55, ge=0, description="đồng for a reply after 48 hours; templates have prices of their own"
    )
    mail_from: str = Field("", description="sender of e-mails: BHXH tỉnh <dau-moi@bhxh.example.vn>")
    smtp_url: str = Field("", description="smtp://user:password@host:port for e-mail, empty for none")
    spool_dir: Path = Field(
        Path("data/spool"), description="folder where events wait while the database is away"
    )
    flows_dir: Path = Field(Path("flows"), description="folder of the flow files")
    demo: bool = Field(False, description="demo mode: sandbox, invented data, known secrets")

    @field_validator("public_url", "zalo_oauth_url", "zalo_api_url", "zalo_zbs_url")
    @classmethod
    def _without_last_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("send_hours")
    @classmethod
    def _hours(cls, hours: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)", hours):
            raise ValueError("not like 06:00-22:00")
        opens, closes = hours.split("-")
        if opens >= closes:
            raise ValueError("opens after it closes")
        return hours

    @property
    def oa_secrets(self) -> tuple[str, ...]:
        """The OA secrets that may have signed a webhook, the current one first."""
        return _listed(self.zalo_oa_secret)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        return _listed(self.secret_key)


def check_settings(settings: Settings) -> None:
    """Raises `SettingsRefused` naming every secret that is missing, short or a well-known default."""
    if settings.demo:
        return
    faults = _faults(_KEY, settings.secret_keys)
    faults += _faults("DAUMOI_ZALO_APP_SECRET", _listed(settings.zalo_app_secret))
    faults += _faults("DAUMOI_ZALO_OA_SECRET", settings.oa_secrets)
    ids = {"DAUMOI_ZALO_APP_ID": settings.zalo_app_id, "DAUMOI_ZALO_OA_ID": settings.zalo_oa_id}
    faults += [f"{name} is missing" for name, value in ids.items() if not value]
    _refuse(faults)


def check_key(settings: Settings) -> None:
    """The least that whoever opens the directory needs: the key that seals it. Raises `SettingsRefused`."""
    _refuse(_faults(_KEY, settings.secret_keys))


_KEY = "DAUMOI_SECRET_KEY"


def _faults(name: str, values: tuple[str, ...]) -> list[str]:
    if not values:
        return [f"{name} is missing"]
    if any(value.lower() in _WEAK or len(value) < SHORTEST_SECRET for value in values):
        return [f"{name} is a well-known default or shorter than {SHORTEST_SECRET} characters"]
    return []


def _refuse(faults: list[str]) -> None:
    if faults:
        raise SettingsRefused("cannot start: " + "; ".join(faults) + ". Set them in the environment or .env")


def _listed(value: SecretStr) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.get_secret_value().split(",") if part.strip())
