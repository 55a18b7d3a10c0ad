"""kill -9 in the middle of a broadcast: everybody ends in one honest state, and nobody has it twice."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.journeys.broadcast_kills import RATE, SETTINGS, send_through_kills
from tests.journeys.processes import Stage, stage
from tests.postgres import Server

RECIPIENTS, KILLS, HALTS = 300, 2, 3


@pytest.fixture(params=["sqlite", "postgres"])
def sending_stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    url, server = None, None
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        assert isinstance(server, Server)
        name = f"journey_{uuid4().hex}"
        server.execute(f"CREATE DATABASE {name}")
        url = server.url(name)
    with stage(tmp_path, url, RATE, **SETTINGS) as running:
        yield running


def test_a_broadcast_that_is_refused_and_killed_ends_honestly_for_everybody(sending_stage: Stage) -> None:
    figures = send_through_kills(sending_stage, RECIPIENTS, KILLS, HALTS)
    assert figures.state == "done", figures
    assert figures.got_it_twice == 0, figures
    assert figures.wrong == {}, figures
    assert figures.kills == KILLS, figures
    assert 1 <= figures.halts <= HALTS, figures
    assert sum(figures.by_state.values()) == RECIPIENTS, figures
    assert figures.by_state["failed"] > 0, figures
