"""What broadcasts ask of the lists of workers: how a unit stands with its list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from app.broadcasts.audience import Audience, ListState
from app.worker_lists.models import UnitAnswer, WorkerList, WorkerState, WorkerUnit


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """`marks`: the states in which at least one worker of the list is; `listed_at`: when the list came."""

    state: ListState
    not_installed: int = 0
    due_on: date | None = None
    marks: frozenset[str] = frozenset()
    listed_at: datetime | None = None

    def is_meant(self, audience: Audience) -> bool:
        """Whether a rule that speaks of lists means a unit whose list stands like this."""
        if audience.lists and self.state not in audience.lists:
            return False
        return not audience.marks or not self.marks.isdisjoint(audience.marks)


_UNITS = select(
    WorkerUnit.employer_id,
    WorkerUnit.due_on,
    WorkerUnit.answer,
    WorkerList.created_at,
    *(getattr(WorkerUnit, f"{state}_count") for state in WorkerState),
).join(WorkerList, WorkerList.id == WorkerUnit.list_id)


def read_standings(db: Connection, employers: Collection[int]) -> Mapping[int, UnitStanding]:
    """Of those units that have a list; the others are left out."""
    if not employers:
        return {}
    rows = db.execute(_UNITS.where(WorkerUnit.employer_id.in_(employers)))
    return {row.employer_id: _standing(row) for row in rows}


def _standing(row: Any) -> UnitStanding:
    counts = {state: getattr(row, f"{state}_count") for state in WorkerState}
    waiting = counts[WorkerState.OPEN] + counts[WorkerState.NEEDS_HELP]
    marks = frozenset(str(state) for state, count in counts.items() if count)
    state = _state(UnitAnswer(row.answer), waiting)
    return UnitStanding(state, waiting, row.due_on, marks, row.created_at)


def _state(answer: UnitAnswer, waiting: int) -> ListState:
    """What the liaison says counts: who has answered "done" is not reminded, even with workers left."""
    if waiting == 0 or answer is UnitAnswer.DONE:
        return ListState.DONE
    return ListState.HELP if answer is UnitAnswer.NEEDS_HELP else ListState.OPEN
