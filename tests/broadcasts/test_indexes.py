"""What is asked for every page of a big broadcast is answered by an index, without sorting."""

from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.dialects import sqlite

from app.broadcasts import ledger, queries, receipts
from app.broadcasts.audience import parse_audience
from app.broadcasts.people import read_page
from app.directory.models import Liaison
from app.kit.db import Database
from tests.broadcasts.stage import NOON


@pytest.mark.parametrize(
    ("question", "index"),
    [
        (ledger._DUE, "ix_recipient_waiting"),
        (receipts._IN_DOUBT, "ix_recipient_in_doubt"),
        (receipts._KNOWN, "ix_recipient_message_id"),
        (ledger._COUNT, "COVERING INDEX ix_recipient_counted"),
        (queries._TALLY, "COVERING INDEX ix_recipient_counted"),
    ],
)
def test_sqlite_finds_its_way(sqlite_db: Database, question: Any, index: str) -> None:
    compiled = question.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    plan = f"EXPLAIN QUERY PLAN {compiled}".replace("?", "1")
    steps = [row[3] for row in sqlite_db.read_now(lambda db: db.execute(text(plan)).all())]
    assert any(index in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


@pytest.mark.parametrize("rule", ["role=liaison", "role=liaison last_contact<7d", "role=worker"])
def test_a_slice_of_people_is_found_along_their_keys_not_by_reading_everybody(
    sqlite_db: Database, rule: str
) -> None:
    def steps(db: Any) -> list[str]:
        """With one person to come: otherwise there is no slice to be read."""
        db.exec_driver_sql("INSERT INTO contact (user_id, first_seen_at, following) VALUES ('1', 0, 1)")
        given = {"state": "verified", "full_name": "Mai", "name_folded": "mai", "from_at": NOON}
        db.execute(insert(Liaison).values(phone=b"", email=b"", phone_print="1", **given))
        asked: list[tuple[str, Any]] = []
        event.listen(db, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        read_page(db, parse_audience(rule), "", 100, NOON)
        statement, values = next(one for one in reversed(asked) if "JOIN" in one[0])
        return [row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]

    first, *rest = sqlite_db.write_now(steps)
    assert "rowid>? AND rowid<?" in first or "user_id>? AND user_id<?" in first, first
    assert not any("TEMP B-TREE" in step for step in rest), rest
