from datetime import UTC, datetime, timedelta

from app.inbox.knocks import LIVES, ask_knock, has_arrived, note_knock
from app.kit.db import Database

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_a_knock_counts_for_who_asked_and_for_a_moment(db: Database) -> None:
    word, other = (db.write_now(lambda tx: ask_knock(tx, NOW)) for _ in range(2))
    db.write_now(lambda tx: note_knock(tx, word, NOW + timedelta(seconds=1)))
    assert db.read_now(lambda tx: has_arrived(tx, word))
    assert not db.read_now(lambda tx: has_arrived(tx, other))
    db.write_now(lambda tx: note_knock(tx, other, NOW + LIVES + timedelta(seconds=1)))
    assert not db.read_now(lambda tx: has_arrived(tx, other))


def test_a_word_nobody_asked_for_leaves_nothing(db: Database) -> None:
    db.write_now(lambda tx: note_knock(tx, "made up", NOW))
    assert not db.read_now(lambda tx: has_arrived(tx, "made up"))
