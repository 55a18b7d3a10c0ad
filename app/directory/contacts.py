"""Contacts: seen, following, stopped; inside the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, false, select, text, update

from app.directory.models import Contact
from app.kit.db import UtcMs
from app.kit.ids import UserId
from app.kit.statements import ForKeys, Keys


def _touch_statement(keys: Keys) -> Any:
    at = bindparam("now", type_=UtcMs)
    # Without a condition SQLite takes ON for the beginning of a join.
    rows = select(keys.table().c.value, false(), at, at).where(text("true"))
    row = keys.insert(Contact).from_select(
        ["user_id", "following", "first_seen_at", "last_interaction_at"], rows
    )
    return row.on_conflict_do_update(
        index_elements=[Contact.user_id], set_={"last_interaction_at": row.excluded.last_interaction_at}
    )


_TOUCH = ForKeys(_touch_statement)


def touch(db: Connection, user_id: UserId, now: datetime) -> None:
    """The contact did something that opens Zalo's reply window."""
    touch_many(db, [user_id], now)


def touch_many(db: Connection, user_ids: Iterable[UserId], now: datetime) -> None:
    db.execute(_TOUCH(db), {"keys": sorted(set(user_ids)), "now": now})


def follow(db: Connection, user_id: UserId, now: datetime) -> None:
    touch(db, user_id, now)
    _set(db, user_id, following=True)


def unfollow(db: Connection, user_id: UserId) -> None:
    _set(db, user_id, following=False)


def stop(db: Connection, user_id: UserId, now: datetime) -> bool:
    """No more messages that were not asked for; False when that was so already."""
    done = db.execute(
        update(Contact).where(Contact.user_id == user_id, Contact.stopped_at.is_(None)).values(stopped_at=now)
    )
    return done.rowcount == 1


def resume(db: Connection, user_id: UserId) -> None:
    _set(db, user_id, stopped_at=None)


def stopped_at(db: Connection, user_id: UserId) -> datetime | None:
    since: datetime | None = db.execute(select(Contact.stopped_at).where(Contact.user_id == user_id)).scalar()
    return since


def _set(db: Connection, user_id: UserId, **values: object) -> None:
    db.execute(update(Contact).where(Contact.user_id == user_id).values(**values))
