"""How often a reminder may come to one person, and when it has done its work."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.broadcasts.content import Answer
from app.broadcasts.models import Broadcast, Recipient, RecipientState, Reminder, in_state
from app.broadcasts.rules import Reason


@dataclass(frozen=True, slots=True)
class Enough:
    """Who of a reminder's people has had enough of it; nobody has for a single broadcast."""

    most: int = 0
    had: Counter[str] = field(default_factory=Counter)
    done: frozenset[str] = frozenset()

    def reason(self, person: str) -> Reason | None:
        if person in self.done:
            return Reason.DONE
        if self.most and self.had[person] >= self.most:
            return Reason.ENOUGH
        return None


def read_enough(db: Connection, reminder_id: int | None, now: datetime) -> Enough:
    if reminder_id is None:
        return Enough()
    limit = db.execute(select(Reminder.most, Reminder.within_days).where(Reminder.id == reminder_id)).one()
    of_this = (
        select(Recipient.person)
        .join(Broadcast, Broadcast.id == Recipient.broadcast_id)
        .where(Broadcast.reminder_id == reminder_id)
    )
    since = now - timedelta(days=limit.within_days)
    # What may have arrived counts as arrived: one reminder too few is better than one too many.
    had = of_this.where(
        Recipient.claimed_at > since,
        in_state(
            RecipientState.SENT,
            RecipientState.DELIVERED,
            RecipientState.SEEN,
            RecipientState.UNKNOWN,
            RecipientState.CLAIMED,
        ),
    )
    done = of_this.where(Recipient.answer == Answer.DONE)
    return Enough(limit.most, Counter(db.execute(had).scalars()), frozenset(db.execute(done).scalars()))
