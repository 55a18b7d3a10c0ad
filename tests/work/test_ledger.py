from datetime import UTC, datetime, timedelta

import pytest

from app.kit.db import Database
from app.kit.ids import RunnerId
from app.work.ledger import ClaimLost, claim_due, hand_back, hold, release, wake
from app.work.models import Kind

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MINE, OTHER = RunnerId("mine"), RunnerId("other")


def test_who_wakes_free_work_holds_it(db: Database) -> None:
    claim = db.write_now(lambda tx: wake(tx, Kind.CHAT, "u1", NOW, MINE))
    assert claim is not None
    assert claim.owner == MINE
    assert db.write_now(lambda tx: wake(tx, Kind.CHAT, "u1", NOW, OTHER)) is None


def test_a_wake_up_during_work_is_not_lost(db: Database) -> None:
    claim = db.write_now(lambda tx: wake(tx, Kind.CHAT, "u1", NOW, MINE))
    assert claim is not None
    db.write_now(lambda tx: wake(tx, Kind.CHAT, "u1", NOW, OTHER))
    assert not db.write_now(lambda tx: release(tx, claim, None))
    seen = db.write_now(lambda tx: hold(tx, claim))
    assert db.write_now(lambda tx: release(tx, seen, None))


def test_work_woken_without_a_runner_waits_to_be_claimed(db: Database) -> None:
    assert db.write_now(lambda tx: wake(tx, Kind.CHAT, "u1", NOW, None)) is None
    assert [claim.key for claim in db.write_now(lambda tx: claim_due(tx, NOW, MINE, 5))] == ["u1"]
    assert db.write_now(lambda tx: claim_due(tx, NOW, OTHER, 5)) == []


def test_work_that_lies_in_the_future_is_not_due(db: Database) -> None:
    db.write_now(lambda tx: wake(tx, Kind.TIMER, "token", NOW + timedelta(hours=1), None))
    assert db.write_now(lambda tx: claim_due(tx, NOW, MINE, 5)) == []
    assert len(db.write_now(lambda tx: claim_due(tx, NOW + timedelta(hours=1), MINE, 5))) == 1


def test_a_sooner_wake_up_moves_the_time_forward_and_a_later_one_does_not(db: Database) -> None:
    for hours in (3, 1, 2):
        at = NOW + timedelta(hours=hours)
        db.write_now(lambda tx, at=at: wake(tx, Kind.TIMER, "token", at, None))  # type: ignore[misc]
    assert len(db.write_now(lambda tx: claim_due(tx, NOW + timedelta(hours=1), MINE, 5))) == 1


def test_what_was_handed_back_is_lost_to_its_old_holder(db: Database) -> None:
    claim = db.write_now(lambda tx: wake(tx, Kind.CHAT, "u1", NOW, MINE))
    assert claim is not None
    assert db.write_now(lambda tx: hand_back(tx, [MINE], NOW)) == 1
    assert len(db.write_now(lambda tx: claim_due(tx, NOW, OTHER, 5))) == 1
    with pytest.raises(ClaimLost):
        db.write_now(lambda tx: hold(tx, claim))
