"""Where units have nobody in charge: counted by office, for who hands them out."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.directory.models import Employer, Office, RecordState


@dataclass(frozen=True, slots=True)
class Coverage:
    office_id: int | None
    """None: units that belong to no office yet."""
    office_name: str
    units: int
    without_officer: int


def read_coverage(db: Connection) -> list[Coverage]:
    """Every office with units, the largest gap first."""
    gap = func.count().filter(Employer.officer_id.is_(None))
    counted = (
        select(Employer.office_id, func.count().label("units"), gap.label("gap"))
        .where(Employer.state == RecordState.ACTIVE)
        .group_by(Employer.office_id)
        .subquery()
    )
    chosen = (
        select(counted.c.office_id, Office.name, counted.c.units, counted.c.gap)
        .outerjoin(Office, Office.id == counted.c.office_id)
        .order_by(counted.c.gap.desc(), Office.name)
    )
    return [Coverage(number, name or "", units, left) for number, name, units, left in db.execute(chosen)]
