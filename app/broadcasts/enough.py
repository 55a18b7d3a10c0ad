"""How often a reminder may come to one person, and when it has done its work."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, select

from app.broadcasts.content import Answer
from app.broadcasts.models import Broadcast, Recipient, RecipientState, Reminder, in_state
from app.broadcasts.rules import Reason
from app.kit.clock import VIETNAM


@dataclass(frozen=True, slots=True)
class Enough:
    """Who of a reminder's people has had enough of it; nobody has for a single broadcast."""

    most: int = 0
    had: Counter[str] = field(default_factory=Counter)
    done: Mapping[str, datetime] = field(default_factory=dict)
    """Who has answered "done", and when last."""

    def reason(self, person: str, asked_since: datetime | None) -> Reason | None:
        """`asked_since`: when the list came that the reminder is about; an older "done" was about another."""
        done_at = self.done.get(person)
        if done_at is not None and (asked_since is None or done_at >= asked_since):
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
    # By the day, not by the second: one that left late in its hour must not cost the next its turn.
    first_day = now.astimezone(VIETNAM).date() - timedelta(days=limit.within_days - 1)
    since = datetime.combine(first_day, time.min, VIETNAM)
    # What may have arrived counts as arrived: one reminder too few is better than one too many.
    had = of_this.where(
        Recipient.claimed_at >= since,
        in_state(
            RecipientState.SENT,
            RecipientState.DELIVERED,
            RecipientState.SEEN,
            RecipientState.UNKNOWN,
            RecipientState.CLAIMED,
        ),
    )
    done = of_this.where(Recipient.answer == Answer.DONE).order_by(Recipient.answered_at)
    done_at = {row.person: row.answered_at for row in db.execute(done.add_columns(Recipient.answered_at))}
    return Enough(limit.most, Counter(db.execute(had).scalars()), done_at)
