"""Finding an employer by any of its codes, with the officer in charge."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from app.directory.leave import InCharge, officers_in_charge
from app.directory.models import Employer, Office, RecordState
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
    """Who is in charge on the day that was asked for: during leave, who stands in."""


def find_units(db: Connection, code_text: str, on: date | None = None) -> list[UnitCard]:
    """The units that a code means; several when a tax or budget code is shared."""
    code = parse_unit_code(code_text)
    if code is None:
        return []
    exact = or_(Employer.old_code == code.value, Employer.new_code == code.value)
    found = _cards(db, _UNITS.where(exact), on)
    root = code.root or code.value
    shared = or_(Employer.tax_code == root, Employer.budget_code == root)
    return found or _cards(db, _UNITS.where(shared), on)


def read_unit(db: Connection, employer_id: int, on: date | None = None) -> UnitCard | None:
    return next(iter(_cards(db, _UNITS.where(Employer.id == employer_id), on)), None)


_UNITS = (
    select(
        Employer.id,
        Employer.name,
        Employer.old_code,
        Employer.new_code,
        Employer.tax_code,
        Employer.budget_code,
        Employer.officer_id,
        Office.name.label("office_name"),
    )
    .outerjoin(Office, and_(Office.id == Employer.office_id, Office.state == RecordState.ACTIVE))
    .where(Employer.state == RecordState.ACTIVE)
    .order_by(Employer.name)
)


def _cards(db: Connection, units: Any, on: date | None) -> list[UnitCard]:
    rows = db.execute(units).all()
    in_charge = officers_in_charge(db, {row.officer_id for row in rows if row.officer_id is not None}, on)
    return [
        UnitCard(
            row.id,
            row.name,
            row.new_code or row.old_code or row.tax_code or row.budget_code or "",
            row.office_name or "",
            _officer(in_charge.get(row.officer_id)),
        )
        for row in rows
    ]


def _officer(found: InCharge | None) -> OfficerCard | None:
    return None if found is None else OfficerCard(found.name, found.phone, found.hours)
