"""The clock panel's moves: the one clock of the pretend Zalo jumps, runs faster, or stands still."""

from datetime import datetime, time, timedelta

from app.kit.clock import VIETNAM, ShiftedClock, SystemClock
from app.sandbox.feed import Topic
from app.sandbox.world import World

JUMPS = {
    "10m": timedelta(minutes=10),
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "8d": timedelta(days=8),
}
LATE_EVENING = time(22, 30)


class UnknownMove(ValueError):
    """No such move, or a clock that cannot be moved."""


class ClockDesk:
    def __init__(self, world: World) -> None:
        self._world = world
        self.rate = 1.0

    def change(self, move: str, speed: float | None) -> None:
        """Moves the clock, or sets its speed, and tells every page."""
        clock = self._world.clock
        if not isinstance(clock, ShiftedClock):
            raise UnknownMove("this clock cannot be moved")
        if speed is not None:
            self.rate = speed
            clock.run_at(speed)
        else:
            self._move(clock, move)
        self._world.feed.publish(Topic.CLOCK, None, None)

    def _move(self, clock: ShiftedClock, move: str) -> None:
        if move in JUMPS:
            clock.advance(JUMPS[move])
            return
        match move:
            case "night":
                clock.set(next_late_evening(clock.now()))
            case "now":
                self.rate = 1.0
                clock.run_at(1.0)
                clock.set(SystemClock().now())
            case _:
                raise UnknownMove(move)


def next_late_evening(now: datetime) -> datetime:
    local = now.astimezone(VIETNAM)
    evening = datetime.combine(local.date(), LATE_EVENING, VIETNAM)
    return evening if evening > local else evening + timedelta(days=1)
