"""Whether a row is of the units of some officers; None in place of officers means: of anybody's."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from app.directory.models import Employer, Liaison, Officer
from app.directory.people_queries import contacts_of_units
from app.directory.queries import own_units

NOT_OWN = "đơn vị này không thuộc các đơn vị Anh/Chị quản lý"


@dataclass(frozen=True, slots=True)
class Reach:
    """What the list of an officer may be about: own units, and new ones of their own."""

    units: frozenset[int]
    officers: frozenset[str]
    """Codes of the officer, and of those they stand in for."""


def reach_of(db: Connection, officers: Sequence[int] | None) -> Reach | None:
    """None: everything."""
    if officers is None:
        return None
    units = db.execute(select(Employer.id).where(*own_units(officers))).scalars()
    codes = db.execute(select(Officer.code).where(Officer.id.in_(officers))).scalars()
    return Reach(frozenset(units), frozenset(codes))


def is_own_unit(db: Connection, employer_id: int, officers: Sequence[int] | None) -> bool:
    if officers is None:
        return True
    chosen = select(Employer.id).where(Employer.id == employer_id, *own_units(officers))
    return db.execute(chosen).first() is not None


def is_own_liaison(db: Connection, liaison_id: int, officers: Sequence[int] | None) -> bool:
    """One whose unit nobody knows yet is no officer's own."""
    if officers is None:
        return True
    chosen = (
        select(Liaison.id)
        .join(Employer, Employer.id == Liaison.employer_id)
        .where(Liaison.id == liaison_id, *own_units(officers))
    )
    return db.execute(chosen).first() is not None


def is_own_contact(db: Connection, user_id: str, officers: Sequence[int] | None) -> bool:
    if officers is None:
        return True
    return user_id in set(db.execute(contacts_of_units(officers)).scalars())
