"""Lists, units and their progress for pages: frozen records; no worker is read for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, select

from app.directory.models import Employer, Liaison, LiaisonState, Office, Officer
from app.kit.vietnamese import fold
from app.worker_lists.models import (
    UnitAnswer,
    WorkerList,
    WorkerListUnit,
    WorkerState,
    WorkerUnit,
)
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
    overdue: bool


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """Which units; `officers` is the scope of who asks: None is everybody's, empty is nobody's."""

    officers: Sequence[int] | None = None
    office_id: int | None = None
    list_id: int | None = None
    state: WorkerState | None = None
    """Units with at least one worker in this state."""
    answer: UnitAnswer | None = None
    overdue: bool = False
    finished: bool | None = None
    has_liaison: bool | None = None
    text: str = ""
    """Part of the unit's name, accents do not count, or the beginning of one of its codes."""


@dataclass(frozen=True, slots=True)
class UnitsPage:
    units: tuple[UnitProgress, ...]
    count: int
    numbers: Numbers
    """Summed over all units of the filter."""


@dataclass(frozen=True, slots=True)
class ListSummary:
    id: int
    title: str
    received_on: date
    due_on: date | None
    office: str
    created_at: datetime
    units: int
    """Units of which it is the latest list."""
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class ListStep:
    """What one list changed for one unit; `gone` have registered since the list before."""

    list_id: int
    title: str
    received_on: date
    listed: int
    new: int
    gone: int
    reopened: int


_COUNTS = tuple(getattr(WorkerUnit, f"{state}_count") for state in WorkerState)
_WAITING_COUNT = WorkerUnit.open_count + WorkerUnit.needs_help_count
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
        *_COUNTS,
        WorkerUnit.answer,
        WorkerUnit.answered_at,
    )
    .join(Employer, Employer.id == WorkerUnit.employer_id)
    .join(WorkerList, WorkerList.id == WorkerUnit.list_id)
    .outerjoin(Office, Office.id == Employer.office_id)
    .outerjoin(Officer, Officer.id == Employer.officer_id)
)


def list_units(
    db: Connection, chosen: UnitFilter, today: date, *, page: int = 0, size: int = PAGE
) -> UnitsPage:
    """The units of a filter, most waiting workers first."""
    where = _conditions(chosen, today)
    sums = select(func.count(), *(func.coalesce(func.sum(one), 0) for one in _COUNTS))
    total, *counts = db.execute(
        sums.select_from(WorkerUnit).join(Employer, Employer.id == WorkerUnit.employer_id).where(*where)
    ).one()
    ordered = _UNITS.where(*where).order_by(_WAITING_COUNT.desc(), WorkerUnit.employer_id)
    rows = db.execute(ordered.limit(size).offset(page * size))
    return UnitsPage(tuple(_unit(row, today) for row in rows), total, _numbers(counts))


def read_unit_progress(db: Connection, employer_id: int, today: date) -> UnitProgress | None:
    """How a unit stands; None when it never was on a list."""
    row = db.execute(_UNITS.where(WorkerUnit.employer_id == employer_id)).one_or_none()
    return None if row is None else _unit(row, today)


def list_lists(db: Connection) -> list[ListSummary]:
    """Every list that was taken in, newest first; the numbers are of the units it is the latest list of."""
    sums = (
        select(
            WorkerUnit.list_id,
            func.count().label("units"),
            *(func.sum(one).label(one.key) for one in _COUNTS),
        )
        .group_by(WorkerUnit.list_id)
        .subquery()
    )
    rows = db.execute(
        select(
            WorkerList.__table__,
            func.coalesce(Office.name, "").label("office"),
            func.coalesce(sums.c.units, 0).label("units"),
            *(func.coalesce(sums.c[one.key], 0).label(one.key) for one in _COUNTS),
        )
        .outerjoin(Office, Office.id == WorkerList.office_id)
        .outerjoin(sums, sums.c.list_id == WorkerList.id)
        .order_by(WorkerList.received_on.desc(), WorkerList.id.desc())
    )
    return [
        ListSummary(
            row.id,
            row.title,
            row.received_on,
            row.due_on,
            row.office,
            row.created_at,
            row.units,
            _numbers([getattr(row, one.key) for one in _COUNTS]),
        )
        for row in rows
    ]


def unit_history(db: Connection, employer_id: int) -> list[ListStep]:
    """What each list changed for the unit, newest first."""
    rows = db.execute(
        select(
            WorkerListUnit.list_id,
            WorkerList.title,
            WorkerList.received_on,
            WorkerListUnit.listed,
            WorkerListUnit.new,
            WorkerListUnit.gone,
            WorkerListUnit.reopened,
        )
        .join(WorkerList, WorkerList.id == WorkerListUnit.list_id)
        .where(WorkerListUnit.employer_id == employer_id)
        .order_by(WorkerListUnit.list_id.desc())
    )
    return [ListStep(*row) for row in rows]


def _conditions(chosen: UnitFilter, today: date) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if chosen.officers is not None:
        where.append(Employer.officer_id.in_(chosen.officers) if chosen.officers else false())
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
        speaks = select(Liaison.id).where(
            Liaison.employer_id == WorkerUnit.employer_id, Liaison.state == LiaisonState.VERIFIED
        )
        where.append(speaks.exists() if chosen.has_liaison else ~speaks.exists())
    if chosen.text.strip():
        where.append(_named(chosen.text.strip()))
    return where


def _named(text: str) -> ColumnElement[bool]:
    code = text.upper()
    codes = (Employer.old_code, Employer.new_code, Employer.tax_code, Employer.budget_code)
    by_code = [one.startswith(code, autoescape=True) for one in codes]
    named: ColumnElement[bool] = Employer.name_folded.contains(fold(text), autoescape=True)
    for one in by_code:
        named = named | one
    return named


def _unit(row: Any, today: date) -> UnitProgress:
    numbers = _numbers([getattr(row, one.key) for one in _COUNTS])
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
        is_overdue(row.due_on, numbers.waiting, today),
    )


def _numbers(counts: Sequence[int]) -> Numbers:
    return Numbers(**{state.value: int(count) for state, count in zip(WorkerState, counts, strict=True)})
