from datetime import UTC, datetime, timedelta

from app.handover.models import RequestState
from app.handover.requests import close_requests, open_request
from app.kit.db import Database
from app.kit.ids import UserId
from app.kit.seal import Sealer

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PERSON, SEALER = UserId("u1"), Sealer("k")


def test_asking_twice_leaves_one_request_and_tells_since_when(db: Database) -> None:
    assert db.write_now(lambda tx: open_request(tx, SEALER, PERSON, "gặp cán bộ", NOW)) is None
    later = NOW + timedelta(minutes=5)
    assert db.write_now(lambda tx: open_request(tx, SEALER, PERSON, "alo", later)) == NOW


def test_an_answered_request_makes_room_for_the_next(db: Database) -> None:
    db.write_now(lambda tx: open_request(tx, SEALER, PERSON, "a", NOW))
    assert db.write_now(lambda tx: close_requests(tx, PERSON, RequestState.ANSWERED, NOW)) == 1
    assert db.write_now(lambda tx: open_request(tx, SEALER, PERSON, "b", NOW)) is None
