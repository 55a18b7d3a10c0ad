"""When a person can be expected to answer."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.kit.clock import VIETNAM

DESK_DAYS = frozenset(range(5))
"""Monday to Friday: Saturday reception ended on 1 October 2025 (news.laodong.vn, 24 September 2025)."""

REPLY_WINDOW = timedelta(hours=48)
"""Zalo lets an OA answer for free this long after the person last wrote (OA API, November 2026)."""

EARLIEST, LATEST = time(7, 0), time(17, 0)
"""Outer limits of office work; the office's exact hours were not found (November 2026)."""

LATE_IN_THE_DAY = time(15, 30)


@dataclass(frozen=True, slots=True)
class Expectation:
    """`at_work`: somebody may read it right now. `day`: when an answer is to be expected."""

    at_work: bool
    day: date


def expect_answer(now: datetime) -> Expectation:
    """Today while there is time left in it, else the next day on which the desk is open."""
    local = now.astimezone(VIETNAM)
    today = local.date()
    works_today = today.weekday() in DESK_DAYS and local.time() < LATEST
    at_work = works_today and local.time() >= EARLIEST
    return Expectation(
        at_work, today if works_today and local.time() < LATE_IN_THE_DAY else next_desk_day(today)
    )


def next_desk_day(day: date) -> date:
    following = day + timedelta(days=1)
    while following.weekday() not in DESK_DAYS:
        following += timedelta(days=1)
    return following


UNSEEN = timedelta(hours=24)
"""A request that nobody has taken for a day has been overlooked: the bot is better than silence."""


def is_in_hands(asked_at: datetime, now: datetime, *, is_taken: bool) -> bool:
    """True while a colleague has the request, or can be expected to look at it: then the bot keeps quiet."""
    return is_taken or (expect_answer(now).at_work and now - asked_at < UNSEEN)


def time_left(last_wrote_at: datetime | None, now: datetime) -> timedelta | None:
    """How long the person can still be answered for free; None when that is over."""
    if last_wrote_at is None:
        return None
    left = last_wrote_at + REPLY_WINDOW - now
    return left if left > timedelta(0) else None
