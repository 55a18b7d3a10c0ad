"""A list against the one before: new, changed, back, gone; and the way back."""

import json
from dataclasses import asdict, replace
from datetime import datetime

import pytest
from sqlalchemy import Connection, select

from app.kit.db import Database
from app.worker_lists.applying import Applied, Change, NewList, PlanOutdated, UnitChange, apply_plan
from app.worker_lists.list_queries import unit_history
from app.worker_lists.marking import answer_for_unit, mark
from app.worker_lists.models import UnitAnswer, WorkerEntry, WorkerList, WorkerMark, WorkerState, WorkerUnit
from app.worker_lists.planning import ListedWorker, worker_list_plan
from app.worker_lists.queries import Numbers
from app.worker_lists.rules import today
from app.worker_lists.undoing import Undone, undo
from app.worker_lists.worker_queries import worker_history
from tests.worker_lists.lists import (
    AN,
    BINH,
    CHAU,
    MONTH,
    NOW,
    SEALER,
    plan,
    progress,
    rows,
    states,
    take_in,
    unit_id,
    workers,
)


def marks(db: Database, name: str, state: WorkerState, at: datetime = NOW) -> None:
    employer_id = unit_id(db)
    entry = next(one for one in workers(db) if one.name.startswith(name))
    db.write_now(lambda tx: mark(tx, employer_id, entry.id, state, "liaison:1", at))


def undone(db: Database, applied: Applied) -> Undone:
    return db.write_now(lambda tx: undo(tx, applied))


def everything(db: Database) -> list[list[tuple[object, ...]]]:
    tables = (WorkerEntry, WorkerUnit, WorkerList, WorkerMark)
    return db.read_now(
        lambda tx: [
            sorted(map(tuple, tx.execute(select(*(c for c in one.__table__.c if c.name != "version")))))
            for one in tables
        ]
    )


def test_the_first_list_opens_everybody_on_it(filled: Database) -> None:
    planned = plan(filled, AN, BINH)
    assert [one.name for one in planned.new] == [AN[0], BINH[0]]
    take_in(filled, AN, BINH)
    assert states(filled) == {"An": "open", "Bình": "open"}
    assert progress(filled).numbers == Numbers(open=2)


def test_planning_saves_nothing(filled: Database) -> None:
    plan(filled, AN, BINH)
    assert workers(filled) == []


def test_only_a_masked_number_and_hashes_are_kept(filled: Database) -> None:
    take_in(filled, AN, ("Dũng (ví dụ)", "000201000123"))
    assert [one.masked_number for one in workers(filled)] == ["00••••0001", "0002••••0123"]
    stored = repr(everything(filled))
    for secret in (AN[0], AN[1], "000201000123"):
        assert secret not in stored


def test_the_same_list_again_changes_nothing(filled: Database) -> None:
    take_in(filled, AN, BINH)
    again = plan(filled, AN, BINH, at=NOW + MONTH)
    assert (again.unchanged, again.new, again.changed, again.back, again.gone) == (2, [], [], [], [])


def test_who_is_no_longer_listed_has_registered_meanwhile(filled: Database) -> None:
    take_in(filled, AN, BINH)
    take_in(filled, BINH, CHAU, at=NOW + MONTH)
    assert states(filled) == {"An": "installed", "Bình": "open", "Châu": "open"}
    gone, first = filled.read_now(lambda tx: unit_history(tx, unit_id(filled)))
    assert (gone.listed, gone.new, gone.gone, gone.reopened) == (2, 1, 1, 0)
    assert (first.listed, first.new, first.gone, first.reopened) == (2, 2, 0, 0)


def test_a_unit_that_the_list_does_not_name_is_left_alone(filled: Database) -> None:
    take_in(filled, AN)
    take_in(filled, BINH, code="TA0002B", at=NOW + MONTH)
    assert states(filled) == {"An": "open"}


def test_who_is_listed_again_is_opened_again(filled: Database) -> None:
    take_in(filled, AN, BINH)
    take_in(filled, BINH, at=NOW + MONTH)
    take_in(filled, AN, BINH, at=NOW + 2 * MONTH)
    assert states(filled) == {"An": "open", "Bình": "open"}
    (an, _) = workers(filled)
    steps = filled.read_now(lambda tx: worker_history(tx, an.id))
    assert [(one.before, one.after) for one in steps] == [("installed", "open"), ("open", "installed")]


def test_a_corrected_list_of_the_same_day_brings_back_whom_the_wrong_one_left_out(filled: Database) -> None:
    take_in(filled, AN, BINH)
    take_in(filled, BINH, at=NOW + MONTH)
    take_in(filled, AN, BINH, at=NOW + MONTH)
    assert states(filled)["An"] == "open"


