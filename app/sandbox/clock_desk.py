"""The clock panel's moves: the one clock of the pretend Zalo jumps, runs faster, or stands still."""

from datetime import datetime, time, timedelta

from app.kit.clock import VIETNAM, SystemClock
from app.sandbox.pretend_zalo import PretendZalo

JUMPS = {
    "10m": timedelta(minutes=10),
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "8d": timedelta(days=8),
}
LATE_EVENING = time(22, 30)


class UnknownMove(ValueError):
    """The panel has no such button."""


class ClockDesk:
    def __init__(self, sandbox: PretendZalo) -> None:
        self._sandbox = sandbox
        self.rate = 1.0

    def change(self, move: str, speed: float | None) -> None:
        """Moves the clock, or sets its speed. Raises `UnknownMove`, or `ClockStands`."""
        if speed is not None:
            self._run_at(speed)
            return
        if move in JUMPS:
            self._sandbox.advance_clock(JUMPS[move])
            return
        match move:
            case "night":
                self._sandbox.set_clock(next_late_evening(self._sandbox.clock.now()))
            case "now":
                self._run_at(1.0)
                self._sandbox.set_clock(SystemClock().now())
            case _:
                raise UnknownMove(move)

    def _run_at(self, rate: float) -> None:
        self.rate = rate
        self._sandbox.run_clock_at(rate)


def next_late_evening(now: datetime) -> datetime:
    local = now.astimezone(VIETNAM)
    evening = datetime.combine(local.date(), LATE_EVENING, VIETNAM)
    return evening if evening > local else evening + timedelta(days=1)
