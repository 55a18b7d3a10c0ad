from datetime import UTC, datetime

from sqlalchemy import Connection

from app.inbox.ledger import (
    TRIES,
    NewEvent,
    OpenEvent,
    count_failure,
    last_received,
    next_open,
    record,
    settle,
)
from app.kit.db import Database

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def event(key: str, contact: str = "u1", *, readable: bool = True) -> NewEvent:
    return NewEvent(key, contact, "user_send_text", b"{}", "", readable)


def oldest(db: Database, contact: str = "u1") -> OpenEvent:
    found = db.read_now(lambda tx: next_open(tx, contact))
    assert found is not None
    return found


def test_a_repeat_is_a_quiet_no(db: Database) -> None:
    assert db.write_now(lambda tx: record(tx, event("k1"), NOW))
    assert not db.write_now(lambda tx: record(tx, event("k1"), NOW))


def test_events_of_a_contact_come_in_the_order_they_were_recorded(db: Database) -> None:
    for key in ("k1", "k2"):
        db.write_now(lambda tx, key=key: record(tx, event(key), NOW))  # type: ignore[misc]
    db.write_now(lambda tx: record(tx, event("k3", "u2"), NOW))
    first = oldest(db)
    db.write_now(lambda tx: settle(tx, first.id, NOW))
    second = oldest(db)
    assert second.id > first.id
    db.write_now(lambda tx: settle(tx, second.id, NOW, "odd"))
    assert db.read_now(lambda tx: next_open(tx, "u1")) is None
    assert db.read_now(lambda tx: next_open(tx, "u2")) is not None


def test_what_cannot_be_read_is_kept_but_never_handled(db: Database) -> None:
    assert db.write_now(lambda tx: record(tx, event("k1", readable=False), NOW))
    assert db.read_now(lambda tx: next_open(tx, "u1")) is None
    assert db.read_now(last_received) == NOW


def test_an_event_that_always_fails_is_set_aside_so_that_the_next_one_comes(db: Database) -> None:
    db.write_now(lambda tx: record(tx, event("bad"), NOW))
    db.write_now(lambda tx: record(tx, event("good"), NOW))
    bad = oldest(db)
    given_up = [db.write_now(lambda tx: count_failure(tx, oldest_in(tx), NOW, "boom")) for _ in range(TRIES)]
    assert given_up == [False] * (TRIES - 1) + [True]
    assert oldest(db).id > bad.id


def oldest_in(tx: Connection) -> OpenEvent:
    found = next_open(tx, "u1")
    assert found is not None
    return found
