"""The lists of offices, officers and employers: filtered, sorted, a page at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, join, or_, outerjoin, select

from app.directory.leave import officers_in_charge
from app.directory.models import (
    Employer,
    Liaison,
    LiaisonState,
    Office,
    Officer,
    RecordState,
)
from app.kit.unit_code import parse_unit_code
from app.kit.vietnamese import fold

PAGE = 50
_AT_ONCE = 500
_SOON = 20
"""Down the order a page is found soon in the first twentieth of what fits: measured with 50,000 liaisons."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    rows: tuple[T, ...]
    total: int
    number: int
    """From 1."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address of a list says; an empty part lets everything through."""

    text: str = ""
    """Searched without accents, in names and codes; of liaisons also a whole phone number."""
    office_id: int | None = None
    officer_id: int | None = None
    employer_id: int | None = None
    without_officer: bool = False
    without_liaison: bool = False
    unit_is_known: bool | None = None
    """False: liaisons whose unit is not found yet."""
    state: str = ""
    """Of liaisons: expected, pending, verified, ended; of records: active (when empty) or ended."""
    following: bool | None = None
    silent_since: datetime | None = None
    """Contacts and liaisons who have not written since then."""
    sort: str = ""
    descending: bool = False
    page: int = 1
    ids: tuple[int, ...] = ()
    """Only these rows, for a card or a selection."""
    size: int = PAGE
    """More than a page for an export of exactly what is shown."""
    only_units_of: Sequence[int] | None = None
    """The officers whose units are all that the reader may see; None: every unit."""


@dataclass(frozen=True, slots=True)
class OfficeRow:
    id: int
    code: str
    name: str
    address: str
    phone: str
    hours: str
    state: RecordState
    version: int
    officers: int
    employers: int


@dataclass(frozen=True, slots=True)
class OfficerRow:
    id: int
    code: str
    name: str
    phone: str
    email: str
    hours: str
    office_id: int
    office_name: str
    state: RecordState
    version: int
    employers: int
    stand_in: str
    """Who is in charge instead today; empty when they are at work."""


@dataclass(frozen=True, slots=True)
class EmployerRow:
    id: int
    name: str
    old_code: str
    new_code: str
    tax_code: str
    budget_code: str
    office_id: int | None
    office_name: str
    officer_id: int | None
    officer_name: str
    state: RecordState
    version: int
    liaisons: int
    """Verified ones."""


@dataclass(frozen=True, slots=True)
class BySearch:
    """Another way to the same rows, by what fits instead of down the order: to count them, to sort a few."""

    count: Any
    conditions: Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Sort:
    joined: Any
    """The table, with those that the order speaks of."""
    columns: Sequence[Any]


def list_offices(db: Connection, wanted: Wanted) -> Page[OfficeRow]:
    conditions = [_standing(Office.state, wanted), *_named(wanted, Office.name_folded, Office.code)]
    if wanted.ids:
        conditions.append(Office.id.in_(wanted.ids))

    def row(found: Any) -> OfficeRow:
        return OfficeRow(**{**found._mapping, "state": RecordState(found.state)})

    return page_of(db, _OFFICES, Office.id, conditions, wanted, _OFFICE_SORTS, row)


def names_of_offices(db: Connection) -> list[tuple[int, str]]:
    """Offices in use, for choosing one."""
    used = select(Office.id, Office.name).where(Office.state == RecordState.ACTIVE)
    return [(row.id, row.name) for row in db.execute(used.order_by(Office.name_folded))]


