"""The people that a rule means, page by page, with what is known of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, false, func, or_, select

from app.broadcasts.audience import Audience, LastContact, ListState, Role
from app.broadcasts.models import MailStop, Unreachable
from app.broadcasts.unit_lists import UnitStanding, read_standings
from app.directory.models import Contact, Employer, Liaison, LiaisonState, Office, Officer
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.outbox.ways import Facts

START = ""
"""The cursor before the first person."""

_CURRENT = (LiaisonState.PENDING, LiaisonState.VERIFIED)
NO_STANDING = UnitStanding(ListState.NONE)


@dataclass(frozen=True, slots=True)
class Person:
    """Phone and e-mail are still sealed: most of them are never opened."""

    key: str
    contact: UserId | None
    liaison_id: int | None
    employer_id: int | None
    unit_name: str
    officer_name: str
    full_name: str
    phone: bytes | None
    email: bytes | None
    has_phone: bool
    following: bool
    last_interaction_at: datetime | None
    stopped: bool
    shut_out_at: datetime | None
    standing: UnitStanding

    def facts(self, *, has_email: bool, email_stopped: bool = False) -> Facts:
        return Facts(
            on_zalo=self.contact is not None,
            following=self.following,
            last_interaction_at=self.last_interaction_at,
            stopped=self.stopped,
            shut_out_at=self.shut_out_at,
            has_phone=self.has_phone,
            has_email=has_email,
            email_stopped=email_stopped,
        )


_LIAISONS = (
    select(
        Liaison.id.label("liaison_id"),
        Liaison.contact,
        Liaison.employer_id,
        Liaison.full_name,
        Liaison.phone,
        Liaison.email,
        Liaison.phone_print,
        Liaison.stated_unit,
        Employer.name.label("unit_name"),
        Officer.name.label("officer_name"),
        Contact.following,
        Contact.last_interaction_at,
        Contact.stopped_at,
        Unreachable.noted_at,
    )
    .outerjoin(Contact, Contact.user_id == Liaison.contact)
    .outerjoin(Employer, Employer.id == Liaison.employer_id)
    .outerjoin(Officer, Officer.id == Employer.officer_id)
    .outerjoin(Office, Office.id == Employer.office_id)
    .outerjoin(Unreachable, Unreachable.contact == Liaison.contact)
)
_WORKERS = (
    select(
        Contact.user_id.label("contact"),
        Contact.following,
        Contact.last_interaction_at,
        Contact.stopped_at,
        Unreachable.noted_at,
    )
    .outerjoin(Liaison, and_(Liaison.contact == Contact.user_id, Liaison.state.in_(_CURRENT)))
    .outerjoin(Unreachable, Unreachable.contact == Contact.user_id)
    .where(Liaison.id.is_(None))
)


def _window(key: Any) -> Any:
    """The last of the next so many keys, whoever they belong to."""
    ahead = select(key).where(key > bindparam("after")).order_by(key).limit(bindparam("most")).subquery()
    return select(func.max(ahead.c[key.key]))


_LIAISON_WINDOW, _WORKER_WINDOW = _window(Liaison.id), _window(Contact.user_id)


def missing_targets(db: Connection, audience: Audience) -> list[str]:
    """What the rule names and the directory no longer has; each means nobody, never everybody."""
    known: dict[str, tuple[tuple[str, ...], Any]] = {
        "office": (audience.offices, Office.code),
        "officer": (audience.officers, Officer.code),
    }
    missing = []
    for name, (codes, column) in known.items():
        there = set(db.execute(select(column).where(column.in_(codes))).scalars()) if codes else set()
        missing += [f"{name}={code}" for code in codes if code not in there]
    for code in audience.units:
        if db.execute(select(Employer.id).where(_unit(code))).first() is None:
            missing.append(f"unit={code}")
    return missing


def read_page(
    db: Connection, audience: Audience, after: str, most: int, now: datetime
) -> tuple[list[Person], str | None]:
    """Those whom the rule means among the next people, and the cursor behind them; None at the very end.

    Nobody is looked at twice: a page may be empty, and the walk stays as long as the directory.
    """
    kind, _, position = after.partition(":")
    if kind in {"", "l"} and Role.LIAISON in audience.roles:
        begin = int(position or 0)
        end = db.execute(_LIAISON_WINDOW, {"after": begin, "most": most}).scalar()
        if end is not None:
            rows = _liaisons(db, audience, begin, end, now)
            return _with_standings(db, audience, rows), f"l:{end}"
    if Role.WORKER in audience.roles:
        since = position if kind == "c" else ""
        until = db.execute(_WORKER_WINDOW, {"after": since, "most": most}).scalar()
        if until is not None:
            return [_worker(row) for row in _workers(db, audience, since, until, now)], f"c:{until}"
    return [], None


def read_people(
    db: Connection, keys: Sequence[tuple[str, int | None]], *, with_lists: bool = True
) -> Mapping[str, Person]:
    """These people as they are now, by key: who has ended their role, or is gone, is not among them.

    Without `with_lists` nobody is asked how the lists of their units stand.
    """
    liaison_ids = [number for _, number in keys if number is not None]
    contacts = [key.removeprefix("c:") for key, number in keys if number is None]
    found: dict[str, Person] = {}
    if liaison_ids:
        living = Liaison.state.in_((*_CURRENT, LiaisonState.EXPECTED))
        rows = db.execute(_LIAISONS.where(Liaison.id.in_(liaison_ids), living)).all()
        people = (
            _with_standings(db, None, rows) if with_lists else [_liaison(row, NO_STANDING) for row in rows]
        )
        found |= {person.key: person for person in people}
    if contacts:
        workers = db.execute(_WORKERS.where(Contact.user_id.in_(contacts))).all()
        found |= {person.key: person for person in map(_worker, workers)}
    return found


def stopped_addresses(db: Connection, prints: Sequence[str]) -> frozenset[str]:
    if not prints:
        return frozenset()
    stopped = select(MailStop.address_print).where(MailStop.address_print.in_(prints))
    return frozenset(db.execute(stopped).scalars())


def email_of(person: Person, sealer: Sealer) -> str:
    return "" if person.email is None else sealer.open_text(person.email)


def _liaisons(db: Connection, audience: Audience, after: int, end: int, now: datetime) -> Sequence[Any]:
    # Wrapped, so that SQLite walks along the keys: by the index of states it would read everybody each time.
    state = func.coalesce(Liaison.state, "")
    conditions: list[ColumnElement[bool]] = [
        Liaison.id > after,
        Liaison.id <= end,
        state.in_([str(one) for one in audience.standings]),
        *_contact_conditions(audience, now),
    ]
    if audience.offices:
        conditions.append(Office.code.in_(audience.offices))
    if audience.officers:
        conditions.append(Officer.code.in_(audience.officers))
    if audience.units:
        conditions.append(or_(false(), *(_unit(code) for code in audience.units)))
    return db.execute(_LIAISONS.where(*conditions).order_by(Liaison.id)).all()


def _workers(db: Connection, audience: Audience, after: str, end: str, now: datetime) -> Sequence[Any]:
    conditions = [Contact.user_id > after, Contact.user_id <= end, *_contact_conditions(audience, now)]
    return db.execute(_WORKERS.where(*conditions).order_by(Contact.user_id)).all()


def _contact_conditions(audience: Audience, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [_spoke(condition, now) for condition in audience.last_contact]
    if audience.following is not None:
        follows = Contact.following.is_(True)
        conditions.append(follows if audience.following else or_(~follows, Contact.following.is_(None)))
    return conditions


def _spoke(condition: LastContact, now: datetime) -> ColumnElement[bool]:
    since = now - condition.length
    if condition.within:
        return Contact.last_interaction_at >= since
    return or_(Contact.last_interaction_at < since, Contact.last_interaction_at.is_(None))


def _unit(code: str) -> ColumnElement[bool]:
    codes = (Employer.old_code, Employer.new_code, Employer.tax_code, Employer.budget_code)
    return or_(*(column == code for column in codes))


def _with_standings(db: Connection, audience: Audience | None, rows: Sequence[Any]) -> list[Person]:
    """With the lists of their units; those whose list the rule does not mean are left out."""
    standings = read_standings(db, {row.employer_id for row in rows if row.employer_id is not None})
    people = []
    for row in rows:
        standing = standings.get(row.employer_id, NO_STANDING)
        if audience is None or standing.is_meant(audience):
            people.append(_liaison(row, standing))
    return people


def _liaison(row: Any, standing: UnitStanding) -> Person:
    return Person(
        f"l:{row.liaison_id}",
        None if row.contact is None else UserId(row.contact),
        row.liaison_id,
        row.employer_id,
        row.unit_name or row.stated_unit or "",
        row.officer_name or "",
        row.full_name,
        row.phone,
        row.email,
        bool(row.phone_print),
        bool(row.following),
        row.last_interaction_at,
        row.stopped_at is not None,
        row.noted_at,
        standing,
    )


def _worker(row: Any) -> Person:
    return Person(
        key=f"c:{row.contact}",
        contact=UserId(row.contact),
        liaison_id=None,
        employer_id=None,
        unit_name="",
        officer_name="",
        full_name="",
        phone=None,
        email=None,
        has_phone=False,
        following=row.following,
        last_interaction_at=row.last_interaction_at,
        stopped=row.stopped_at is not None,
        shut_out_at=row.noted_at,
        standing=NO_STANDING,
    )
