"""The runner: takes claimed work, keeps its heartbeat, and takes over from runners that fell silent."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, assert_never

import structlog
from sqlalchemy import Connection

from app.conversations.chat import Again, AtRest, LookUp, Send, Step, ToStep, set_aside, take_steps
from app.conversations.means import Means
from app.conversations.sending import Finished, Sender, Settled
from app.credentials.renewal import TokenKeeper
from app.kit.clock import Clock
from app.kit.db import Database, DatabaseAway
from app.kit.ids import RunnerId, new_runner_id
from app.kit.redact import scrub
from app.metrics import CHATS_RUNNING, SENDS, SET_ASIDE
from app.outbox.rules import LOOK_AFTER, Failed, Retry, Sent, Unknown
from app.outbox.settling import leave_open
from app.work import runners
from app.work.bell import hear
from app.work.ledger import Claim, ClaimLost, claim_due, hand_back, held_by, hold, release, wake
from app.work.models import Kind
from app.zalo.client import ZaloClient

log = structlog.get_logger()

CHATS_AT_ONCE = 32
"""Measured: more sends in flight add no throughput on two cores, and each is one in doubt after a kill."""
POLL_EVERY = 0.5
LOOK_BACK_EVERY = 5.0
"""For claims of which this process has not heard: a commit may stand though its answer was lost."""
BEAT_EVERY = 1.0
QUIET_AFTER = 2.0
"""Seconds without a heartbeat after which this process must not send before the next: it may be buried."""
FROZEN_AFTER = runners.DEAD_AFTER.total_seconds()
"""After that the others do bury it: whatever it held is theirs, and it goes on under another name."""
AWAY_PAUSE = 1.0

Timer = Callable[[], Awaitable[datetime]]


class Broadcasts(Protocol):
    async def run(self, claim: Claim, go_on: Callable[[], bool]) -> datetime | None: ...


class Runner:
    """One life of one process: claims work under its id until it stops or is found to have been frozen."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        means: Means,
        client: ZaloClient,
        tokens: TokenKeeper,
        timers: Mapping[str, Timer],
        *,
        alone: bool,
        broadcasts: Broadcasts | None = None,
        its_turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.id = new_runner_id()
        self._broadcasts = broadcasts
        self._db, self._clock, self._means, self._timers = db, clock, means, timers
        self._alone = (
            alone  # nobody else can have the database open: no heartbeat, and who holds work is dead
        )
        turns = () if its_turn is None else (its_turn,)
        self._sender = Sender(db, client, tokens, means.sealer, clock, self._may_send, *turns)
        self._beaten_at = time.monotonic()
        self._heard = asyncio.Event()  # of the next heartbeat
        self._looked_back_at = time.monotonic()
        self._running: dict[tuple[Kind, str], asyncio.Task[int | None]] = {}
        self._woken: dict[tuple[Kind, str], Claim] = {}
        self._loops: list[asyncio.Task[None]] = []
        self._room = asyncio.Semaphore(CHATS_AT_ONCE)
        self._rung = asyncio.Event()
        self._stopping = False

    async def start(self) -> None:
        """Signs on, takes over what a killed predecessor held, and begins to work."""
        await self._db.write(self._sign_on)
        self._beaten_at = time.monotonic()
        self._loops = [asyncio.create_task(self._forever(self._poll, self._until_rung))]
        if not self._alone:
            self._loops += [
                asyncio.create_task(self._forever(self._beat, partial(asyncio.sleep, BEAT_EVERY))),
                asyncio.create_task(self._forever(self._look_around, partial(asyncio.sleep, BEAT_EVERY))),
                asyncio.create_task(hear(self._db.url, self._rung.set)),
            ]

    async def stop(self) -> None:
        """Finishes what is in hand, then signs off; what waits is left to the next runner."""
        self._stopping = True
        polling, *beating = self._loops
        polling.cancel()
        await asyncio.gather(polling, *self._running.values(), return_exceptions=True)
        await _end(beating)  # not before: what is in hand is held by a living runner
        await self._db.write(lambda db: runners.sign_off(db, self.id))

    def take(self, claim: Claim) -> None:
        """Runs claimed work in the background, one task for one contact.

        A wake-up that finds the task running is kept until it ends: the task may have let go just before.
        While stopping nothing new is begun: what is claimed then is handed back with the name of this runner.
        """
        if self._stopping:
            return
        name = (claim.kind, claim.key)
        if name in self._running:
            self._woken[name] = claim
            return
        match claim.kind:
            case Kind.CHAT:
                work = self._run_chat(claim)
            case Kind.BROADCAST:
                work = self._run_broadcast(claim)
            case Kind.TIMER:
                work = self._run_timer(claim)
        task = asyncio.create_task(self._guarded(claim, work))
        self._running[name] = task
        task.add_done_callback(partial(self._ended, name))

    def _ended(self, name: tuple[Kind, str], task: asyncio.Task[int | None]) -> None:
        del self._running[name]
        woken = self._woken.pop(name, None)
        if woken is None or task.cancelled():
            return
        seen = task.result()
        if seen is None or woken.generation > seen:
            self.take(woken)

    async def _run_chat(self, claim: Claim) -> int | None:
        """The generation as of which the chat was let go."""
        finished: Sequence[Finished] = ()
        rests_at: int | None = None
        async with self._room:
            while True:
                step = await self._step(ToStep(claim, finished, rests_at))
                finished, rests_at = (), None
                match step:
                    case Send(deliveries, rests_at):
                        finished = await self._sender.send(deliveries)
                        _count(finished)
                    case LookUp(delivery):
                        finished = (await self._sender.look_up(delivery),)
                    case Again():
                        if self._stopping:
                            return None
                    case AtRest(generation):
                        return generation
                    case _:
                        assert_never(step)

    async def _step(self, chat: ToStep) -> Step:
        """One transaction; an event whose handling raises is counted against that event."""
        while True:
            try:
                return await self._db.write_batched(self._take_steps, chat)
            except DatabaseAway:  # what was sent must still be written down
                await asyncio.sleep(AWAY_PAUSE)
            except ClaimLost:
                raise
            except Exception as error:
                why = scrub(f"{type(error).__name__}: {error}")[:500]
                log.exception("event_not_handled", contact=chat.claim.key)
                SET_ASIDE.inc()
                await self._db.write(
                    lambda db: set_aside(db, self._means, chat.claim, why, self._clock.now())  # noqa: B023
                )

    def _take_steps(self, db: Connection, chats: Sequence[ToStep]) -> list[Step | ClaimLost]:
        return take_steps(db, self._means, chats, self._clock.now())

    async def _run_broadcast(self, claim: Claim) -> int | None:
        """Until nothing is left to do, or this process stops; a word that came meanwhile is looked at."""
        going_on = self._goes_on(self.id)
        while True:
            seen = await self._db.write(lambda db: hold(db, claim))
            next_at = None if self._broadcasts is None else await self._broadcasts.run(seen, going_on)
            if await self._db.write(lambda db: release(db, seen, next_at)):  # noqa: B023
                return seen.generation
            if not going_on():
                return None  # still under our name: handed back when we have signed off

    def _goes_on(self, life: RunnerId) -> Callable[[], bool]:
        """False once this process stops, or was frozen so long that others may have taken its work."""
        return lambda: not self._stopping and self.id == life and self._awake()

    async def _run_timer(self, claim: Claim) -> int | None:
        timer = self._timers.get(claim.key)
        next_at = None if timer is None else await timer()
        await self._db.write(lambda db: self._rest_timer(db, claim, next_at))
        return None

    def _rest_timer(self, db: Connection, claim: Claim, next_at: datetime | None) -> None:
        release(db, hold(db, claim), next_at)

    async def _guarded(self, claim: Claim, work: Coroutine[Any, Any, int | None]) -> int | None:
        CHATS_RUNNING.inc()
        try:
            return await work
        except ClaimLost:
            log.info("claim_lost", kind=claim.kind)
        except Exception:
            log.exception("work_failed", kind=claim.kind, key=claim.key)
            await self._give_back(claim)
        finally:
            CHATS_RUNNING.dec()
        return None

    async def _give_back(self, claim: Claim) -> None:
        """Work that failed outside any event is tried again a little later, by anyone."""
        at = self._clock.now() + timedelta(seconds=AWAY_PAUSE)
        try:
            await self._db.write(lambda db: self._rest_timer(db, claim, at))
        except (ClaimLost, DatabaseAway):
            log.warning("claim_not_given_back", kind=claim.kind, key=claim.key)

    async def _poll(self) -> None:
        """Takes what is due; between two rounds a ring of the bell is not waited out."""
        self._rung.clear()
        await self._look_back()
        room = CHATS_AT_ONCE - len(self._running)
        if room <= 0:
            return
        now = self._clock.now()
        for claim in await self._db.write(lambda db: claim_due(db, now, self.id, room)):
            self.take(claim)

    async def _look_back(self) -> None:
        """Runs what the table says is held under our name and nobody here is running."""
        if time.monotonic() - self._looked_back_at < LOOK_BACK_EVERY:
            return
        self._looked_back_at = time.monotonic()
        for claim in await self._db.read(lambda db: held_by(db, self.id)):
            if (claim.kind, claim.key) not in self._running:
                self.take(claim)

    async def _beat(self) -> None:
        """Waits behind no other write: a busy runner is not a dead one."""
        began = time.monotonic()
        frozen = began - self._beaten_at >= FROZEN_AFTER
        if frozen or not await self._db.write_aside(lambda db: runners.beat(db, self.id)):
            await self._start_a_new_life()
        self._beaten_at = began
        self._heard.set()
        self._heard = asyncio.Event()

    async def _look_around(self) -> None:
        """Takes over from the dead. No part of the heartbeat: who froze in a transaction keeps rows locked
        until the server ends it, and whoever waits for them that long must not seem dead as well.
        """
        dead = await self._db.write_aside(self._take_over)
        if dead:
            log.warning("took_over", runners=len(dead))

    async def _start_a_new_life(self) -> None:
        """After a freeze all claims count as lost: their work may be running elsewhere by now."""
        log.warning("was_frozen", runner=self.id)
        self._woken.clear()
        for task in self._running.values():
            task.cancel()
        old, self.id = self.id, new_runner_id()
        await self._db.write_aside(partial(self._reborn, old))

    def _reborn(self, old: RunnerId, db: Connection) -> None:
        runners.sign_off(db, old)
        runners.sign_on(db, self.id, socket.gethostname())

    def _sign_on(self, db: Connection) -> None:
        if self._alone:
            runners.strike_all(db)
        runners.sign_on(db, self.id, socket.gethostname())
        self._take_over(db)
        for name in self._timers:
            wake(db, Kind.TIMER, name, self._clock.now(), None)

    def _take_over(self, db: Connection) -> list[RunnerId]:
        dead = runners.bury(db)
        if dead:
            now = self._clock.now()
            # A call that was broken off a moment ago may still be on its way into Zalo's list.
            leave_open(db, dead, now + LOOK_AFTER, now)
            hand_back(db, dead, now)
        return dead

    async def _may_send(self) -> None:
        """Returns once a heartbeat has shown that this runner lives. Raises `ClaimLost` when none comes."""
        try:
            while not self._awake():
                async with asyncio.timeout(FROZEN_AFTER):
                    await self._heard.wait()
        except TimeoutError as error:
            raise ClaimLost(f"held by {self.id}, whose heart has stopped") from error

    def _awake(self) -> bool:
        return self._alone or time.monotonic() - self._beaten_at < QUIET_AFTER

    async def _forever(
        self, act: Callable[[], Awaitable[None]], pause: Callable[[], Awaitable[None]]
    ) -> None:
        while True:
            try:
                await act()
            except DatabaseAway as error:
                log.warning("database_away", reason=str(error))
            except Exception:
                log.exception("runner_loop_failed")
            await pause()

    async def _until_rung(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_EVERY):
                await self._rung.wait()


async def _end(loops: Collection[asyncio.Task[None]]) -> None:
    """Returns when all have ended; a library may swallow the first word of it, as psycopg's listening may."""
    while going_on := [loop for loop in loops if not loop.done()]:
        for loop in going_on:
            loop.cancel()
        await asyncio.wait(going_on, timeout=1)


_COUNTED = {kind: SENDS.labels(kind.__name__.lower()) for kind in (Sent, Retry, Failed, Unknown)}


def _count(finished: Sequence[Finished]) -> None:
    for done in finished:
        if isinstance(done, Settled):
            _COUNTED[type(done.outcome)].inc()
