import asyncio
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, text

from app.kit.db import Database, DatabaseAway


def add(value: int, db: Connection) -> int:
    db.execute(
        text("INSERT INTO runner (id, host, started_at, seen_at) VALUES (:id, 'h', 0, 0)"), {"id": str(value)}
    )
    return value


def count(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM runner")).scalar_one())


async def test_transactions_that_wait_together_all_get_their_own_result(open_db: Database) -> None:
    results = await asyncio.gather(*(open_db.write(lambda tx, n=n: add(n, tx)) for n in range(100)))  # type: ignore[misc]
    assert list(results) == list(range(100))
    assert await open_db.read(count) == 100


async def test_one_that_fails_takes_none_of_its_neighbours_along(open_db: Database) -> None:
    def fail(_tx: Connection) -> int:
        raise ValueError("mine alone")

    works = [lambda tx, n=n: fail(tx) if n == 7 else add(n, tx) for n in range(20)]
    results = await asyncio.gather(*map(open_db.write, works), return_exceptions=True)
    assert [type(result) for result in results].count(ValueError) == 1
    assert await open_db.read(count) == 19


def test_a_database_that_cannot_be_reached_is_away() -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1")
    with pytest.raises(DatabaseAway):
        nowhere.read_now(count)
    nowhere.close()


def add_all(db: Connection, values: Sequence[int]) -> list[int | Exception]:
    """Takes no 7, refuses a 13."""
    if 7 in values:
        raise ValueError("a seven")
    return [LookupError("a thirteen") if value == 13 else add(value, db) for value in values]


async def test_what_waits_for_one_verb_is_written_in_few_calls_in_its_order(open_db: Database) -> None:
    calls: list[list[int]] = []

    def noted(db: Connection, values: Sequence[int]) -> list[int | Exception]:
        calls.append(list(values))
        return add_all(db, values)

    values = [value for value in range(200) if value not in {7, 13}]
    assert list(await asyncio.gather(*(open_db.write_batched(noted, value) for value in values))) == values
    assert [value for call in calls for value in call] == values
    assert len(calls) < len(values) / 4


async def test_an_item_that_spoils_its_batch_spoils_no_other(open_db: Database) -> None:
    writes = (open_db.write_batched(add_all, value) for value in range(20))
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert isinstance(results[7], ValueError)
    assert isinstance(results[13], LookupError)
    assert await open_db.read(count) == 18


async def test_a_heartbeat_does_not_wait_behind_other_writes(open_db: Database) -> None:
    """On SQLite there is one writer, and no heartbeat either."""
    if open_db.is_sqlite:
        return
    hold_up = threading.Event()
    held_up = [asyncio.ensure_future(open_db.write(lambda _: hold_up.wait(20))) for _ in range(8)]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(10):
        assert await open_db.write_aside(lambda tx: add(1, tx)) == 1
    assert not any(write.done() for write in held_up)
    hold_up.set()
    await asyncio.gather(*held_up)
