"""What people answer by the buttons under a broadcast."""

from datetime import datetime

from sqlalchemy import Connection, update

from app.broadcasts.content import Answer
from app.broadcasts.models import Recipient, RecipientState, in_state
from app.kit.ids import UserId


def note_answer(db: Connection, broadcast_id: int, contact: UserId, answer: Answer, now: datetime) -> bool:
    """Keeps the person's answer; False when they never had this broadcast: codes can be typed by anybody."""
    had = in_state(
        RecipientState.CLAIMED,
        RecipientState.UNKNOWN,
        RecipientState.SENT,
        RecipientState.DELIVERED,
        RecipientState.SEEN,
    )
    done = db.execute(
        update(Recipient)
        .where(Recipient.broadcast_id == broadcast_id, Recipient.contact == contact, had)
        .values(answer=answer, answered_at=now)
    )
    return done.rowcount > 0
