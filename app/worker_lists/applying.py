"""Taking a list in: the list, its workers, its steps and its numbers, in one transaction of the caller's."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from app.kit.clock import epoch_ms
from app.kit.seal import Sealer
from app.worker_lists.counting import recount
from app.worker_lists.models import (
    UnitAnswer,
    WorkerEntry,
    WorkerList,
    WorkerListUnit,
    WorkerMark,
    WorkerState,
    WorkerUnit,
)
from app.worker_lists.planning import ListPlan, NewWorker, StateStep, pieces

Before = Mapping[str, str | int | None]


class PlanOutdated(Exception):
    """Somebody marked a worker after the plan was made: plan anew, in the transaction that applies it."""


@dataclass(frozen=True, slots=True)
class NewList:
    """What is known of a list beside its rows."""

    title: str
    received_on: date
    due_on: date | None = None
    office_id: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a row was before the list was taken in: plain values, fit for JSON, from which it is put back."""

    entry_id: int
    version: int
    """The row's version after the change; another one later means that somebody has touched it since."""
    before: Before | None
    """None for a worker who was new."""


@dataclass(frozen=True, slots=True)
class UnitChange:
    employer_id: int
    before: Before | None


@dataclass(frozen=True, slots=True)
class Applied:
    list_id: int
    entries: tuple[Change, ...]
    units: tuple[UnitChange, ...]


_WORKER = ("name", "name_print", "masked_number", "worker_print")
_STANDING = ("state", "marked_at", "marked_by", "gone_at")
_HISTORY = ("listed", "new", "gone", "reopened")
_UNIT = ("list_id", "due_on", "answer", "answered_at", "answered_by")

_READ = (
    select(*(getattr(WorkerEntry, name) for name in ("id", "version", *_WORKER, *_STANDING)))
    .where(WorkerEntry.id.in_(bindparam("ids", expanding=True)))
    .with_for_update()
)
_READ_UNITS = select(WorkerUnit.__table__).where(
    WorkerUnit.employer_id.in_(bindparam("employers", expanding=True))
)


def apply_plan(
    db: Connection, sealer: Sealer, plan: ListPlan, new_list: NewList, by: str, now: datetime
) -> Applied:
    """Writes the list down and everything it changes; returns what undoes it. Raises `PlanOutdated`."""
    before = _read_touched(db, plan)
    list_id: int = db.execute(
        insert(WorkerList)
        .values(
            title=new_list.title,
            received_on=new_list.received_on,
            due_on=new_list.due_on,
            office_id=new_list.office_id,
            created_at=now,
            created_by=by,
        )
        .returning(WorkerList.id)
    ).scalar_one()
    units = _write_units(db, plan, list_id, new_list.due_on)
    _write_new(db, sealer, plan.new, list_id)
    touched = _touch(db, sealer, plan, list_id, now)
    _write_history(db, plan, list_id)
    recount(db, plan.listed)
    added = db.execute(select(WorkerEntry.id).where(WorkerEntry.list_id == list_id)).scalars()
    changes = [Change(entry_id, 1, None) for entry_id in added]
    changes += [
        Change(entry_id, before[entry_id].version + 1, _plain(before[entry_id], names))
        for entry_id, names in touched.items()
    ]
    return Applied(list_id, tuple(changes), units)


def list_mark(list_id: int) -> str:
    """Who marked a worker when it was a list that did."""
    return f"list:{list_id}"


def _read_touched(db: Connection, plan: ListPlan) -> dict[int, Any]:
    """The rows that the plan touches, held until the end of the transaction."""
    planned = dict([*plan.off, *plan.on])
    planned |= {one.entry_id: one.version for one in plan.changed}
    planned |= {one.entry_id: one.version for one in (*plan.back, *plan.gone)}
    rows = {row.id: row for some in pieces(planned) for row in db.execute(_READ, {"ids": some})}
    if {number: row.version for number, row in rows.items()} != planned:
        raise PlanOutdated("workers were marked while the list was being looked at")
    return rows


def _write_new(db: Connection, sealer: Sealer, workers: Sequence[NewWorker], list_id: int) -> None:
    if not workers:
        return
    rows = [
        {
            "employer_id": worker.employer_id,
            "list_id": list_id,
            **_worker_values(sealer, worker),
            "state": WorkerState.OPEN,
            "marked_by": "",
            "version": 1,
        }
        for worker in workers
    ]
    db.execute(insert(WorkerEntry), rows)


