"""Marks on workers: set, taken back, set on all at once; in the caller's transaction and on the trail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from app.audit.trail import Entry, record
from app.kit.db import UtcMs
from app.worker_lists.counting import recount
from app.worker_lists.models import UnitAnswer, WorkerEntry, WorkerMark, WorkerState, WorkerUnit


@dataclass(frozen=True, slots=True)
class Marked:
    entry_id: int
    before: WorkerState
    after: WorkerState


class NotMarked(Exception):
    """There is no such worker on the unit's list, or somebody marked them in the meantime."""


_ON_LIST = WorkerEntry.gone_at.is_(None)
_SET = (
    update(WorkerEntry)
    .where(WorkerEntry.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        marked_at=bindparam("b_at", type_=UtcMs),
        marked_by=bindparam("b_by"),
        version=WorkerEntry.version + 1,
    )
)


def mark(
    db: Connection,
    employer_id: int,
    entry_id: int,
    state: WorkerState,
    by: str,
    now: datetime,
    *,
    version: int | None = None,
    address: str = "",
) -> Marked:
    """Notes what is said of a worker; `version` is of the row that was seen. Raises `NotMarked`."""
    row = db.execute(
        select(WorkerEntry.state, WorkerEntry.version)
        .where(WorkerEntry.id == entry_id, WorkerEntry.employer_id == employer_id, _ON_LIST)
        .with_for_update()
    ).one_or_none()
    if row is None or version not in {None, row.version}:
        raise NotMarked
    before = WorkerState(row.state)
    if before is state:
        return Marked(entry_id, before, state)
    db.execute(
        update(WorkerEntry)
        .where(WorkerEntry.id == entry_id)
        .values(state=state, marked_at=now, marked_by=by, version=WorkerEntry.version + 1)
    )
    db.execute(insert(WorkerMark).values(entry_id=entry_id, before=before, after=state, at=now, by=by))
    recount(db, [employer_id])
    detail = {"was": before.value, "state": state.value, "unit": employer_id}
    record(db, Entry(by, "worker.marked", f"worker:{entry_id}", now, detail, address))
    return Marked(entry_id, before, state)


def take_back(
    db: Connection, employer_id: int, entry_id: int, by: str, now: datetime, *, address: str = ""
) -> Marked:
    """Puts the state back that the last mark replaced. Raises `NotMarked` when there was none."""
    before = db.execute(
        select(WorkerMark.before)
        .join(WorkerEntry, WorkerEntry.id == WorkerMark.entry_id)
        .where(WorkerMark.entry_id == entry_id, WorkerEntry.employer_id == employer_id)
        .order_by(WorkerMark.id.desc())
        .limit(1)
    ).scalar()
    if before is None:
        raise NotMarked
    return mark(db, employer_id, entry_id, WorkerState(before), by, now, address=address)


def mark_all_installed(
    db: Connection, employer_id: int, expected: int, by: str, now: datetime, *, address: str = ""
) -> int:
    """Everybody who is still open has installed; `expected` is how many that were when it was confirmed.

    Raises `NotMarked` when their number is another one now: who confirms must have seen whom it is about.
    """
    still_open = (WorkerEntry.employer_id == employer_id, WorkerEntry.state == WorkerState.OPEN, _ON_LIST)
    ids = list(db.execute(select(WorkerEntry.id).where(*still_open).with_for_update()).scalars())
    if not ids or len(ids) != expected:
        raise NotMarked
    _set_all(db, ids, WorkerState.OPEN, WorkerState.INSTALLED, by, now)
    recount(db, [employer_id])
    detail = {"workers": len(ids)}
    record(db, Entry(by, "worker_list.all_installed", f"employer:{employer_id}", now, detail, address))
    return len(ids)


def take_all_back(
    db: Connection, employer_id: int, marked_at: datetime, by: str, now: datetime, *, address: str = ""
) -> int:
    """Opens again whom `by` marked as installed at that one moment. Raises `NotMarked`."""
    theirs = (
        WorkerEntry.employer_id == employer_id,
        WorkerEntry.state == WorkerState.INSTALLED,
        WorkerEntry.marked_at == marked_at,
        WorkerEntry.marked_by == by,
    )
    ids = list(db.execute(select(WorkerEntry.id).where(*theirs, _ON_LIST).with_for_update()).scalars())
    if not ids:
        raise NotMarked
    _set_all(db, ids, WorkerState.INSTALLED, WorkerState.OPEN, by, now)
    recount(db, [employer_id])
    detail = {"workers": len(ids)}
    record(db, Entry(by, "worker_list.all_taken_back", f"employer:{employer_id}", now, detail, address))
    return len(ids)


def answer_for_unit(
    db: Connection, employer_id: int, answer: UnitAnswer, by: str, now: datetime, *, address: str = ""
) -> bool:
    """Notes what the unit says of its list as a whole; no worker's state changes. False without a list.

    The officer sees it beside the numbers, and the next reminder passes over who says that it is done.
    """
    was = db.execute(select(WorkerUnit.answer).where(WorkerUnit.employer_id == employer_id)).scalar()
    if was is None:
        return False
    db.execute(
        update(WorkerUnit)
        .where(WorkerUnit.employer_id == employer_id)
        .values(answer=answer, answered_at=now, answered_by=by)
    )
    detail = {"was": was, "answer": answer.value}
    record(db, Entry(by, "worker_list.answered", f"employer:{employer_id}", now, detail, address))
    return True


def _set_all(
    db: Connection, ids: list[int], before: WorkerState, after: WorkerState, by: str, now: datetime
) -> None:
    db.execute(
        insert(WorkerMark),
        [{"entry_id": one, "before": before, "after": after, "at": now, "by": by} for one in ids],
    )
    values = {"b_state": after, "b_at": now, "b_by": by}
    db.execute(_SET, [{"b_id": one, **values} for one in ids])
