"""The lists of offices, officers, employers, liaisons and contacts: filtered, sorted, a page at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from app.directory.leave import officers_in_charge
from app.directory.liaisons import CURRENT
from app.directory.models import (
    Contact,
    Employer,
    Liaison,
    LiaisonState,
    Office,
    Officer,
    RecordState,
)
from app.kit.phone import parse_phone
from app.kit.seal import Sealer
from app.kit.unit_code import parse_unit_code
from app.kit.vietnamese import fold

PAGE = 50
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
class LiaisonRow:
    id: int
    contact: str
    full_name: str
    phone: str
    email: str
    role: str
    state: LiaisonState
    ended_why: str
    employer_id: int | None
    unit_name: str
    """What the person said while the unit is not found."""
    following: bool
    last_interaction_at: datetime | None
    from_at: datetime
    to_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class ContactRow:
    user_id: str
    following: bool
    first_seen_at: datetime
    last_interaction_at: datetime | None
    stopped_at: datetime | None
    liaison_id: int | None
    full_name: str
    unit_name: str


def list_offices(db: Connection, wanted: Wanted) -> Page[OfficeRow]:
    conditions = [_standing(Office.state, wanted), *_named(wanted, Office.name_folded, Office.code)]

    def row(found: Any) -> OfficeRow:
        return OfficeRow(**{**found._mapping, "state": RecordState(found.state)})

    return _page(db, _OFFICES, Office, conditions, wanted, _OFFICE_SORTS, row)


def list_officers(db: Connection, wanted: Wanted, today: date) -> Page[OfficerRow]:
    conditions = [_standing(Officer.state, wanted), *_named(wanted, Officer.name_folded, Officer.code)]
    if wanted.office_id is not None:
        conditions.append(Officer.office_id == wanted.office_id)
    page = _page(db, _OFFICERS, Officer, conditions, wanted, _OFFICER_SORTS, lambda found: found)
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

    return _page(db, _EMPLOYERS, Employer, employer_conditions(wanted), wanted, _EMPLOYER_SORTS, row)


def employer_conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Which employers a filter means; assigning in bulk uses the same as the list on the screen."""
    conditions = [_standing(Employer.state, wanted)]
    if wanted.ids:
        conditions.append(Employer.id.in_(wanted.ids))
    if wanted.text:
        code = parse_unit_code(wanted.text)
        codes = (Employer.old_code, Employer.new_code, Employer.tax_code, Employer.budget_code)
        by_code = [column == code.value for column in codes] if code else []
        conditions.append(or_(_holds(Employer.name_folded, wanted.text), *by_code))
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


def list_liaisons(db: Connection, sealer: Sealer, wanted: Wanted) -> Page[LiaisonRow]:
    """Phones and e-mails are opened for the rows of the page only."""

    def row(found: Any) -> LiaisonRow:
        opened = {key: sealer.open_text(getattr(found, key)) for key in ("phone", "email")}
        known = {"contact": found.contact or "", "following": bool(found.following)}
        unit = {"unit_name": found.unit_name or found.stated_unit, "state": LiaisonState(found.state)}
        plain = {key: value for key, value in found._mapping.items() if key != "stated_unit"}
        return LiaisonRow(**{**plain, **opened, **known, **unit})

    return _page(db, _LIAISONS, Liaison, _liaison_conditions(sealer, wanted), wanted, _LIAISON_SORTS, row)


