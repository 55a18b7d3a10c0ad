"""Read and write contacts' conversations, inside the caller's transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, LargeBinary, String, bindparam, select, update

from app.conversations.models import Conversation
from app.kit.db import UtcMs, both_dialects
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.kit.statements import ForKeys, ForRows, Rows


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a contact stands: the session as plain JSON (none before the first turn), and who spoke last."""

    session: dict[str, Any] | None
    officer_spoke_at: datetime | None


_READ = ForKeys(
    lambda keys: select(Conversation.contact, Conversation.session, Conversation.officer_spoke_at).where(
        keys.hold(Conversation.contact)
    )
)


def _save_statement(rows: Rows) -> Any:
    row = rows.insert(Conversation, {"updated_at": bindparam("now", type_=UtcMs)})
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


_SAVE = ForRows({"contact": String, "session": LargeBinary}, _save_statement)
_OFFICER = both_dialects(_officer_statement)


def read_standing(db: Connection, sealer: Sealer, contact: UserId) -> Standing:
    return read_standings(db, sealer, [contact])[contact]


def read_standings(
    db: Connection, sealer: Sealer, contacts: Sequence[UserId]
) -> defaultdict[UserId, Standing]:
    """By contact; who never was here stands at the beginning."""
    found = defaultdict[UserId, Standing](lambda: Standing(None, None))
    for contact, sealed, officer_spoke_at in db.execute(_READ(db), {"keys": contacts}):
        session = None if sealed is None else orjson.loads(sealer.open(sealed))
        found[UserId(contact)] = Standing(session, officer_spoke_at)
    return found


def save_session(
    db: Connection, sealer: Sealer, contact: UserId, session: dict[str, Any], now: datetime
) -> None:
    save_sessions(db, sealer, {contact: session}, now)


def save_sessions(
    db: Connection, sealer: Sealer, sessions: Mapping[UserId, dict[str, Any]], now: datetime
) -> None:
    rows = [
        {"contact": contact, "session": sealer.seal(orjson.dumps(session))}
        for contact, session in sessions.items()
    ]
    if rows:
        _SAVE.run(db, rows, now=now)


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
