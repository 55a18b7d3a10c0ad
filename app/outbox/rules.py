"""What a call to Zalo means for the delivery it was made for."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import assert_never

from app.kit.clock import VIETNAM
from app.kit.ids import MessageId
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

MOST_TRIES = 5
"""For answers like "-200 Send message failed": seen to pass within minutes, or never."""

REPLY_LIVES = timedelta(hours=24)
"""A reply that could not go out for a day is no longer one: the person has asked elsewhere by then."""

LOOK_AFTER = timedelta(seconds=2)
"""Zalo's conversation list shows a message within a second or so of taking it."""

LINK_AGAIN = timedelta(minutes=1)
"""While the OA is not linked nobody can send or look up; an administrator has to consent first."""

DAY_STARTS = time(6, 0)


class Look(StrEnum):
    """How far somebody could read in Zalo's conversation list."""

    FAR_ENOUGH = "far_enough"
    """What was not found there never arrived."""
    CUT_SHORT = "cut_short"
    """It can't be said that the message is absent."""
    NOT_LINKED = "not_linked"
    """Nobody could look at all: this counts as no look."""


@dataclass(frozen=True, slots=True)
class Sent:
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Retry:
    at: datetime
    code: int | None
    note: str
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Failed:
    code: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The call went out and no answer came back: it may or may not have arrived."""

    look_at: datetime
    code: int | None
    note: str


Outcome = Sent | Retry | Failed | Unknown


def outcome_of(error: ZaloError, attempts: int, owed_since: datetime, now: datetime) -> Outcome:
    """Decides between waiting, giving up, and looking up; `attempts` counts this call as well."""
    if isinstance(error, NoAnswer):
        return Unknown(now + LOOK_AFTER, error.code, str(error))
    if isinstance(error, (RecipientUnreachable, PayloadRefused)):
        return Failed(error.code, str(error))
    if now - owed_since > REPLY_LIVES:
        return Failed(error.code, f"given up after a day: {error}")
    if isinstance(error, (RateLimited, NotSent, AccountFault, QuotaGone, NightHours)):
        return Retry(_not_before(error, attempts, now), error.code, str(error), counted=False)
    if isinstance(error, TokenRejected):
        # At once with the renewed token; a fresh token that is refused too needs people, not speed.
        return Retry(now if attempts <= 2 else now + timedelta(minutes=1), error.code, str(error))
    if attempts >= MOST_TRIES:
        return Failed(error.code, f"refused {attempts} times: {error}")
    return Retry(now + backoff(attempts), error.code, str(error))


def backoff(attempts: int) -> timedelta:
    """1, 2, 4 … seconds, at most five minutes."""
    return timedelta(seconds=min(2 ** max(attempts - 1, 0), 300))


def _not_before(
    error: RateLimited | NotSent | AccountFault | QuotaGone | NightHours, attempts: int, now: datetime
) -> datetime:
    match error:
        case RateLimited():  # Zalo counts by the minute of the clock
            return now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        case NotSent():
            return now + timedelta(seconds=5)
        case AccountFault():
            return now + timedelta(minutes=5)
        case QuotaGone():
            return now + timedelta(hours=1)
        case NightHours():
            return next_morning(now)
        case _:
            assert_never(error)


def next_morning(now: datetime) -> datetime:
    """The next 06:00 in Việt Nam, when Zalo takes such messages again."""
    local = now.astimezone(VIETNAM)
    morning = datetime.combine(local.date(), DAY_STARTS, VIETNAM)
    return morning if morning > local else morning + timedelta(days=1)
