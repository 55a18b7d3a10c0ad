"""Read and write a contact's conversation, inside the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update

from app.conversations.models import Conversation
from app.kit.db import UtcMs, both_dialects
from app.kit.ids import UserId
from app.kit.seal import Sealer


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contact stands: the session as plain JSON (none before the first turn), and who spoke last."""

    session: dict[str, Any] | None
    officer_spoke_at: datetime | None


_READ = select(Conversation.session, Conversation.officer_spoke_at).where(
    Conversation.contact == bindparam("contact")
)


def _save_statement(insert: Any) -> Any:
    row = insert(Conversation).values(
        contact=bindparam("contact"), session=bindparam("session"), updated_at=bindparam("now", type_=UtcMs)
    )
    return row.on_conflict_do_update(
        index_elements=[Conversation.contact],
        set_={"session": row.excluded.session, "updated_at": row.excluded.updated_at},
    )


def _officer_statement(insert: Any) -> Any:
    row = insert(Conversation).values(
        contact=bindparam("contact"),
        officer_spoke_at=bindparam("now", type_=UtcMs),
        updated_at=bindparam("now", type_=UtcMs),
    )
    return row.on_conflict_do_update(
        index_elements=[Conversation.contact],
        set_={"officer_spoke_at": row.excluded.officer_spoke_at, "updated_at": row.excluded.updated_at},
    )


_SAVE = both_dialects(_save_statement)
_OFFICER = both_dialects(_officer_statement)


def read_standing(db: Connection, sealer: Sealer, contact: UserId) -> Standing:
    row = db.execute(_READ, {"contact": contact}).one_or_none()
    if row is None:
        return Standing(None, None)
    session = None if row.session is None else orjson.loads(sealer.open(row.session))
    return Standing(session, row.officer_spoke_at)


def save_session(
    db: Connection, sealer: Sealer, contact: UserId, session: dict[str, Any], now: datetime
) -> None:
    sealed = sealer.seal(orjson.dumps(session))
    db.execute(_SAVE(db), {"contact": contact, "session": sealed, "now": now})


def note_officer(db: Connection, contact: UserId, now: datetime) -> None:
    """A colleague wrote to the contact: the bot steps back."""
    db.execute(_OFFICER(db), {"contact": contact, "now": now})


def bring_bot_back(db: Connection, contact: UserId) -> None:
    db.execute(update(Conversation).where(Conversation.contact == contact).values(officer_spoke_at=None))


def forget_session(db: Connection, contact: UserId, now: datetime) -> None:
    """Drops what the contact had typed into forms."""
    db.execute(
        update(Conversation).where(Conversation.contact == contact).values(session=None, updated_at=now)
    )
