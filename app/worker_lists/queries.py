"""Units and their progress for pages: frozen records; no worker is read for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from app.directory.models import Employer, Liaison, LiaisonState, Office, Officer
from app.kit.vietnamese import fold
from app.worker_lists.models import (
    UnitAnswer,
    WorkerList,
    WorkerState,
    WorkerUnit,
)
from app.worker_lists.planning import pieces
from app.worker_lists.rules import is_overdue

PAGE = 50


@dataclass(frozen=True, slots=True)
class Numbers:
    """Workers by state."""

    open: int = 0
    installed: int = 0
    needs_help: int = 0
    left: int = 0
    wrong: int = 0

    @property
    def total(self) -> int:
        return self.open + self.installed + self.needs_help + self.left + self.wrong

    @property
    def waiting(self) -> int:
        """Those with whom somebody still has something to do."""
        return self.open + self.needs_help

    def of(self, state: WorkerState) -> int:
        return int(getattr(self, state.value))


@dataclass(frozen=True, slots=True)
class UnitProgress:
    employer_id: int
    name: str
    code: str
    office: str
    officer: str
    list_id: int
    list_title: str
    received_on: date
    due_on: date | None
    numbers: Numbers
    answer: UnitAnswer
    answered_at: datetime | None
    link_sent_at: datetime | None
    """When a link to the list was last given to the unit's liaison."""
    has_liaison: bool
    """Whether somebody verified speaks for the unit."""
    overdue: bool


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """Which units; `officers` is the scope of who asks: None is everybody's, empty is nobody's."""

    officers: Sequence[int] | None = None
    employers: Sequence[int] | None = None
    """Only these, of those that the rest lets through."""
    office_id: int | None = None
    officer_id: int | None = None
    list_id: int | None = None
    state: WorkerState | None = None
    """Units with at least one worker in this state."""
    answer: UnitAnswer | None = None
    overdue: bool = False
    finished: bool | None = None
    has_liaison: bool | None = None
    text: str = ""
    """Part of the unit's name, accents do not count, or the beginning of one of its codes."""


class UnitSort(StrEnum):
    """What units can be put in order by; those without such a value come last."""

    NAME = "name"
    WAITING = "waiting"
    INSTALLED = "installed"
    NEEDS_HELP = "needs_help"
    DUE = "due"
    ANSWERED = "answered"
    LINK_SENT = "link_sent"


@dataclass(frozen=True, slots=True)
class UnitsPage:
    units: tuple[UnitProgress, ...]
    count: int
    numbers: Numbers
    """Summed over all units of the filter."""


COUNTS = tuple(getattr(WorkerUnit, f"{state}_count") for state in WorkerState)
_WAITING_COUNT = WorkerUnit.open_count + WorkerUnit.needs_help_count
_SORTS: Mapping[UnitSort, Any] = {
    UnitSort.NAME: Employer.name_folded,
    UnitSort.WAITING: _WAITING_COUNT,
    UnitSort.INSTALLED: WorkerUnit.installed_count,
    UnitSort.NEEDS_HELP: WorkerUnit.needs_help_count,
    UnitSort.DUE: WorkerUnit.due_on,
    UnitSort.ANSWERED: WorkerUnit.answered_at,
    UnitSort.LINK_SENT: WorkerUnit.link_sent_at,
}
_SPEAKS = select(Liaison.id).where(
    Liaison.employer_id == WorkerUnit.employer_id, Liaison.state == LiaisonState.VERIFIED
)
_UNITS = (
    select(
        WorkerUnit.employer_id,
        Employer.name,
        func.coalesce(
            Employer.new_code, Employer.old_code, Employer.tax_code, Employer.budget_code, ""
        ).label("code"),
        func.coalesce(Office.name, "").label("office"),
        func.coalesce(Officer.name, "").label("officer"),
        WorkerUnit.list_id,
        WorkerList.title,
        WorkerList.received_on,
        WorkerUnit.due_on,
        *COUNTS,
        WorkerUnit.answer,
        WorkerUnit.answered_at,
        WorkerUnit.link_sent_at,
        _SPEAKS.exists().label("has_liaison"),
    )
    .join(Employer, Employer.id == WorkerUnit.employer_id)
    .join(WorkerList, WorkerList.id == WorkerUnit.list_id)
    .outerjoin(Office, Office.id == Employer.office_id)
    .outerjoin(Officer, Officer.id == Employer.officer_id)
)


def list_units(
    db: Connection,
    chosen: UnitFilter,
    today: date,
    *,
    page: int = 0,
    size: int = PAGE,
    sort: UnitSort = UnitSort.WAITING,
    descending: bool = True,
) -> UnitsPage:
    """The units of a filter; at first those with most waiting workers."""
    where = _conditions(chosen, today)
    sums = select(func.count(), *(func.coalesce(func.sum(one), 0) for one in COUNTS))
    total, *counts = db.execute(_from_units(sums, chosen).where(*where)).one()
    keys = find_units(db, chosen, today, page=page, size=size, sort=sort, descending=descending)
    rows = {
        row.employer_id: row
        for some in pieces(keys)
        for row in db.execute(_UNITS.where(WorkerUnit.employer_id.in_(some)))
    }
    return UnitsPage(tuple(_unit(rows[key], today) for key in keys), total, numbers_of(counts))


