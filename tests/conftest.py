"""For every test: a clean environment, no network but loopback, and a database of either kind."""

import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache

from app.kit.db import Database
from app.settings import Settings
from tests.postgres import NoBinaries, Server, server_folder, shared_server

OURS = ("DAUMOI_", "PG")
"""Prefixes of variables that would change what is tested: our settings, and libpq's."""

ROOM = 4 << 30
"""Bytes; a whole run takes about one gigabyte at its fullest."""

_at_exit = ExitStack()
_postgres_folder = pytest.StashKey[Path]()


class NetworkClosed(Exception):
    """A test tried to leave this machine; everything it needs must be on loopback."""


def pytest_configure(config: pytest.Config) -> None:
    """The main process owns the folder of the PostgreSQL server; workers are told where it is."""
    _use_memory_for_files()
    told = getattr(config, "workerinput", {}).get("postgres_folder")
    if told is None:
        # Whoever ends the run by SIGTERM (timeout, CI) must not leave a server behind: as for Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    config.stash[_postgres_folder] = Path(told or _at_exit.enter_context(server_folder()))


def _use_memory_for_files() -> None:
    """A test kills processes, never the machine: where there is room, its databases need no disk."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free >= ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
        tempfile.tempdir = str(memory)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgres_folder"] = str(node.config.stash[_postgres_folder])


def pytest_unconfigure() -> None:
    _at_exit.close()


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _check_loopback(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _check_loopback(address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *rest: Any, **more: Any) -> Any:
        _check_loopback((host,))
        return look_up(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


def _check_loopback(address: Any) -> None:
    if isinstance(address, (str, bytes)):  # a Unix socket
        return
    host = address[0].decode() if isinstance(address[0], bytes) else address[0]
    if host not in {None, "", "localhost", "::1", "0.0.0.0"} and not host.startswith("127."):  # noqa: S104
        raise NetworkClosed(f"{NetworkClosed.__doc__} ({host})")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(OURS):
            monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Server:
    """The PostgreSQL server of this test run."""
    try:
        return shared_server(request.config.stash[_postgres_folder])
    except NoBinaries as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    """The name of a database with every migration, to be copied."""
    name = f"template_{uuid4().hex}"
    postgres.execute(f"CREATE DATABASE {name}")
    _migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every migration, to be copied."""
    file = tmp_path_factory.mktemp("template") / "daumoi.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'daumoi.db'}"


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with _copied(postgres, "template0") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, of one kind and then of the other."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def sqlite_migrated_url(sqlite_template: Path, sqlite_url: str) -> str:
    """An SQLite database with all our tables and no rows."""
    shutil.copy(sqlite_template, sqlite_url.removeprefix("sqlite:///"))
    return sqlite_url


@pytest.fixture
def postgres_migrated_url(postgres: Server, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database with all our tables and no rows."""
    with _copied(postgres, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """A database with all our tables and no rows, of one kind and then of the other."""
    return str(request.getfixturevalue(f"{request.param}_migrated_url"))


@pytest.fixture
def sqlite_db(sqlite_migrated_url: str) -> Iterator[Database]:
    with closing(Database(sqlite_migrated_url)) as database:
        yield database


@pytest.fixture
def postgres_db(postgres_migrated_url: str) -> Iterator[Database]:
    with closing(Database(postgres_migrated_url)) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest) -> Database:
    """A database with all our tables and no rows, of one kind and then of the other."""
    database = request.getfixturevalue(f"{request.param}_db")
    assert isinstance(database, Database)
    return database


@pytest.fixture
def open_db(db: Database) -> Database:
    """The same with its writer threads, as a running process has it."""
    db.open()
    return db


@contextmanager
def _copied(server: Server, template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def content_read_once() -> Iterator[None]:
    """Services that tests open in this process share one reading of flows, model and templates."""
    from app import runtime  # only tests with a whole service pay for importing every room

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "load_content", cache(runtime.load_content))
        remembering = partial(Environment, bytecode_cache=CompiledTemplates())
        patch.setattr("app.look.rendering.Environment", remembering)
        yield


class CompiledTemplates(BytecodeCache):
    """Templates that some environment has compiled, for the next one."""

    def __init__(self) -> None:
        self._compiled: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key + bucket.checksum] = bucket.code


def _migrate(url: str) -> None:
    from app.schema import upgrade

    upgrade(url)
