"""What is measured: real processes, started as in production, each in a folder of its own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp

from app.schema import upgrade
from tests.bench.knock import APP_ID, OA_ID, OA_SECRET, ZALO, Dialect
from tests.postgres import SAFE, shared_server

READY_WITHIN = 30.0
SECRET_KEY = "a-key-of-the-benchmark-only"
ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Subject:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    processes: int = 1
    dialect: Dialect = ZALO


@dataclass(frozen=True, slots=True)
class Process:
    url: str
    pid: int
    ready_after: float

    def memory(self) -> float:
        """MiB in use at the highest moment so far."""
        return self._memory("VmHWM:")

    def memory_now(self) -> float:
        """MiB."""
        return self._memory("VmRSS:")

    def _memory(self, kind: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith(kind))
        return int(line.split()[1]) / 1024

    def processor_time(self) -> float:
        """Seconds so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def floor(stub: str, client: str = "aiohttp") -> Subject:
    command = (sys.executable, "-m", "tests.bench.floor")
    environment = {"FLOOR_ZALO": stub, "FLOOR_CLIENT": client}
    return Subject(f"floor: FastAPI + {client}, no store", command, environment)


def on_sqlite(stub: str, folder: Path) -> Subject:
    url = f"sqlite:///{folder / 'bench.db'}"
    return _ours("daumoi, SQLite FULL", url, stub, folder)


def on_postgres(stub: str, folder: Path, spool: Path, processes: int = 1) -> Subject:
    """On a cluster of its own that syncs every commit. Raises `NoBinaries`."""
    server = shared_server(folder, SAFE)
    name = f"bench_{time.monotonic_ns()}"
    server.execute(f"CREATE DATABASE {name}")
    called = "daumoi, PostgreSQL" if processes == 1 else f"daumoi, PostgreSQL, {processes} processes"
    return replace(_ours(called, server.url(name), stub, spool), processes=processes)


def _ours(name: str, url: str, stub: str, folder: Path) -> Subject:
    upgrade(url)
    environment = {
        "DAUMOI_DATABASE_URL": url,
        "DAUMOI_SECRET_KEY": SECRET_KEY,
        "DAUMOI_ZALO_APP_ID": APP_ID,
        "DAUMOI_ZALO_APP_SECRET": "an-app-secret-of-the-benchmark",
        "DAUMOI_ZALO_OA_ID": OA_ID,
        "DAUMOI_ZALO_OA_SECRET": OA_SECRET,
        "DAUMOI_ZALO_ACCESS_TOKEN": "access",
        "DAUMOI_ZALO_REFRESH_TOKEN": "refresh",
        "DAUMOI_ZALO_OAUTH_URL": stub,
        "DAUMOI_ZALO_API_URL": stub,
        "DAUMOI_ZALO_ZBS_URL": stub,
        "DAUMOI_ZALO_RATE_PER_MINUTE": "10000000",
        "DAUMOI_FLOWS_DIR": str(ROOT / "flows"),
        "DAUMOI_SPOOL_DIR": str(folder / "spool"),
    }
    command = (str(Path(sys.executable).with_name("daumoi")), "serve", "--port")
    return Subject(name, command, environment)


@asynccontextmanager
async def running(subject: Subject, http: aiohttp.ClientSession) -> AsyncIterator[list[Process]]:
    """The processes, from the moment they answer until they have stopped."""
    async with AsyncExitStack() as all_of_them:
        yield [
            await all_of_them.enter_async_context(_running_one(subject, http))
            for _ in range(subject.processes)
        ]


@asynccontextmanager
async def _running_one(subject: Subject, http: aiohttp.ClientSession) -> AsyncIterator[Process]:
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAUMOI_")}
    started = time.perf_counter()
    process = subprocess.Popen(  # noqa: ASYNC220, S603
        [*subject.command, str(port)], cwd=ROOT, env=kept | dict(subject.environment), stdout=sys.stderr
    )
    try:
        url = f"http://127.0.0.1:{port}"
        await _answers(f"{url}/healthz", process, http)
        yield Process(url, process.pid, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait)


async def _answers(url: str, process: subprocess.Popen[bytes], http: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(READY_WITHIN):
        while True:
            if process.poll() is not None:
                raise RuntimeError(f"the process ended with {process.returncode}")
            try:
                async with http.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
