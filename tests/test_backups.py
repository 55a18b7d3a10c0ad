import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from app.backups import BadBackup, back_up, restore
from app.cli import cli
from app.inbox.ledger import NewEvent, record
from app.inbox.models import InboxEvent
from app.kit.alone import AloneWith, AlreadyRunning
from app.kit.db import Database
from app.moving import NotMoved
from app.schema import upgrade

AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def write(db: Database, key: str) -> None:
    db.write_now(lambda tx: record(tx, NewEvent(key, "u1", "user_send_text", key.encode(), ""), AT))


def prepare(url: str, events: int = 20) -> str:
    upgrade(url)
    with closing(Database(url)) as db:
        for number in range(events):
            write(db, f"k{number}")
    return url


def keys(url: str) -> list[str]:
    with closing(Database(url)) as db:
        return list(
            db.read_now(
                lambda tx: tx.execute(select(InboxEvent.dedupe_key).order_by(InboxEvent.id)).scalars()
            )
        )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.db"


@pytest.fixture
def other_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new' / 'daumoi.db'}"


def test_a_backup_restores_into_either_kind(
    database_url: str, postgres: object, request: pytest.FixtureRequest, other_sqlite_url: str, file: Path
) -> None:
    back_up(prepare(database_url), file)
    kinds = [other_sqlite_url]
    if database_url.startswith("sqlite"):
        kinds.append(request.getfixturevalue("postgres_url"))
    for target in kinds:
        proofs = restore(file, target)
        assert all(proof.source == proof.target for proof in proofs)
        assert keys(target) == keys(database_url)


def test_a_database_is_backed_up_while_it_is_written_to(
    database_url: str, other_sqlite_url: str, file: Path
) -> None:
    """Every row committed before is in it, and of those written meanwhile a gapless beginning."""
    prepare(database_url)
    stop, written = threading.Event(), [20]

    def serve() -> None:
        with closing(Database(database_url)) as db:
            for number in count(20):
                if stop.is_set():
                    return
                write(db, f"k{number}")
                written[0] = number + 1

    server = threading.Thread(target=serve)
    server.start()
    try:
        while written[0] < 25:
            stop.wait(0.01)
        before = written[0]
        back_up(database_url, file)
    finally:
        stop.set()
        server.join()
    restore(file, other_sqlite_url)
    saved = keys(other_sqlite_url)
    assert len(saved) >= before
    assert saved == [f"k{number}" for number in range(len(saved))]


def test_a_served_sqlite_file_can_be_backed_up_but_not_restored_into(sqlite_url: str, file: Path) -> None:
    prepare(sqlite_url)
    with closing(AloneWith(Path(sqlite_url.removeprefix("sqlite:///")))):
        back_up(sqlite_url, file)
        with pytest.raises(AlreadyRunning):
            restore(file, sqlite_url)


def test_a_database_with_rows_is_not_restored_into(database_url: str, file: Path) -> None:
    back_up(prepare(database_url), file)
    with pytest.raises(NotMoved, match="not empty"):
        restore(file, database_url)


def test_a_backup_never_replaces_a_file(sqlite_url: str, file: Path) -> None:
    file.write_text("dear to somebody")
    with pytest.raises(BadBackup, match="exists"):
        back_up(prepare(sqlite_url), file)
    assert file.read_text() == "dear to somebody"


def test_a_backup_is_one_file_that_only_its_owner_reads(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    back_up(prepare(database_url), folder / "b.db")
    assert [path.name for path in folder.iterdir()] == ["b.db"]
    assert (folder / "b.db").stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(folder / "b.db")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_damaged_or_foreign_file_is_refused(sqlite_url: str, other_sqlite_url: str, file: Path) -> None:
    back_up(prepare(sqlite_url), file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadBackup):
        restore(file, other_sqlite_url)
    file.write_bytes(b"no database at all" * 100)
    with pytest.raises(BadBackup):
        restore(file, other_sqlite_url)
    with pytest.raises(BadBackup):
        restore(file.with_name("missing.db"), other_sqlite_url)


def test_somebody_else_s_database_is_no_backup(other_sqlite_url: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(BadBackup, match="alembic_version"):
        restore(file, other_sqlite_url)


def test_a_folder_that_is_not_there_is_said(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(BadBackup, match="cannot be written"):
        back_up(prepare(sqlite_url), tmp_path / "nowhere" / "b.db")


def test_the_commands_say_what_they_did(sqlite_url: str, other_sqlite_url: str, file: Path) -> None:
    prepare(sqlite_url)
    saved = CliRunner().invoke(cli, ["backup", str(file)], env={"DAUMOI_DATABASE_URL": sqlite_url})
    assert (saved.exit_code, "whole" in saved.stdout) == (0, True)
    filled = CliRunner().invoke(cli, ["restore", str(file)], env={"DAUMOI_DATABASE_URL": other_sqlite_url})
    assert (filled.exit_code, "Restored." in filled.stdout) == (0, True)
    again = CliRunner().invoke(cli, ["backup", str(file)], env={"DAUMOI_DATABASE_URL": sqlite_url})
    assert (again.exit_code, "exists already" in again.stderr) == (1, True)
