import sqlite3
from contextlib import closing
from pathlib import Path

from app.kit.seal import Sealer
from app.schema import upgrade
from tests.bench.stored import fill
from tests.bench.subjects import SECRET_KEY

INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name"


def test_a_filled_database_has_its_messages_settled_and_sealed_and_its_indexes_back(tmp_path: Path) -> None:
    file = tmp_path / "bench.db"
    upgrade(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as db:
        indexes = db.execute(INDEXES).fetchall()
    fill(file, 2000)
    with closing(sqlite3.connect(file)) as db:
        assert db.execute(INDEXES).fetchall() == indexes
        received = "SELECT count(*), count(DISTINCT contact), min(state), max(state) FROM inbox"
        assert db.execute(received).fetchone() == (1000, 1000, "settled", "settled")
        sent = """SELECT count(*), min(delivery.state), max(delivery.state) FROM delivery
            JOIN inbox ON delivery.cause = 'event:' || inbox.id AND delivery.contact = inbox.contact"""
        assert db.execute(sent).fetchone() == (1000, "seen", "seen")
        (body,) = db.execute("SELECT body FROM inbox LIMIT 1").fetchone()
        assert b"user_send_text" in Sealer(SECRET_KEY).open(body)
