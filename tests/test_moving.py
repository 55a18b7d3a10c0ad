import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select, text
from typer.testing import CliRunner

from app.cli import cli
from app.directory.models import Contact, Office, Officer
from app.inbox.ledger import NewEvent, record
from app.inbox.models import InboxEvent
from app.kit.alone import AloneWith, AlreadyRunning
from app.kit.db import Database
from app.moving import NotMoved, Tally, move
from app.schema import SchemaBehind, upgrade

AT = datetime(2026, 11, 24, 8, 30, 0, 123000, tzinfo=UTC)
EVENTS = 2500
"""More than two slices."""


def fill(db: Connection, events: int = EVENTS) -> None:
    db.execute(insert(Office).values(id=7, code="O7", name="BHXH cơ sở Biển Xanh (ví dụ)"))
    db.execute(insert(Officer).values(id=3, code="C3", name="Lê Thị Ví Dụ", sort_key="du", office_id=7))
    db.execute(insert(Contact).values(user_id="u1", following=True, first_seen_at=AT))
    for number in range(events):
        body = bytes([0, 255, number % 256])
        record(db, NewEvent(f"k{number}", "u1", "user_send_text", body, ""), AT + timedelta(seconds=number))


def prepare(url: str, events: int = EVENTS) -> str:
    upgrade(url)
    with closing(Database(url)) as db:
        db.write_now(lambda tx: fill(tx, events))
    return url


def contents(url: str) -> tuple[object, ...]:
    with closing(Database(url)) as db:
        return db.read_now(
            lambda tx: (
                tx.execute(select(InboxEvent.id, InboxEvent.body, InboxEvent.received_at)).all(),
                tx.execute(select(Contact.following, Contact.first_seen_at, Contact.stopped_at)).all(),
                tx.execute(select(Officer.name, Officer.office_id)).all(),
            )
        )


def events_in(url: str) -> int:
    with closing(Database(url)) as db:
        return db.read_now(lambda tx: tx.execute(select(func.count()).select_from(InboxEvent)).scalar_one())


@pytest.fixture
def other_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'daumoi.db'}"


@pytest.fixture(params=["sqlite to postgres", "postgres to sqlite", "sqlite to sqlite"])
def addresses(
    request: pytest.FixtureRequest, sqlite_url: str, other_sqlite_url: str
) -> Iterator[tuple[str, str]]:
    """Source and target, neither with tables."""
    if request.param == "sqlite to sqlite":
        yield sqlite_url, other_sqlite_url
        return
    postgres_url = request.getfixturevalue("postgres_url")
    yield (sqlite_url, postgres_url) if request.param == "sqlite to postgres" else (postgres_url, sqlite_url)


def test_everything_arrives_and_is_proved_table_by_table(addresses: tuple[str, str]) -> None:
    source, target = addresses
    prepare(source)
    proofs = move(source, target)
    assert contents(target) == contents(source)
    assert all(proof.source == proof.target for proof in proofs)
    assert {proof.table: proof.target.rows for proof in proofs if proof.target.rows} == {
        "contact": 1,
        "inbox": EVENTS,
        "office": 1,
        "officer": 1,
    }


def test_there_and_back_gives_the_same_checksums(
    sqlite_url: str, postgres_url: str, other_sqlite_url: str
) -> None:
    there = move(prepare(sqlite_url), postgres_url)
    back = move(postgres_url, other_sqlite_url)
    assert [str(proof) for proof in there] == [str(proof) for proof in back]


def test_new_rows_get_the_next_number(addresses: tuple[str, str]) -> None:
    source, target = addresses
    move(prepare(source, 5), target)
    with closing(Database(target)) as db:
        db.write_now(lambda tx: record(tx, NewEvent("new", "u1", "user_send_text", b"", ""), AT))
        last = db.read_now(lambda tx: tx.execute(select(func.max(InboxEvent.id))).scalar_one())
    assert last == 6


def test_a_target_with_rows_is_refused_and_left_alone(addresses: tuple[str, str]) -> None:
    source, target = addresses
    prepare(source, 5)
    prepare(target, 2)
    with pytest.raises(NotMoved, match="not empty"):
        move(source, target)
    assert events_in(target) == 2


