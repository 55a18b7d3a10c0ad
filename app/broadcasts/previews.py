"""What one real person would get, before anything is planned or sent; that it was looked at is recorded."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.audit.trail import Entry, record
from app.broadcasts.choosing import choose_way
from app.broadcasts.content import chat_message, read_content
from app.broadcasts.ground import Ground
from app.broadcasts.models import Broadcast
from app.broadcasts.people import read_people
from app.broadcasts.planning import read_offer, values_of
from app.broadcasts.steering import NoSuchBroadcast
from app.outbox.ways import Nobody, Reach
from app.zalo.messages import Message


@dataclass(frozen=True, slots=True)
class Preview:
    """`missing`: fields that the text asks for and that are not known of this person."""

    message: Message | None
    reach: Reach | Nobody
    missing: tuple[str, ...]


def preview(
    db: Connection, ground: Ground, broadcast_id: int, liaison_id: int, by: str, now: datetime
) -> Preview | None:
    """None when the person is no liaison any more. Raises `NoSuchBroadcast` or `BadMessage`."""
    row = db.execute(
        select(Broadcast.content, Broadcast.ways).where(Broadcast.id == broadcast_id)
    ).one_or_none()
    if row is None:
        raise NoSuchBroadcast(broadcast_id)
    content = read_content(row.content)
    key = f"l:{liaison_id}"
    person = read_people(db, [(key, liaison_id)]).get(key)
    if person is None:
        return None
    values = values_of(person, content.fields())
    missing = tuple(name for name, value in values.items() if not value)
    reach = choose_way(db, ground.sealer, person, read_offer(db, ground, row.ways, content), now)
    record(db, Entry(by, "broadcast.preview", f"liaison:{liaison_id}", now, {"broadcast": broadcast_id}))
    return Preview(None if missing else chat_message(content, values, broadcast_id), reach, missing)
