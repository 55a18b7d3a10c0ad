"""How many there are of each kind, for the first page."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.directory.models import Contact, Employer, Liaison, LiaisonState


@dataclass(frozen=True, slots=True)
class Totals:
    contacts: int
    following: int
    verified_liaisons: int
    employers: int


def read_totals(db: Connection) -> Totals:
    contacts, following = db.execute(
        select(func.count(), func.count().filter(Contact.following)).select_from(Contact)
    ).one()
    verified = select(func.count()).select_from(Liaison).where(Liaison.state == LiaisonState.VERIFIED)
    employers = select(func.count()).select_from(Employer)
    return Totals(
        int(contacts),
        int(following),
        int(db.execute(verified).scalar_one()),
        int(db.execute(employers).scalar_one()),
    )
