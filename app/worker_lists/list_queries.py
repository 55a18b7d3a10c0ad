"""Lists as the office issued them, and what each changed for a unit, for pages; no worker is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Date, bindparam, func, select

from app.directory.models import Employer, Office
from app.worker_lists.models import WorkerList, WorkerListUnit, WorkerUnit
from app.worker_lists.planning import pieces
from app.worker_lists.queries import COUNTS, Numbers, numbers_of


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


_NEWER = (
    select(Employer.name, WorkerList.received_on)
    .join(WorkerUnit, WorkerUnit.employer_id == Employer.id)
    .join(WorkerList, WorkerList.id == WorkerUnit.list_id)
    .where(
        Employer.id.in_(bindparam("employers", expanding=True)),
        WorkerList.received_on > bindparam("day", type_=Date),
    )
)


def list_lists(db: Connection, officers: Sequence[int] | None = None) -> list[ListSummary]:
    """Every list that was taken in, newest first; the numbers are of the units it is the latest list of.

    With `officers`, only what is of their units counts, and lists that never named one are left out.
    """
    sums = select(
        WorkerUnit.list_id,
        func.count().label("units"),
        *(func.sum(one).label(one.key) for one in COUNTS),
    ).group_by(WorkerUnit.list_id)
    if officers is not None:
        sums = sums.join(Employer, Employer.id == WorkerUnit.employer_id)
        sums = sums.where(Employer.officer_id.in_(officers))
    latest = sums.subquery()
    lists = (
        select(
            WorkerList.__table__,
            func.coalesce(Office.name, "").label("office"),
            func.coalesce(latest.c.units, 0).label("units"),
            *(func.coalesce(latest.c[one.key], 0).label(one.key) for one in COUNTS),
        )
        .outerjoin(Office, Office.id == WorkerList.office_id)
        .outerjoin(latest, latest.c.list_id == WorkerList.id)
        .order_by(WorkerList.received_on.desc(), WorkerList.id.desc())
    )
    if officers is not None:
        named = select(WorkerListUnit.list_id).join(Employer, Employer.id == WorkerListUnit.employer_id)
        lists = lists.where(WorkerList.id.in_(named.where(Employer.officer_id.in_(officers))))
    return [
        ListSummary(
            row.id,
            row.title,
            row.received_on,
            row.due_on,
            row.office,
            row.created_at,
            row.units,
            numbers_of([getattr(row, one.key) for one in COUNTS]),
        )
        for row in db.execute(lists)
    ]


def names_of_lists(db: Connection) -> list[tuple[int, str]]:
    """For choosing one, newest first."""
    newest = (WorkerList.received_on.desc(), WorkerList.id.desc())
    return [
        (row.id, row.title) for row in db.execute(select(WorkerList.id, WorkerList.title).order_by(*newest))
    ]


def units_with_newer_list(db: Connection, employers: Iterable[int], day: date) -> list[tuple[str, date]]:
    """Of these units, those whose latest list is of a later day: name and day, the latest first."""
    found = [
        (row.name, row.received_on)
        for some in pieces(employers)
        for row in db.execute(_NEWER, {"employers": some, "day": day})
    ]
    return sorted(found, key=lambda one: one[1], reverse=True)


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
