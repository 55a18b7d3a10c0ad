"""When a person can be expected to answer, and by which way their words can go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.kit.clock import VIETNAM
from app.outbox.ways import CHAT_WAYS, FREE_FOR, OPEN_FOR, Facts, Nobody, Offer, Reach, Way, find_way

DESK_DAYS = frozenset(range(5))
"""Monday to Friday: Saturday reception ended on 1 October 2025 (news.laodong.vn, 24 September 2025)."""

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


TOLD_EVERY = timedelta(minutes=30)


def is_told_again(told_at: datetime | None, now: datetime) -> bool:
    """Whether who asks once more hears that they wait; said each time, it would be noise in the talk."""
    return told_at is None or now - told_at >= TOLD_EVERY


def way_to_answer(facts: Facts, prices: Mapping[Way, int], now: datetime) -> Reach | Nobody:
    """How words of a colleague's own reach the person: they asked, so having said stop forbids nothing.

    A template has words of its own, so only the two chat ways are left.
    """
    return find_way(facts, Offer(CHAT_WAYS, prices, asked_for=True), now)


def time_left(facts: Facts, way: Way, now: datetime) -> timedelta | None:
    """How long this way stays open if the person keeps silent; None when only Zalo knows."""
    if facts.last_interaction_at is None:
        return None
    return facts.last_interaction_at + (FREE_FOR if way is Way.FREE else OPEN_FOR) - now
