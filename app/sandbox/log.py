"""What went over the wire, both ways, for the events panel."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.kit.ids import UserId
from app.sandbox.feed import Feed, Topic

KEPT = 2_000


class Direction(StrEnum):
    WEBHOOK = "webhook"
    """From Zalo to the bot."""
    CALL = "call"
    """From the bot to Zalo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One request with its answer. `status` is None when no answer came; `code` is Zalo's, not HTTP's."""

    number: int
    at: datetime
    direction: Direction
    name: str
    user_id: UserId | None = None
    method: str = "POST"
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    signature_base: str = ""
    status: int | None = None
    code: int | None = None
    answer: str = ""
    took_ms: float = 0.0
    attempt: int = 0
    faults: tuple[str, ...] = ()
    note: str = ""

    @property
    def ok(self) -> bool:
        return self.status == 200 and self.code in (None, 0)


class Log:
    """The newest entries, and counts of all of them."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._entries: deque[LogEntry] = deque(maxlen=KEPT)
        self._number = 0
        self.counts: Counter[str] = Counter()

    def next_number(self) -> int:
        self._number += 1
        return self._number

    def add(self, entry: LogEntry) -> None:
        self._entries.append(entry)
        self._count(entry)
        self._feed.publish(Topic.LOG, entry.user_id, entry)

    def entries(self, after: int = 0, user_id: UserId | None = None, limit: int = 200) -> list[LogEntry]:
        """The newest entries, oldest of them first."""
        wanted = [
            entry
            for entry in self._entries
            if entry.number > after and (user_id is None or entry.user_id in (None, user_id))
        ]
        return wanted[-limit:]

    def entry(self, number: int) -> LogEntry | None:
        return next((entry for entry in self._entries if entry.number == number), None)

    def clear(self) -> None:
        self._entries.clear()
        self.counts.clear()

    def _count(self, entry: LogEntry) -> None:
        self.counts[f"{entry.direction}s"] += 1
        self.counts[f"{entry.direction} {entry.name}"] += 1
        if not entry.ok:
            self.counts[f"{entry.direction}s not ok"] += 1
        if entry.code:
            self.counts[f"code {entry.code}"] += 1
