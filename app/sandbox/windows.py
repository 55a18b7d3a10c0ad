"""Who may be written to, and out of which allowance; decisions on plain values."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.kit.clock import VIETNAM
from app.sandbox.codes import NEVER_INTERACTED, SILENT_7_DAYS

FREE_FOR = timedelta(hours=48)
OPEN_FOR = timedelta(days=7)
TEMPLATE_OPEN_FOR = timedelta(days=365)
NIGHT_FROM, NIGHT_TO = time(22, 0), time(6, 0)


class Allowance(StrEnum):
    """Zalo's `quota_type`; BILLED is the one that shows as no quota at all."""

    REPLY = "reply"
    WELCOME = "welcome_msg"
    PACKAGE = "sub_quota"
    BILLED = "billed"


@dataclass(frozen=True, slots=True)
class NotNow:
    code: int


def allowance(
    last_interaction_at: datetime | None,
    follower: bool,
    welcome_left: int,
    package_left: int,
    now: datetime,
) -> Allowance | NotNow:
    """What a CS message to this person is paid from, or the code that refuses it."""
    if last_interaction_at is None:
        return Allowance.WELCOME if follower and welcome_left > 0 else NotNow(NEVER_INTERACTED)
    silent = now - last_interaction_at
    if silent <= FREE_FOR:
        return Allowance.REPLY
    if silent > OPEN_FOR:
        return NotNow(SILENT_7_DAYS)
    return Allowance.PACKAGE if package_left > 0 else Allowance.BILLED


def is_night(now: datetime) -> bool:
    """From 22:00 to 05:59 in Vietnam; no page of Zalo's names a zone."""
    clock = now.astimezone(VIETNAM).time()
    return clock >= NIGHT_FROM or clock < NIGHT_TO
