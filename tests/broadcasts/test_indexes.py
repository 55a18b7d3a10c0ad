"""What is asked for every page of a big broadcast is answered by an index, without sorting."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from app.broadcasts import ledger, receipts
from app.kit.db import Database


@pytest.mark.parametrize(
    ("question", "index"),
    [
        (ledger._DUE, "ix_recipient_waiting"),
        (receipts._IN_DOUBT, "ix_recipient_in_doubt"),
        (receipts._KNOWN, "ix_recipient_message_id"),
        (ledger._COUNT, "ix_recipient_counted"),
    ],
)
def test_sqlite_finds_its_way(sqlite_db: Database, question: Any, index: str) -> None:
    compiled = question.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    plan = f"EXPLAIN QUERY PLAN {compiled}".replace("?", "1")
    steps = [row[3] for row in sqlite_db.read_now(lambda db: db.execute(text(plan)).all())]
    assert any(index in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