def list_officers(db: Connection, wanted: Wanted, today: date) -> Page[OfficerRow]:
    conditions = [_standing(Officer.state, wanted), *_named(wanted, Officer.name_folded, Officer.code)]
    if wanted.ids:
        conditions.append(Officer.id.in_(wanted.ids))
    if wanted.office_id is not None:
        conditions.append(Officer.office_id == wanted.office_id)
    page = page_of(db, _OFFICERS, Officer.id, conditions, wanted, _OFFICER_SORTS, lambda found: found)
    in_charge = officers_in_charge(db, {found.id for found in page.rows}, today)

    def row(found: Any) -> OfficerRow:
        acting = in_charge.get(found.id)
        stand_in = "" if acting is None or acting.id == found.id else acting.name
        return OfficerRow(**{**found._mapping, "state": RecordState(found.state)}, stand_in=stand_in)

    return Page(tuple(map(row, page.rows)), page.total, page.number)


def list_employers(db: Connection, wanted: Wanted) -> Page[EmployerRow]:
    def row(found: Any) -> EmployerRow:
        plain: dict[str, Any] = dict(found._mapping)
        plain |= {key: plain[key] or "" for key in _TEXTS}

        return EmployerRow(**{**plain, "state": RecordState(found.state)})

    return page_of(db, _EMPLOYERS, Employer.id, employer_conditions(wanted), wanted, _EMPLOYER_SORTS, row)