def test_a_mark_older_than_the_list_is_refuted_by_it_a_newer_one_is_not(filled: Database) -> None:
    take_in(filled, AN, BINH)
    marks(filled, "An", WorkerState.INSTALLED, NOW)
    marks(filled, "Bình", WorkerState.INSTALLED, NOW + MONTH)
    take_in(filled, AN, BINH, at=NOW + MONTH)
    assert states(filled) == {"An": "open", "Bình": "installed"}


@pytest.mark.parametrize("state", [WorkerState.LEFT, WorkerState.WRONG])
def test_what_was_said_for_the_office_to_look_into_outlives_lists(
    filled: Database, state: WorkerState
) -> None:
    take_in(filled, AN, BINH)
    marks(filled, "An", state)
    take_in(filled, AN, BINH, at=NOW + MONTH)
    take_in(filled, BINH, at=NOW + 2 * MONTH)
    assert states(filled)["An"] == state
    assert {one.name: one.on_list for one in workers(filled)} == {AN[0]: False, BINH[0]: True}
    take_in(filled, AN, BINH, at=NOW + 3 * MONTH)
    assert all(one.on_list for one in workers(filled))


def test_another_spelling_of_a_name_is_a_change(filled: Database) -> None:
    take_in(filled, AN)
    planned = plan(filled, ("Ân (ví dụ)", AN[1]))
    assert [(one.old_name, one.now.name) for one in planned.changed] == [("An (ví dụ)", "Ân (ví dụ)")]
    take_in(filled, ("Ân (ví dụ)", AN[1]), at=NOW + MONTH)
    assert states(filled) == {"Ân": "open"}


def test_a_citizens_number_instead_of_the_insurance_number_is_the_same_worker(filled: Database) -> None:
    take_in(filled, AN, BINH)
    marks(filled, "An", WorkerState.NEEDS_HELP)
    planned = plan(filled, (AN[0], "000301001300"), BINH)
    assert (len(planned.changed), planned.new, planned.gone) == (1, [], [])
    take_in(filled, (AN[0], "000301001300"), BINH, at=NOW + MONTH)
    assert [(one.masked_number, one.state) for one in workers(filled)] == [
        ("0003••••1300", "needs_help"),
        ("00••••0002", "open"),
    ]


def test_of_two_people_with_one_name_nobody_is_guessed(filled: Database) -> None:
    take_in(filled, AN, (AN[0], "0001000009"))
    planned = plan(filled, (AN[0], "000301001300"))
    assert (len(planned.new), len(planned.gone), planned.changed) == (1, 2, [])


def test_another_number_of_the_same_kind_is_another_worker(filled: Database) -> None:
    take_in(filled, AN)
    planned = plan(filled, (AN[0], "0001000009"))
    assert (len(planned.new), len(planned.gone)) == (1, 1)


def test_a_name_in_two_spellings_of_unicode_is_one_worker(filled: Database) -> None:
    take_in(filled, ("Bình", ""))
    again = plan(filled, ("Bi\u0300nh", ""))
    assert (again.unchanged, again.new) == (1, [])


def test_rows_that_cannot_be_are_named_and_left_out(filled: Database) -> None:
    planned = plan(filled, AN, ("", "0001000005"), (BINH[0], AN[1]), (CHAU[0], ""), (CHAU[0], ""))
    assert [(one.row, one.column, one.reason) for one in planned.wrong] == [
        (3, "name", "chưa có họ tên"),
        (4, "number", "trùng mã số với dòng 2"),
        (6, "name", "trùng họ tên (không có mã số để phân biệt) với dòng 5"),
    ]
    assert [one.name for one in planned.new] == [AN[0], CHAU[0]]


def test_while_a_row_has_no_name_nobody_of_its_unit_counts_as_registered(filled: Database) -> None:
    take_in(filled, AN, BINH)
    planned = plan(filled, AN, ("", "0001000005"))
    assert (planned.gone, planned.unsure) == ([], 1)


def test_a_list_with_rows_left_out_closes_nobody(filled: Database) -> None:
    take_in(filled, AN, BINH)
    listed = rows(unit_id(filled), [AN])
    planned = filled.read_now(lambda tx: worker_list_plan(tx, SEALER, listed, today(NOW), complete=False))
    assert (planned.gone, planned.unsure, planned.unchanged) == ([], 1, 1)


