"""Whether a row is of an officer's own units; None in place of the officer means: of anybody's."""

from sqlalchemy import Connection, select

from app.directory.models import Employer, Liaison
from app.directory.people_queries import contacts_of_units
from app.directory.queries import own_units


def is_own_unit(db: Connection, employer_id: int, officer_id: int | None) -> bool:
    if officer_id is None:
        return True
    chosen = select(Employer.id).where(Employer.id == employer_id, *own_units(officer_id))
    return db.execute(chosen).first() is not None


def is_own_liaison(db: Connection, liaison_id: int, officer_id: int | None) -> bool:
    """One whose unit nobody knows yet is no officer's own."""
    if officer_id is None:
        return True
    chosen = (
        select(Liaison.id)
        .join(Employer, Employer.id == Liaison.employer_id)
        .where(Liaison.id == liaison_id, *own_units(officer_id))
    )
    return db.execute(chosen).first() is not None


def is_own_contact(db: Connection, user_id: str, officer_id: int | None) -> bool:
    if officer_id is None:
        return True
    return user_id in set(db.execute(contacts_of_units(officer_id)).scalars())
