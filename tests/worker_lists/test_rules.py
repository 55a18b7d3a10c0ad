"""Pure decisions: what is seen of a number, what a list refutes, when a link opens."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.worker_lists.models import WorkerState
from app.worker_lists.rules import (
    LINK_LIVES,
    MOST_WRONG_CODES,
    LinkFacts,
    is_overdue,
    link_opens,
    mask_number,
    reopens,
)

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
GOOD = LinkFacts(NOW + LINK_LIVES, 0, True)


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        ("030901021300", "0309••••1300"),
        ("0123456789", "01••••6789"),
        ("123456789", "12••••789"),
        ("C1234567", "••••67"),
        ("1234", "••••"),
        ("", ""),
    ],
)
def test_a_number_is_seen_in_part(number: str, seen: str) -> None:
    assert mask_number(number) == seen


def test_at_least_four_digits_of_any_long_number_are_hidden() -> None:
    for length in range(6, 20):
        assert sum(one.isdigit() for one in mask_number("7" * length)) <= length - 3


def test_a_list_refutes_older_marks_only() -> None:
    marked = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # already the 25th in Việt Nam
    assert not reopens(WorkerState.INSTALLED, marked, date(2026, 11, 25), closed_by_list=False)
    assert reopens(WorkerState.INSTALLED, marked, date(2026, 11, 26), closed_by_list=False)
    assert not reopens(WorkerState.NEEDS_HELP, marked, date(2026, 11, 26), closed_by_list=False)


def test_a_unit_is_overdue_after_its_day_while_somebody_waits() -> None:
    today = date(2026, 11, 25)
    assert is_overdue(today - timedelta(days=1), 1, today)
    assert not is_overdue(today, 1, today)
    assert not is_overdue(today - timedelta(days=1), 0, today)
    assert not is_overdue(None, 1, today)


def test_a_link_opens_for_a_verified_liaison_in_time_and_without_guessing() -> None:
    assert link_opens(GOOD, NOW)
    assert not link_opens(GOOD, NOW + LINK_LIVES)
    assert not link_opens(replace(GOOD, is_verified=False), NOW)
    assert not link_opens(replace(GOOD, wrong_codes=MOST_WRONG_CODES), NOW)
