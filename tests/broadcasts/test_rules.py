"""Hours, days off, and when a broadcast stops itself."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from app.broadcasts.ground import send_hours
from app.broadcasts.rules import FailureWatch, SendHours, calls_for, next_weekly, read_hours
from app.kit.clock import VIETNAM
from app.outbox.ways import Way

HOURS = SendHours(time(6), time(22))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        (at(24, 12), at(24, 12)),
        (at(24, 6), at(24, 6)),
        (at(24, 5, 59), at(24, 6)),
        (at(24, 22), at(25, 6)),
        (at(24, 23, 30), at(25, 6)),
    ],
)
def test_bulk_leaves_within_the_hours_only(asked: datetime, allowed: datetime) -> None:
    assert HOURS.next_open(asked) == allowed


def test_the_end_is_told_with_the_nights_left_out() -> None:
    assert HOURS.ends_at(at(24, 12), 3600, per_second=1) == at(24, 13)
    assert HOURS.ends_at(at(24, 21), 2 * 3600, per_second=1) == at(25, 7)
    assert HOURS.ends_at(at(24, 23), 3600, per_second=1) == at(25, 7)


def test_the_settings_name_the_hours() -> None:
    assert read_hours("07:30-20:00") == (time(7, 30), time(20))
    assert read_hours("00:00-24:00") == (time(0), time.max)
    with pytest.raises(ValueError, match="open before"):
        read_hours("20:00-07:30")


def test_days_off_are_known_by_law_and_by_the_moon() -> None:
    hours = send_hours("06:00-22:00")
    national_day = datetime(2026, 9, 2, 9, 0, tzinfo=VIETNAM)
    assert hours.working_time(national_day) == national_day.replace(day=3)
    tet = datetime(2027, 2, 6, 9, 0, tzinfo=VIETNAM)
    assert hours.working_time(tet) == datetime(2027, 2, 10, 9, 0, tzinfo=VIETNAM)


def test_a_time_in_the_night_before_a_holiday_becomes_the_morning_after_it() -> None:
    hours = replace(HOURS, holidays=frozenset({at(25, 0).date()}))
    assert hours.working_time(at(24, 23)) == at(26, 6)
    assert hours.working_time(at(24, 9)) == at(24, 9)


def test_a_picture_costs_a_call_of_its_own_where_there_is_a_chat() -> None:
    by_way = {Way.FREE: 3, Way.PHONE: 2, Way.EMAIL: 1}
    assert calls_for(by_way, has_file=False) == 6
    assert calls_for(by_way, has_file=True) == 9


def test_weekly_is_the_next_such_moment_even_on_the_day_itself() -> None:
    monday = at(23, 9)
    assert next_weekly(0, time(9), at(23, 8)) == monday
    assert next_weekly(0, time(9), monday) == monday + timedelta(days=7)
    assert next_weekly(0, time(9), at(24, 9)) == monday + timedelta(days=7)


def test_a_few_failures_halt_nothing_and_many_do() -> None:
    watch = FailureWatch(0.3)
    for number in range(100):
        watch.note(failed=number % 4 == 0)
    assert not watch.has_enough()
    for _ in range(30):
        watch.note(failed=True)
    assert watch.has_enough()
    few = FailureWatch(0.3)
    for _ in range(19):
        few.note(failed=True)
    assert not few.has_enough()
