"""Liaisons: register, change, hand over, end; inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from app.directory.models import Employer, Liaison, LiaisonEnd, LiaisonRole, LiaisonState
from app.directory.rules import Registration, state_of_new
from app.directory.units import UnitCard, read_unit
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.kit.vietnamese import fold, sort_key

CURRENT = (LiaisonState.PENDING, LiaisonState.VERIFIED)
NEXT_VERSION = Liaison.version + 1


@dataclass(frozen=True, slots=True)
class LiaisonCard:
    """A liaison as the person themselves may see it."""

    id: int
    state: LiaisonState
    full_name: str
    phone: str
    email: str
    role: str
    unit_name: str
    unit: UnitCard | None
    """None until the unit that was named is matched with one of the directory."""


def read_current(
    db: Connection, sealer: Sealer, contact: UserId, on: date | None = None
) -> LiaisonCard | None:
    """The contact's registration that is neither ended nor merely announced; `on` says who is in charge."""
    row = db.execute(
        select(Liaison.__table__).where(Liaison.contact == contact, Liaison.state.in_(CURRENT))
    ).one_or_none()
    if row is None:
        return None
    unit = None if row.employer_id is None else read_unit(db, row.employer_id, on)
    return LiaisonCard(
        row.id,
        LiaisonState(row.state),
        row.full_name,
        sealer.open_text(row.phone),
        sealer.open_text(row.email),
        row.role,
        row.stated_unit if unit is None else unit.name,
        unit,
    )


def register(
    db: Connection, sealer: Sealer, contact: UserId, said: Registration, unit: UnitCard | None, now: datetime
) -> LiaisonState:
    """Writes the registration down; verified at once when phone and unit had been announced together."""
    announced = None if unit is None else _announced(db, sealer.fingerprint(said.phone), unit.id)
    state = state_of_new(expected=announced is not None)
    values = {
        "contact": contact,
        "employer_id": None if unit is None else unit.id,
        "stated_code": said.unit_code,
        "stated_unit": said.unit_name or ("" if unit is None else unit.name),
        "state": state,
        "from_at": now,
        "to_at": None,
        **personal(sealer, said.full_name, said.phone, said.email, said.role),
    }
    if announced is None:
        db.execute(insert(Liaison).values(**values))
    else:
        db.execute(update(Liaison).where(Liaison.id == announced).values(**values, version=NEXT_VERSION))
    return state


def change(db: Connection, sealer: Sealer, contact: UserId, said: Registration) -> bool:
    """Replaces name, phone, e-mail and role; the unit stays. False when there is nothing to change."""
    done = db.execute(
        update(Liaison)
        .where(Liaison.contact == contact, Liaison.state.in_(CURRENT))
        .values(**personal(sealer, said.full_name, said.phone, said.email, said.role), version=NEXT_VERSION)
    )
    return done.rowcount == 1


def hand_over(
    db: Connection, sealer: Sealer, contact: UserId, full_name: str, phone: str, now: datetime
) -> bool:
    """Ends the contact's role and announces the colleague; False when there is no role to hand over.

    A verified liaison's word counts as the office's: the colleague is verified on registering. A pending
    one's does not: nothing is announced.
    """
    card = read_current(db, sealer, contact)
    if card is None:
        return False
    if card.state is LiaisonState.VERIFIED and card.unit is not None:
        announce(db, sealer, card.unit.id, Registration(full_name, phone, "", LiaisonRole.OTHER), now)
    end(db, sealer, contact, now, LiaisonEnd.HANDED_OVER)
    return True


class Announcement(StrEnum):
    """What announcing a person comes to."""

    NEW = "new"
    CHANGED = "changed"
    """Announced before, with another name or e-mail."""
    VERIFIED = "verified"
    """They had registered already and were waiting for this."""
    KNOWN = "known"


def announce(db: Connection, sealer: Sealer, employer_id: int, said: Registration, now: datetime) -> None:
    """Notes that a person is expected to register as the unit's liaison; one who waits becomes verified."""
    announcement, row = _announcement(db, sealer, employer_id, said)
    match announcement:
        case Announcement.NEW:
            values = {"employer_id": employer_id, "state": LiaisonState.EXPECTED, "from_at": now}
            about = personal(sealer, said.full_name, said.phone, said.email, said.role)
            db.execute(insert(Liaison).values(**values, **about))
        case Announcement.CHANGED:
            about = named(said.full_name) | {"email": sealer.seal_text(said.email), "version": NEXT_VERSION}
            db.execute(update(Liaison).where(Liaison.id == row).values(**about))
        case Announcement.VERIFIED:
            verified = {"state": LiaisonState.VERIFIED, "employer_id": employer_id, "version": NEXT_VERSION}
            db.execute(update(Liaison).where(Liaison.id == row).values(**verified))
        case Announcement.KNOWN:
            return
        case _:
            assert_never(announcement)


