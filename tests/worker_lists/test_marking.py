"""Marks on workers, marks taken back, and what a unit answers for itself."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditLine
from app.kit.db import Database
from app.worker_lists.marking import (
    NotMarked,
    answer_for_unit,
    mark,
    mark_all_installed,
    take_all_back,
    take_back,
)
from app.worker_lists.models import UnitAnswer, WorkerState
from app.worker_lists.queries import Numbers
from tests.worker_lists.lists import AN, BINH, CHAU, MONTH, NOW, progress, states, take_in, unit_id, workers

LIAISON = "liaison:1"


@pytest.fixture
def listed(filled: Database) -> Database:
    take_in(filled, AN, BINH, CHAU)
    return filled


def trail(db: Database) -> list[tuple[str, str, str]]:
    rows = select(AuditLine.actor, AuditLine.action, AuditLine.subject).order_by(AuditLine.id)
    return db.read_now(lambda tx: [(row.actor, row.action, row.subject) for row in tx.execute(rows)])


def test_a_mark_moves_the_numbers_and_is_on_the_trail(listed: Database) -> None:
    an, unit = workers(listed)[0], unit_id(listed)
    listed.write_now(lambda tx: mark(tx, unit, an.id, WorkerState.NEEDS_HELP, LIAISON, NOW))
    assert progress(listed).numbers == Numbers(open=2, needs_help=1)
    assert trail(listed) == [(LIAISON, "worker.marked", f"worker:{an.id}")]


def test_the_same_mark_twice_is_one(listed: Database) -> None:
    an, unit = workers(listed)[0], unit_id(listed)
    for _ in range(2):
        listed.write_now(lambda tx: mark(tx, unit, an.id, WorkerState.LEFT, LIAISON, NOW))
    assert len(trail(listed)) == 1


def test_nobody_marks_a_worker_of_another_unit(listed: Database) -> None:
    an, other = workers(listed)[0], unit_id(listed, "TA0002B")
    with pytest.raises(NotMarked):
        listed.write_now(lambda tx: mark(tx, other, an.id, WorkerState.LEFT, LIAISON, NOW))
    with pytest.raises(NotMarked):
        listed.write_now(lambda tx: take_back(tx, other, an.id, LIAISON, NOW))
    assert states(listed)["An"] == "open"


def test_who_saw_an_older_state_is_told_so(listed: Database) -> None:
    an, unit = workers(listed)[0], unit_id(listed)
    listed.write_now(lambda tx: mark(tx, unit, an.id, WorkerState.LEFT, LIAISON, NOW, version=an.version))
    with pytest.raises(NotMarked):
        listed.write_now(
            lambda tx: mark(tx, unit, an.id, WorkerState.INSTALLED, "staff:1", NOW, version=an.version)
        )


def test_who_is_off_the_list_is_not_marked(listed: Database) -> None:
    an, unit = workers(listed)[0], unit_id(listed)
    take_in(listed, BINH, CHAU, at=NOW + MONTH)
    with pytest.raises(NotMarked):
        listed.write_now(lambda tx: mark(tx, unit, an.id, WorkerState.LEFT, LIAISON, NOW))


def test_a_mark_is_taken_back_to_what_was_before(listed: Database) -> None:
    an, unit = workers(listed)[0], unit_id(listed)
    with pytest.raises(NotMarked):
        listed.write_now(lambda tx: take_back(tx, unit, an.id, LIAISON, NOW))
    listed.write_now(lambda tx: mark(tx, unit, an.id, WorkerState.NEEDS_HELP, LIAISON, NOW))
    listed.write_now(lambda tx: mark(tx, unit, an.id, WorkerState.INSTALLED, LIAISON, NOW))
    listed.write_now(lambda tx: take_back(tx, unit, an.id, LIAISON, NOW))
    assert states(listed)["An"] == "needs_help"


def test_all_who_are_open_have_installed_and_the_rest_stays(listed: Database) -> None:
    an, unit = workers(listed)[0], unit_id(listed)
    listed.write_now(lambda tx: mark(tx, unit, an.id, WorkerState.LEFT, LIAISON, NOW))
    with pytest.raises(NotMarked):  # three were confirmed, two are open
        listed.write_now(lambda tx: mark_all_installed(tx, unit, 3, LIAISON, NOW))
    assert listed.write_now(lambda tx: mark_all_installed(tx, unit, 2, LIAISON, NOW)) == 2
    assert states(listed) == {"An": "left", "Bình": "installed", "Châu": "installed"}
    assert listed.write_now(lambda tx: take_all_back(tx, unit, NOW, LIAISON, NOW)) == 2
    assert progress(listed).numbers == Numbers(open=2, left=1)


def test_taking_all_back_spares_marks_of_other_moments_and_other_people(listed: Database) -> None:
    an, unit = workers(listed)[0], unit_id(listed)
    listed.write_now(lambda tx: mark(tx, unit, an.id, WorkerState.INSTALLED, "liaison:2", NOW))
    listed.write_now(lambda tx: mark_all_installed(tx, unit, 2, LIAISON, NOW))
    listed.write_now(lambda tx: take_all_back(tx, unit, NOW, LIAISON, NOW))
    assert states(listed) == {"An": "installed", "Bình": "open", "Châu": "open"}


def test_a_unit_answers_for_its_list_and_no_worker_changes(listed: Database) -> None:
    unit = unit_id(listed)
    assert listed.write_now(lambda tx: answer_for_unit(tx, unit, UnitAnswer.NEEDS_HELP, LIAISON, NOW))
    found = progress(listed)
    assert (found.answer, found.answered_at) == (UnitAnswer.NEEDS_HELP, NOW)
    assert found.numbers == Numbers(open=3)


def test_a_unit_without_a_list_has_nothing_to_answer_for(listed: Database) -> None:
    other = unit_id(listed, "TA0002B")
    assert not listed.write_now(lambda tx: answer_for_unit(tx, other, UnitAnswer.DONE, LIAISON, NOW))
