"""Backups: one SQLite file from a database that may be in service, and the way back from such a file."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event

from app.kit.db import Database, DatabaseAway
from app.moving import Proof, check_shape, copy_tables, empty_target, said_plainly
from app.schema import SchemaBehind, upgrade


class BadBackup(Exception):
    """The file is not a whole backup, or must not be written over; the message says which."""


def back_up(url: str, file: Path) -> list[Proof]:
    """Writes what the database holds at one moment to a new file; nobody is kept from reading or writing.

    A PostgreSQL database is proved table by table; an SQLite one is copied page by page and has no proofs.
    Raises `BadBackup`, `NotMoved`, `SchemaBehind` or `DatabaseAway`; then there is no file.
    """
    if file.exists():
        raise BadBackup(f"{file} exists already; a backup never replaces another")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
            part = Path(folder) / "part"
            proofs = _write(url, part)
            part.chmod(0o600)
            _make_durable(part)
            part.rename(file)
            _make_durable(file.parent)
    except OSError as error:
        raise BadBackup(f"{file} cannot be written: {error.strerror}") from error
    return proofs


def restore(file: Path, url: str) -> list[Proof]:
    """Fills an empty database from a backup; one of an older program is brought up to date on the way.

    Raises `BadBackup`, `NotMoved`, `AlreadyRunning`, `SchemaBehind` or `DatabaseAway`.
    """
    check_whole(file)
    with tempfile.TemporaryDirectory() as folder, empty_target(url) as target:
        try:
            with _opened(file) as source:
                return copy_tables(source, target)
        except SchemaBehind:
            copy = Path(folder) / "copy.db"
            _copy_file(file, copy)
            upgrade(f"sqlite:///{copy}")
            with _opened(copy) as source:
                return copy_tables(source, target)


def check_whole(file: Path) -> None:
    """Reads every page. Raises `BadBackup`."""
    try:
        with closing(_connect(file, "ro")) as db:
            said = [row[0] for row in db.execute("PRAGMA integrity_check")]
            strays = db.execute("PRAGMA foreign_key_check").fetchall()
            db.execute("SELECT version_num FROM alembic_version")  # a whole database, but is it ours?
    except sqlite3.Error as error:
        raise BadBackup(f"{file} is not a whole backup: {error}") from error
    if said != ["ok"] or strays:
        raise BadBackup(f"{file} is damaged: {said[0] if said != ['ok'] else 'rows point nowhere'}")


def _write(url: str, part: Path) -> list[Proof]:
    with closing(Database(url)) as db:
        path = Path(db.url.database or "") if db.is_sqlite else None
        proofs = _dump(db, part) if path is None else []
    if path is not None:
        _copy_file(path, part)
    check_whole(part)
    return proofs


def _copy_file(path: Path, copy: Path) -> None:
    """All pages in one step: writers go on in the log, and cannot make it start again."""
    try:
        with closing(_connect(path, "rw")) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise DatabaseAway(f"{path}: {error}") from error


def _dump(db: Database, part: Path) -> list[Proof]:
    with said_plainly(), db.engine.connect() as connection:
        source = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with source.begin(), empty_target(f"sqlite:///{part}") as target:
            check_shape(source)
            proofs = copy_tables(source, target)
    with closing(sqlite3.connect(part)) as written:
        written.execute("PRAGMA journal_mode=DELETE")
    return proofs


@contextmanager
def _opened(file: Path) -> Iterator[Connection]:
    """The backup as a source; it is only read, not even switched to another journal."""
    engine = create_engine("sqlite://", creator=lambda: _connect(file, "ro"))
    event.listen(engine, "begin", lambda db: db.exec_driver_sql("BEGIN"))
    try:
        with engine.connect() as db:
            check_shape(db)
            yield db
    finally:
        engine.dispose()


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    address = f"{file.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=10, isolation_level=None, check_same_thread=False)


def _make_durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
