"""The stage that journeys share: one bot and one pretend Zalo for each worker of the test run."""

from collections.abc import Iterator

import pytest

from tests.journeys.people import Person
from tests.journeys.processes import Stage, stage


@pytest.fixture(scope="session")
def shared_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("stage")) as running:
        yield running


@pytest.fixture
def person(shared_stage: Stage) -> Person:
    """Someone whom the bot has never heard of."""
    return Person.new(shared_stage)
