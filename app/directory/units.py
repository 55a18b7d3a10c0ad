"""Finding an employer by any of its codes, with the officer in charge."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from app.directory.models import Employer, Office, Officer
from app.kit.unit_code import parse_unit_code


@dataclass(frozen=True, slots=True)
class OfficerCard:
    name: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class UnitCard:
    id: int
    name: str
    code: str
    """As the unit is known today: the new code, else the old one, else the tax or budget code."""
    office_name: str
    officer: OfficerCard | None


def find_units(db: Connection, code_text: str) -> list[UnitCard]:
    """The units that a code means; several when a tax or budget code is shared."""
    code = parse_unit_code(code_text)
    if code is None:
        return []
    exact = or_(Employer.old_code == code.value, Employer.new_code == code.value)
    found = _cards(db, _UNITS.where(exact))
    return found or _cards(db, _UNITS.where(Employer.root_code == (code.root or code.value)))


def read_unit(db: Connection, employer_id: int) -> UnitCard | None:
    return next(iter(_cards(db, _UNITS.where(Employer.id == employer_id))), None)


_UNITS = (
    select(
        Employer.id,
        Employer.name,
        Employer.old_code,
        Employer.new_code,
        Employer.root_code,
        Office.name.label("office_name"),
        Officer.name.label("officer_name"),
        Officer.phone.label("officer_phone"),
        Officer.hours.label("officer_hours"),
    )
    .outerjoin(Office, Office.id == Employer.office_id)
    .outerjoin(Officer, Officer.id == Employer.officer_id)
    .order_by(Employer.name)
)


def _cards(db: Connection, units: Any) -> list[UnitCard]:
    cards = []
    for row in db.execute(units).mappings():
        officer = None
        if row["officer_name"] is not None:
            officer = OfficerCard(row["officer_name"], row["officer_phone"], row["officer_hours"])
        code = row["new_code"] or row["old_code"] or row["root_code"] or ""
        cards.append(UnitCard(row["id"], row["name"], code, row["office_name"] or "", officer))
    return cards