def foresee(db: Connection, sealer: Sealer, employer_id: int, said: Registration) -> Announcement:
    """What `announce` would do."""
    return _announcement(db, sealer, employer_id, said)[0]


def end(
    db: Connection, sealer: Sealer, contact: UserId, now: datetime, why: LiaisonEnd = LiaisonEnd.LEFT
) -> bool:
    """Ends the role and empties what was kept of the person; False when there was no role."""
    done = db.execute(
        update(Liaison)
        .where(Liaison.contact == contact, Liaison.state.in_(CURRENT))
        .values(**ended(sealer, now, why))
    )
    return done.rowcount == 1


def ended(sealer: Sealer, now: datetime, why: LiaisonEnd) -> dict[str, object]:
    """What a row holds once the role is over: the dates and the reason, nothing of the person."""
    emptied = personal(sealer, "", "", "", LiaisonRole.OTHER) | {"phone_print": ""}
    over = {"state": LiaisonState.ENDED, "to_at": now, "ended_why": why, "version": NEXT_VERSION}
    return over | emptied


def verify(db: Connection, contact: UserId, employer_id: int) -> bool:
    """The office has made sure of the person and the unit; False when the registration is not pending."""
    done = db.execute(
        update(Liaison)
        .where(Liaison.contact == contact, Liaison.state == LiaisonState.PENDING)
        .values(state=LiaisonState.VERIFIED, employer_id=employer_id, version=NEXT_VERSION)
    )
    return done.rowcount == 1


def _announcement(
    db: Connection, sealer: Sealer, employer_id: int, said: Registration
) -> tuple[Announcement, int | None]:
    rows = db.execute(
        select(Liaison.__table__).where(
            Liaison.phone_print == sealer.fingerprint(said.phone),
            or_(Liaison.employer_id == employer_id, _waits_for(employer_id)),
            Liaison.state.in_((LiaisonState.EXPECTED, *CURRENT)),
        )
    ).all()
    return decide(sealer, rows, said)


def decide(sealer: Sealer, rows: Sequence[Any], said: Registration) -> tuple[Announcement, int | None]:
    """What announcing a person comes to, given the rows with this phone that are, or may be, of this unit."""
    for row in rows:
        if row.state == LiaisonState.EXPECTED:
            same = (row.full_name, sealer.open_text(row.email)) == (said.full_name, said.email)
            return (Announcement.KNOWN if same else Announcement.CHANGED), row.id
    if any(row.state == LiaisonState.VERIFIED for row in rows):
        return Announcement.KNOWN, None
    # Two contacts with one phone: only people can tell which of them is meant.
    return (Announcement.VERIFIED, rows[0].id) if len(rows) == 1 else (Announcement.NEW, None)


def _waits_for(employer_id: int) -> ColumnElement[bool]:
    """Registered under a code of the unit before the directory had it, or that others share."""
    codes = select(Employer.id).where(
        Employer.id == employer_id,
        Liaison.stated_code.in_(
            (Employer.old_code, Employer.new_code, Employer.tax_code, Employer.budget_code)
        ),
    )
    return and_(Liaison.employer_id.is_(None), codes.exists())


def _announced(db: Connection, phone_print: str, employer_id: int) -> int | None:
    found: int | None = db.execute(
        select(Liaison.id).where(
            Liaison.phone_print == phone_print,
            Liaison.employer_id == employer_id,
            Liaison.state == LiaisonState.EXPECTED,
        )
    ).scalar()
    return found


def personal(sealer: Sealer, full_name: str, phone: str, email: str, role: str) -> dict[str, object]:
    """The columns that hold a person: phone and e-mail sealed, the name as lists sort and search it."""
    return {
        **named(full_name),
        "phone": sealer.seal_text(phone),
        "email": sealer.seal_text(email),
        "phone_print": sealer.fingerprint(phone),
        "role": role,
    }


def named(full_name: str) -> dict[str, object]:
    return {
        "full_name": full_name,
        "name_folded": fold(full_name),
        "sort_key": sort_key(full_name) if full_name else "",
    }
