"""One rate for all processes: even for bulk, free for replies, closed for everybody by Zalo's word."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.clock import FixedClock, ShiftedClock, SystemClock
from app.kit.db import Database, DatabaseAway
from app.outbox.pace import Pace, Rate, Used, read_used, share_bulk, share_replies

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
UNUSED = Used(0, 0, 0, 0, datetime.fromtimestamp(0, UTC))


def sent_over(rate: Rate, length: timedelta, *, step: timedelta, replies_at: int = 0) -> list[datetime]:
    """When bulk calls leave if somebody asks at every step, and takes `replies_at` replies each time."""
    used, now, left = UNUSED, START, []
    while now < START + length:
        if replies_at:
            _, used = share_replies(used, rate, replies_at, now)
        share, used = share_bulk(used, rate, 10_000, now)
        left += [now] * share.count
        now += step
    return left


@pytest.mark.parametrize("per_minute", [60, 600, 4000, 60_000, 180_000])
def test_over_three_minutes_the_pace_is_met_within_two_per_cent(per_minute: int) -> None:
    rate = Rate(per_minute)
    left = sent_over(rate, timedelta(minutes=3), step=timedelta(milliseconds=20))
    wanted = 3 * (per_minute - rate.for_replies)
    assert abs(len(left) - wanted) <= max(wanted * 0.02, 1)


def test_no_minute_however_it_is_cut_holds_more_than_zalo_grants() -> None:
    left = sent_over(Rate(600), timedelta(minutes=4), step=timedelta(milliseconds=50))
    seconds = [int((at - START).total_seconds()) for at in left]
    for start in range(180):
        assert sum(start <= second < start + 60 for second in seconds) <= 480 + 5


def test_a_pause_is_not_made_up_by_a_burst() -> None:
    rate = Rate(4000)
    _, used = share_bulk(UNUSED, rate, 10_000, START)
    share, _ = share_bulk(used, rate, 10_000, START + timedelta(seconds=50))
    assert share.count <= 30


def test_a_fifth_of_the_minute_is_kept_for_replies() -> None:
    rate, used, bulk = Rate(100), UNUSED, 0
    for tenth in range(600):
        share, used = share_bulk(used, rate, 10_000, START + timedelta(seconds=tenth / 10))
        bulk += share.count
    assert bulk == 80
    share, used = share_replies(used, rate, 50, START + timedelta(seconds=59))
    assert share.count == 20
    share, _ = share_replies(used, rate, 1, START + timedelta(seconds=59))
    assert share.count == 0
    assert share.again_at == START + timedelta(minutes=1)


def test_more_replies_than_their_fifth_push_bulk_back() -> None:
    left = sent_over(Rate(600), timedelta(minutes=1), step=timedelta(milliseconds=200), replies_at=1)
    assert 298 <= len(left) <= 302


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 50), st.integers(0, 5000)), max_size=60))
def test_whatever_is_asked_when_a_clock_minute_never_gives_out_more_than_the_rate(
    asked: list[tuple[bool, int, int]],
) -> None:
    rate, used, now = Rate(120), UNUSED, START
    given_out: dict[datetime, int] = {}
    for bulk, most, ms in asked:
        now += timedelta(milliseconds=ms)
        share, used = (share_bulk if bulk else share_replies)(used, rate, most, now)
        minute = now.replace(second=0, microsecond=0)
        given_out[minute] = given_out.get(minute, 0) + share.count
    assert all(count <= 120 for count in given_out.values())


async def test_two_processes_share_one_rate(open_db: Database) -> None:
    """Six a second are granted; two processes that ask as fast as they can get six together, not twelve."""
    rate, clock = Rate(450), SystemClock()
    one, two = Pace(open_db, clock, "app", rate), Pace(open_db, clock, "app", rate)
    counts = [0, 0]

    async def send(number: int, pace: Pace) -> None:
        async with asyncio.timeout(2):
            while True:
                counts[number] += await pace.bulk(1)

    await asyncio.gather(send(0, one), send(1, two), return_exceptions=True)
    assert 10 <= sum(counts) <= 17


async def test_after_too_many_calls_both_lanes_of_every_process_are_closed(open_db: Database) -> None:
    clock = FixedClock(START + timedelta(seconds=20))
    one, two = Pace(open_db, clock, "app", Rate(4000)), Pace(open_db, clock, "app", Rate(4000))
    assert await one.bulk(5) == 5
    await one.close(START + timedelta(minutes=1))
    assert await one.bulk(5, patience=0.05) == 0
    assert await two.bulk(5, patience=0.05) == 0
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await two.reply()
    clock.set(START + timedelta(minutes=1, seconds=1))
    assert await two.bulk(5) == 5
    await one.reply()


async def test_replies_do_not_ask_the_database_one_by_one(open_db: Database) -> None:
    pace = Pace(open_db, FixedClock(START), "app", Rate(4000))
    for _ in range(20):
        await pace.reply()
    used = await open_db.read(lambda db: read_used(db, "app"))
    assert used.taken == used.by_replies == 20


async def test_broadcasts_that_wait_get_their_turn_in_order(open_db: Database) -> None:
    pace, order = Pace(open_db, SystemClock(), "app", Rate(3000)), list[str]()

    async def send(name: str) -> None:
        for _ in range(8):
            await pace.bulk(1, patience=5)
            order.append(name)

    await asyncio.gather(send("a"), send("b"))
    assert sum(one != other for one, other in pairwise(order)) >= 12


AT_THE_RATE_OF_A_JOURNEY = 600.0
"""A minute of the clock in a tenth of a second."""


async def test_who_waits_for_the_next_minute_goes_by_the_clock_of_the_process(open_db: Database) -> None:
    clock = ShiftedClock(rate=AT_THE_RATE_OF_A_JOURNEY)
    one, two = Pace(open_db, clock, "app", Rate(4000)), Pace(open_db, clock, "app", Rate(4000))
    await one.close(clock.now() + timedelta(minutes=1))
    async with asyncio.timeout(5):
        await asyncio.gather(*(pace.reply() for pace in (one, two) for _ in range(10)))
        assert await one.bulk(1, patience=5) == 1


class LeapingClock:
    """Five minutes pass between any two looks, as on a fast clock while the database is slow."""

    def __init__(self) -> None:
        self._shown = START

    def now(self) -> datetime:
        self._shown += timedelta(minutes=5)
        return self._shown


async def test_what_was_leased_is_given_however_late_the_transaction_ends(open_db: Database) -> None:
    pace = Pace(open_db, LeapingClock(), "app", Rate(4000))
    async with asyncio.timeout(5):
        await pace.reply()
        assert await pace.bulk(1, patience=5) == 1


async def test_a_clock_that_is_set_back_closes_nothing(open_db: Database) -> None:
    clock = FixedClock(START + timedelta(days=8))
    before, after = Pace(open_db, clock, "app", Rate(4000)), Pace(open_db, clock, "app", Rate(4000))
    await before.bulk(100)
    await before.close(clock.now() + timedelta(minutes=1))
    clock.set(START)
    async with asyncio.timeout(5):
        for pace in (before, after):
            assert await pace.bulk(1, patience=5) == 1
            await pace.reply()
            clock.advance(timedelta(seconds=1))


async def test_processes_killed_with_their_leases_leave_the_minute_to_the_next(open_db: Database) -> None:
    clock = FixedClock(START)
    async with asyncio.timeout(5):
        for _ in range(10):
            await Pace(open_db, clock, "app", Rate(60)).reply()
        for _ in range(40):
            await Pace(open_db, clock, "app", Rate(4000)).reply()


async def test_a_reply_does_not_wait_for_a_database_that_is_away(
    open_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_work: object) -> None:
        raise DatabaseAway("gone")

    pace = Pace(open_db, FixedClock(START), "app", Rate(4000))
    monkeypatch.setattr(open_db, "write", away)
    async with asyncio.timeout(5):
        await pace.reply()
        await pace.reply()
    await pace.close(START + timedelta(minutes=1))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await pace.reply()
