import asyncio

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