def _worker_values(sealer: Sealer, worker: NewWorker) -> dict[str, object]:
    return {
        "name": sealer.seal_text(worker.name),
        "name_print": worker.name_print,
        "masked_number": worker.masked_number,
        "worker_print": worker.worker_print,
    }


def _touch(
    db: Connection, sealer: Sealer, plan: ListPlan, list_id: int, now: datetime
) -> dict[int, tuple[str, ...]]:
    """Writes every change; says which columns of which entry. Each entry's version goes up by one."""
    values: dict[int, dict[str, object]] = {}
    for change in plan.changed:
        values.setdefault(change.entry_id, {}).update(_worker_values(sealer, change.now))
    by = list_mark(list_id)
    for step in plan.back:
        standing = {"state": WorkerState.OPEN, "marked_at": now, "marked_by": by, "gone_at": None}
        values.setdefault(step.entry_id, {}).update(standing)
    for step in plan.gone:
        standing = {"state": WorkerState.INSTALLED, "marked_at": now, "marked_by": by, "gone_at": now}
        values.setdefault(step.entry_id, {}).update(standing)
    values |= {entry_id: {"gone_at": now} for entry_id, _ in plan.off}
    for entry_id, _ in plan.on:
        values.setdefault(entry_id, {})["gone_at"] = None
    update_alike(db, values)
    steps = list(_marks(plan.back, WorkerState.OPEN, by, now))
    steps += _marks(plan.gone, WorkerState.INSTALLED, by, now)
    if steps:
        db.execute(insert(WorkerMark), steps)
    return {entry_id: tuple(columns) for entry_id, columns in values.items()}


def update_alike(db: Connection, values: Mapping[int, Mapping[str, object]]) -> None:
    """One statement for all entries of which the same columns change."""
    alike: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for entry_id, columns in values.items():
        row = {"b_id": entry_id} | {f"b_{name}": value for name, value in columns.items()}
        alike.setdefault(tuple(sorted(columns)), []).append(row)
    for names, rows in alike.items():
        settings = {name: bindparam(f"b_{name}", type_=getattr(WorkerEntry, name).type) for name in names}
        statement = (
            update(WorkerEntry)
            .where(WorkerEntry.id == bindparam("b_id"))
            .values(**settings, version=WorkerEntry.version + 1)
        )
        db.execute(statement, rows)


def _marks(
    steps: Iterable[StateStep], after: WorkerState, by: str, now: datetime
) -> Iterator[dict[str, object]]:
    for step in steps:
        yield {"entry_id": step.entry_id, "before": step.before, "after": after, "at": now, "by": by}


def _write_units(db: Connection, plan: ListPlan, list_id: int, due_on: date | None) -> tuple[UnitChange, ...]:
    known = {
        row.employer_id: row
        for some in pieces(plan.listed)
        for row in db.execute(_READ_UNITS, {"employers": some})
    }
    anew = {"answer": UnitAnswer.OPEN, "answered_at": None, "answered_by": ""}
    now = {"list_id": list_id, "due_on": due_on, **anew}
    for some in pieces(known):
        db.execute(update(WorkerUnit).where(WorkerUnit.employer_id.in_(some)).values(**now))
    added = [{"employer_id": employer, **now} for employer in plan.listed if employer not in known]
    if added:
        db.execute(insert(WorkerUnit), added)
    return tuple(
        UnitChange(employer, _plain(known[employer], _UNIT) if employer in known else None)
        for employer in plan.listed
    )


def _write_history(db: Connection, plan: ListPlan, list_id: int) -> None:
    numbers = {employer: [listed, 0, 0, 0] for employer, listed in plan.listed.items()}
    for worker in plan.new:
        numbers[worker.employer_id][1] += 1
    for step in plan.gone:
        numbers[step.employer_id][2] += 1
    for step in plan.back:
        numbers[step.employer_id][3] += 1
    rows = [
        {"list_id": list_id, "employer_id": employer, **dict(zip(_HISTORY, four, strict=True))}
        for employer, four in numbers.items()
    ]
    if rows:
        db.execute(insert(WorkerListUnit), rows)


def _plain(row: Any, names: Iterable[str]) -> dict[str, str | int | None]:
    return {name: _plain_value(getattr(row, name)) for name in names}


def _plain_value(value: object) -> str | int | None:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case datetime():
            return epoch_ms(value)
        case date():
            return value.isoformat()
        case None | str() | int():
            return value
        case _:
            raise TypeError(f"no column holds a {type(value).__name__}")
