"""What Zalo says is left of the OA's allowances, kept with the time at which it was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from app.outbox.models import AllowanceRow
from app.zalo.answers import Allowance


class Kind(StrEnum):
    """Zalo's own names for what pays a consultation message, and the day's templates."""

    PACKAGE = "sub_quota"
    BOUGHT = "purchase_quota"
    GIFT = "reward_quota"
    TEMPLATES = "templates_today"


PAY_REPLIES = (Kind.PACKAGE, Kind.BOUGHT, Kind.GIFT)
"""In the order in which Zalo takes from them after the free window, before it bills."""


@dataclass(frozen=True, slots=True)
class Told:
    kind: Kind
    remain: int | None
    total: int | None
    valid_through: str
    asked_at: datetime


def note_allowances(db: Connection, kind: Kind, found: Sequence[Allowance], now: datetime) -> None:
    """Replaces what was known of this kind; an empty answer is kept too, as none."""
    db.execute(delete(AllowanceRow).where(AllowanceRow.kind == kind))
    rows = [
        {
            "kind": kind,
            "remain": one.remain,
            "total": one.total,
            "valid_through": one.valid_through[:32],
            "asked_at": now,
        }
        for one in found or [Allowance(0, 0)]
    ]
    db.execute(insert(AllowanceRow), rows)


def read_allowances(db: Connection) -> list[Told]:
    """The package first; nothing for a kind that was never asked about."""
    order = {kind: place for place, kind in enumerate(Kind)}
    found = [
        Told(Kind(row.kind), row.remain, row.total, row.valid_through, row.asked_at)
        for row in db.execute(_ALL)
    ]
    return sorted(found, key=lambda one: order[one.kind])


_ALL = select(AllowanceRow.__table__).order_by(AllowanceRow.id)
