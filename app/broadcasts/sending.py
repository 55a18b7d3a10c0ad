"""Sends one broadcast to its end: claims a page, calls side by side, writes it down; may die at any time."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from app.broadcasts.calling import Called, Caller, ToCall
from app.broadcasts.ground import Ground
from app.broadcasts.ledger import Waiting
from app.broadcasts.models import BroadcastState
from app.broadcasts.planning import plan_on
from app.broadcasts.reconciling import Reconciler
from app.broadcasts.rules import FailureWatch
from app.broadcasts.step import Done, Outcome, Told, begin, settle_looks, take_step
from app.kit.clock import Clock
from app.kit.db import Database, DatabaseAway
from app.outbox.pace import Pace
from app.work.ledger import Claim

log = structlog.get_logger()

AT_ONCE = 32
"""Calls in flight for one broadcast; each is one in doubt after a kill."""
READY = 3 * AT_ONCE
"""Claimed and in flight together: what stands ready covers the commit of the next page."""
SETTLE_EVERY = 0.1
"""Seconds that a finished call waits, at most, for others to be written down with."""
LOOK_EVERY = 0.5
"""A pause or a stop is noticed within this time, however slow the pace."""
AWAY_PAUSE = 1.0


class BroadcastSender:
    """The handler of `broadcast` work: `run` says when it is to run next, or None when nothing is left."""

    def __init__(
        self, db: Database, ground: Ground, caller: Caller, reconciler: Reconciler, pace: Pace, clock: Clock
    ) -> None:
        self._db, self._ground, self._caller, self._reconciler = db, ground, caller, reconciler
        self._pace, self._clock = pace, clock

    async def run(self, claim: Claim, go_on: Callable[[], bool]) -> datetime | None:
        """Raises `ClaimLost` when another process holds the broadcast; nothing more is written then."""
        told = await self._db.write(lambda db: begin(db, claim, self._ground, self._clock.now()))
        if told.state is BroadcastState.PLANNING:
            if not await plan_on(self._db, self._ground, told.id, self._clock, go_on):
                return self._clock.now()
            told = await self._db.write(lambda db: begin(db, claim, self._ground, self._clock.now()))
            if told.state is BroadcastState.PLANNED:
                return None
        return await _Stay(self, claim, told, go_on).to_the_end()


class _Stay:
    """One broadcast in one process, from the claim until it is let go."""

    def __init__(self, sender: BroadcastSender, claim: Claim, told: Told, go_on: Callable[[], bool]) -> None:
        self._db, self._ground, self._caller = sender._db, sender._ground, sender._caller
        self._reconciler, self._pace, self._clock = sender._reconciler, sender._pace, sender._clock
        self._claim, self._told, self._go_on = claim, told, go_on
        self._watch = FailureWatch(self._ground.halt_above)
        self._ready: asyncio.Queue[ToCall] = asyncio.Queue()
        self._finished: list[Called] = []
        self._unbegun: list[int] = []
        self._tokens = self._busy = 0
        self._came = asyncio.Event()

    async def to_the_end(self) -> datetime | None:
        workers = [asyncio.create_task(self._work()) for _ in range(AT_ONCE)]
        try:
            return await self._feed()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _feed(self) -> datetime | None:
        while True:
            await self._take_tokens()
            outcome = await self._step()
            self._told = outcome.told
            self._tokens -= len(outcome.to_call)
            for one in outcome.to_call:
                self._ready.put_nowait(one)
            if outcome.doubtful and self._go_on():
                await self._look_up(outcome.doubtful)
            if self._in_hand():
                await self._until_a_page_came()
            elif not self._go_on():
                return self._clock.now()
            elif not (outcome.to_call or outcome.changed or outcome.doubtful or self._finished) and (
                outcome.next_at is None or outcome.next_at > self._clock.now()
            ):
                return outcome.next_at

    async def _take_tokens(self) -> None:
        """As many calls as there is room for, and as the pace allows."""
        room = READY - self._in_hand()
        if not self._told.sends or not self._go_on() or self._tokens >= room:
            return
        # With calls in hand their answers must not wait for the pace to be written down.
        patience = SETTLE_EVERY if self._in_hand() or self._finished else LOOK_EVERY
        self._tokens += await self._pace.bulk(room - self._tokens, patience)

    async def _step(self) -> Outcome:
        """Writes down what was finished and claims what comes next, in one transaction."""
        sends = self._told.sends and self._go_on()
        if not sends:
            self._unbegun += [self._ready.get_nowait().recipient.id for _ in range(self._ready.qsize())]
        finished, self._finished = self._finished, []
        unbegun, self._unbegun = self._unbegun, []
        for called in finished:
            if called.counts is not None:
                self._watch.note(failed=called.counts)
        halt = self._watch.words() if self._watch.has_enough() else None
        done = Done(finished, unbegun, halt, idle=not self._in_hand())
        most = min(READY - self._in_hand(), self._tokens) if sends else 0
        now = self._clock.now()
        while True:
            try:
                return await self._db.write(
                    lambda db: take_step(db, self._claim, self._ground, self._told, done, most, now)
                )
            except DatabaseAway:  # what was sent must still be written down
                await asyncio.sleep(AWAY_PAUSE)

    async def _look_up(self, doubtful: Sequence[Waiting]) -> None:
        """Asks Zalo's list about those in doubt; each look costs a call of the bulk share."""
        left = list(doubtful)
        while left and self._go_on():
            most = min(len(left), AT_ONCE)
            page, left = left[:most], left[most:]
            paid = 0
            while paid < most and self._go_on():
                paid += await self._pace.bulk(most - paid)
            looked = await asyncio.gather(*(self._reconciler.look_up(one) for one in page[:paid]))
            now = self._clock.now()
            await self._db.write(lambda db: settle_looks(db, self._claim, self._told, looked, now))  # noqa: B023

    async def _work(self) -> None:
        while True:
            one = await self._ready.get()
            if not self._go_on():  # frozen or stopping: not another word
                self._unbegun.append(one.recipient.id)
                continue
            self._busy += 1
            try:
                called = await self._caller.call(self._told.id, self._told.content, one)
            except Exception:  # a fault of ours: the message may be out, so it is never sent again
                log.exception("call_failed", recipient=one.recipient.id)
                called = self._caller.in_doubt(one, "our own fault, see the log")
            # Named only now: the list is another one after each step.
            self._finished.append(called)
            self._busy -= 1
            self._came.set()

    def _in_hand(self) -> int:
        return self._busy + self._ready.qsize()

    async def _until_a_page_came(self) -> None:
        """A page is worth a commit; a trickle is written down at least ten times a second."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + SETTLE_EVERY
        while len(self._finished) < AT_ONCE and self._in_hand():
            left = deadline - loop.time()
            if left <= 0:
                return
            self._came.clear()
            try:
                async with asyncio.timeout(left):
                    await self._came.wait()
            except TimeoutError:
                return
