"""Open and close requests for a person, inside the caller's transaction."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from app.handover.models import HandoverRequest, RequestState
from app.kit.db import upsert
from app.kit.ids import UserId
from app.kit.seal import Sealer


def open_request(
    db: Connection, sealer: Sealer, contact: UserId, wording: str, now: datetime
) -> datetime | None:
    """Notes that the contact waits for a person; the time of the earlier request when one is open already."""
    waiting_since: datetime | None = db.execute(
        select(HandoverRequest.asked_at).where(
            HandoverRequest.contact == contact, HandoverRequest.state == RequestState.OPEN
        )
    ).scalar()
    if waiting_since is not None:
        return waiting_since
    db.execute(
        upsert(db, HandoverRequest)
        .values(contact=contact, wording=sealer.seal_text(wording), state=RequestState.OPEN, asked_at=now)
        .on_conflict_do_nothing()
    )
    return None


def close_requests(db: Connection, contact: UserId, state: RequestState, now: datetime) -> int:
    """Closes what the contact has open; says how many that were (none or one)."""
    emptied = {"wording": b""} if state is RequestState.WITHDRAWN else {}
    done = db.execute(
        update(HandoverRequest)
        .where(HandoverRequest.contact == contact, HandoverRequest.state == RequestState.OPEN)
        .values(state=state, closed_at=now, **emptied)
    )
    return done.rowcount
