"""An office of several processes on PostgreSQL: webs behind a balancer, runners, and the pretend Zalo."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.kit.db import Database
from tests.journeys.processes import (
    DAUMOI,
    Process,
    Stage,
    bot_environment,
    free_port,
    prepare,
    run_fast,
    spool_folder,
    zalo_process,
)


@dataclass(slots=True)
class Office:
    """The stage, and the processes that a test may stop, kill or freeze."""

    stage: Stage
    webs: list[Process]
    runners: list[Process]


@contextmanager
def office(folder: Path, database_url: str, rate: float = 1.0) -> Iterator[Office]:
    """Two of each kind, as in compose.yaml; `rate` makes all clocks run faster than ours."""
    with ExitStack() as ending:
        ports, door = [free_port(), free_port()], free_port()
        zalo = zalo_process(folder, free_port(), door)
        ending.callback(zalo.kill)
        zalo.start()
        control = httpx.Client(base_url=f"{zalo.url}/api", timeout=30, trust_env=False)
        ending.callback(control.close)
        prepare(database_url)
        database = Database(database_url)
        ending.callback(database.close)
        tokens = control.post("/tokens").json()
        environment = bot_environment(folder, database_url, zalo.url, tokens, door)
        webs = [_web(folder, port, environment) for port in ports]
        runners = [_runner(folder, number, environment) for number in (1, 2)]
        if rate != 1.0:
            run_fast([*webs, *runners], control, rate)
        for process in (*webs, _balancer(folder, door, ports), *runners):
            ending.callback(process.kill)
            process.start()
        yield Office(Stage(webs[0], zalo, database, spool_folder(folder), control), webs, runners)
        for process in (*webs, *runners):
            process.stop()
            assert process.complaints() == []


def _web(folder: Path, port: int, environment: dict[str, str]) -> Process:
    command = [*DAUMOI, "serve", "--no-runner", "--port", str(port)]
    return Process(command, environment, f"http://127.0.0.1:{port}", "/readyz", folder / f"web-{port}.log")


def _runner(folder: Path, number: int, environment: dict[str, str]) -> Process:
    return Process([*DAUMOI, "runner"], environment, "", "", folder / f"runner-{number}.log")


def _balancer(folder: Path, door: int, ports: list[int]) -> Process:
    command = [sys.executable, "-m", "tests.journeys.balancer", *map(str, (door, *ports))]
    return Process(command, {}, f"http://127.0.0.1:{door}", "/healthz", folder / "balancer.log")
