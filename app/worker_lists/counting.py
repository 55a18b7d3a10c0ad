"""The numbers of a unit, kept beside it so that a page of thousands of units reads no worker."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from app.worker_lists.models import WorkerEntry, WorkerState, WorkerUnit
from app.worker_lists.planning import pieces


def _number_of(state: WorkerState) -> Any:
    same = (WorkerEntry.employer_id == WorkerUnit.employer_id, WorkerEntry.state == state)
    return select(func.count()).select_from(WorkerEntry).where(*same).scalar_subquery()


_RECOUNT = (
    update(WorkerUnit)
    .where(WorkerUnit.employer_id.in_(bindparam("employers", expanding=True)))
    .values({f"{state}_count": _number_of(state) for state in WorkerState})
)


def recount(db: Connection, employers: Iterable[int]) -> None:
    """Brings the numbers of these units up to date with their workers."""
    for some in pieces(employers):
        db.execute(_RECOUNT, {"employers": some})
