"""Officers get their units: named ones, an office's, or all that a filter means; counted beforehand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from app.audit.rules import Detail
from app.audit.trail import Entry, record
from app.directory.models import Employer, Officer, RecordState
from app.directory.queries import Wanted, employer_conditions
from app.directory.refusals import EditRefused

_MOST_NAMED = 5000
"""Units ticked one by one on a page; more than that is a filter."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What assigning would do; nothing is written yet."""

    units: int
    already: int
    """Theirs already."""
    from_others: int
    """Taken from another officer."""
    of_other_offices: int
    """Stay in an office that is not the officer's: allowed, but worth a look."""


def preview(db: Connection, officer_id: int, which: Collection[int] | Wanted) -> Preview:
    """Raises `EditRefused`."""
    office_id = _office_of(db, officer_id)
    theirs = Employer.officer_id == officer_id
    counted = select(
        func.count(),
        _number_of(theirs),
        _number_of(Employer.officer_id.is_not(None) & (Employer.officer_id != officer_id)),
        _number_of(Employer.office_id.is_not(None) & (Employer.office_id != office_id)),
    )
    return Preview(*db.execute(counted.where(*_meant(which))).one())


def assign(
    db: Connection, officer_id: int, which: Collection[int] | Wanted, actor: str, now: datetime
) -> int:
    """Puts the officer in charge of the units; how many changed hands. Raises `EditRefused`."""
    office_id = _office_of(db, officer_id)
    new = Employer.officer_id.is_distinct_from(officer_id)
    done = db.execute(
        update(Employer)
        .where(*_meant(which), new)
        .values(
            officer_id=officer_id,
            office_id=func.coalesce(Employer.office_id, office_id),
            version=Employer.version + 1,
        )
    )
    detail: Detail = {"units": done.rowcount, "how": "filter" if isinstance(which, Wanted) else "named"}
    if done.rowcount:
        record(db, Entry(actor, "officer.assigned", f"officer:{officer_id}", now, detail))
    return done.rowcount


def _meant(which: Collection[int] | Wanted) -> list[ColumnElement[bool]]:
    if isinstance(which, Wanted):
        return employer_conditions(which)
    if len(which) > _MOST_NAMED:
        raise EditRefused(f"Chọn quá {_MOST_NAMED} đơn vị một lần: Anh/Chị dùng bộ lọc")
    return [Employer.id.in_(list(which)), Employer.state == RecordState.ACTIVE]


def _office_of(db: Connection, officer_id: int) -> int:
    active = select(Officer.office_id).where(Officer.id == officer_id, Officer.state == RecordState.ACTIVE)
    office_id: int | None = db.execute(active).scalar()
    if office_id is None:
        raise EditRefused("Cán bộ này không còn trong danh bạ")
    return office_id


def _number_of(condition: ColumnElement[bool]) -> Any:
    return func.count().filter(condition)
