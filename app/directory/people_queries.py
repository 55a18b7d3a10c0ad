"""The lists of liaisons and contacts: filtered, sorted by given name, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, outerjoin, select

from app.directory.liaisons import CURRENT
from app.directory.models import Contact, Employer, Liaison, LiaisonState
from app.directory.queries import BySearch, Page, Sort, Wanted, employer_conditions, holds, own_units, page_of
from app.kit.phone import parse_phone
from app.kit.seal import Sealer


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


def list_liaisons(db: Connection, sealer: Sealer, wanted: Wanted) -> Page[LiaisonRow]:
    """Phones and e-mails are opened for the rows of the page only."""

    def row(found: Any) -> LiaisonRow:
        opened = {key: sealer.open_text(getattr(found, key)) for key in ("phone", "email")}
        known = {"contact": found.contact or "", "following": bool(found.following)}
        unit = {"unit_name": found.unit_name or found.stated_unit, "state": LiaisonState(found.state)}
        plain = {key: value for key, value in found._mapping.items() if key != "stated_unit"}
        return LiaisonRow(**{**plain, **opened, **known, **unit})

    conditions = _liaison_conditions(sealer, wanted)
    in_order, by_search, counted = [*conditions], [*conditions], select(func.count()).select_from(Liaison)
    if units := _unit_conditions(wanted):
        of_unit = Employer.id == Liaison.employer_id
        in_order.append(select(Employer.id).where(of_unit, *units).correlate(Liaison).exists())
        by_search.append(Liaison.employer_id.in_(select(Employer.id).where(*units)))
    count = counted.where(*by_search)
    if fitting := _contact_conditions(wanted):
        theirs = Contact.user_id == Liaison.contact
        in_order.append(select(Contact.user_id).where(theirs, *fitting).correlate(Liaison).exists())
        count = counted.join(Contact, theirs).where(*by_search, *fitting)
        by_search.append(Liaison.contact.in_(select(Contact.user_id).where(*fitting)))
    other = BySearch(count, by_search) if units or fitting else None
    return page_of(db, _LIAISONS, Liaison.id, in_order, wanted, _LIAISON_SORTS, row, other)


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
            else or_(holds(Liaison.name_folded, wanted.text), Liaison.employer_id.in_(_units_named(wanted)))
        )
    if wanted.ids:
        conditions.append(Liaison.id.in_(wanted.ids))
    if wanted.employer_id is not None:
        conditions.append(Liaison.employer_id == wanted.employer_id)
    if wanted.unit_is_known is False:
        conditions.append(Liaison.employer_id.is_(None))
    return conditions


def _unit_conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = own_units(wanted.only_units_of)
    if wanted.office_id is not None:
        conditions.append(Employer.office_id == wanted.office_id)
    if wanted.officer_id is not None:
        conditions.append(Employer.officer_id == wanted.officer_id)
    return conditions


def list_contacts(db: Connection, wanted: Wanted) -> Page[ContactRow]:
    conditions = _contact_conditions(wanted)
    if wanted.text:
        # Not by the two states: looking through one index beats a jump to each of most rows.
        named = select(Liaison.contact).where(
            Liaison.state != LiaisonState.ENDED, holds(Liaison.name_folded, wanted.text)
        )
        conditions.append(or_(Contact.user_id.in_(named), Contact.user_id == wanted.text.strip()))
    if wanted.only_units_of is not None:
        conditions.append(Contact.user_id.in_(contacts_of_units(wanted.only_units_of)))

    def row(found: Any) -> ContactRow:
        texts = {"full_name": found.full_name or "", "unit_name": found.unit_name or ""}
        return ContactRow(**{**found._mapping, **texts})

    return page_of(db, _CONTACTS, Contact.user_id, conditions, wanted, _CONTACT_SORTS, row)


def contacts_of_units(officers: Sequence[int]) -> Any:
    """The contacts who speak for a unit of these officers' today."""
    units = select(Employer.id).where(*own_units(officers))
    return select(Liaison.contact).where(Liaison.state.in_(CURRENT), Liaison.employer_id.in_(units))


def count_pending(db: Connection, only_units_of: Sequence[int] | None) -> int:
    """How many liaisons wait for being verified."""
    chosen = select(func.count()).select_from(Liaison).where(Liaison.state == LiaisonState.PENDING)
    if only_units_of is not None:
        chosen = chosen.join(Employer, Employer.id == Liaison.employer_id).where(*own_units(only_units_of))
    return int(db.execute(chosen).scalar_one())


def _units_named(wanted: Wanted) -> Any:
    return select(Employer.id).where(*employer_conditions(Wanted(text=wanted.text)))


def _contact_conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.following is not None:
        conditions.append(Contact.following.is_(wanted.following))
    if wanted.silent_since is not None:
        conditions.append(Contact.last_interaction_at < wanted.silent_since)
    return conditions


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
_BY_UNIT = outerjoin(Liaison, Employer, Employer.id == Liaison.employer_id)
_BY_CONTACT = outerjoin(Liaison, Contact, Contact.user_id == Liaison.contact)
_LIAISON_SORTS = {
    "name": Sort(Liaison, (Liaison.sort_key, Liaison.id)),
    "unit": Sort(_BY_UNIT, (Employer.name_folded, Liaison.sort_key, Liaison.id)),
    "since": Sort(Liaison, (Liaison.from_at, Liaison.id)),
    "state": Sort(Liaison, (Liaison.state, Liaison.sort_key, Liaison.id)),
    "seen": Sort(_BY_CONTACT, (Contact.last_interaction_at, Liaison.id)),
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
_AS_LIAISON = outerjoin(
    Contact, Liaison, and_(Liaison.contact == Contact.user_id, Liaison.state.in_(CURRENT))
)
_CONTACT_SORTS = {
    "seen": Sort(Contact, (Contact.last_interaction_at, Contact.user_id)),
    "first_seen": Sort(Contact, (Contact.first_seen_at, Contact.user_id)),
    "name": Sort(_AS_LIAISON, (Liaison.sort_key, Contact.user_id)),
}


def names_of_liaisons(db: Connection, employer_id: int) -> dict[str, str]:
    """Who speaks or spoke for a unit, by the way the trail writes people: `liaison:7`."""
    rows = db.execute(select(Liaison.id, Liaison.full_name).where(Liaison.employer_id == employer_id))
    return {f"liaison:{row.id}": row.full_name for row in rows}
