"""An event that was answered 200 is on a disk: in the database, else in the spool until it is back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from app.kit.db import DatabaseAway
from app.metrics import SPOOLED
from app.webhook.spool import Spool, Waiting

PATIENCE = 1.2
"""Seconds a database may take. Zalo wants its answer in two; the spool's own sync needs some of the rest."""
LOOK_AGAIN = 1.0
PER_COMMIT = 200

Kept = TypeVar("Kept")
Write = Callable[[Sequence[Waiting]], Awaitable[list[Kept]]]
"""Records events in one transaction and says of each what came of it. Raises `DatabaseAway`."""


class Keeping(Generic[Kept]):
    """Keeps events in the order they came, whether the database answers or not.

    While something waits in the spool, everything newer goes behind it. A write that was given up may
    still succeed: then the event is there when the spool comes to it, and the inbox takes it only once.
    `late` is told of every event that reached the database after its request had been answered.
    """

    def __init__(self, write: Write[Kept], spool: Spool, late: Callable[[Kept], None]) -> None:
        self._write, self._spool, self._late = write, spool, late
        self._turn = asyncio.Lock()  # the file is for one at a time
        self._away = asyncio.Event()
        if not spool.empty:
            self._away.set()
        self._given_up: set[asyncio.Task[list[Kept]]] = set()

    async def keep(self, waiting: Waiting) -> Kept | None:
        """What came of it; None when it went into the spool.

        Raises `SpoolFull`, or `OSError` when neither the database nor the disk takes it.
        """
        if self._away.is_set():
            await self._into_spool(waiting)
            return None
        writing = asyncio.create_task(self._in_database(waiting))
        away = asyncio.create_task(self._away.wait())
        try:
            await asyncio.wait({writing, away}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        finally:
            away.cancel()
        if writing.done() and not isinstance(writing.exception(), DatabaseAway):
            (kept,) = writing.result()
            return kept
        self._let_go(writing)
        # All who still wait for the database give up now, in their order: a later event must not get
        # into the spool before them.
        self._away.set()
        await self._into_spool(waiting)
        return None

    async def bring_back(self) -> None:
        """Until cancelled: brings what waits into the database, oldest first, as soon as it answers."""
        while True:
            await self._away.wait()
            try:
                for kept in await self._next_into_database():
                    self._late(kept)
            except DatabaseAway:
                await asyncio.sleep(LOOK_AGAIN)

    async def _next_into_database(self) -> list[Kept]:
        async with self._turn:
            oldest = await asyncio.to_thread(self._spool.oldest, PER_COMMIT)
        kept = await self._write(oldest) if oldest else []
        async with self._turn:
            await asyncio.to_thread(self._spool.done, len(oldest))
            if self._spool.empty:
                self._away.clear()
        return kept

    async def _in_database(self, waiting: Waiting) -> list[Kept]:
        return await self._write([waiting])

    async def _into_spool(self, waiting: Waiting) -> None:
        async with self._turn:
            await asyncio.to_thread(self._spool.keep, waiting)
            self._away.set()  # the last of the spool may have been brought back while this one came
        SPOOLED.inc()

    def _let_go(self, writing: asyncio.Task[list[Kept]]) -> None:
        """The write goes on by itself."""
        self._given_up.add(writing)
        writing.add_done_callback(self._forget)

    def _forget(self, writing: asyncio.Task[list[Kept]]) -> None:
        self._given_up.discard(writing)
        if writing.cancelled() or writing.exception() is not None:
            return
        for kept in writing.result():
            self._late(kept)
