"""The database: tables' base, the column type for times, and transactions that share a commit."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Connection, Engine, Insert, MetaData, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from app.kit.clock import epoch_ms, from_epoch_ms
from app.kit.commits import Job, Outcome, Verb, announce, by_verb, run_each, write_group

T = TypeVar("T")
Item = TypeVar("Item")
Jobs = queue.SimpleQueue[Job | None]

# Rows waiting together share one commit. 64 is twice the sends in flight: beyond it a commit only gets later.
MOST_PER_COMMIT = 64
POSTGRES_WRITERS = 3
DEADLOCK_TRIES = 5

# A process frozen inside a transaction holds its locks: after ten seconds the server ends its session.
# A server gone without a word (a cut line) is noticed by the system, not waited for.
_POSTGRES_PATIENCE = {
    "options": "-c idle_in_transaction_session_timeout=10000",
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class DatabaseAway(Exception):
    """The database cannot be reached or cannot write now; nothing of the transaction was kept."""


class Base(DeclarativeBase):
    """Every table hangs on this metadata; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcMs(TypeDecorator[datetime]):
    """An aware datetime in Python, milliseconds since 1970 in the table: sorts alike everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else epoch_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_epoch_ms(value)


# SQLite numbers a row by itself only when the key is plain INTEGER.
RowNumber = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")


def upsert(db: Connection, table: Any) -> Any:
    """An INSERT that knows `on_conflict_…`, in the dialect of this connection."""
    return postgresql.insert(table) if db.dialect.name == "postgresql" else sqlite.insert(table)


def both_dialects(build: Callable[[Any], Insert]) -> Callable[[Connection], Insert]:
    """Builds an upsert once for each dialect, so that no call pays for building it again."""
    built = {"postgresql": build(postgresql.insert), "sqlite": build(sqlite.insert)}
    return lambda db: built[db.dialect.name]


class Database:
    """Runs whole transactions in writer threads; those that wait together are committed together.

    A function handed to `write` or `write_batched` may run twice (its first transaction may be rolled back
    because of a neighbour), so it must have no effect but on the connection it is given.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._jobs: Jobs = queue.SimpleQueue()
        self._jobs_of: dict[Verb[Any, Any], Jobs] = {}
        self._writer = _engine(url, writing=True)
        self._reader = _engine(url, writing=False) if self.is_sqlite else self._writer
        self._threads: list[tuple[threading.Thread, Jobs]] = []
        self._aside = ThreadPoolExecutor(2, thread_name_prefix="aside")  # one beats while one waits

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and commands that run outside the event loop."""
        return self._writer

    def open(self) -> None:
        """Starts the writer threads."""
        for _ in range(1 if self.is_sqlite else POSTGRES_WRITERS):
            self._hire(self._jobs)

    def close(self) -> None:
        """Finishes what was handed in, then lets go of the database."""
        for _, jobs in self._threads:
            jobs.put(None)
        for thread, _ in self._threads:
            thread.join()
        self._threads.clear()
        self._aside.shutdown()
        self._writer.dispose()
        self._reader.dispose()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a transaction and returns once it is durable."""
        written: T = await self._hand_in(self._jobs, run_each, work)
        return written

    def write_batched(self, verb: Verb[Item, T], item: Item) -> asyncio.Future[T]:
        """Like `write`; what waits for the same verb is written in one call of it."""
        return self._hand_in(self._queue_for(verb), verb, item)

    async def write_aside(self, work: Callable[[Connection], T]) -> T:
        """Like `write`, but waits behind nobody and shares no commit: for heartbeats."""
        return await asyncio.get_running_loop().run_in_executor(self._aside, self.write_now, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` on a connection that does not wait for writers."""
        return await asyncio.to_thread(self.read_now, work)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        with _reported_as_away(), self._reader.connect() as db:
            return work(db)

    def write_now(self, work: Callable[[Connection], T]) -> T:
        """Like `write`, for commands that have no event loop."""
        with _reported_as_away(), self._writer.begin() as db:
            return work(db)

    def _hand_in(self, jobs: Jobs, verb: Verb[Any, Any], item: Any) -> asyncio.Future[Any]:
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        jobs.put(Job(verb, item, done))
        return done

    def _queue_for(self, verb: Verb[Any, Any]) -> Jobs:
        """On PostgreSQL each verb has a writer of its own: its items stay in order, its batches large.

        A transaction then locks its rows in one order; two verbs in a row would not.
        """
        if self.is_sqlite:
            return self._jobs
        jobs = self._jobs_of.get(verb)
        if jobs is None:
            jobs = self._jobs_of[verb] = queue.SimpleQueue()
            self._hire(jobs)
        return jobs

    def _hire(self, jobs: Jobs) -> None:
        thread = threading.Thread(
            target=self._keep_writing, args=(jobs,), name=f"writer-{len(self._threads)}", daemon=True
        )
        thread.start()
        self._threads.append((thread, jobs))

    def _keep_writing(self, jobs: Jobs) -> None:
        while (first := jobs.get()) is not None:
            announce(self._commit_together([first, *_waiting(jobs)]))

    def _commit_together(self, jobs: Sequence[Job]) -> list[Outcome]:
        if len(jobs) == 1:
            return [self._commit_alone(jobs[0])]
        begun = False
        try:
            with self._writer.begin() as db:
                begun = True
                return [outcome for group in by_verb(jobs) for outcome in write_group(db, group)]
        except DBAPIError as error:
            if not begun or error.connection_invalidated:  # nobody's fault, and no better one by one
                return [Outcome(job, error=_as_away(error)) for job in jobs]
        except Exception:  # noqa: S110  whose it is shows below
            pass
        # One of them failed and took its neighbours back with it: each gets a transaction of its own.
        return [self._commit_alone(job) for job in jobs]

    def _commit_alone(self, job: Job) -> Outcome:
        for attempt in range(DEADLOCK_TRIES):
            try:
                with self._writer.begin() as db:
                    (outcome,) = write_group(db, [job])
                return outcome
            except DBAPIError as error:
                if _is_deadlock(error) and attempt < DEADLOCK_TRIES - 1:
                    continue
                return Outcome(job, error=_as_away(error))
            except Exception as error:
                return Outcome(job, error=error)
        raise AssertionError("the last attempt returns")


def _waiting(jobs: Jobs) -> list[Job]:
    taken: list[Job] = []
    while len(taken) < MOST_PER_COMMIT - 1:
        try:
            job = jobs.get_nowait()
        except queue.Empty:
            break
        if job is None:  # closing: leave the sign for the loop above
            jobs.put(None)
            break
        taken.append(job)
    return taken


def _engine(url: str, *, writing: bool) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url, pool_size=POSTGRES_WRITERS + 5, pool_pre_ping=True, connect_args=_POSTGRES_PATIENCE
        )
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=4, connect_args={"timeout": 10, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    # IMMEDIATE: a writer that starts by reading must not find the lock taken when it comes to write.
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
    event.listen(engine, "begin", lambda db: db.exec_driver_sql(begin))
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver starts no transaction behind our back
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _reported_as_away() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _as_away(error) from error


def _as_away(error: DBAPIError) -> BaseException:
    """A lost connection, a full or a read-only disk: all mean "not now", none means "your data is wrong"."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return DatabaseAway(str(error.orig))
    return error


def _is_deadlock(error: DBAPIError) -> bool:
    # PostgreSQL: 40P01 deadlock detected, 40001 could not serialise.
    return getattr(error.orig, "sqlstate", None) in {"40P01", "40001"}
