"""One numbered stream of everything that changes, for pages that watch."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum

from app.kit.ids import UserId

KEPT = 5_000


class Topic(StrEnum):
    MESSAGE = "message"
    STATE = "state"
    LOG = "log"
    PERSON = "person"
    FAULTS = "faults"
    CLOCK = "clock"
    WEBHOOK = "webhook"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Change:
    """`subject` is the message, log entry or person itself, as it was handed over."""

    cursor: int
    topic: Topic
    user_id: UserId | None
    subject: object


class Feed:
    """Remembers the last changes, so that a page that was away can catch up by its cursor."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=KEPT)
        self._cursor = 0
        self._waiting: set[asyncio.Future[None]] = set()

    @property
    def cursor(self) -> int:
        """The number of the newest change; 0 before the first."""
        return self._cursor

    def publish(self, topic: Topic, user_id: UserId | None, subject: object) -> None:
        self._cursor += 1
        self._changes.append(Change(self._cursor, topic, user_id, subject))
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    def since(self, cursor: int, user_id: UserId | None = None) -> list[Change]:
        """Changes after that cursor: all, or those of one person together with what concerns everybody."""
        return [
            change
            for change in self._changes
            if change.cursor > cursor and (user_id is None or change.user_id in (None, user_id))
        ]

    async def follow(self, user_id: UserId | None = None, after: int | None = None) -> AsyncIterator[Change]:
        """Yields changes for ever, from `after` on, or from now on."""
        cursor = self._cursor if after is None else after
        while True:
            fresh, cursor = self.since(cursor, user_id), self._cursor
            for change in fresh:
                yield change
            if cursor == self._cursor:
                await self._next_change()

    async def _next_change(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)
