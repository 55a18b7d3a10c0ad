"""Letting go of what lists no longer need: workers long off every list, links and knocks that are over."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.audit.trail import Entry, record
from app.kit.clock import Clock
from app.kit.db import Database
from app.worker_lists.counting import recount
from app.worker_lists.models import LiaisonLink, LinkKnock, WorkerEntry, WorkerMark
from app.worker_lists.planning import pieces
from app.worker_lists.rules import GONE_IS_KEPT, KNOCK_WINDOW, TIDY_EVERY

MOST_AT_ONCE = 2_000
"""Workers in one transaction: nobody waits long for the writer."""


class Tidying:
    """The recurring work of lists."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db, self._clock = database, clock

    async def look(self) -> datetime:
        """Forgets what is due; when to look again."""
        now = self._clock.now()
        while await self._db.write(lambda db: forget_gone(db, now)) == MOST_AT_ONCE:
            pass
        await self._db.write(lambda db: forget_links_over(db, now))
        return now + TIDY_EVERY


def forget_gone(db: Connection, now: datetime) -> int:
    """Deletes workers who have been off their unit's list for long, with their marks; at most so many.

    The steps of the unit's lists keep their numbers: how many registered in which month is known for good.
    """
    due = select(WorkerEntry.id, WorkerEntry.employer_id).where(WorkerEntry.gone_at < now - GONE_IS_KEPT)
    rows = db.execute(due.order_by(WorkerEntry.id).limit(MOST_AT_ONCE)).all()
    if not rows:
        return 0
    for some in pieces(row.id for row in rows):
        db.execute(delete(WorkerMark).where(WorkerMark.entry_id.in_(some)))
        db.execute(delete(WorkerEntry).where(WorkerEntry.id.in_(some)))
    recount(db, {row.employer_id for row in rows})
    record(db, Entry("system", "worker_list.forgotten", "workers", now, {"workers": len(rows)}))
    return len(rows)


def forget_links_over(db: Connection, now: datetime) -> None:
    db.execute(delete(LiaisonLink).where(LiaisonLink.expires_at <= now))
    db.execute(delete(LinkKnock).where(LinkKnock.since <= now - KNOCK_WINDOW))
