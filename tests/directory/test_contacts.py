from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.directory import contacts
from app.directory.models import Contact
from app.kit.db import Database
from app.kit.ids import UserId
from tests.directory.files import NOW

ME = UserId("u1")
LATER = NOW + timedelta(days=2)


def row(db: Database) -> Any:
    return db.read_now(lambda tx: tx.execute(select(Contact.__table__)).one())


def test_a_first_touch_makes_the_contact_and_a_later_one_moves_only_the_window(db: Database) -> None:
    db.write_now(lambda tx: contacts.touch(tx, ME, NOW))
    db.write_now(lambda tx: contacts.touch(tx, ME, LATER))
    found = row(db)
    assert (found.first_seen_at, found.last_interaction_at, found.following) == (NOW, LATER, False)


def test_following_and_unfollowing(db: Database) -> None:
    db.write_now(lambda tx: contacts.follow(tx, ME, NOW))
    assert row(db).following
    db.write_now(lambda tx: contacts.touch(tx, ME, LATER))
    assert row(db).following
    db.write_now(lambda tx: contacts.unfollow(tx, ME))
    assert not row(db).following


def test_an_unfollow_of_a_stranger_makes_no_contact(db: Database) -> None:
    db.write_now(lambda tx: contacts.unfollow(tx, ME))
    assert db.read_now(lambda tx: tx.execute(select(Contact.user_id)).all()) == []


def test_a_stop_counts_from_the_first_time_until_resumed(db: Database) -> None:
    db.write_now(lambda tx: contacts.touch(tx, ME, NOW))
    assert db.write_now(lambda tx: contacts.stop(tx, ME, NOW))
    assert not db.write_now(lambda tx: contacts.stop(tx, ME, LATER))
    db.write_now(lambda tx: contacts.touch(tx, ME, LATER))
    assert db.read_now(lambda tx: contacts.stopped_at(tx, ME)) == NOW
    db.write_now(lambda tx: contacts.resume(tx, ME))
    assert db.read_now(lambda tx: contacts.stopped_at(tx, ME)) is None
    assert db.write_now(lambda tx: contacts.stop(tx, ME, LATER))
