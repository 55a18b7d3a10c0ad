from datetime import UTC, datetime, timedelta

import pytest

from app.outbox.rules import (
    LOOK_AFTER,
    MOST_TRIES,
    REPLY_LIVES,
    Failed,
    Retry,
    Unknown,
    backoff,
    next_morning,
    outcome_of,
)
from app.zalo.errors import Family, NoAnswer, NotSent, error_of

NOW = datetime(2026, 11, 24, 2, 0, 20, tzinfo=UTC)


def decide(code: int, attempts: int = 1, age: timedelta = timedelta(0)) -> object:
    return outcome_of(error_of(code, "refused", Family.OA), attempts, NOW - age, NOW)


def test_a_lost_answer_is_looked_up_never_sent_again_blindly() -> None:
    outcome = outcome_of(NoAnswer("time-out"), 1, NOW, NOW)
    assert isinstance(outcome, Unknown)
    assert outcome.look_at == NOW + LOOK_AFTER


def test_the_minute_limit_waits_for_the_next_minute_and_is_no_failure() -> None:
    outcome = decide(-32)
    assert isinstance(outcome, Retry)
    assert (outcome.at, outcome.counted) == (NOW.replace(second=0) + timedelta(minutes=1), False)


def test_a_refused_token_is_tried_at_once_with_the_renewed_one() -> None:
    first, third = decide(-216), decide(-216, attempts=3)
    assert isinstance(first, Retry)
    assert first.at == NOW
    assert isinstance(third, Retry)
    assert third.at > NOW


@pytest.mark.parametrize("code", [-230, -232, -227, -244, -201, -210, -233])
def test_what_cannot_pass_is_given_up_at_once(code: int) -> None:
    assert isinstance(decide(code), Failed)


def test_a_passing_refusal_is_tried_a_few_times_with_growing_pauses() -> None:
    pauses = [decide(-200, attempts) for attempts in range(1, MOST_TRIES)]
    assert [outcome.at - NOW for outcome in pauses if isinstance(outcome, Retry)] == [
        timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)
    ]
    assert isinstance(decide(-200, MOST_TRIES), Failed)


def test_a_fault_of_the_account_waits_for_people_for_a_day() -> None:
    assert isinstance(decide(-204, attempts=50), Retry)
    assert isinstance(decide(-204, age=REPLY_LIVES + timedelta(seconds=1)), Failed)


def test_zalo_out_of_reach_is_waited_for() -> None:
    outcome = outcome_of(NotSent("refused"), 40, NOW, NOW)
    assert isinstance(outcome, Retry)
    assert not outcome.counted


def test_night_ends_at_six_in_viet_nam() -> None:
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # 23:30 there
    assert next_morning(late) == datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert next_morning(datetime(2026, 11, 24, 22, 0, tzinfo=UTC)) == datetime(
        2026, 11, 24, 23, 0, tzinfo=UTC
    )


def test_pauses_never_grow_beyond_five_minutes() -> None:
    assert backoff(40) == timedelta(minutes=5)
