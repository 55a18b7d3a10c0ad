"""The database is away for a while: people are answered afterwards, and Zalo notices nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.content.transcript import Says
from tests.journeys.people import Person
from tests.journeys.processes import Stage, stage, until


@pytest.fixture
def own_stage(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as running:
        yield running


@contextmanager
def locked(own_stage: Stage) -> Iterator[None]:
    """Somebody else holds the database: the bot can neither write nor tell why."""
    file = own_stage.database.url.database
    assert file
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


LINES = ("cài vssid", "menu", "đăng ký làm đầu mối")


def test_what_people_write_while_the_database_is_away_is_answered_in_order_when_it_is_back(
    own_stage: Stage,
) -> None:
    patient = Person.new(own_stage)
    expected = [bubble for line in LINES for bubble in patient.say(line)]
    people = [Person.new(own_stage) for _ in range(3)]
    with locked(own_stage):
        write_and_be_acknowledged(people)
    for person in people:
        person.until_told(len(expected))
    own_stage.settle()
    assert [person.everything() for person in people] == [expected] * 3


def test_a_process_killed_while_the_database_is_away_loses_nothing(own_stage: Stage) -> None:
    patient, person = Person.new(own_stage), Person.new(own_stage)
    expected = [bubble for line in LINES for bubble in patient.say(line)]
    with locked(own_stage):
        write_and_be_acknowledged([person])
        own_stage.bot.kill()
    own_stage.bot.start()
    person.until_told(len(expected))
    own_stage.settle()
    assert person.everything() == expected


def write_and_be_acknowledged(people: list[Person]) -> None:
    """Zalo gets its 200 while nothing can be written into the database."""
    for person in people:
        for line in LINES:
            person.begin(Says(line))
    for person in people:
        until_acknowledged(person, len(LINES))
        assert person.everything() == []


def until_acknowledged(person: Person, acts: int) -> None:
    until(lambda: person.acknowledged() >= acts, f"Zalo has its answers for {person.user_id}")
