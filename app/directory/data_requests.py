"""Requests about one's own data: a line of proof each, without the data."""

from datetime import datetime

from sqlalchemy import Connection, insert

from app.directory.models import DataRequest, DataRequestKind
from app.kit.ids import UserId


def note_request(db: Connection, contact: UserId, kind: DataRequestKind, now: datetime) -> None:
    """What the bot does at once is asked and done in the same moment."""
    db.execute(insert(DataRequest).values(contact=contact, kind=kind, asked_at=now, done_at=now))
