"""What is owed and how it went, for the pages that watch over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.kit.db import UtcMs
from app.outbox.models import Attempt, Delivery

LOOKED_AT = 2_000
"""Latest failed calls that are looked through."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """`unknown` are those of which nobody can tell whether they arrived."""

    waiting: int
    unknown: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One of Zalo's codes, how often it came, and what it said the last time; no code: no answer came."""

    code: int | None
    note: str
    count: int
    last_at: datetime


def read_backlog(db: Connection) -> Backlog:
    # Written out, not bound: the partial index is used only for this very condition.
    rows = db.execute(
        select(Delivery.state, func.count(), func.min(Delivery.due_at, type_=UtcMs))
        .where(Delivery.state.in_(["planned", "claimed", "unknown"]))
        .group_by(Delivery.state)
    ).all()
    by_state = {str(state): (int(count), oldest) for state, count, oldest in rows}
    waiting = [by_state[state] for state in ("planned", "claimed") if state in by_state]
    oldest = min((due for _, due in waiting if due is not None), default=None)
    return Backlog(sum(count for count, _ in waiting), by_state.get("unknown", (0, None))[0], oldest)


def read_refusals(db: Connection, since: datetime) -> list[Refusal]:
    """What Zalo refused since then, by code, the most frequent first."""
    latest = db.execute(
        select(Attempt.error_code, Attempt.note, Attempt.ended_at)
        .order_by(Attempt.id.desc())
        .limit(LOOKED_AT)
    )
    return _grouped((row.error_code, row.note, row.ended_at) for row in latest if row.ended_at >= since)


def _grouped(newest_first: Iterable[tuple[int | None, str, datetime]]) -> list[Refusal]:
    found: dict[int | None, Refusal] = {}
    for code, note, at in newest_first:
        known = found.get(code)
        found[code] = (
            Refusal(code, note, 1, at)
            if known is None
            else Refusal(code, known.note, known.count + 1, known.last_at)
        )
    return sorted(found.values(), key=lambda one: -one.count)
