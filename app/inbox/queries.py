"""What Zalo told us, counted for the pages that watch over it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.inbox.models import EventState, InboxEvent
from app.kit.db import UtcMs


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Events that wait to be handled, and since when the oldest does."""

    count: int
    oldest_at: datetime | None


def read_unsettled(db: Connection) -> Unsettled:
    count, oldest = db.execute(
        select(func.count(), func.min(InboxEvent.received_at, type_=UtcMs)).where(InboxEvent.state == "open")
    ).one()
    return Unsettled(int(count), oldest)


def count_messages(db: Connection, since: datetime, until: datetime) -> int:
    """Messages of people within a span of time."""
    return int(
        db.execute(
            select(func.count())
            .select_from(InboxEvent)
            .where(
                InboxEvent.received_at >= since,
                InboxEvent.received_at < until,
                InboxEvent.event_name.startswith("user_send_"),
            )
        ).scalar_one()
    )


def count_given_up(db: Connection, since: datetime) -> int:
    """Events whose handling failed for good."""
    return int(
        db.execute(
            select(func.count())
            .select_from(InboxEvent)
            .where(InboxEvent.received_at >= since, InboxEvent.state == EventState.FAILED)
        ).scalar_one()
    )
