"""Zalo's counters: calls in a clock minute, uploads in a month."""

from collections import Counter
from datetime import datetime

from app.kit.clock import VIETNAM


class MinuteLimit:
    """So many calls in one clock minute; the next minute starts from nothing."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._minute = -1
        self._used = 0

    def take(self, now: datetime) -> bool:
        """Counts a call; false when the minute is used up."""
        minute = int(now.timestamp() // 60)
        if minute != self._minute:
            self._minute, self._used = minute, 0
        self._used += 1
        return self._used <= self.limit

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self._used)


class PeriodCount:
    """Uses of named things in a calendar month or day of Vietnam."""

    def __init__(self, period: str) -> None:
        self._format = period
        self._used: Counter[tuple[str, str]] = Counter()

    @classmethod
    def monthly(cls) -> "PeriodCount":
        return cls("%Y-%m")

    @classmethod
    def daily(cls) -> "PeriodCount":
        return cls("%Y-%m-%d")

    def used(self, name: str, now: datetime) -> int:
        return self._used[self._key(name, now)]

    def add(self, name: str, now: datetime) -> int:
        """Counts one use and says how many there are now."""
        key = self._key(name, now)
        self._used[key] += 1
        return self._used[key]

    def clear(self) -> None:
        self._used.clear()

    def _key(self, name: str, now: datetime) -> tuple[str, str]:
        return name, now.astimezone(VIETNAM).strftime(self._format)