def find_units(
    db: Connection,
    chosen: UnitFilter,
    today: date,
    *,
    page: int = 0,
    size: int = PAGE,
    sort: UnitSort = UnitSort.WAITING,
    descending: bool = True,
) -> list[int]:
    """The employers of a filter, in order; wide rows are then read for these alone."""
    by = _SORTS[sort]
    found = _from_units(select(WorkerUnit.employer_id), chosen, by_name=sort is UnitSort.NAME)
    ordered = found.where(*_conditions(chosen, today)).order_by(
        by.is_(None), by.desc() if descending else by, WorkerUnit.employer_id
    )
    return list(db.execute(ordered.limit(size).offset(page * size)).scalars())


def _from_units(chosen_columns: Any, chosen: UnitFilter, *, by_name: bool = False) -> Any:
    """Employers are joined only where something is asked of them: thousands of look-ups less."""
    rows = chosen_columns.select_from(WorkerUnit)
    of_employer = (chosen.officers, chosen.office_id, chosen.officer_id)
    if by_name or any(one is not None for one in of_employer):
        return rows.join(Employer, Employer.id == WorkerUnit.employer_id)
    return rows


def read_unit_progress(
    db: Connection, employer_id: int, today: date, officers: Sequence[int] | None = None
) -> UnitProgress | None:
    """How a unit stands; None when it never was on a list, or is none of these officers'."""
    mine = _conditions(UnitFilter(officers), today)
    row = db.execute(_UNITS.where(WorkerUnit.employer_id == employer_id, *mine)).one_or_none()
    return None if row is None else _unit(row, today)


def count_overdue(db: Connection, officers: Sequence[int] | None, today: date) -> int:
    """Units that are late with their list; the due date is indexed."""
    late = select(func.count()).select_from(WorkerUnit).where(WorkerUnit.due_on < today, _WAITING_COUNT > 0)
    if officers is not None:
        theirs = select(Employer.id).where(Employer.officer_id.in_(officers))
        late = late.where(WorkerUnit.employer_id.in_(theirs))
    return db.execute(late).scalar_one()


def _conditions(chosen: UnitFilter, today: date) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if chosen.officers is not None:
        where.append(Employer.officer_id.in_(chosen.officers) if chosen.officers else false())
    if chosen.employers is not None:
        where.append(WorkerUnit.employer_id.in_(chosen.employers) if chosen.employers else false())
    if chosen.officer_id is not None:
        where.append(Employer.officer_id == chosen.officer_id)
    if chosen.office_id is not None:
        where.append(Employer.office_id == chosen.office_id)
    if chosen.list_id is not None:
        where.append(WorkerUnit.list_id == chosen.list_id)
    if chosen.state is not None:
        where.append(getattr(WorkerUnit, f"{chosen.state}_count") > 0)
    if chosen.answer is not None:
        where.append(WorkerUnit.answer == chosen.answer)
    if chosen.overdue:
        where.append(and_(WorkerUnit.due_on < today, _WAITING_COUNT > 0))
    if chosen.finished is not None:
        where.append(_WAITING_COUNT == 0 if chosen.finished else _WAITING_COUNT > 0)
    if chosen.has_liaison is not None:
        where.append(_SPEAKS.exists() if chosen.has_liaison else ~_SPEAKS.exists())
    if chosen.text.strip():
        # Their names are looked through once, whatever then is counted, summed and put in order.
        where.append(WorkerUnit.employer_id.in_(select(Employer.id).where(_named(chosen.text.strip()))))
    return where


def _named(text: str) -> ColumnElement[bool]:
    named: ColumnElement[bool] = Employer.name_folded.contains(fold(text), autoescape=True)
    if " " in text:  # no code has one
        return named
    codes = (Employer.old_code, Employer.new_code, Employer.tax_code, Employer.budget_code)
    return or_(named, *(one.startswith(text.upper(), autoescape=True) for one in codes))


def _unit(row: Any, today: date) -> UnitProgress:
    numbers = numbers_of([getattr(row, one.key) for one in COUNTS])
    return UnitProgress(
        row.employer_id,
        row.name,
        row.code,
        row.office,
        row.officer,
        row.list_id,
        row.title,
        row.received_on,
        row.due_on,
        numbers,
        UnitAnswer(row.answer),
        row.answered_at,
        row.link_sent_at,
        row.has_liaison,
        is_overdue(row.due_on, numbers.waiting, today),
    )


def numbers_of(counts: Sequence[int]) -> Numbers:
    """From as many counts as there are states, in their order."""
    return Numbers(**{state.value: int(count) for state, count in zip(WorkerState, counts, strict=True)})
