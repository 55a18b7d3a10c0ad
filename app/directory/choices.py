"""What a form or a filter offers to choose from: offices, officers, and the units that a text may mean."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.directory.models import Office, Officer, RecordState
from app.directory.queries import EmployerRow, Wanted, list_employers

MOST_UNITS = 8
Choices = list[tuple[str, str]]
"""Value and words."""


def office_choices(db: Connection) -> Choices:
    """By row number."""
    return [(str(row.id), row.name) for row in db.execute(_OFFICES)]


def officer_choices(db: Connection, only: int | None = None) -> Choices:
    """By row number, in the order of given names; `only` leaves one."""
    chosen = _OFFICERS if only is None else _OFFICERS.where(Officer.id == only)
    return [(str(row.id), row.name) for row in db.execute(chosen)]


def office_codes(db: Connection) -> Choices:
    """By code, as records name their office."""
    return [(row.code, f"{row.name} · {row.code}") for row in db.execute(_OFFICES)]


def officer_codes(db: Connection) -> Choices:
    return [(row.code, f"{row.name} · {row.code}") for row in db.execute(_OFFICERS)]


def units_meant(
    db: Connection, text: str, chosen: int | None, only_units_of: Sequence[int] | None
) -> tuple[EmployerRow, ...]:
    """The one chosen already, then the first few with these words in the name, or this code."""
    first: tuple[EmployerRow, ...] = ()
    if chosen is not None:
        first = list_employers(db, Wanted(ids=(chosen,), only_units_of=only_units_of)).rows
    if not text.strip():
        return first
    found = list_employers(db, Wanted(text=text, only_units_of=only_units_of, size=MOST_UNITS)).rows
    return (*first, *(one for one in found if one.id != chosen))


_OFFICES = (
    select(Office.id, Office.code, Office.name)
    .where(Office.state == RecordState.ACTIVE)
    .order_by(Office.name_folded)
)
_OFFICERS = (
    select(Officer.id, Officer.code, Officer.name)
    .where(Officer.state == RecordState.ACTIVE)
    .order_by(Officer.sort_key, Officer.id)
)
