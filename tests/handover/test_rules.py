from datetime import UTC, date, datetime

import pytest

from app.handover.rules import Expectation, expect_answer, next_desk_day


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        (datetime(2026, 11, 24, 2, 0, tzinfo=UTC), Expectation(True, date(2026, 11, 24))),  # Tuesday 9:00
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), Expectation(True, date(2026, 11, 25))),  # Tuesday 16:00
        (datetime(2026, 11, 23, 22, 0, tzinfo=UTC), Expectation(False, date(2026, 11, 24))),  # Tuesday 5:00
        (datetime(2026, 11, 24, 13, 0, tzinfo=UTC), Expectation(False, date(2026, 11, 25))),  # Tuesday 20:00
        (datetime(2026, 11, 27, 12, 0, tzinfo=UTC), Expectation(False, date(2026, 11, 30))),  # Friday 19:00
        (datetime(2026, 11, 28, 2, 0, tzinfo=UTC), Expectation(False, date(2026, 11, 30))),  # Saturday 9:00
    ],
)
def test_an_answer_is_expected_when_somebody_works(utc: datetime, expected: Expectation) -> None:
    assert expect_answer(utc) == expected


def test_the_day_after_friday_is_monday() -> None:
    assert next_desk_day(date(2026, 11, 27)) == date(2026, 11, 30)
