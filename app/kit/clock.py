"""Time as a value: the one place that reads the wall clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Says what time it is, always timezone-aware UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """A running clock that can be moved: the sandbox's clock panel and tests use it.

    `rate` 60 lets an hour pass in a minute; `rate` 0 holds it still.
    """

    def __init__(self, base: Clock | None = None, rate: float = 1.0) -> None:
        self._base = base or SystemClock()
        self._origin = self._base.now()
        self._shown = self._origin
        self._rate = rate

    @property
    def rate(self) -> float:
        return self._rate

    def now(self) -> datetime:
        return self._shown + (self._base.now() - self._origin) * self._rate

    def advance(self, by: timedelta) -> None:
        self.set(self.now() + by)

    def set(self, to: datetime) -> None:
        self._origin = self._base.now()
        self._shown = to

    def run_at(self, rate: float) -> None:
        """Changes the speed from this moment on, without a jump."""
        self.set(self.now())
        self._rate = rate


class FixedClock(ShiftedClock):
    """A clock that stands where it was put until a test moves it."""

    def __init__(self, at: datetime) -> None:
        super().__init__(rate=0.0)
        self.set(at)


def epoch_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def from_epoch_ms(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
