"""Full and read-only disks: the event goes where there is room, and where there is none Zalo hears 503."""

import asyncio
import errno
import os
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event, func, select

from app.inbox.models import InboxEvent
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.webhook.reception import Reception, Verdict
from app.webhook.routes import Door
from app.webhook.spool import Spool
from tests.webhook.test_reception import APP, SEALER, SECRETS, message, signed

FULL = "PRAGMA max_page_count=1"
"""SQLite then says what it says on a full disk: "database or disk is full"."""
READ_ONLY = "PRAGMA query_only=ON"
WELL_AGAIN = ("PRAGMA max_page_count=4294967294", "PRAGMA query_only=OFF")


class Disk:
    """What the writer's connections are told before each transaction."""

    def __init__(self, db: Database) -> None:
        self.pragmas: tuple[str, ...] = ()
        event.listen(db.engine, "checkout", self._told)

    def _told(self, connection: object, *_: object) -> None:
        for pragma in self.pragmas:
            connection.execute(pragma)  # type: ignore[attr-defined]


@pytest.fixture
def disk(sqlite_db: Database) -> Iterator[Disk]:
    disk = Disk(sqlite_db)
    sqlite_db.open()
    yield disk
    sqlite_db.close()


@pytest.fixture
def reception(sqlite_db: Database, tmp_path: Path) -> Iterator[Reception]:
    clock = FixedClock(datetime(2026, 11, 24, tzinfo=UTC))
    with closing(Spool(tmp_path / "spool")) as spool:
        yield Reception(sqlite_db, SEALER, clock, APP, SECRETS, spool)


def kept(db: Database) -> int:
    return db.read_now(lambda tx: tx.execute(select(func.count()).select_from(InboxEvent)).scalar_one())


@pytest.mark.parametrize("trouble", [FULL, READ_ONLY])
async def test_what_the_database_s_disk_refuses_waits_in_the_spool_until_it_takes_it(
    disk: Disk, reception: Reception, sqlite_db: Database, trouble: str
) -> None:
    disk.pragmas = (trouble,)
    long = message("một tin nhắn dài " * 600)  # more than fits into the pages that are there
    assert await reception.receive(long, signed(long)) is Verdict.SPOOLED
    assert kept(sqlite_db) == 0
    disk.pragmas = WELL_AGAIN
    bringing_back = asyncio.create_task(reception.bring_back())
    async with asyncio.timeout(10):
        while kept(sqlite_db) == 0:  # noqa: ASYNC110  a database tells nobody
            await asyncio.sleep(0.02)
    bringing_back.cancel()
    with suppress(asyncio.CancelledError):
        await bringing_back
    assert kept(sqlite_db) == 1


async def test_when_no_disk_takes_it_zalo_is_told_to_come_again(
    disk: Disk, reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.pragmas = (READ_ONLY,)

    def full(_file: int, _content: bytes, _place: int) -> int:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Door(reception)), base_url="http://bot"
    ) as zalo:
        headers = {"X-ZEvent-Signature": signed(message())}
        assert (await zalo.post("/webhook/zalo", content=message(), headers=headers)).status_code == 503
        monkeypatch.undo()
        assert (await zalo.post("/webhook/zalo", content=message(), headers=headers)).status_code == 200
