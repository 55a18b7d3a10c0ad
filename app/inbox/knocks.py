"""A knock at our own door: whether the public address ends at this database; leaves no event behind."""

import secrets
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from app.inbox.models import Knock
from app.kit.clock import epoch_ms

KNOCK = "daumoi_knock"
"""The event name; Zalo has none that begins like it."""
LIVES = timedelta(minutes=1)
"""A knock that comes later was caught on the way and sent again: it is answered and counts for nothing."""


def ask_knock(db: Connection, now: datetime) -> str:
    """A fresh word that only an answered knock can bring back; those of earlier knocks are forgotten."""
    word = secrets.token_urlsafe(24)
    db.execute(delete(Knock).where(Knock.asked_at < now - LIVES))
    db.execute(insert(Knock).values(word=word, asked_at=now, arrived_at=None))
    return word


def knock_body(app_id: str, oa_id: str, word: str, now: datetime) -> tuple[bytes, str]:
    """The body of the test event, and the timestamp in it that the signature needs."""
    timestamp = str(epoch_ms(now))
    fields = {"app_id": app_id, "oa_id": oa_id, "event_name": KNOCK, "word": word, "timestamp": timestamp}
    return orjson.dumps(fields), timestamp


def note_knock(db: Connection, word: str, now: datetime) -> None:
    """Only a knock that was asked for here a moment ago leaves a mark."""
    asked = update(Knock).where(Knock.word == word, Knock.asked_at >= now - LIVES)
    db.execute(asked.values(arrived_at=now))


def has_arrived(db: Connection, word: str) -> bool:
    return db.execute(select(Knock.arrived_at).where(Knock.word == word)).scalar() is not None
