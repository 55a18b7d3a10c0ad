"""Progress for the officer's pages: filters, scope, history; and names only where they are asked for."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.audit.trail import Entry
from app.directory.demo_data import make_liaison
from app.directory.models import Employer, Officer
from app.kit.db import Database
from app.worker_lists.dating import DueRefused, change_due
from app.worker_lists.links import issue_link
from app.worker_lists.list_queries import list_lists, unit_history
from app.worker_lists.marking import answer_for_unit, mark
from app.worker_lists.models import UnitAnswer, WorkerState
from app.worker_lists.queries import (
    Numbers,
    UnitFilter,
    UnitSort,
    UnitsPage,
    count_overdue,
    find_units,
    list_units,
)
from app.worker_lists.rules import today
from app.worker_lists.worker_queries import list_workers, read_worker, worker_history
from tests.worker_lists.lists import AN, BINH, CHAU, ME, MONTH, NOW, SEALER, take_in, unit_id, workers

TODAY = today(NOW)


@pytest.fixture
def listed(filled: Database) -> Database:
    """Biển Xanh has two workers and is overdue, Hoa Biển one, Nho Núi Hồng one and another officer."""
    take_in(filled, AN, BINH, due_on=TODAY - timedelta(days=1))
    take_in(filled, CHAU, code="TA0002B", due_on=TODAY)
    take_in(filled, CHAU, code="TA0003C")
    return filled


def units(db: Database, chosen: UnitFilter, page: int = 0, size: int = 50) -> UnitsPage:
    return db.read_now(lambda tx: list_units(tx, chosen, TODAY, page=page, size=size))


def named(db: Database, chosen: UnitFilter) -> list[str]:
    return [one.name.split("(")[0].strip() for one in units(db, chosen).units]


def officer(db: Database, code: str) -> int:
    wanted = select(Officer.id).where(Officer.code == code)
    return db.read_now(lambda tx: tx.execute(wanted).scalar_one())


def marks_everybody(db: Database, code: str, state: WorkerState) -> None:
    unit = unit_id(db, code)
    for one in workers(db, code):
        db.write_now(lambda tx, one=one: mark(tx, unit, one.id, state, "liaison:1", NOW))  # type: ignore[misc]


def test_units_with_most_to_do_come_first_and_numbers_are_summed(listed: Database) -> None:
    found = units(listed, UnitFilter())
    assert [one.numbers.open for one in found.units] == [2, 1, 1]
    assert (found.count, found.numbers) == (3, Numbers(open=4))
    first = found.units[0]
    assert (first.office, first.officer) == ("BHXH cơ sở Biển Xanh (ví dụ)", "Lê Thị Ví Dụ")


def test_pages_go_through_all_units_once(listed: Database) -> None:
    seen = [one.employer_id for page in range(3) for one in units(listed, UnitFilter(), page, 1).units]
    assert len(set(seen)) == len(seen) == 3
    assert units(listed, UnitFilter(), 3, 1).units == ()


def test_an_officer_sees_their_own_units_only(listed: Database) -> None:
    second = officer(listed, "CQ02")
    assert named(listed, UnitFilter(officers=[second])) == ["Hợp tác xã Nho Núi Hồng"]
    assert units(listed, UnitFilter(officers=[second])).numbers == Numbers(open=1)


def test_who_has_no_unit_sees_none(listed: Database) -> None:
    assert units(listed, UnitFilter(officers=[])) == UnitsPage((), 0, Numbers())


def test_a_unit_that_changes_hands_is_seen_by_the_new_officer(listed: Database) -> None:
    one, other = officer(listed, "CQ01"), officer(listed, "CQ02")
    moved = update(Employer).where(Employer.old_code == "TA0001A").values(officer_id=other)
    listed.write_now(lambda tx: tx.execute(moved))
    assert named(listed, UnitFilter(officers=[one])) == ["Công ty CP May Hoa Biển"]
    assert len(named(listed, UnitFilter(officers=[other]))) == 2


def test_overdue_units_are_those_past_their_day_with_somebody_waiting(listed: Database) -> None:
    assert named(listed, UnitFilter(overdue=True)) == ["Công ty TNHH Biển Xanh"]
    assert [one.overdue for one in units(listed, UnitFilter()).units] == [True, False, False]
    marks_everybody(listed, "TA0001A", WorkerState.INSTALLED)
    assert named(listed, UnitFilter(overdue=True)) == []


def test_units_are_found_by_state_answer_office_list_and_whether_they_are_done(listed: Database) -> None:
    marks_everybody(listed, "TA0002B", WorkerState.WRONG)
    unit = unit_id(listed)
    listed.write_now(lambda tx: answer_for_unit(tx, unit, UnitAnswer.NEEDS_HELP, "liaison:1", NOW))
    assert named(listed, UnitFilter(state=WorkerState.WRONG)) == ["Công ty CP May Hoa Biển"]
    assert named(listed, UnitFilter(answer=UnitAnswer.NEEDS_HELP)) == ["Công ty TNHH Biển Xanh"]
    assert named(listed, UnitFilter(finished=True)) == ["Công ty CP May Hoa Biển"]
    assert len(named(listed, UnitFilter(finished=False))) == 2
    (newest, *_) = listed.read_now(list_lists)
    assert named(listed, UnitFilter(list_id=newest.id)) == ["Hợp tác xã Nho Núi Hồng"]


def test_units_are_found_by_part_of_the_name_or_the_beginning_of_a_code(listed: Database) -> None:
    assert named(listed, UnitFilter(text="hoa bien")) == ["Công ty CP May Hoa Biển"]
    assert named(listed, UnitFilter(text="ta0003")) == ["Hợp tác xã Nho Núi Hồng"]
    assert named(listed, UnitFilter(text="%")) == []


def test_units_without_a_liaison_are_those_that_need_a_letter(listed: Database) -> None:
    listed.write_now(lambda tx: make_liaison(tx, SEALER, ME, NOW, verified=True))
    assert named(listed, UnitFilter(has_liaison=True)) == ["Công ty TNHH Biển Xanh"]
    assert len(named(listed, UnitFilter(has_liaison=False))) == 2


def test_a_pending_liaison_does_not_count(listed: Database) -> None:
    listed.write_now(lambda tx: make_liaison(tx, SEALER, ME, NOW, verified=False))
    assert named(listed, UnitFilter(has_liaison=True)) == []


def test_lists_are_summed_over_the_units_that_they_are_the_latest_of(listed: Database) -> None:
    take_in(listed, AN, at=NOW + MONTH)
    newest, *older = listed.read_now(list_lists)
    assert (newest.units, newest.numbers) == (1, Numbers(open=1, installed=1))
    assert [one.units for one in older] == [1, 1, 0]


def test_the_history_of_a_unit_names_each_list(listed: Database) -> None:
    take_in(listed, BINH, at=NOW + MONTH)
    steps = listed.read_now(lambda tx: unit_history(tx, unit_id(listed)))
    assert [(one.listed, one.new, one.gone) for one in steps] == [(1, 0, 1), (2, 2, 0)]


def test_workers_are_filtered_and_searched_within_their_unit(listed: Database) -> None:
    unit, other = unit_id(listed), unit_id(listed, "TA0002B")
    for text, names in (("binh", [BINH[0]]), ("BÌNH", [BINH[0]]), ("chau", []), ("", [AN[0], BINH[0]])):
        found = listed.read_now(lambda tx, text=text: list_workers(tx, SEALER, unit, text=text))  # type: ignore[misc]
        assert [one.name for one in found.workers] == names
        assert found.count == len(names)
    an = workers(listed)[0]
    assert listed.read_now(lambda tx: read_worker(tx, SEALER, other, an.id)) is None
    marks_everybody(listed, "TA0001A", WorkerState.LEFT)
    left = listed.read_now(lambda tx: list_workers(tx, SEALER, unit, state=WorkerState.LEFT, size=1))
    assert (len(left.workers), left.count) == (1, 2)


def test_the_history_of_a_worker_says_who(listed: Database) -> None:
    marks_everybody(listed, "TA0002B", WorkerState.NEEDS_HELP)
    take_in(listed, AN, at=NOW + MONTH, code="TA0002B")
    *_, chau = workers(listed, "TA0002B")
    assert not chau.on_list, "who is off the list comes last"
    steps = listed.read_now(lambda tx: worker_history(tx, chau.id))
    assert [(one.after, one.by.partition(":")[0]) for one in steps] == [
        ("installed", "list"),
        ("needs_help", "liaison"),
    ]


@pytest.mark.parametrize("sort", UnitSort)
def test_every_order_has_all_units_and_turns_round(listed: Database, sort: UnitSort) -> None:
    def found(*, descending: bool) -> list[int]:
        return listed.read_now(
            lambda tx: find_units(tx, UnitFilter(), TODAY, sort=sort, descending=descending)
        )

    assert sorted(found(descending=True)) == sorted(found(descending=False))
    if sort is UnitSort.DUE:
        without = unit_id(listed, "TA0003C")
        assert found(descending=True)[-1] == found(descending=False)[-1] == without


def test_a_unit_says_whether_somebody_speaks_for_it_and_when_the_link_went_out(listed: Database) -> None:
    listed.write_now(lambda tx: make_liaison(tx, SEALER, ME, NOW, verified=True))
    assert [one.has_liaison for one in units(listed, UnitFilter()).units].count(True) == 1
    listed.write_now(lambda tx: issue_link(tx, ME, "staff:1", NOW))
    sent = {one.employer_id: one.link_sent_at for one in units(listed, UnitFilter()).units}
    assert sent.pop(unit_id(listed)) == NOW
    assert set(sent.values()) == {None}


def test_an_officer_is_shown_lists_and_late_units_of_their_own(listed: Database) -> None:
    of = select(Employer.officer_id).where(Employer.id == unit_id(listed, "TA0003C"))
    theirs = [int(listed.read_now(lambda tx: tx.execute(of).scalar_one()) or 0)]
    (own,) = listed.read_now(lambda tx: list_lists(tx, theirs))
    assert (own.units, own.numbers.open) == (1, 1)
    assert listed.read_now(lambda tx: list_lists(tx, [-1])) == []
    assert listed.read_now(lambda tx: count_overdue(tx, None, TODAY)) == 1
    assert listed.read_now(lambda tx: count_overdue(tx, theirs, TODAY)) == 0


def test_a_new_due_date_is_not_before_the_list_itself(listed: Database) -> None:
    newest, *_ = listed.read_now(list_lists)
    entry = Entry("staff:1", "worker_list.due_changed", f"list:{newest.id}", NOW)
    with pytest.raises(DueRefused):
        listed.write_now(lambda tx: change_due(tx, newest.id, TODAY - timedelta(days=1), entry))
    with pytest.raises(DueRefused):
        listed.write_now(lambda tx: change_due(tx, 999, TODAY, entry))
    listed.write_now(lambda tx: change_due(tx, newest.id, None, entry))
    assert listed.read_now(list_lists)[0].due_on is None
