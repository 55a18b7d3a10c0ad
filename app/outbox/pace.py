"""Zalo's rate as one bucket for all processes: small shares are leased from one row, not one by one.

Bulk leaves at an even pace of what replies do not need; replies take what they need of the minute.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from app.kit.clock import Clock, epoch_ms, from_epoch_ms
from app.kit.db import Database, DatabaseAway, UtcMs, both_dialects
from app.outbox.models import PaceRow

REPLY_SHARE = 0.2
LEASED_AHEAD = timedelta(milliseconds=250)
"""Bulk calls that one process takes at a time: a killed process wastes a quarter of a second of the rate."""
REPLIES_AT_A_TIME = 20
LEASES_PER_MINUTE = 200
"""At low rates a lease of replies is smaller: killed processes must not use up the minute of the rest."""
MINUTE = timedelta(minutes=1)
LOOK_AGAIN = 0.1
"""Seconds between two looks at the clock, which may run fast or be set while somebody waits for a moment."""
PATIENCE = 0.5
"""Seconds that a bulk sender waits before it looks again whether it is still wanted."""
_LONG_AGO = from_epoch_ms(0)


@dataclass(frozen=True, slots=True)
class Rate:
    per_minute: int
    reply_share: float = REPLY_SHARE

    @property
    def for_replies(self) -> int:
        return int(self.per_minute * self.reply_share)

    @property
    def replies_at_a_time(self) -> int:
        return min(REPLIES_AT_A_TIME, max(self.per_minute // LEASES_PER_MINUTE, 1))

    @property
    def bulk_gap(self) -> float:
        """Microseconds between two bulk calls at the even pace."""
        return 60_000_000 / max(self.per_minute - self.for_replies, 1)


@dataclass(frozen=True, slots=True)
class Used:
    """What stands in the row."""

    minute: int
    taken: int
    by_replies: int
    bulk_free_at: int
    closed_until: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """`count` calls may leave now; with none, there is nothing before `again_at`."""

    count: int
    again_at: datetime


def share_bulk(used: Used, rate: Rate, most: int, now: datetime) -> tuple[Share, Used]:
    """As many bulk calls as the even pace allows for the next quarter of a second, at most `most`."""
    used = _in_minute(used, now)
    if now < used.closed_until:
        return Share(0, used.closed_until), used
    room = rate.per_minute - used.taken - _replies_to_come(used, rate, now)
    if room <= 0:
        return Share(0, _next_minute(now)), used
    at, gap, reach = epoch_us(now), rate.bulk_gap, LEASED_AHEAD / timedelta(microseconds=1)
    free_at = max(used.bulk_free_at, int(at - reach))  # who asks a moment late loses nothing of the pace
    count = min(most, room, int((at + reach - free_at) / gap) + 1) if free_at <= at + reach else 0
    worth_it = min(most, room, int(reach / gap / 2))
    if count < max(worth_it, 1):  # a handful now would cost the transaction that a whole share does
        return Share(0, now + timedelta(microseconds=free_at + max(worth_it - 1, 0) * gap - reach - at)), used
    free_at = int(free_at + count * gap)
    return Share(count, now), Used(
        used.minute, used.taken + count, used.by_replies, free_at, used.closed_until
    )


def share_replies(used: Used, rate: Rate, most: int, now: datetime) -> tuple[Share, Used]:
    """Replies take all that is left of the minute; only a minute used up makes them wait."""
    used = _in_minute(used, now)
    if now < used.closed_until:
        return Share(0, used.closed_until), used
    count = min(most, rate.per_minute - used.taken)
    if count <= 0:
        return Share(0, _next_minute(now)), used
    return Share(count, now), Used(
        used.minute, used.taken + count, used.by_replies + count, used.bulk_free_at, used.closed_until
    )


def _replies_to_come(used: Used, rate: Rate, now: datetime) -> int:
    """What the rest of the minute must hold: their fifth, or more when more of them have come so far."""
    gone = (epoch_ms(now) % 60_000) / 60_000
    at_this_pace = used.by_replies / max(gone, 0.25) * (1 - gone)
    return int(max(rate.for_replies - used.by_replies, at_this_pace, 0))


def _in_minute(used: Used, now: datetime) -> Used:
    minute = epoch_ms(now) // 60_000
    if minute == used.minute:
        return used
    if used.bulk_free_at > epoch_us(now + 2 * MINUTE) or used.closed_until > now + 2 * MINUTE:
        return Used(minute, 0, 0, 0, _LONG_AGO)  # nothing reaches that far: the clock was set back
    return Used(minute, 0, 0, used.bulk_free_at, used.closed_until)


def _next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + MINUTE


def epoch_us(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _first_statement(insert: Any) -> Any:
    return (
        insert(PaceRow)
        .values(
            app=bindparam("app"),
            minute=0,
            taken=0,
            taken_by_replies=0,
            bulk_free_at=0,
            closed_until=bindparam("long_ago", type_=UtcMs),
        )
        .on_conflict_do_nothing()
    )


_FIRST = both_dialects(_first_statement)
_READ = (
    select(
        PaceRow.minute, PaceRow.taken, PaceRow.taken_by_replies, PaceRow.bulk_free_at, PaceRow.closed_until
    )
    .where(PaceRow.app == bindparam("app"))
    .with_for_update()
)
_WRITE = (
    update(PaceRow)
    .where(PaceRow.app == bindparam("b_app"))
    .values(
        minute=bindparam("b_minute"),
        taken=bindparam("b_taken"),
        taken_by_replies=bindparam("b_by_replies"),
        bulk_free_at=bindparam("b_bulk_free_at"),
        closed_until=bindparam("b_closed_until", type_=UtcMs),
    )
)


def read_used(db: Connection, app: str) -> Used:
    row = db.execute(_READ, {"app": app}).one_or_none()
    if row is None:
        db.execute(_FIRST(db), {"app": app, "long_ago": _LONG_AGO})
        row = db.execute(_READ, {"app": app}).one()
    return Used(*row)


def write_used(db: Connection, app: str, used: Used) -> None:
    db.execute(
        _WRITE,
        {
            "b_app": app,
            "b_minute": used.minute,
            "b_taken": used.taken,
            "b_by_replies": used.by_replies,
            "b_bulk_free_at": used.bulk_free_at,
            "b_closed_until": used.closed_until,
        },
    )


class Pace:
    """The shares of this process. Broadcasts that wait get theirs in the order in which they asked."""

    def __init__(self, db: Database, clock: Clock, app: str, rate: Rate) -> None:
        self._db, self._clock, self._app, self._rate = db, clock, app, rate
        self._turn, self._replies_turn = asyncio.Lock(), asyncio.Lock()
        self._bulk, self._bulk_until = 0, _LONG_AGO
        self._replies, self._replies_minute = 0, -1
        self._closed_until = _LONG_AGO

    async def bulk(self, most: int, patience: float = PATIENCE) -> int:
        """Up to `most` calls that may be made now; 0 when none came free within `patience` seconds."""
        try:
            async with asyncio.timeout(patience):
                async with self._turn:
                    return await self._bulk_in_turn(most)
        except TimeoutError:
            return 0

    async def _bulk_in_turn(self, most: int) -> int:
        if self._bulk and self._clock.now() < self._bulk_until and not self._is_closed():
            return self._give_bulk(most)
        while True:
            share = await asyncio.shield(self._lease_bulk(self._clock.now()))
            # Given at once: on a clock that runs fast a share may be stale when its transaction ends.
            if share.count and not self._is_closed():
                return self._give_bulk(most)
            await self._until(max(share.again_at, self._closed_until))

    def _give_bulk(self, most: int) -> int:
        given = min(most, self._bulk)
        self._bulk -= given
        return given

    async def _lease_bulk(self, now: datetime) -> Share:
        def lease(db: Connection) -> Share:
            used = read_used(db, self._app)
            share, after = share_bulk(used, self._rate, MOST_BULK, now)
            if after != used:
                write_used(db, self._app, after)
            return share

        share = await self._db.write(lease)
        left = self._bulk if now < self._bulk_until else 0  # of a lease whose caller gave up waiting
        self._bulk, self._bulk_until = left + share.count, now + LEASE_LIVES
        return share

    async def reply(self) -> None:
        """Returns when one reply may leave: at once unless the minute is used up or Zalo has closed it."""
        while not self._give_reply():
            async with self._replies_turn:
                if self._give_reply():
                    return  # leased by whoever had the turn before
                share = await self._lease_replies(self._clock.now())
                if share.count and not self._is_closed():
                    self._replies -= 1  # at once, as above
                    return
            await self._until(max(share.again_at, self._closed_until))

    def _give_reply(self) -> bool:
        this_minute = epoch_ms(self._clock.now()) // 60_000 == self._replies_minute
        if not self._replies or not this_minute or self._is_closed():
            return False
        self._replies -= 1
        return True

    async def _lease_replies(self, now: datetime) -> Share:
        def lease(db: Connection) -> Share:
            share, after = share_replies(
                read_used(db, self._app), self._rate, self._rate.replies_at_a_time, now
            )
            write_used(db, self._app, after)
            return share

        try:
            share = await self._db.write(lease)
        except DatabaseAway:  # a reply that is claimed goes out uncounted: Zalo counts as well
            share = Share(1, now)
        self._replies, self._replies_minute = share.count, epoch_ms(now) // 60_000
        return share

    def _is_closed(self) -> bool:
        now = self._clock.now()
        return now < self._closed_until <= now + 2 * MINUTE  # further away: the clock was set back

    async def _until(self, at: datetime) -> None:
        """Until the clock that everybody goes by shows that time, or has been set to quite another."""
        await asyncio.sleep(0)
        while timedelta(0) < (left := at - self._clock.now()) <= 2 * MINUTE:  # noqa: ASYNC110  a clock tells nobody
            await asyncio.sleep(min(left.total_seconds(), LOOK_AGAIN))

    async def close(self, until: datetime) -> None:
        """Zalo said "too many calls" (-32): no process calls before `until`."""
        self._closed_until, self._bulk, self._replies = max(self._closed_until, until), 0, 0

        def shut(db: Connection) -> None:
            used = read_used(db, self._app)
            if used.closed_until < until:
                write_used(
                    db, self._app, Used(used.minute, used.taken, used.by_replies, used.bulk_free_at, until)
                )

        with suppress(DatabaseAway):  # the others hear it from Zalo, as this process did
            await self._db.write(shut)


MOST_BULK = 10_000
"""No limit of its own: the quarter of a second decides."""
LEASE_LIVES = timedelta(seconds=2)
"""Shares not used by then are dropped: they belong to a moment that has passed."""
