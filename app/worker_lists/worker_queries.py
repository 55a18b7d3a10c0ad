"""The workers of one unit for pages: names opened one page at a time, numbers masked for good."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from app.kit.seal import Sealer
from app.kit.vietnamese import fold
from app.worker_lists.applying import list_mark
from app.worker_lists.models import WorkerEntry, WorkerMark, WorkerState
from app.worker_lists.queries import PAGE, Numbers
from app.worker_lists.rules import WAITING

MOST_NAMED = 500


@dataclass(frozen=True, slots=True)
class Worker:
    id: int
    name: str
    masked_number: str
    state: WorkerState
    marked_at: datetime | None
    marked_by: str
    on_list: bool
    version: int


@dataclass(frozen=True, slots=True)
class WorkersPage:
    workers: tuple[Worker, ...]
    count: int


@dataclass(frozen=True, slots=True)
class MarkStep:
    before: WorkerState
    after: WorkerState
    at: datetime
    by: str


def list_workers(
    db: Connection,
    sealer: Sealer,
    employer_id: int,
    *,
    state: WorkerState | None = None,
    text: str = "",
    on_list_only: bool = False,
    page: int = 0,
    size: int = PAGE,
) -> WorkersPage:
    """A unit's workers, those off its list last; `text` is part of a name, accents do not count.

    Names are sealed, so that a search opens those of the whole unit; without one only a page is opened.
    """
    where = [WorkerEntry.employer_id == employer_id]
    if state is not None:
        where.append(WorkerEntry.state == state)
    if on_list_only:
        where.append(WorkerEntry.gone_at.is_(None))
    ordered = (
        select(WorkerEntry.__table__).where(*where).order_by(WorkerEntry.gone_at.is_not(None), WorkerEntry.id)
    )
    wanted = fold(text)
    if wanted:
        found = [one for one in map(_opened(sealer), db.execute(ordered)) if wanted in fold(one.name)]
        return WorkersPage(tuple(found[page * size : (page + 1) * size]), len(found))
    count = db.execute(select(func.count()).select_from(WorkerEntry).where(*where)).scalar_one()
    rows = db.execute(ordered.limit(size).offset(page * size))
    return WorkersPage(tuple(map(_opened(sealer), rows)), count)


def letter_workers(db: Connection, sealer: Sealer, employer_id: int) -> tuple[Worker, ...]:
    """Whom a letter to the unit names: on its list, and something is still to be done."""
    rows = db.execute(
        select(WorkerEntry.__table__)
        .where(
            WorkerEntry.employer_id == employer_id,
            WorkerEntry.gone_at.is_(None),
            WorkerEntry.state.in_(WAITING),
        )
        .order_by(WorkerEntry.id)
    )
    return tuple(map(_opened(sealer), rows))


def read_worker(db: Connection, sealer: Sealer, employer_id: int, entry_id: int) -> Worker | None:
    row = db.execute(
        select(WorkerEntry.__table__).where(
            WorkerEntry.id == entry_id, WorkerEntry.employer_id == employer_id
        )
    ).one_or_none()
    return None if row is None else _opened(sealer)(row)


def count_on_list(db: Connection, employer_id: int) -> Numbers:
    """Those who are on the unit's latest list, by what is marked of them."""
    rows = db.execute(
        select(WorkerEntry.state, func.count())
        .where(WorkerEntry.employer_id == employer_id, WorkerEntry.gone_at.is_(None))
        .group_by(WorkerEntry.state)
    )
    return Numbers(**{row[0]: row[1] for row in rows})


def registered_meanwhile(
    db: Connection, sealer: Sealer, employer_id: int, list_id: int, most: int = MOST_NAMED
) -> list[Worker]:
    """Whom this list left out, so that they count as registered since the one before; at most so many."""
    closed = (
        WorkerMark.by == list_mark(list_id),
        WorkerMark.after == WorkerState.INSTALLED,
        WorkerMark.entry_id == WorkerEntry.id,
    )
    rows = db.execute(
        select(WorkerEntry.__table__)
        .where(WorkerEntry.employer_id == employer_id, select(WorkerMark.id).where(*closed).exists())
        .order_by(WorkerEntry.id)
        .limit(most)
    )
    return list(map(_opened(sealer), rows))


def worker_history(db: Connection, entry_id: int) -> list[MarkStep]:
    """Every mark of a worker, newest first."""
    rows = db.execute(
        select(WorkerMark.before, WorkerMark.after, WorkerMark.at, WorkerMark.by)
        .where(WorkerMark.entry_id == entry_id)
        .order_by(WorkerMark.id.desc())
    )
    return [MarkStep(WorkerState(row.before), WorkerState(row.after), row.at, row.by) for row in rows]


def _opened(sealer: Sealer) -> Callable[[Any], Worker]:
    def opened(row: Any) -> Worker:
        return Worker(
            row.id,
            sealer.open_text(row.name),
            row.masked_number,
            WorkerState(row.state),
            row.marked_at,
            row.marked_by,
            row.gone_at is None,
            row.version,
        )

    return opened
