"""Open and close requests for a person, inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, literal_column, select, update

from app.handover.models import HandoverRequest, RequestState
from app.handover.rules import is_in_hands
from app.kit.db import upsert
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.kit.statements import ForKeys

_OPEN = ForKeys(
    # Written out, not bound: the partial index is used only for this very condition.
    lambda keys: select(HandoverRequest.contact, HandoverRequest.asked_at, HandoverRequest.taken_by).where(
        keys.hold(HandoverRequest.contact), HandoverRequest.state == literal_column("'open'")
    )
)


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


def take_request(db: Connection, request_id: int, colleague: str, now: datetime) -> bool:
    """The colleague (`staff:7`) answers it; False when another has it, or when it is no longer open."""
    free = (HandoverRequest.taken_by.is_(None)) | (HandoverRequest.taken_by == colleague)
    done = db.execute(
        update(HandoverRequest)
        .where(HandoverRequest.id == request_id, HandoverRequest.state == RequestState.OPEN, free)
        .values(taken_by=colleague, taken_at=now)
    )
    return done.rowcount == 1


def let_go(db: Connection, request_id: int, now: datetime) -> bool:
    """Nobody answers it any more: it waits again, and the bot speaks meanwhile."""
    done = db.execute(
        update(HandoverRequest)
        .where(HandoverRequest.id == request_id, HandoverRequest.state == RequestState.OPEN)
        .values(taken_by=None, taken_at=now)
    )
    return done.rowcount == 1


def finish_request(db: Connection, request_id: int, colleague: str, now: datetime) -> bool:
    """The matter is settled; False when it was no longer open."""
    done = db.execute(
        update(HandoverRequest)
        .where(HandoverRequest.id == request_id, HandoverRequest.state == RequestState.OPEN)
        .values(state=RequestState.ANSWERED, closed_at=now, taken_by=colleague)
    )
    return done.rowcount == 1


def in_hands_among(db: Connection, contacts: Sequence[UserId], now: datetime) -> set[UserId]:
    """Those whose request a colleague has taken, or can be expected to look at."""
    return {
        UserId(row.contact)
        for row in db.execute(_OPEN(db), {"keys": contacts})
        if is_in_hands(row.asked_at, now, is_taken=row.taken_by is not None)
    }
