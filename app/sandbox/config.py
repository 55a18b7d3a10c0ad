"""Everything about the pretend Zalo that can be set; the defaults are what is known of the real one."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from app.sandbox.templates_known import DEMO_TEMPLATES, Template


class RetryMode(StrEnum):
    """Which failed webhooks are sent again; sources disagree about the real trigger."""

    OFF = "off"
    CONNECTION_ONLY = "connection-only"
    ANY_FAILURE = "any-failure"


class EchoOrder(StrEnum):
    """Whether the echo of a send leaves before or after the answer to the call; Zalo promises neither."""

    BEFORE = "before"
    AFTER = "after"
    MIXED = "mixed"


class MenuAction(StrEnum):
    QUERY = "query"
    URL = "url"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of a pop-up menu: a text sent to the OA, an address, or a number."""

    title: str
    action: MenuAction
    target: str


@dataclass(frozen=True, slots=True)
class Menu:
    title: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    app_id: str
    app_secret: str = field(repr=False)
    oa_id: str
    oa_secret: str = field(repr=False)
    webhook_url: str = ""
    oa_name: str = "BHXH tỉnh Khánh Hòa (mô phỏng)"

    first_access_token: str | None = field(default=None, repr=False)
    first_refresh_token: str | None = field(default=None, repr=False)
    access_lives: timedelta = timedelta(seconds=90_000)
    refresh_lives: timedelta = timedelta(days=90)
    code_lives: timedelta = timedelta(seconds=600)
    callbacks: tuple[str, ...] = ()
    """Registered redirect addresses; empty accepts any web address."""
    proof_required: bool = False

    rate_per_minute: int = 4000
    uploads_per_month: int = 5000
    sub_quota: int = 500
    """Messages between 48 hours and 7 days that the OA's package pays for; then they are billed."""
    billing: bool = True
    zbs_daily_quota: int = 500
    blocked_code: int = -244
    """What a send to someone who blocked the OA answers; no source is sure of the real code."""
    templates: tuple[Template, ...] = DEMO_TEMPLATES

    webhook_timeout: float = 2.0
    retry: RetryMode = RetryMode.ANY_FAILURE
    retry_speed: float = 1.0
    """Factor on the waits of the ladder: 0.01 turns 30 seconds into 0.3."""
    echo: EchoOrder = EchoOrder.MIXED
    receipts: bool = True
    received_after: float = 0.15
    seen_after: float = 0.35
    vary_bytes: bool = True
    hang_seconds: float = 4.0
    delay_seconds: float = 3.0
    reorder_seconds: float = 1.0
    skew: timedelta = timedelta(minutes=-10)

    seed: int | None = None
    demo_people: bool = True
    menus: tuple[Menu, ...] = ()
