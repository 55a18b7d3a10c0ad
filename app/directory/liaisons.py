"""Liaisons: register, change, hand over, end; inside the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.directory.models import Liaison, LiaisonRole, LiaisonState
from app.directory.rules import Registration, state_of_new
from app.directory.units import UnitCard, read_unit
from app.kit.ids import UserId
from app.kit.seal import Sealer

CURRENT = (LiaisonState.PENDING, LiaisonState.VERIFIED)


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


def read_current(db: Connection, sealer: Sealer, contact: UserId) -> LiaisonCard | None:
    """The contact's registration that is neither ended nor merely announced."""
    row = db.execute(
        select(Liaison.__table__).where(Liaison.contact == contact, Liaison.state.in_(CURRENT))
    ).one_or_none()
    if row is None:
        return None
    unit = None if row.employer_id is None else read_unit(db, row.employer_id)
    return LiaisonCard(
        row.id,
        LiaisonState(row.state),
        sealer.open_text(row.full_name),
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
        **_personal(sealer, said.full_name, said.phone, said.email, said.role),
    }
    if announced is None:
        db.execute(insert(Liaison).values(**values))
    else:
        db.execute(update(Liaison).where(Liaison.id == announced).values(**values))
    return state


def change(db: Connection, sealer: Sealer, contact: UserId, said: Registration) -> bool:
    """Replaces name, phone, e-mail and role; the unit stays. False when there is nothing to change."""
    done = db.execute(
        update(Liaison)
        .where(Liaison.contact == contact, Liaison.state.in_(CURRENT))
        .values(**_personal(sealer, said.full_name, said.phone, said.email, said.role))
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
    end(db, sealer, contact, now)
    return True


def announce(db: Connection, sealer: Sealer, employer_id: int, said: Registration, now: datetime) -> None:
    """Notes that a person is expected to register as the unit's liaison."""
    if _announced(db, sealer.fingerprint(said.phone), employer_id) is not None:
        return
    db.execute(
        insert(Liaison).values(
            employer_id=employer_id,
            state=LiaisonState.EXPECTED,
            from_at=now,
            **_personal(sealer, said.full_name, said.phone, said.email, said.role),
        )
    )


def end(db: Connection, sealer: Sealer, contact: UserId, now: datetime) -> bool:
    """Ends the role and empties what was kept of the person; False when there was no role."""
    emptied = _personal(sealer, "", "", "", LiaisonRole.OTHER) | {"phone_print": ""}
    done = db.execute(
        update(Liaison)
        .where(Liaison.contact == contact, Liaison.state.in_(CURRENT))
        .values(state=LiaisonState.ENDED, to_at=now, **emptied)
    )
    return done.rowcount == 1


def verify(db: Connection, contact: UserId, employer_id: int) -> bool:
    """The office has made sure of the person and the unit; False when the registration is not pending."""
    done = db.execute(
        update(Liaison)
        .where(Liaison.contact == contact, Liaison.state == LiaisonState.PENDING)
        .values(state=LiaisonState.VERIFIED, employer_id=employer_id)
    )
    return done.rowcount == 1


def _announced(db: Connection, phone_print: str, employer_id: int) -> int | None:
    found: int | None = db.execute(
        select(Liaison.id).where(
            Liaison.phone_print == phone_print,
            Liaison.employer_id == employer_id,
            Liaison.state == LiaisonState.EXPECTED,
        )
    ).scalar()
    return found


def _personal(sealer: Sealer, full_name: str, phone: str, email: str, role: str) -> dict[str, object]:
    return {
        "full_name": sealer.seal_text(full_name),
        "phone": sealer.seal_text(phone),
        "email": sealer.seal_text(email),
        "phone_print": sealer.fingerprint(phone),
        "role": role,
    }
