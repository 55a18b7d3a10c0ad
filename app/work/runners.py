"""Heartbeats: which runners live, and whose work may be taken over."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, literal, select, update

from app.kit.clock import from_epoch_ms
from app.kit.db import UtcMs
from app.kit.ids import RunnerId
from app.work.models import Runner, Work

# Three missed heartbeats of one second each: take-over within 5 s, no false alarm from one slow commit.
DEAD_AFTER = timedelta(seconds=3)


def database_now(db: Connection) -> datetime:
    """The database's clock: runners on several machines must not compare their own."""
    if db.dialect.name == "postgresql":
        ms = db.execute(select(func.extract("epoch", func.clock_timestamp()) * 1000)).scalar_one()
    else:
        ms = (db.execute(select(func.julianday("now"))).scalar_one() - 2440587.5) * 86_400_000
    return from_epoch_ms(int(ms))


def sign_on(db: Connection, runner: RunnerId, host: str) -> None:
    now = database_now(db)
    db.execute(insert(Runner).values(id=runner, host=host, started_at=now, seen_at=now))


def beat(db: Connection, runner: RunnerId) -> bool:
    """Says "I live"; False when the others have already buried this runner and taken its work."""
    done = db.execute(
        update(Runner).where(Runner.id == runner).values(seen_at=literal(database_now(db), UtcMs()))
    )
    return done.rowcount == 1


def sign_off(db: Connection, runner: RunnerId) -> None:
    db.execute(delete(Runner).where(Runner.id == runner))


def strike_all(db: Connection) -> None:
    """For a database that only one process can open: whoever is on the list is dead."""
    db.execute(delete(Runner))


def bury(db: Connection) -> list[RunnerId]:
    """Strikes the silent runners from the list; names everyone who holds work but does not live."""
    db.execute(delete(Runner).where(Runner.seen_at < literal(database_now(db) - DEAD_AFTER, UtcMs())))
    living = select(Runner.id)
    holders = select(Work.owner).where(Work.owner.is_not(None), Work.owner.not_in(living)).distinct()
    return [RunnerId(owner) for owner in db.execute(holders).scalars() if owner is not None]


def count_living(db: Connection) -> int:
    """How many runners have given a sign of life lately."""
    lately = literal(database_now(db) - DEAD_AFTER, UtcMs())
    return int(
        db.execute(select(func.count()).select_from(Runner).where(Runner.seen_at >= lately)).scalar_one()
    )
