"""A person's own words leave broadcasts when they have their data deleted; the bare fact stays."""

from datetime import datetime

from sqlalchemy import Connection, delete, update

from app.broadcasts.models import Recipient, RecipientState, Unreachable, in_state
from app.broadcasts.rules import Reason
from app.kit.ids import UserId


def forget_in_broadcasts(db: Connection, contact: UserId, now: datetime) -> None:
    """Empties what was filled in for them, and takes them out of what has not left yet."""
    mine = update(Recipient).where(Recipient.contact == contact)
    waiting = {"state": RecipientState.SKIPPED, "reason": Reason.ENDED, "settled_at": now}
    db.execute(mine.where(in_state(RecipientState.PLANNED)).values(**waiting))
    # What is on its way right now keeps its print: its echo must still be recognised.
    done = ~in_state(RecipientState.CLAIMED, RecipientState.UNKNOWN)
    db.execute(mine.where(done).values(filled=b"", text_print=None))
    db.execute(delete(Unreachable).where(Unreachable.contact == contact))
