"""Moving house: every table from one database into another, with a proof that nothing was lost on the way."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, func, inspect, select, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from app.kit.alone import AloneWith
from app.kit.db import Database, DatabaseAway, UtcMs
from app.schema import check_current, upgrade
from app.tables import metadata

SLICE = 1000
"""Rows in memory at a time."""
LOOKS, LOOK_EVERY = 20, 0.1
"""PostgreSQL still lists a session for a moment after it has gone: one look is not enough."""

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()"
)


class NotMoved(Exception):
    """Nothing was written and the source is as it was; the message says what is in the way."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a table holds: rows, and a sum over their hashes that does not depend on their order."""

    rows: int = 0
    total: int = 0

    def with_rows(self, rows: Sequence[Sequence[Any]]) -> "Tally":
        total = sum(_hash(row) for row in rows)
        return Tally(self.rows + len(rows), (self.total + total) % (1 << 256))

    @property
    def checksum(self) -> str:
        """The first half of the sum: enough to compare by eye."""
        return f"{self.total:064x}"[:32]


@dataclass(frozen=True, slots=True)
class Proof:
    """One table, counted at the source while reading and at the target by reading it again."""

    table: str
    source: Tally
    target: Tally

    def __str__(self) -> str:
        here, there = self.source, self.target
        return f"{self.table:<18}{here.rows:>9} {here.checksum}  {there.rows:>9} {there.checksum}"


def move(source_url: str, target_url: str) -> list[Proof]:
    """Fills an empty database with all that another one holds, whichever kinds they are; all or nothing.

    Raises `NotMoved`, `AlreadyRunning`, `SchemaBehind` or `DatabaseAway`.
    """
    with _quiet(source_url) as source, empty_target(target_url) as target:
        return copy_tables(source, target)


def copy_tables(source: Connection, target: Connection) -> list[Proof]:
    """Copies within the target's transaction. Raises `NotMoved` when what arrived is not what was sent."""
    proofs = []
    for table in map(_plain, metadata.sorted_tables):
        sent = _copy(source, target, table)
        proof = Proof(table.name, sent, tally(target, table))
        if proof.source != proof.target:
            raise NotMoved(f"the copy differs: {proof}")
        _number_on(target, table)
        proofs.append(proof)
    return proofs


def tally(db: Connection, table: Table) -> Tally:
    counted = Tally()
    for rows in _slices(db, table):
        counted = counted.with_rows(rows)
    return counted


@contextmanager
def empty_target(url: str) -> Iterator[Connection]:
    """A transaction in a database that nobody serves and that holds no row; without tables, it gets them.

    Raises `NotMoved`, `AlreadyRunning`, `SchemaBehind` or `DatabaseAway`.
    """
    with said_plainly(), _undisturbed(url) as db:
        if not db.read_now(lambda tx: inspect(tx).get_table_names()):
            upgrade(url)
        with db.engine.begin() as tx:
            _lock(tx)
            check_shape(tx)
            full = [table.name for table in metadata.sorted_tables if _has_rows(tx, table)]
            if full:
                raise NotMoved(f"the target is not empty: rows in {', '.join(full)}")
            yield tx


def check_shape(db: Connection) -> None:
    """Raises `SchemaBehind` or `NotMoved` unless the tables are those of this program."""
    check_current(db)
    found = inspect(db)
    names = set(found.get_table_names())
    for table in metadata.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name)} if table.name in names else set()
        if there != set(table.columns.keys()):
            raise NotMoved(f"table {table.name} has other columns than this program knows")


@contextmanager
def _quiet(url: str) -> Iterator[Connection]:
    """A database that nobody serves and nobody can write to until the end."""
    with said_plainly(), _undisturbed(url) as db, db.engine.begin() as tx:
        check_shape(tx)
        _lock(tx)
        yield tx


@contextmanager
def _undisturbed(url: str) -> Iterator[Database]:
    """Holds the lock by which an SQLite file is served; a served PostgreSQL database is found by `_lock`."""
    with closing(Database(url)) as db:
        if not db.is_sqlite or not db.url.database:
            yield db
            return
        with closing(AloneWith(Path(db.url.database))):
            yield db


def _lock(db: Connection) -> None:
    """Keeps writers out of every table; SQLite has done so when the transaction began."""
    if db.dialect.name != "postgresql":
        return
    others = 0
    for _ in range(LOOKS):
        db.execute(text("SELECT pg_stat_clear_snapshot()"))
        others = db.execute(_OTHERS).scalar_one()
        if not others:
            break
        time.sleep(LOOK_EVERY)
    else:
        raise NotMoved(f"{db.engine.url.database} is in use: {others} other sessions; stop the service first")
    quoted = db.dialect.identifier_preparer.quote
    there = set(inspect(db).get_table_names())
    names = [quoted(table.name) for table in metadata.sorted_tables if table.name in there]
    db.execute(text(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE NOWAIT"))


def _plain(table: Table) -> Table:
    """The table with its times as the numbers that are stored: nothing is converted twice on the way."""
    columns = [
        Column(
            column.name,
            BigInteger() if isinstance(column.type, UtcMs) else column.type,
            primary_key=column.primary_key,
        )
        for column in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def _copy(source: Connection, target: Connection, table: Table) -> Tally:
    sent, insert = Tally(), table.insert()
    for rows in _slices(source, table):
        sent = sent.with_rows(rows)
        target.execute(insert, [dict(row._mapping) for row in rows])
    return sent


def _slices(db: Connection, table: Table) -> Iterator[Sequence[Any]]:
    # By primary key: the numbers, and with them the order of events, stay what they were.
    ordered = select(table).order_by(*table.primary_key.columns)
    yield from db.execute(ordered, execution_options={"yield_per": SLICE}).partitions()


def _hash(row: Sequence[Any]) -> int:
    return int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest(), "big")


def _has_rows(db: Connection, table: Table) -> bool:
    return db.execute(select(text("1")).select_from(table).limit(1)).first() is not None


def _number_on(db: Connection, table: Table) -> None:
    """PostgreSQL's next number follows the last one that was copied; SQLite looks for itself."""
    if db.dialect.name != "postgresql" or "id" not in table.columns:
        return
    sequence = db.execute(select(func.pg_get_serial_sequence(table.name, "id"))).scalar_one()
    last = db.execute(select(func.max(table.columns["id"]))).scalar_one()
    if sequence is not None and last is not None:
        db.execute(select(func.setval(sequence, last)))


@contextmanager
def said_plainly() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise DatabaseAway(str(error.orig)) from error
    except DBAPIError as error:
        # Only the first line: the ones below may quote what stands in the row.
        raise NotMoved(f"the target refuses a row: {str(error.orig).splitlines()[0]}") from error