def _liaison_conditions(sealer: Sealer, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state:
        conditions.append(Liaison.state == wanted.state)
    else:
        conditions.append(Liaison.state != LiaisonState.ENDED)
    if wanted.text:
        phone = parse_phone(wanted.text)
        conditions.append(
            Liaison.phone_print == sealer.fingerprint(phone)
            if phone
            else or_(_holds(Liaison.name_folded, wanted.text), Liaison.employer_id.in_(_units_named(wanted)))
        )
    if wanted.ids:
        conditions.append(Liaison.id.in_(wanted.ids))
    if wanted.employer_id is not None:
        conditions.append(Liaison.employer_id == wanted.employer_id)
    if wanted.office_id is not None or wanted.officer_id is not None:
        units = select(Employer.id)
        if wanted.office_id is not None:
            units = units.where(Employer.office_id == wanted.office_id)
        if wanted.officer_id is not None:
            units = units.where(Employer.officer_id == wanted.officer_id)
        conditions.append(Liaison.employer_id.in_(units))
    if wanted.following is not None or wanted.silent_since is not None:
        conditions.append(Liaison.contact.in_(_contacts_where(wanted)))
    return conditions


def list_contacts(db: Connection, wanted: Wanted) -> Page[ContactRow]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.following is not None:
        conditions.append(Contact.following.is_(wanted.following))
    if wanted.silent_since is not None:
        conditions.append(Contact.last_interaction_at < wanted.silent_since)
    if wanted.text:
        named = select(Liaison.contact).where(
            Liaison.state.in_(CURRENT), _holds(Liaison.name_folded, wanted.text)
        )
        conditions.append(or_(Contact.user_id.in_(named), Contact.user_id == wanted.text.strip()))

    def row(found: Any) -> ContactRow:
        texts = {"full_name": found.full_name or "", "unit_name": found.unit_name or ""}
        return ContactRow(**{**found._mapping, **texts})

    return _page(db, _CONTACTS, Contact, conditions, wanted, _CONTACT_SORTS, row)


def _page(
    db: Connection,
    chosen: Any,
    table: Any,
    conditions: Sequence[ColumnElement[bool]],
    wanted: Wanted,
    sorts: Mapping[str, Sequence[Any]],
    row: Callable[[Any], T],
) -> Page[T]:
    # Counted on the table alone: the conditions speak of it only, so that no join is paid for.
    total = db.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
    order = sorts.get(wanted.sort) or next(iter(sorts.values()))
    ordered = [column.desc() for column in order] if wanted.descending else list(order)
    number = max(1, wanted.page)
    found = db.execute(
        chosen.where(*conditions).order_by(*ordered).limit(wanted.size).offset((number - 1) * wanted.size)
    )
    return Page(tuple(map(row, found)), total, number)


def _standing(column: Any, wanted: Wanted) -> ColumnElement[bool]:
    standing: ColumnElement[bool] = column == (wanted.state or RecordState.ACTIVE)
    return standing


def _named(wanted: Wanted, name: Any, code: Any) -> list[ColumnElement[bool]]:
    if not wanted.text:
        return []
    return [or_(_holds(name, wanted.text), func.lower(code) == wanted.text.strip().lower())]


def _holds(column: Any, text: str) -> ColumnElement[bool]:
    return and_(*(column.contains(word, autoescape=True) for word in fold(text).split()))


def _units_named(wanted: Wanted) -> Any:
    return select(Employer.id).where(*employer_conditions(Wanted(text=wanted.text)))


def _contacts_where(wanted: Wanted) -> Any:
    chosen = select(Contact.user_id)
    if wanted.following is not None:
        chosen = chosen.where(Contact.following.is_(wanted.following))
    if wanted.silent_since is not None:
        chosen = chosen.where(Contact.last_interaction_at < wanted.silent_since)
    return chosen


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
_OFFICE_SORTS = {"code": (Office.code,), "name": (Office.name_folded, Office.id)}

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
    _count_of(Employer, Employer.officer_id == Officer.id, Employer.state == "active").label("employers"),
).join(Office, Office.id == Officer.office_id)
_OFFICER_SORTS = {
    "name": (Officer.sort_key, Officer.id),
    "code": (Officer.code,),
    "office": (Office.name_folded, Officer.sort_key, Officer.id),
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
_EMPLOYER_SORTS = {
    "name": (Employer.name_folded, Employer.id),
    "code": (Employer.new_code, Employer.old_code, Employer.id),
    "officer": (Officer.sort_key, Employer.name_folded, Employer.id),
    "office": (Office.name_folded, Employer.name_folded, Employer.id),
}

_LIAISONS = (
    select(
        Liaison.id,
        Liaison.contact,
        Liaison.full_name,
        Liaison.phone,
        Liaison.email,
        Liaison.role,
        Liaison.state,
        Liaison.ended_why,
        Liaison.employer_id,
        Liaison.stated_unit,
        Employer.name.label("unit_name"),
        Contact.following,
        Contact.last_interaction_at,
        Liaison.from_at,
        Liaison.to_at,
        Liaison.version,
    )
    .outerjoin(Employer, Employer.id == Liaison.employer_id)
    .outerjoin(Contact, Contact.user_id == Liaison.contact)
)
_LIAISON_SORTS = {
    "name": (Liaison.sort_key, Liaison.id),
    "unit": (Employer.name_folded, Liaison.sort_key, Liaison.id),
    "since": (Liaison.from_at, Liaison.id),
    "state": (Liaison.state, Liaison.sort_key, Liaison.id),
    "seen": (Contact.last_interaction_at, Liaison.id),
}

_CONTACTS = (
    select(
        Contact.user_id,
        Contact.following,
        Contact.first_seen_at,
        Contact.last_interaction_at,
        Contact.stopped_at,
        Liaison.id.label("liaison_id"),
        Liaison.full_name,
        Employer.name.label("unit_name"),
    )
    .outerjoin(Liaison, and_(Liaison.contact == Contact.user_id, Liaison.state.in_(CURRENT)))
    .outerjoin(Employer, Employer.id == Liaison.employer_id)
)
_CONTACT_SORTS = {
    "seen": (Contact.last_interaction_at, Contact.user_id),
    "first_seen": (Contact.first_seen_at, Contact.user_id),
    "name": (Liaison.sort_key, Contact.user_id),
}
