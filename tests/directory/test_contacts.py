from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.directory import contacts
from app.directory.models import Contact
from app.kit.db import Database
from app.kit.ids import UserId

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
AN = UserId("u-an")


def test_a_contact_is_first_seen_once_and_last_seen_each_time(db: Database) -> None:
    db.write_now(lambda tx: contacts.touch(tx, AN, NOW))
    db.write_now(lambda tx: contacts.touch(tx, AN, LATER))
    row = db.read_now(lambda tx: tx.execute(select(Contact.__table__)).one())
    assert (row.first_seen_at, row.last_interaction_at, row.following) == (NOW, LATER, False)


def test_following_is_kept_until_it_is_taken_back(db: Database) -> None:
    db.write_now(lambda tx: contacts.follow(tx, AN, NOW))
    db.write_now(lambda tx: contacts.touch(tx, AN, LATER))
    assert db.read_now(lambda tx: tx.execute(select(Contact.following)).scalar()) is True
    db.write_now(lambda tx: contacts.unfollow(tx, AN))
    assert db.read_now(lambda tx: tx.execute(select(Contact.following)).scalar()) is False


def test_stop_counts_from_the_first_time_and_can_be_taken_back(db: Database) -> None:
    db.write_now(lambda tx: contacts.touch(tx, AN, NOW))
    assert db.write_now(lambda tx: contacts.stop(tx, AN, NOW))
    assert not db.write_now(lambda tx: contacts.stop(tx, AN, LATER))
    assert db.read_now(lambda tx: contacts.stopped_at(tx, AN)) == NOW
    db.write_now(lambda tx: contacts.resume(tx, AN))
    assert db.read_now(lambda tx: contacts.stopped_at(tx, AN)) is None


def test_nobody_knows_a_stranger(db: Database) -> None:
    assert db.read_now(lambda tx: contacts.stopped_at(tx, AN)) is None
    assert not db.write_now(lambda tx: contacts.stop(tx, AN, NOW))
