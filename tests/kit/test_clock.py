from datetime import UTC, datetime, timedelta

from app.kit.clock import FixedClock, ShiftedClock, epoch_ms, from_epoch_ms

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_a_fixed_clock_stands_until_it_is_moved() -> None:
    clock = FixedClock(NOW)
    assert clock.now() == NOW
    clock.advance(timedelta(days=8))
    assert clock.now() == NOW + timedelta(days=8)


def test_a_shifted_clock_runs_at_its_rate_without_a_jump() -> None:
    base = FixedClock(NOW)
    clock = ShiftedClock(base, rate=60)
    base.advance(timedelta(minutes=1))
    assert clock.now() == NOW + timedelta(hours=1)
    clock.run_at(1)
    base.advance(timedelta(minutes=1))
    assert clock.now() == NOW + timedelta(hours=1, minutes=1)


def test_milliseconds_survive_the_table() -> None:
    at = NOW + timedelta(milliseconds=7)
    assert from_epoch_ms(epoch_ms(at)) == at
