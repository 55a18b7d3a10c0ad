"""Whether a row is of the units of some officers; None in place of officers means: of anybody's."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.directory.models import Employer, Liaison
from app.directory.people_queries import contacts_of_units
from app.directory.queries import own_units


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
