"""A database that has served for years: half of its messages came in, half went out, all are settled."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from app.kit.seal import Sealer
from tests.bench.knock import user_send_text
from tests.bench.measure import FIRST_PERSON
from tests.bench.menu import ASK, CHOICES
from tests.bench.subjects import SECRET_KEY, Subject, on_sqlite

CONTACTS = 100_000
"""Whom the messages belong to; those who write during the measurement are among them."""
SPAN_MS = 90 * 86_400_000
"""They came in over this time, the last one just now."""

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows) "
_CONTACT = "CAST(:first_person + i % :contacts AS TEXT)"
_AT = ":now - :span + i * :span / :rows"
RECEIVED = f"""{_NUMBERS}
    INSERT INTO inbox (dedupe_key, contact, event_name, body, masked, state, received_at, settled_at,
        attempts)
    SELECT printf('stored|%019x', i), {_CONTACT}, 'user_send_text', :event, '', 'settled', {_AT}, {_AT}, 1
    FROM n"""
SENT = f"""{_NUMBERS}
    INSERT INTO delivery (cause, ordinal, contact, lane, state, message, text_print, created_at, due_at,
        attempts, checks, message_id, settled_at, received_at, seen_at)
    SELECT printf('event:%d', i + 1), 0, {_CONTACT}, 'reply', 'seen', :message, :print, {_AT}, {_AT},
        1, 0, printf('stored%020x', i), {_AT}, {_AT}, {_AT}
    FROM n"""


def on_sqlite_with(messages: int, stub: str, folder: Path) -> Subject:
    """Some ten seconds and 600 MB of disk for each million."""
    folder.mkdir()
    subject = on_sqlite(stub, folder)
    if messages:
        fill(folder / "bench.db", messages)
    return replace(subject, name=f"{subject.name}, {messages} messages stored")


def fill(file: Path, messages: int) -> None:
    sealer = Sealer(SECRET_KEY)
    reply = {"text": ASK, "buttons": CHOICES}
    values = {
        "rows": messages // 2,
        "first_person": FIRST_PERSON,
        "contacts": CONTACTS,
        "now": int(time.time() * 1000),
        "span": SPAN_MS,
        "event": sealer.seal(user_send_text(str(FIRST_PERSON), "menu", 0)),
        "message": sealer.seal_text(json.dumps(reply, ensure_ascii=False)),
        "print": sealer.fingerprint(ASK),
    }
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        with _indexes_afterwards(db, "inbox", "delivery"):
            for statement in (RECEIVED, SENT):
                db.execute(statement, values)
        db.execute("ANALYZE")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _indexes_afterwards(db: sqlite3.Connection, *tables: str) -> Iterator[None]:
    """Building an index over what is there is many times faster than keeping it row by row."""
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL AND tbl_name IN (?, ?)"
    indexes = db.execute(asked, tables).fetchall()
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    yield
    for _, sql in indexes:
        db.execute(sql)