def test_a_target_of_another_shape_is_refused(addresses: tuple[str, str]) -> None:
    source, target = addresses
    prepare(source, 1)
    upgrade(target)
    with closing(Database(target)) as db:
        db.write_now(lambda tx: tx.execute(text("ALTER TABLE inbox ADD COLUMN extra INTEGER")))
    with pytest.raises(NotMoved, match="inbox"):
        move(source, target)


def test_a_source_without_tables_is_refused(addresses: tuple[str, str]) -> None:
    with pytest.raises(SchemaBehind):
        move(*addresses)


def test_a_served_sqlite_file_is_neither_left_nor_entered(sqlite_url: str, other_sqlite_url: str) -> None:
    prepare(sqlite_url, 1)
    for served in (sqlite_url, other_sqlite_url):
        with (
            closing(AloneWith(Path(served.removeprefix("sqlite:///")))),
            pytest.raises(AlreadyRunning),
        ):
            move(sqlite_url, other_sqlite_url)


def test_a_postgres_database_in_use_is_neither_left_nor_entered(
    sqlite_url: str, postgres_url: str, other_sqlite_url: str
) -> None:
    prepare(sqlite_url, 1)
    upgrade(postgres_url)
    with closing(Database(postgres_url)) as serving:
        serving.read_now(lambda tx: tx.execute(text("SELECT 1")))  # an idle session of a web process
        for source, target in ((postgres_url, other_sqlite_url), (sqlite_url, postgres_url)):
            with pytest.raises(NotMoved, match="in use"):
                move(source, target)


def test_what_the_target_refuses_leaves_nothing_behind(sqlite_url: str, postgres_url: str) -> None:
    """SQLite lets a text be longer than its column says; PostgreSQL does not."""
    prepare(sqlite_url, 5)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as raw, raw:
        raw.execute("UPDATE inbox SET event_name = ? WHERE id = 5", ["x" * 100])
    with pytest.raises(NotMoved, match="too long"):
        move(sqlite_url, postgres_url)
    with closing(Database(postgres_url)) as db:
        assert db.read_now(lambda tx: tx.execute(select(Office.id)).all()) == []


def test_nobody_writes_to_the_source_meanwhile(
    sqlite_url: str, other_sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(sqlite_url, 1)
    refused = []

    def meanwhile(self: Tally, rows: list[object]) -> Tally:
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), timeout=0)) as raw:
            try:
                raw.execute("UPDATE office SET phone = '1'")
            except sqlite3.OperationalError as error:
                refused.append(str(error))
        return Tally(self.rows + len(rows), 0)

    monkeypatch.setattr(Tally, "with_rows", meanwhile)
    move(sqlite_url, other_sqlite_url)
    assert set(refused) == {"database is locked"}


def test_a_checksum_depends_on_every_value_and_not_on_the_order() -> None:
    rows = [(1, "a", b"\x00", None, True), (2, "b", b"", 5, False)]
    assert Tally().with_rows(rows) == Tally().with_rows(rows[::-1])
    assert Tally().with_rows(rows) == Tally().with_rows(rows[:1]).with_rows(rows[1:])
    assert Tally().with_rows(rows) != Tally().with_rows([rows[0], (2, "b", b"", 6, False)])
    assert Tally().with_rows([*rows, rows[0], rows[0]]) != Tally().with_rows(rows)


def test_the_command_prints_the_proof(sqlite_url: str, other_sqlite_url: str) -> None:
    prepare(sqlite_url, 5)
    result = CliRunner().invoke(
        cli, ["db", "move", "--to", other_sqlite_url], env={"DAUMOI_DATABASE_URL": sqlite_url}
    )
    assert result.exit_code == 0
    (inbox,) = [line.split() for line in result.stdout.splitlines() if line.startswith("inbox")]
    assert (inbox[1], inbox[3]) == ("5", "5")
    assert inbox[2] == inbox[4]
    again = CliRunner().invoke(
        cli, ["db", "move", "--to", other_sqlite_url], env={"DAUMOI_DATABASE_URL": sqlite_url}
    )
    assert again.exit_code == 1
    assert "not empty" in again.stderr
