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
Record = Callable[[Waiting], asyncio.Future[Kept]]
"""Hands one event in to be recorded; what is handed in first is recorded first. Fails with `DatabaseAway`."""
RecordAll = Callable[[Sequence[Waiting]], Awaitable[list[Kept]]]
"""Records events in one transaction and says of each what came of it. Raises `DatabaseAway`."""


class Keeping(Generic[Kept]):
    """Keeps events in the order they came, whether the database answers or not.

    While something waits in the spool, everything newer goes behind it. A write that was given up may
    still succeed: then the event is there when the spool comes to it, and the inbox takes it only once.
    `late` is told of every event that reached the database after its request had been answered.
    """

    def __init__(
        self,
        record: Record[Kept],
        record_all: RecordAll[Kept],
        spool: Spool,
        late: Callable[[Kept], None],
    ) -> None:
        self._record, self._record_all, self._spool, self._late = record, record_all, spool, late
        self._turn = asyncio.Lock()  # the file is for one at a time
        self._away = asyncio.Event()
        if not spool.empty:
            self._away.set()
        self._hoping: dict[asyncio.Future[None], None] = {}

    async def keep(self, waiting: Waiting) -> Kept | None:
        """What came of it; None when it went into the spool.

        Raises `SpoolFull`, or `OSError` when neither the database nor the disk takes it.
        """
        if self._away.is_set():
            await self._into_spool(waiting)
            return None
        writing = self._record(waiting)
        try:
            await self._in_time(writing)
        except asyncio.CancelledError:  # nobody waits for the answer any more
            self._let_go(writing)
            raise
        if writing.done() and not isinstance(writing.exception(), DatabaseAway):
            return writing.result()
        self._let_go(writing)
        # All who still wait for the database give up now, in their order: a later event must not get
        # into the spool before them.
        self._away.set()
        for hope in self._hoping:
            _end(hope)
        await self._into_spool(waiting)
        return None

    async def _in_time(self, writing: asyncio.Future[Kept]) -> None:
        """Returns when it is written, when patience ends, or when somebody else has given up."""
        loop = asyncio.get_running_loop()
        hope: asyncio.Future[None] = loop.create_future()
        self._hoping[hope] = None
        impatience = loop.call_later(PATIENCE, _end, hope)
        writing.add_done_callback(lambda _: _end(hope))
        try:
            await hope
        finally:
            impatience.cancel()
            del self._hoping[hope]

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
        kept = await self._record_all(oldest) if oldest else []
        async with self._turn:
            await asyncio.to_thread(self._spool.done, len(oldest))
            if self._spool.empty:
                self._away.clear()
        return kept

    async def _into_spool(self, waiting: Waiting) -> None:
        async with self._turn:
            await asyncio.to_thread(self._spool.keep, waiting)
            self._away.set()  # the last of the spool may have been brought back while this one came
        SPOOLED.inc()

    def _let_go(self, writing: asyncio.Future[Kept]) -> None:
        """The write goes on by itself."""
        writing.add_done_callback(self._tell_late)

    def _tell_late(self, writing: asyncio.Future[Kept]) -> None:
        if not writing.cancelled() and writing.exception() is None:
            self._late(writing.result())


def _end(hope: asyncio.Future[None]) -> None:
    if not hope.done():
        hope.set_result(None)
