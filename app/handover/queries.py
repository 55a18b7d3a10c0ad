"""People who wait for a person: who they are, what they wrote, how long they can still be answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from app.broadcasts.models import Unreachable
from app.directory.models import Contact, Employer, Liaison, LiaisonState
from app.directory.queries import own_units
from app.handover.models import HandoverRequest, RequestState
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.outbox.ways import Facts

LATEST_DONE = 50
_CURRENT = (LiaisonState.PENDING, LiaisonState.VERIFIED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request; somebody whom the directory does not know has no name, no unit and no `liaison_id`."""

    id: int
    contact: UserId
    state: RequestState
    name: str
    unit: str
    wording: str
    asked_at: datetime
    taken_by: str | None
    closed_at: datetime | None
    liaison_id: int | None
    facts: Facts
    """What decides by which way they can be answered."""


def read_waiting(db: Connection, sealer: Sealer, only_units_of: Sequence[int] | None) -> list[Waiting]:
    """Those who wait, longest first; an officer sees people of own units and those of no known unit."""
    chosen = _requests(only_units_of).where(HandoverRequest.state == "open")
    return _read(db, sealer, chosen.order_by(HandoverRequest.asked_at))


def read_done(db: Connection, sealer: Sealer, only_units_of: Sequence[int] | None) -> list[Waiting]:
    """The latest that were answered."""
    chosen = _requests(only_units_of).where(HandoverRequest.state == RequestState.ANSWERED)
    return _read(db, sealer, chosen.order_by(HandoverRequest.closed_at.desc()).limit(LATEST_DONE))


def read_request(
    db: Connection, sealer: Sealer, request_id: int, only_units_of: Sequence[int] | None
) -> Waiting | None:
    """None too when it is of a unit that is not this officer's."""
    found = _read(db, sealer, _requests(only_units_of).where(HandoverRequest.id == request_id))
    return found[0] if found else None


def count_waiting(db: Connection, only_units_of: Sequence[int] | None) -> int:
    chosen = _requests(only_units_of).where(HandoverRequest.state == "open")
    return int(db.execute(select(func.count()).select_from(chosen.subquery())).scalar_one())


def pulse(db: Connection) -> str:
    """Differs whenever a request was opened, taken or closed."""
    row = db.execute(
        select(
            func.max(HandoverRequest.id),
            func.max(HandoverRequest.taken_at),
            func.max(HandoverRequest.closed_at),
            func.count(HandoverRequest.taken_by),
        )
    ).one()
    return "-".join(str(part or 0) for part in row)


def _requests(only_units_of: Sequence[int] | None) -> Any:
    speaks_for = and_(Liaison.contact == HandoverRequest.contact, Liaison.state.in_(_CURRENT))
    chosen = (
        select(
            HandoverRequest.id,
            HandoverRequest.contact,
            HandoverRequest.state,
            HandoverRequest.wording,
            HandoverRequest.asked_at,
            HandoverRequest.taken_by,
            HandoverRequest.closed_at,
            Contact.last_interaction_at,
            Contact.following,
            Unreachable.noted_at.label("shut_out_at"),
            Liaison.id.label("liaison_id"),
            Liaison.full_name,
            func.coalesce(Employer.name, Liaison.stated_unit).label("unit"),
        )
        .outerjoin(Contact, Contact.user_id == HandoverRequest.contact)
        .outerjoin(Unreachable, Unreachable.contact == HandoverRequest.contact)
        .outerjoin(Liaison, speaks_for)
        .outerjoin(Employer, Employer.id == Liaison.employer_id)
    )
    if only_units_of is None:
        return chosen
    return chosen.where(or_(Employer.id.is_(None), *own_units(only_units_of)))


def _read(db: Connection, sealer: Sealer, chosen: Any) -> list[Waiting]:
    return [_waiting(row, sealer) for row in db.execute(chosen)]


def _waiting(row: Any, sealer: Sealer) -> Waiting:
    return Waiting(
        id=row.id,
        contact=UserId(row.contact),
        state=RequestState(row.state),
        name=row.full_name or "",
        unit=row.unit or "",
        wording=sealer.open_text(row.wording) if row.wording else "",
        asked_at=row.asked_at,
        taken_by=row.taken_by,
        closed_at=row.closed_at,
        liaison_id=row.liaison_id,
        facts=Facts(
            on_zalo=True,
            following=bool(row.following),
            last_interaction_at=row.last_interaction_at,
            shut_out_at=row.shut_out_at,
        ),
    )
