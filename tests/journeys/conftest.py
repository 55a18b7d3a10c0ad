"""The stages that journeys share: one bot and one pretend Zalo for each worker of the test run."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.journeys.people import Person
from tests.journeys.processes import Stage, stage
from tests.postgres import Server

FAST = 30.0
"""Two seconds for a minute: waits of the bot and of Zalo pass by quickly, time-outs of the wire do not."""


@pytest.fixture(scope="session")
def shared_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage")) as running:
        yield running


@pytest.fixture
def person(shared_stage: Stage) -> Person:
    """Someone whom the bot has never heard of."""
    return Person.new(shared_stage)


@pytest.fixture(scope="session")
def sqlite_fast_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("fast-sqlite"), rate=FAST) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_fast_stage(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Iterator[Stage]:
    name = f"journey_{uuid4().hex}"
    postgres.execute(f"CREATE DATABASE {name}")
    with stage(tmp_path_factory.mktemp("fast-postgres"), postgres.url(name), FAST) as running:
        yield running
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def fast_stage(request: pytest.FixtureRequest) -> Stage:
    """A stage on fast clocks, on a database of one kind and then of the other."""
    running = request.getfixturevalue(f"{request.param}_fast_stage")
    assert isinstance(running, Stage)
    return running
