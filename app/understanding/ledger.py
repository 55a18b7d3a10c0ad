"""Keep messages that were not answered, note what came of them, and what the staff decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from app.audit.trail import Entry, record
from app.kit.db import UtcMs
from app.kit.ids import UserId
from app.kit.redact import mask_secrets, scrub
from app.kit.seal import Sealer
from app.understanding.model import Scored
from app.understanding.models import Outcome, UnansweredMessage, Verdict
from app.understanding.policy import Zone

KEPT_FOR = timedelta(days=180)
"""Long enough to see what many people ask in half a year; the words of one person are gone after it."""
LIKELIEST = 3

_KEEP = insert(UnansweredMessage).values(
    contact=bindparam("contact"),
    text=bindparam("text"),
    zone=bindparam("zone"),
    likely=bindparam("likely"),
    said_at=bindparam("said_at", type_=UtcMs),
    outcome=Outcome.NOTHING,
    verdict=Verdict.OPEN,
)
_LATEST = (
    select(func.max(UnansweredMessage.id))
    .where(UnansweredMessage.contact == bindparam("whose"))
    .scalar_subquery()
)
_NOTE = (
    update(UnansweredMessage)
    .where(UnansweredMessage.id == _LATEST, UnansweredMessage.outcome == Outcome.NOTHING)
    .values(outcome=bindparam("came"), tapped=bindparam("where"))
)


@dataclass(frozen=True, slots=True)
class NewUnanswered:
    text: str
    zone: Zone
    ranked: Sequence[Scored] = ()


def keep(db: Connection, sealer: Sealer, contact: UserId, message: NewUnanswered, now: datetime) -> None:
    """Masks once more whatever is somebody's number or address before it seals the words."""
    likely = [[one.intent, round(one.chance, 3)] for one in message.ranked[:LIKELIEST]]
    row = {
        "contact": contact,
        "text": sealer.seal_text(scrub(mask_secrets(message.text).text)),
        "zone": message.zone,
        "likely": orjson.dumps(likely).decode(),
        "said_at": now,
    }
    db.execute(_KEEP, row)


def note_outcome(db: Connection, contact: UserId, outcome: Outcome, tapped: str | None = None) -> None:
    """Says of the contact's last unanswered message what the contact did next; the first deed counts."""
    db.execute(_NOTE, {"whose": contact, "came": outcome, "where": tapped})


def teach(db: Connection, ids: Sequence[int], intent: str, actor: str, now: datetime) -> int:
    """The messages mean this intent; says how many were still open."""
    return _decide(db, ids, Verdict.TAUGHT, intent, actor, now)


def ignore(db: Connection, ids: Sequence[int], actor: str, now: datetime) -> int:
    """The messages are nothing to learn from; says how many were still open."""
    return _decide(db, ids, Verdict.IGNORED, None, actor, now)


def drop_old(db: Connection, now: datetime) -> int:
    """Deletes what was said longer ago than `KEPT_FOR`."""
    done = db.execute(delete(UnansweredMessage).where(UnansweredMessage.said_at < now - KEPT_FOR))
    return done.rowcount


def forget_unanswered(db: Connection, contact: UserId) -> None:
    """The contact's words are deleted, whatever was decided about them."""
    db.execute(delete(UnansweredMessage).where(UnansweredMessage.contact == contact))


def _decide(
    db: Connection, ids: Sequence[int], verdict: Verdict, intent: str | None, actor: str, now: datetime
) -> int:
    done = db.execute(
        update(UnansweredMessage)
        .where(UnansweredMessage.id.in_(ids), UnansweredMessage.verdict == Verdict.OPEN)
        .values(verdict=verdict, intent=intent, decided_by=actor, decided_at=now)
    )
    if done.rowcount:
        detail = {"verdict": str(verdict), "intent": intent, "messages": done.rowcount}
        record(db, Entry(actor, "unanswered.decide", f"unanswered:{min(ids)}", now, detail))
    return done.rowcount
