"""Events while the database comes and goes; the database here is a list that can be taken away."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.inbox.ledger import NewEvent
from app.kit.db import DatabaseAway
from app.webhook import keeping
from app.webhook.keeping import Keeping
from app.webhook.spool import Spool, SpoolFull, Waiting

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Base:
    """Answers, refuses, or says nothing until it is back."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.away = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def write(self, events: Sequence[Waiting]) -> list[str]:
        if self.away:
            raise DatabaseAway("gone")
        await self.answers.wait()
        self.rows += [e.event.dedupe_key for e in events if e.event.dedupe_key not in self.rows]
        return [waiting.event.dedupe_key for waiting in events]

    def write_one(self, event: Waiting) -> asyncio.Future[str]:
        async def written() -> str:
            (key,) = await self.write([event])
            return key

        return asyncio.ensure_future(written())


@pytest.fixture
def base() -> Base:
    return Base()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path, most_bytes=700)
    yield spool
    spool.close()


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PATIENCE", 0.05)
    monkeypatch.setattr(keeping, "LOOK_AGAIN", 0.01)


def event(name: str) -> Waiting:
    return Waiting(NewEvent(name, "contact", "user_send_text", b"sealed", ""), AT)


@asynccontextmanager
async def bringing_back(keeper: Keeping[str]) -> AsyncIterator[None]:
    task = asyncio.create_task(keeper.bring_back())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until_empty(spool: Spool) -> None:
    async with asyncio.timeout(5):
        while not spool.empty:  # noqa: ASYNC110  the file has no event to wait for
            await asyncio.sleep(0.005)


async def test_while_the_database_answers_the_spool_stays_empty(base: Base, spool: Spool) -> None:
    assert await Keeping(base.write_one, base.write, spool, print).keep(event("a")) == "a"
    assert spool.empty


async def test_what_came_while_it_was_away_is_in_it_afterwards_in_order(base: Base, spool: Spool) -> None:
    late: list[str] = []
    keeper = Keeping(base.write_one, base.write, spool, late.append)
    base.away = True
    assert [await keeper.keep(event(name)) for name in "abc"] == [None, None, None]
    base.away = False
    assert await keeper.keep(event("d")) is None, "what is newer waits behind what is older"
    async with bringing_back(keeper):
        await until_empty(spool)
        assert await keeper.keep(event("e")) == "e"
    assert base.rows == ["a", "b", "c", "d", "e"]
    assert late == ["a", "b", "c", "d"]


async def test_a_database_that_says_nothing_does_not_hold_up_the_answer_nor_the_order(
    base: Base, spool: Spool
) -> None:
    keeper = Keeping(base.write_one, base.write, spool, lambda _: None)
    base.answers.clear()
    first = asyncio.create_task(keeper.keep(event("a")))
    await asyncio.sleep(0.03)
    second = asyncio.create_task(keeper.keep(event("b")))  # its own patience would end later than the first's
    assert await first is None
    third = asyncio.create_task(keeper.keep(event("c")))
    assert [await second, await third] == [None, None]
    assert [waiting.event.dedupe_key for waiting in spool.oldest(9)] == ["a", "b", "c"]


async def test_a_write_that_was_given_up_and_succeeds_is_handed_on_and_kept_once(
    base: Base, spool: Spool
) -> None:
    late: list[str] = []
    keeper = Keeping(base.write_one, base.write, spool, late.append)
    base.answers.clear()
    assert await keeper.keep(event("a")) is None
    base.answers.set()
    async with bringing_back(keeper):
        await until_empty(spool)
    assert base.rows == ["a"]
    assert late == ["a", "a"]  # the second time as a repeat, which claims nothing


async def test_what_an_earlier_process_left_comes_first(base: Base, spool: Spool) -> None:
    spool.keep(event("old"))
    keeper = Keeping(base.write_one, base.write, spool, lambda _: None)
    assert await keeper.keep(event("new")) is None
    async with bringing_back(keeper):
        await until_empty(spool)
    assert base.rows == ["old", "new"]


async def test_when_the_spool_is_full_the_sender_is_refused(base: Base, spool: Spool) -> None:
    keeper = Keeping(base.write_one, base.write, spool, lambda _: None)
    base.away = True
    for name in "abcd":
        await keeper.keep(event(name))
    with pytest.raises(SpoolFull):
        await keeper.keep(event("e"))
