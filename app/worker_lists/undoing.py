"""Taking a list back: what it changed is put back, but for what somebody has said since."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, bindparam, delete, select, update

from app.kit.clock import from_epoch_ms
from app.worker_lists.applying import Applied, Before, list_mark, update_alike
from app.worker_lists.counting import recount
from app.worker_lists.models import WorkerEntry, WorkerList, WorkerListUnit, WorkerMark, WorkerUnit
from app.worker_lists.planning import pieces

_TIMES = frozenset({"marked_at", "gone_at", "answered_at"})
_READ = (
    select(WorkerEntry.id, WorkerEntry.version)
    .where(WorkerEntry.id.in_(bindparam("ids", expanding=True)))
    .with_for_update()
)


@dataclass(slots=True)
class Undone:
    restored: int = 0
    removed: int = 0
    kept: list[int] = field(default_factory=list)
    """Entries that somebody has marked since: they stay as they are now."""


def undo(db: Connection, applied: Applied) -> Undone:
    """Puts back what the list changed; a worker whom somebody has marked since keeps that mark."""
    undone = Undone()
    now = _versions(db, (change.entry_id for change in applied.entries))
    untouched = [change for change in applied.entries if now.get(change.entry_id) == change.version]
    undone.kept = [
        change.entry_id
        for change in applied.entries
        if change.entry_id in now and now[change.entry_id] != change.version
    ]
    db.execute(delete(WorkerMark).where(WorkerMark.by == list_mark(applied.list_id)))
    added = [change.entry_id for change in untouched if change.before is None]
    for some in pieces(added):
        db.execute(delete(WorkerMark).where(WorkerMark.entry_id.in_(some)))
        db.execute(delete(WorkerEntry).where(WorkerEntry.id.in_(some)))
    restored = [change for change in untouched if change.before is not None]
    update_alike(db, {change.entry_id: _typed(change.before or {}) for change in restored})
    undone.removed, undone.restored = len(added), len(restored)
    _restore_units(db, applied)
    return undone


def _versions(db: Connection, ids: Iterable[int]) -> dict[int, int]:
    rows = (row for some in pieces(ids) for row in db.execute(_READ, {"ids": some}))
    return {row.id: row.version for row in rows}


def _restore_units(db: Connection, applied: Applied) -> None:
    """Units go back to their list before, unless a newer one has come; one that was on none before goes."""
    employers = [change.employer_id for change in applied.units]
    for change in applied.units:
        still_ours = (WorkerUnit.employer_id == change.employer_id, WorkerUnit.list_id == applied.list_id)
        if change.before is not None:
            db.execute(update(WorkerUnit).where(*still_ours).values(**_typed(change.before)))
            continue
        left = select(WorkerEntry.id).where(WorkerEntry.employer_id == change.employer_id)
        db.execute(delete(WorkerUnit).where(*still_ours, ~left.exists()))
    for some in pieces(employers):
        db.execute(
            delete(WorkerListUnit).where(
                WorkerListUnit.list_id == applied.list_id, WorkerListUnit.employer_id.in_(some)
            )
        )
    recount(db, employers)
    used = (
        select(WorkerEntry.id).where(WorkerEntry.list_id == applied.list_id).exists()
        | select(WorkerUnit.employer_id).where(WorkerUnit.list_id == applied.list_id).exists()
    )
    db.execute(delete(WorkerList).where(WorkerList.id == applied.list_id, ~used))


def _typed(before: Before) -> dict[str, object]:
    typed: dict[str, object] = dict(before)
    for name, value in before.items():
        if name == "name":
            typed[name] = base64.b64decode(str(value))
        elif name in _TIMES and value is not None:
            typed[name] = from_epoch_ms(int(value))
        elif name == "due_on" and value is not None:
            typed[name] = date.fromisoformat(str(value))
    return typed
