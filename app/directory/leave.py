"""Officers' leave: who stands in, from which day to which; and so who is in charge of a unit on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from app.audit.rules import Detail
from app.audit.trail import Entry, record
from app.directory.models import Employer, LeaveState, Officer, OfficerLeave, RecordState
from app.directory.refusals import EditRefused
from app.directory.rules import check_leave


@dataclass(frozen=True, slots=True)
class InCharge:
    id: int
    name: str
    phone: str
    hours: str
    stands_in_for: str = ""
    """Name of the officer on leave; empty for the unit's own officer."""


@dataclass(frozen=True, slots=True)
class Leave:
    id: int
    officer_id: int
    officer_name: str
    stand_in_id: int
    stand_in_name: str
    from_on: date
    to_on: date
    state: LeaveState


def note_leave(
    db: Connection, officer_id: int, stand_in_id: int, from_on: date, to_on: date, actor: str, now: datetime
) -> int:
    """Notes leave and who stands in; the number of the leave. Raises `EditRefused`."""
    check_leave(officer_id, stand_in_id, from_on, to_on)
    active = _people(db, {officer_id, stand_in_id})
    if len(active) < len({officer_id, stand_in_id}):
        raise EditRefused("Cán bộ nghỉ hoặc người thay không còn trong danh bạ")
    days = {"start": from_on, "end": to_on}
    clash = db.execute(_CLASH, {"one": officer_id, "other": stand_in_id, **days}).first()
    if clash is not None:
        who = "Cán bộ này" if clash.officer_id == officer_id else "Người thay"
        raise EditRefused(f"{who} đã có lịch nghỉ từ {clash.from_on:%d/%m/%Y} đến {clash.to_on:%d/%m/%Y}")
    values = {"officer_id": officer_id, "stand_in_id": stand_in_id, "from_on": from_on, "to_on": to_on}
    number: int = db.execute(
        insert(OfficerLeave).values(**values, noted_at=now).returning(OfficerLeave.id)
    ).scalar_one()
    told: Detail = {"from": from_on.isoformat(), "to": to_on.isoformat(), "stand_in": stand_in_id}
    record(db, Entry(actor, "officer.leave_noted", f"officer:{officer_id}", now, told))
    return number


def call_off_leave(db: Connection, leave_id: int, actor: str, now: datetime) -> None:
    """Raises `EditRefused` when it has been called off already."""
    officer = db.execute(
        update(OfficerLeave)
        .where(OfficerLeave.id == leave_id, OfficerLeave.state == LeaveState.NOTED)
        .values(state=LeaveState.CALLED_OFF)
        .returning(OfficerLeave.officer_id)
    ).scalar()
    if officer is None:
        raise EditRefused("Lịch nghỉ này đã được bỏ")
    record(db, Entry(actor, "officer.leave_called_off", f"officer:{officer}", now, {"leave": leave_id}))


def officer_in_charge(db: Connection, employer_id: int, on: date) -> InCharge | None:
    """Who looks after the unit on that day: its officer, or during leave who stands in."""
    officer_id = db.execute(_OFFICER_OF, {"employer_id": employer_id}).scalar()
    return None if officer_id is None else officers_in_charge(db, {officer_id}, on).get(officer_id)


def officers_in_charge(db: Connection, officers: Collection[int], on: date | None) -> dict[int, InCharge]:
    """By officer: they themselves, or on a day of leave who stands in; without a day, nobody stands in."""
    people = _people(db, officers)
    if on is None or not officers:
        return people
    leaves = db.execute(_ON_LEAVE, {"officers": list(officers), "day": on}).all()
    stand_ins = _people(db, {leave.stand_in_id for leave in leaves})
    for leave in leaves:
        stand_in, away = stand_ins.get(leave.stand_in_id), people.get(leave.officer_id)
        if stand_in is not None and away is not None:
            people[leave.officer_id] = InCharge(
                stand_in.id, stand_in.name, stand_in.phone, stand_in.hours, away.name
            )
    return people


def looked_after_by(db: Connection, officer_id: int, on: date) -> tuple[int, ...]:
    """The officers whose units this one looks after on that day: their own and those they stand in for.

    The same leave that names who is in charge to a unit opens the unit to them; nobody stands in for
    who stands in.
    """
    covered = db.execute(_COVERED, {"stand_in": officer_id, "day": on}).scalars()
    return tuple(sorted({officer_id, *covered}))


def read_leaves(db: Connection, *, since: date, officer_id: int | None = None) -> list[Leave]:
    """Leave that is not over on `since`, the nearest first."""
    chosen = _LEAVES.where(OfficerLeave.to_on >= since, OfficerLeave.state == LeaveState.NOTED)
    if officer_id is not None:
        chosen = chosen.where(
            or_(OfficerLeave.officer_id == officer_id, OfficerLeave.stand_in_id == officer_id)
        )
    return [
        Leave(
            row.id,
            row.officer_id,
            row.officer_name,
            row.stand_in_id,
            row.stand_in_name,
            row.from_on,
            row.to_on,
            LeaveState(row.state),
        )
        for row in db.execute(chosen)
    ]


def _people(db: Connection, numbers: Collection[int]) -> dict[int, InCharge]:
    if not numbers:
        return {}
    found = db.execute(_PEOPLE, {"officers": list(numbers)})
    return {row.id: InCharge(row.id, row.name, row.phone, row.hours) for row in found}


_OFFICER_OF = select(Employer.officer_id).where(
    Employer.id == bindparam("employer_id"), Employer.state == RecordState.ACTIVE
)
_PEOPLE = select(Officer.id, Officer.name, Officer.phone, Officer.hours).where(
    Officer.id.in_(bindparam("officers", expanding=True)), Officer.state == RecordState.ACTIVE
)
_THAT_DAY = (
    OfficerLeave.from_on <= bindparam("day"),
    OfficerLeave.to_on >= bindparam("day"),
    OfficerLeave.state == LeaveState.NOTED,
)
_ON_LEAVE = select(OfficerLeave.officer_id, OfficerLeave.stand_in_id).where(
    OfficerLeave.officer_id.in_(bindparam("officers", expanding=True)), *_THAT_DAY
)
_COVERED = select(OfficerLeave.officer_id).where(
    OfficerLeave.stand_in_id == bindparam("stand_in"), *_THAT_DAY
)
_CLASH = (
    select(OfficerLeave.officer_id, OfficerLeave.from_on, OfficerLeave.to_on)
    .where(
        OfficerLeave.officer_id.in_([bindparam("one"), bindparam("other")]),
        OfficerLeave.from_on <= bindparam("end"),
        OfficerLeave.to_on >= bindparam("start"),
        OfficerLeave.state == LeaveState.NOTED,
    )
    .limit(1)
)
_STAND_IN = Officer.__table__.alias("stand_in")
_LEAVES = (
    select(
        OfficerLeave.id,
        OfficerLeave.officer_id,
        Officer.name.label("officer_name"),
        OfficerLeave.stand_in_id,
        _STAND_IN.c.name.label("stand_in_name"),
        OfficerLeave.from_on,
        OfficerLeave.to_on,
        OfficerLeave.state,
    )
    .join(Officer, Officer.id == OfficerLeave.officer_id)
    .join(_STAND_IN, _STAND_IN.c.id == OfficerLeave.stand_in_id)
    .order_by(OfficerLeave.from_on, OfficerLeave.id)
)
