from datetime import timedelta

from sqlalchemy import update

from app.kit.db import Database
from app.kit.ids import RunnerId
from app.work.ledger import wake
from app.work.models import Kind, Runner
from app.work.runners import DEAD_AFTER, beat, bury, database_now, sign_off, sign_on, strike_all

MINE, OTHER = RunnerId("mine"), RunnerId("other")


def test_a_living_runner_is_not_buried(db: Database) -> None:
    db.write_now(lambda tx: sign_on(tx, MINE, "host"))
    db.write_now(lambda tx: wake(tx, Kind.CHAT, "u1", database_now(tx), MINE))
    assert db.write_now(bury) == []
    assert db.write_now(lambda tx: beat(tx, MINE))


def test_a_silent_runner_is_buried_and_learns_of_it(db: Database) -> None:
    db.write_now(lambda tx: sign_on(tx, MINE, "host"))
    db.write_now(lambda tx: wake(tx, Kind.CHAT, "u1", database_now(tx), MINE))
    long_ago = db.read_now(database_now) - DEAD_AFTER - timedelta(seconds=1)
    db.write_now(lambda tx: tx.execute(update(Runner).values(seen_at=long_ago)))
    assert db.write_now(bury) == [MINE]
    assert not db.write_now(lambda tx: beat(tx, MINE))


def test_a_runner_that_signed_off_holding_work_is_named_as_well(db: Database) -> None:
    db.write_now(lambda tx: sign_on(tx, MINE, "host"))
    db.write_now(lambda tx: wake(tx, Kind.CHAT, "u1", database_now(tx), MINE))
    db.write_now(lambda tx: sign_off(tx, MINE))
    assert db.write_now(bury) == [MINE]


def test_the_only_process_strikes_everyone_before_it(db: Database) -> None:
    db.write_now(lambda tx: sign_on(tx, OTHER, "host"))
    db.write_now(strike_all)
    assert not db.write_now(lambda tx: beat(tx, OTHER))
