"""The trail: appended in order whoever writes, unchangeable, and tampering is found."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, text, update
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditLine
from app.audit.queries import TrailFilter, known_actions, read_page
from app.audit.rules import NOTHING_BEFORE
from app.audit.trail import Entry, check_chain, record
from app.kit.db import Database

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def entry(number: int, actor: str = "staff:7", action: str = "liaison.verified") -> Entry:
    return Entry(
        actor, action, f"liaison:{number}", NOW + timedelta(minutes=number), {"was": "pending"}, "10.0.0.9"
    )


def fill(db: Database, count: int) -> None:
    for number in range(count):
        db.write_now(lambda tx, number=number: record(tx, entry(number)))  # type: ignore[misc]


def unguarded(db: Connection) -> None:
    """What somebody with the database's own administrator could do."""
    if db.dialect.name == "postgresql":
        db.execute(text("ALTER TABLE audit_line DISABLE TRIGGER ALL"))
        return
    for verb in ("update", "delete"):
        db.execute(text(f"DROP TRIGGER audit_line_no_{verb}"))


def test_an_empty_trail_is_whole(db: Database) -> None:
    chain = db.read_now(check_chain)
    assert (chain.lines, chain.head, chain.broken_at) == (0, NOTHING_BEFORE, None)


def test_a_trail_is_whole_and_knows_its_last_hash(db: Database) -> None:
    fill(db, 3)
    chain = db.read_now(check_chain)
    assert (chain.lines, chain.broken_at) == (3, None)
    fill(db, 1)
    assert db.read_now(check_chain).head != chain.head


def test_an_altered_line_is_named(db: Database) -> None:
    fill(db, 4)

    def tamper(tx: Connection) -> None:
        unguarded(tx)
        tx.execute(update(AuditLine).where(AuditLine.id == 2).values(actor="staff:8"))

    db.write_now(tamper)
    assert db.read_now(check_chain).broken_at == 2


def test_the_line_after_a_deleted_one_is_named(db: Database) -> None:
    fill(db, 4)

    def tamper(tx: Connection) -> None:
        unguarded(tx)
        tx.execute(delete(AuditLine).where(AuditLine.id == 2))

    db.write_now(tamper)
    assert db.read_now(check_chain).broken_at == 3


@pytest.mark.parametrize("change", [update(AuditLine).values(actor="nobody"), delete(AuditLine)])
def test_the_database_refuses_to_change_or_delete(db: Database, change: object) -> None:
    fill(db, 1)
    with pytest.raises(DBAPIError, match="append-only"):
        db.write_now(lambda tx: tx.execute(change))  # type: ignore[call-overload]
    assert db.read_now(check_chain).lines == 1


async def test_lines_of_many_writers_make_one_chain(open_db: Database) -> None:
    await asyncio.gather(
        *(open_db.write(lambda tx, number=number: record(tx, entry(number))) for number in range(120))  # type: ignore[misc]
    )
    chain = await open_db.read(check_chain)
    assert (chain.lines, chain.broken_at) == (120, None)


def test_two_connections_take_turns(postgres_db: Database) -> None:
    """The second appender waits for the first one's commit, and hangs its line on it."""
    with postgres_db.engine.connect() as first, postgres_db.engine.connect() as second:
        record(first, entry(1))
        second.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            record(second, entry(2))
        second.rollback()
        first.commit()
        record(second, entry(2))
        second.commit()
    chain = postgres_db.read_now(check_chain)
    assert (chain.lines, chain.broken_at) == (2, None)


def test_a_line_of_an_undone_deed_is_undone_with_it(db: Database) -> None:
    def fails(tx: Connection) -> None:
        record(tx, entry(1))
        raise LookupError

    with pytest.raises(LookupError):
        db.write_now(fails)
    assert db.read_now(check_chain).lines == 0


def test_pages_go_from_the_newest_to_the_oldest(db: Database) -> None:
    fill(db, 5)
    first = db.read_now(lambda tx: read_page(tx, TrailFilter(), limit=2))
    assert [line.subject for line in first.lines] == ["liaison:4", "liaison:3"]
    second = db.read_now(lambda tx: read_page(tx, TrailFilter(), before=first.older, limit=2))
    assert [line.subject for line in second.lines] == ["liaison:2", "liaison:1"]
    last = db.read_now(lambda tx: read_page(tx, TrailFilter(), before=second.older, limit=2))
    assert [line.subject for line in last.lines] == ["liaison:0"]
    assert last.older is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (TrailFilter(actor="staff:8"), ["liaison:2"]),
        (TrailFilter(action="list"), ["liaison:3"]),
        (TrailFilter(action="list.viewed"), ["liaison:3"]),
        (TrailFilter(subject="liaison:1"), ["liaison:1"]),
        (TrailFilter(since=NOW + timedelta(minutes=3)), ["liaison:4", "liaison:3"]),
        (TrailFilter(until=NOW + timedelta(minutes=2)), ["liaison:1"]),
        (TrailFilter(action="l_st"), []),
    ],
)
def test_filters_choose_lines(db: Database, wanted: TrailFilter, found: list[str]) -> None:
    def fill_mixed(tx: Connection) -> None:
        record(tx, entry(1))
        record(tx, entry(2, actor="staff:8"))
        record(tx, entry(3, action="list.viewed"))
        record(tx, entry(4, action="list_made"))

    db.write_now(fill_mixed)
    page = db.read_now(lambda tx: read_page(tx, wanted))
    assert [line.subject for line in page.lines] == found


def test_what_was_recorded_is_read_back(db: Database) -> None:
    db.write_now(lambda tx: record(tx, entry(1)))
    (line,) = db.read_now(lambda tx: read_page(tx, TrailFilter())).lines
    assert (line.at, line.actor, line.action, line.detail, line.address) == (
        NOW + timedelta(minutes=1), "staff:7", "liaison.verified", {"was": "pending"}, "10.0.0.9",
    )  # fmt: skip
    assert db.read_now(known_actions) == ["liaison.verified"]
