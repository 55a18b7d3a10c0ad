"""What a refusal means for somebody who can be reached in several ways: wait, next way, or stop it all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kit.clock import VIETNAM
from app.outbox.rules import LOOK_AFTER, MOST_TRIES, backoff, next_morning
from app.outbox.ways import CHAT_WAYS, ZALO_WAYS, Way
from app.zalo.errors import (
    AccountFault,
    NightHours,
    NoAnswer,
    NotSent,
    PayloadRefused,
    QuotaGone,
    RateLimited,
    RecipientUnreachable,
    TokenRejected,
    ZaloError,
)


@dataclass(frozen=True, slots=True)
class NextWay:
    """These ways are closed for this person; `shut_out`: until they write to us again."""

    closed: frozenset[Way]
    shut_out: bool = False


@dataclass(frozen=True, slots=True)
class WayClosed:
    """The way is closed for everybody: until then, or (None) until the office has done something."""

    way: Way
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """The same way once more; `counted` when it was an attempt that says something about the message."""

    at: datetime
    counted: bool


@dataclass(frozen=True, slots=True)
class AllWait:
    """Nobody calls Zalo before: the minute's calls are used up."""

    at: datetime


@dataclass(frozen=True, slots=True)
class InDoubt:
    look_at: datetime


@dataclass(frozen=True, slots=True)
class Halt:
    """People must look at it before another message leaves."""


@dataclass(frozen=True, slots=True)
class UploadAgain:
    """Zalo has thrown our picture or file away: seven days are over."""


Verdict = NextWay | WayClosed | Wait | AllWait | InDoubt | Halt | UploadAgain

UPLOAD_EXPIRED = -100
SILENT = frozenset({-230, -232, -305, -311})
"""Zalo's clock of the last interaction is the one that counts: both chat ways are closed."""
NOT_THERE = frozenset({-222, -227})
"""Banned, or not on Zalo for 45 days: no way through Zalo reaches them."""
SHUTS_US_OUT = frozenset({-217, -244, -139})
AGAINST_THE_RULES = -248
MONEY_OR_PACKAGE = frozenset({-224, -320, -321})
"""Only what costs money is closed by these; answers within 48 hours still pass."""
NOT_YET_THAT_API = -212
TODAY = frozenset({-144, -147, -211})
"""Quotas of a day. No page names the hour at which the next one begins; midnight in Việt Nam is assumed."""


def after_refusal(error: ZaloError, way: Way, attempts: int, now: datetime) -> Verdict:
    """`attempts` counts this call as well."""
    match error:
        case NoAnswer():
            return InDoubt(now + LOOK_AFTER)
        case RateLimited():
            return AllWait(now.replace(second=0, microsecond=0) + timedelta(minutes=1))
        case NotSent():
            return Wait(now + timedelta(seconds=5), counted=False)
        case NightHours():
            return Wait(next_morning(now), counted=False)
        case TokenRejected():
            return Wait(now if attempts <= 2 else now + timedelta(minutes=1), counted=attempts <= 2)
        case RecipientUnreachable():
            return _unreachable(error.code, way)
        case AccountFault():
            return _account(error.code, way)
        case QuotaGone():
            return WayClosed(way, _tomorrow(now) if error.code in TODAY else None)
        case PayloadRefused():
            return _payload(error.code, way)
    # "Send message failed" and its like: a few tries, then as if this way were closed.
    return (
        Wait(now + backoff(attempts), counted=True) if attempts < MOST_TRIES else NextWay(_same_message(way))
    )


def _unreachable(code: int | None, way: Way) -> NextWay:
    if code in SHUTS_US_OUT:
        return NextWay(ZALO_WAYS, shut_out=True)
    if code in NOT_THERE:
        return NextWay(ZALO_WAYS)
    if code in SILENT and way in CHAT_WAYS:
        return NextWay(CHAT_WAYS)
    return NextWay(_same_message(way))


def _account(code: int | None, way: Way) -> Verdict:
    if way in {Way.TEMPLATE, Way.PHONE} or code == NOT_YET_THAT_API:
        return WayClosed(way, None)
    if code in MONEY_OR_PACKAGE and way is Way.PAID:
        return WayClosed(way, None)
    return Halt()


def _payload(code: int | None, way: Way) -> Verdict:
    if code == AGAINST_THE_RULES:
        return Halt()
    if code == UPLOAD_EXPIRED and way in CHAT_WAYS:
        return UploadAgain()
    return NextWay(_same_message(way))


def _same_message(way: Way) -> frozenset[Way]:
    """The free and the paid reply are one message to one address: what refuses one refuses the other."""
    return CHAT_WAYS if way in CHAT_WAYS else frozenset({way})


def _tomorrow(now: datetime) -> datetime:
    local = now.astimezone(VIETNAM)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
