"""How often somebody has knocked at the links' door lately: counted in the database, for all processes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, select

from app.kit.db import UtcMs, both_dialects
from app.kit.seal import Sealer
from app.worker_lists.models import LinkKnock
from app.worker_lists.rules import FAILURES_PER_WINDOW, KNOCK_WINDOW

_OLD = bindparam("old", type_=UtcMs)


def _count_statement(insert: Any) -> Any:
    new = insert(LinkKnock).values(key=bindparam("key"), since=bindparam("since", type_=UtcMs), count=1)
    begun_anew = LinkKnock.since <= _OLD
    return new.on_conflict_do_update(
        index_elements=[LinkKnock.key],
        set_={
            "count": case((begun_anew, 1), else_=LinkKnock.count + 1),
            "since": case((begun_anew, new.excluded.since), else_=LinkKnock.since),
        },
    ).returning(LinkKnock.count)


_COUNT = both_dialects(_count_statement)
_READ = select(LinkKnock.count).where(LinkKnock.key == bindparam("key"), LinkKnock.since > _OLD)
_TIDY = delete(LinkKnock).where(LinkKnock.since <= _OLD)


def count(db: Connection, key: str, now: datetime) -> int:
    """Counts one knock under this key; how many that makes in the present window."""
    old = now - KNOCK_WINDOW
    db.execute(_TIDY, {"old": old})
    return int(db.execute(_COUNT(db), {"key": key, "since": now, "old": old}).scalar_one())


def count_failure(db: Connection, sealer: Sealer, address: str, now: datetime) -> None:
    """A token or a code that opened nothing, from this address."""
    count(db, _address_key(sealer, address), now)


def too_many_failures(db: Connection, sealer: Sealer, address: str, now: datetime) -> bool:
    old = now - KNOCK_WINDOW
    found = db.execute(_READ, {"key": _address_key(sealer, address), "old": old}).scalar()
    return (found or 0) >= FAILURES_PER_WINDOW


def _address_key(sealer: Sealer, address: str) -> str:
    return f"from:{sealer.fingerprint(f'address|{address}')}"
