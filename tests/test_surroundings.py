"""What every test may rely on: no network, no settings from outside, a server that is really PostgreSQL."""

import asyncio
import os
import socket

import httpx
import pytest
from sqlalchemy import text

from app.kit.db import Database
from app.settings import Settings
from tests.conftest import NetworkClosed


def test_the_network_is_closed() -> None:
    with pytest.raises(NetworkClosed), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkClosed):
        httpx.get("http://zalo.example")


async def test_loopback_is_open() -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.close()
        await writer.wait_closed()


def test_no_setting_leaks_in() -> None:
    assert [name for name in os.environ if name.startswith("DAUMOI_")] == []
    assert Settings().model_fields_set == set()


def test_each_test_has_a_database_of_its_own(postgres_db: Database, sqlite_db: Database) -> None:
    for database in (postgres_db, sqlite_db):
        assert database.read_now(lambda db: db.execute(text("SELECT count(*) FROM inbox")).scalar_one()) == 0


def test_the_server_is_reached_by_its_socket_only(postgres_db: Database) -> None:
    listens = postgres_db.read_now(lambda db: db.execute(text("SHOW listen_addresses")).scalar_one())
    assert listens == ""
