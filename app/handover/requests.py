"""Open and close requests for a person, inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    lambda keys: select(
        HandoverRequest.contact,
        HandoverRequest.id,
        HandoverRequest.asked_at,
        HandoverRequest.taken_by,
        HandoverRequest.taken_at,
        HandoverRequest.told_at,
    ).where(keys.hold(HandoverRequest.contact), HandoverRequest.state == literal_column("'open'"))
)


@dataclass(frozen=True, slots=True)
class InHands:
    """A request that a colleague has taken, or (without `taken_at`) can be expected to look at."""

    request_id: int
    asked_at: datetime
    taken_at: datetime | None
    told_at: datetime | None


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


def in_hands_among(db: Connection, contacts: Sequence[UserId], now: datetime) -> dict[UserId, InHands]:
    """Those whose request a colleague has taken, or can be expected to look at."""
    return {
        UserId(row.contact): InHands(
            row.id, row.asked_at, row.taken_at if row.taken_by else None, row.told_at
        )
        for row in db.execute(_OPEN(db), {"keys": contacts})
        if is_in_hands(row.asked_at, now, is_taken=row.taken_by is not None)
    }


def note_told(db: Connection, request_id: int, now: datetime) -> None:
    """The contact heard again that the request is known."""
    db.execute(update(HandoverRequest).where(HandoverRequest.id == request_id).values(told_at=now))