def test_a_mark_set_between_plan_and_apply_is_not_written_over(filled: Database) -> None:
    take_in(filled, AN, BINH)
    planned = plan(filled, BINH, at=NOW + MONTH)
    marks(filled, "An", WorkerState.LEFT)
    new_list = NewList("x", today(NOW + MONTH))
    with pytest.raises(PlanOutdated):
        filled.write_now(lambda tx: apply_plan(tx, SEALER, planned, new_list, "staff:1", NOW + MONTH))
    assert states(filled)["An"] == "left"


def test_undoing_a_list_leaves_everything_as_it_was(filled: Database) -> None:
    take_in(filled, AN, BINH)
    marks(filled, "Bình", WorkerState.INSTALLED)
    employer_id = unit_id(filled)
    filled.write_now(lambda tx: answer_for_unit(tx, employer_id, UnitAnswer.DONE, "liaison:1", NOW))
    before = everything(filled)
    applied = take_in(filled, ("Binh (ví dụ)", BINH[1]), CHAU, at=NOW + MONTH)
    assert everything(filled) != before
    come_of_it = undone(filled, applied)
    assert (come_of_it.removed, come_of_it.restored, come_of_it.kept) == (1, 2, [])
    assert everything(filled) == before


def test_undoing_the_first_list_leaves_nothing(filled: Database) -> None:
    before = everything(filled)
    undone(filled, take_in(filled, AN, BINH))
    assert everything(filled) == before


def test_undoing_spares_what_somebody_said_since(filled: Database) -> None:
    take_in(filled, AN)
    applied = take_in(filled, BINH, CHAU, at=NOW + MONTH)
    marks(filled, "Châu", WorkerState.NEEDS_HELP)
    come_of_it = undone(filled, applied)
    assert len(come_of_it.kept) == 1
    assert states(filled) == {"An": "open", "Châu": "needs_help"}
    assert progress(filled).numbers == Numbers(open=1, needs_help=1)


def test_undoing_an_older_list_does_not_take_the_newer_one_away(filled: Database) -> None:
    take_in(filled, AN)
    older = take_in(filled, AN, BINH, at=NOW + MONTH)
    newer = take_in(filled, AN, BINH, CHAU, at=NOW + 2 * MONTH)
    undone(filled, older)
    assert progress(filled).list_id == newer.list_id


def test_what_undoes_a_list_survives_being_written_as_json(filled: Database) -> None:
    take_in(filled, AN)
    before = everything(filled)
    applied = take_in(filled, ("Ân (ví dụ)", AN[1]), BINH, at=NOW + MONTH)
    written = json.loads(json.dumps(asdict(applied)))
    read = Applied(
        written["list_id"],
        tuple(Change(**one) for one in written["entries"]),
        tuple(UnitChange(**one) for one in written["units"]),
    )
    assert read == replace(applied)
    undone(filled, read)
    assert everything(filled) == before


def test_a_new_list_asks_the_unit_anew(filled: Database) -> None:
    take_in(filled, AN)
    employer_id = unit_id(filled)
    filled.write_now(lambda tx: answer_for_unit(tx, employer_id, UnitAnswer.DONE, "liaison:1", NOW))
    assert progress(filled).answer is UnitAnswer.DONE
    take_in(filled, AN, at=NOW + MONTH)
    assert progress(filled).answer is UnitAnswer.OPEN


def test_twenty_thousand_rows_are_planned_taken_in_and_undone(filled: Database) -> None:
    employers = [unit_id(filled, code) for code in ("TA0001A", "TA0002B")]
    people = [ListedWorker(n, employers[n % 2], f"Người {n} (ví dụ)", f"{n:010}") for n in range(20_000)]

    def work(tx: Connection, listed: list[ListedWorker], at: datetime) -> Applied:
        planned = worker_list_plan(tx, SEALER, listed, today(at))
        assert not planned.wrong
        return apply_plan(tx, SEALER, planned, NewList("x", today(at)), "staff:1", at)

    filled.write_now(lambda tx: work(tx, people, NOW))
    applied = filled.write_now(lambda tx: work(tx, people[100:], NOW + MONTH))
    assert progress(filled).numbers == Numbers(open=9_950, installed=50)
    assert undone(filled, applied).restored == 100


def test_rows_of_several_units_in_one_file_are_told_apart(filled: Database) -> None:
    one, other = unit_id(filled), unit_id(filled, "TA0002B")
    listed = [*rows(one, [AN]), ListedWorker(9, other, *AN)]
    planned = filled.read_now(lambda tx: worker_list_plan(tx, SEALER, listed, today(NOW)))
    assert (len(planned.new), planned.wrong, planned.listed) == (2, [], {one: 1, other: 1})