def employer_conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Which employers a filter means; assigning in bulk uses the same as the list on the screen."""
    conditions = [_standing(Employer.state, wanted), *own_units(wanted.only_units_of)]
    if wanted.ids:
        conditions.append(Employer.id.in_(wanted.ids))
    if wanted.text:
        code = parse_unit_code(wanted.text)
        codes = (Employer.old_code, Employer.new_code, Employer.tax_code, Employer.budget_code)
        by_code = [column == code.value for column in codes] if code else []
        conditions.append(or_(holds(Employer.name_folded, wanted.text), *by_code))
    if wanted.office_id is not None:
        conditions.append(Employer.office_id == wanted.office_id)
    if wanted.officer_id is not None:
        conditions.append(Employer.officer_id == wanted.officer_id)
    if wanted.without_officer:
        conditions.append(Employer.officer_id.is_(None))
    if wanted.without_liaison:
        verified = and_(Liaison.employer_id == Employer.id, Liaison.state == LiaisonState.VERIFIED)
        conditions.append(~select(Liaison.id).where(verified).exists())
    return conditions


def own_units(officers: Sequence[int] | None) -> list[ColumnElement[bool]]:
    """Keeps a reading of employers to the units of these officers; None: every unit."""
    return [] if officers is None else [Employer.officer_id.in_(officers)]


def page_of(
    db: Connection,
    chosen: Any,
    key: Any,
    conditions: Sequence[ColumnElement[bool]],
    wanted: Wanted,
    sorts: Mapping[str, Sort],
    row: Callable[[Any], T],
    by_search: BySearch | None = None,
) -> Page[T]:
    """One page of a list; an unknown sort is the first one.

    First only the keys of the page are found, by index and with no join that the order does not ask for; the
    wide rows are read for these alone. Where `by_search` is another way, the one that is faster for this page
    is taken: down the order one of the first pages is soon full, when many rows fit.
    """
    sort = sorts.get(wanted.sort) or next(iter(sorts.values()))
    ordered = [column.desc() if wanted.descending else column for column in sort.columns]
    number, total = max(1, wanted.page), 0
    if by_search is not None:
        total = db.execute(by_search.count).scalar_one()
        if number * wanted.size * _SOON > total:
            conditions = by_search.conditions
    keys = select(key).select_from(sort.joined).where(*conditions).order_by(*ordered)
    part = keys.limit(wanted.size).offset((number - 1) * wanted.size)
    if wanted.text and by_search is None:  # what has to be looked through is looked through once
        found = db.execute(part.add_columns(func.count().over())).all()
        numbers, total = [each[0] for each in found], found[0][1] if found else 0
    else:
        numbers = list(db.execute(part).scalars())
    if not total and by_search is None:
        total = db.execute(select(func.count()).select_from(key.table).where(*conditions)).scalar_one()
    rows = {getattr(each, key.key): each for each in _read(db, chosen, key, numbers)}
    return Page(tuple(row(rows[each]) for each in numbers), total, number)


def _read(db: Connection, chosen: Any, key: Any, numbers: Sequence[Any]) -> Iterator[Any]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield from db.execute(chosen.where(key.in_(numbers[start : start + _AT_ONCE])))


def _standing(column: Any, wanted: Wanted) -> ColumnElement[bool]:
    standing: ColumnElement[bool] = column == (wanted.state or RecordState.ACTIVE)
    return standing


def _named(wanted: Wanted, name: Any, code: Any) -> list[ColumnElement[bool]]:
    if not wanted.text:
        return []
    return [or_(holds(name, wanted.text), func.lower(code) == wanted.text.strip().lower())]


def holds(column: Any, text: str) -> ColumnElement[bool]:
    """Every word of the text somewhere in the column, accents aside."""
    return and_(*(column.contains(word, autoescape=True) for word in fold(text).split()))


def _count_of(counted: Any, *conditions: Any) -> Any:
    return select(func.count()).select_from(counted).where(*conditions).scalar_subquery()


_OFFICES = select(
    Office.id,
    Office.code,
    Office.name,
    Office.address,
    Office.phone,
    Office.hours,
    Office.state,
    Office.version,
    _count_of(Officer, Officer.office_id == Office.id, Officer.state == "active").label("officers"),
    _count_of(Employer, Employer.office_id == Office.id, Employer.state == "active").label("employers"),
)
_OFFICE_SORTS = {
    "code": Sort(Office, (Office.code,)),
    "name": Sort(Office, (Office.name_folded, Office.id)),
}

_UNITS_OF_OFFICER = _count_of(Employer, Employer.officer_id == Officer.id, Employer.state == "active")
_OFFICERS = select(
    Officer.id,
    Officer.code,
    Officer.name,
    Officer.phone,
    Officer.email,
    Officer.hours,
    Officer.office_id,
    Office.name.label("office_name"),
    Officer.state,
    Officer.version,
    _UNITS_OF_OFFICER.label("employers"),
).join(Office, Office.id == Officer.office_id)
_WITH_OFFICE = join(Officer, Office, Office.id == Officer.office_id)
_OFFICER_SORTS = {
    "name": Sort(Officer, (Officer.sort_key, Officer.id)),
    "code": Sort(Officer, (Officer.code,)),
    "office": Sort(_WITH_OFFICE, (Office.name_folded, Officer.sort_key, Officer.id)),
    "employers": Sort(Officer, (_UNITS_OF_OFFICER, Officer.sort_key, Officer.id)),
}

_TEXTS = frozenset({"old_code", "new_code", "tax_code", "budget_code", "office_name", "officer_name"})
_EMPLOYERS = (
    select(
        Employer.id,
        Employer.name,
        Employer.old_code,
        Employer.new_code,
        Employer.tax_code,
        Employer.budget_code,
        Employer.office_id,
        Office.name.label("office_name"),
        Employer.officer_id,
        Officer.name.label("officer_name"),
        Employer.state,
        Employer.version,
        _count_of(Liaison, Liaison.employer_id == Employer.id, Liaison.state == "verified").label("liaisons"),
    )
    .outerjoin(Office, Office.id == Employer.office_id)
    .outerjoin(Officer, Officer.id == Employer.officer_id)
)
_BY_OFFICER = outerjoin(Employer, Officer, Officer.id == Employer.officer_id)
_BY_OFFICE = outerjoin(Employer, Office, Office.id == Employer.office_id)
_EMPLOYER_SORTS = {
    "name": Sort(Employer, (Employer.name_folded, Employer.id)),
    "code": Sort(Employer, (Employer.new_code, Employer.old_code, Employer.id)),
    "officer": Sort(_BY_OFFICER, (Officer.sort_key, Employer.name_folded, Employer.id)),
    "office": Sort(_BY_OFFICE, (Office.name_folded, Employer.name_folded, Employer.id)),
}
