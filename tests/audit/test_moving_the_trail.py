"""The trail moves house with everything else, and is as whole and as closed there as before."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.audit.trail import Entry, check_chain, record
from app.kit.db import Database
from app.moving import move
from app.schema import upgrade
from app.staff.accounts import By, add_account
from app.staff.rules import Role

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def fill(tx: Connection) -> None:
    add_account(tx, "Nguyễn Thu Hạnh", Role.ADMIN, "hash", By("system"), NOW)
    record(tx, Entry("staff:1", "liaison.verified", "liaison:17", NOW, {"was": "pending"}))


@pytest.mark.parametrize("way", ["sqlite to postgres", "postgres to sqlite"])
def test_the_chain_holds_after_the_move_and_goes_on(way: str, sqlite_url: str, postgres_url: str) -> None:
    source, target = (sqlite_url, postgres_url) if way == "sqlite to postgres" else (postgres_url, sqlite_url)
    upgrade(source)
    with closing(Database(source)) as db:
        db.write_now(fill)
        before = db.read_now(check_chain)
    move(source, target)
    with closing(Database(target)) as db:
        assert db.read_now(check_chain) == before
        db.write_now(lambda tx: record(tx, Entry("staff:1", "staff.signed_in", "staff:1", NOW)))
        after = db.read_now(check_chain)
        assert (after.lines, after.broken_at) == (before.lines + 1, None)
        with pytest.raises(DBAPIError, match="append-only"):
            db.write_now(lambda tx: tx.execute(text("DELETE FROM audit_line")))
