"""A new list against what is known: who is new, changed, back, or no longer listed; nothing is saved here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, bindparam, select

from app.kit.seal import Sealer
from app.kit.vietnamese import nfc
from app.worker_lists.models import WorkerEntry, WorkerState
from app.worker_lists.rules import closes, mask_number, reopens, same_kind

AT_A_TIME = 500
"""Ids in one condition: SQLite takes 32,766 values in a statement, and reads long ones no faster."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListedWorker:
    """A row of a list, its unit found and its number in digits only; `row` is its place in the file."""

    row: int
    employer_id: int
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class WrongRow:
    row: int
    employer_id: int
    column: str
    """`name` or `number`."""
    reason: str
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class NewWorker:
    row: int
    employer_id: int
    name: str
    name_print: str
    masked_number: str
    worker_print: str


@dataclass(frozen=True, slots=True)
class ChangedWorker:
    """Known, and listed with another spelling of the name or another kind of number."""

    entry_id: int
    version: int
    old_name: str
    old_number: str
    now: NewWorker


@dataclass(frozen=True, slots=True)
class StateStep:
    """A worker whose state the list changes by itself."""

    entry_id: int
    employer_id: int
    version: int
    before: WorkerState
    row: int = 0
    """Where a reopened worker is listed; 0 for who is not listed any more."""


@dataclass(slots=True)
class ListPlan:
    """What taking the list in would come to; plain values, to be shown, counted and applied."""

    received_on: date
    listed: dict[int, int] = field(default_factory=dict)
    """Employer → workers listed. Employers that the file does not name are left alone."""
    new: list[NewWorker] = field(default_factory=list)
    changed: list[ChangedWorker] = field(default_factory=list)
    unchanged: int = 0
    back: list[StateStep] = field(default_factory=list)
    """Counted as registered, and listed again."""
    gone: list[StateStep] = field(default_factory=list)
    """Not listed any more: registered meanwhile."""
    off: list[tuple[int, int]] = field(default_factory=list)
    """Entry and version of who left the list in a state that being off it does not change."""
    on: list[tuple[int, int]] = field(default_factory=list)
    """Entry and version of who is on the list again in a state that this does not change."""
    wrong: list[WrongRow] = field(default_factory=list)
    unsure: int = 0
    """Not found on the list, and left as they are because rows of it were left out."""


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    employer_id: int
    name: bytes
    name_print: str
    masked_number: str
    worker_print: str
    state: WorkerState
    marked_at: datetime | None
    gone_at: datetime | None
    version: int


_KNOWN = select(
    WorkerEntry.id,
    WorkerEntry.employer_id,
    WorkerEntry.name,
    WorkerEntry.name_print,
    WorkerEntry.masked_number,
    WorkerEntry.worker_print,
    WorkerEntry.state,
    WorkerEntry.marked_at,
    WorkerEntry.gone_at,
    WorkerEntry.version,
).where(WorkerEntry.employer_id.in_(bindparam("employers", expanding=True)))


def worker_list_plan(
    db: Connection,
    sealer: Sealer,
    rows: Iterable[ListedWorker],
    received_on: date,
    *,
    complete: bool = True,
) -> ListPlan:
    """Compares the rows with all that is known of their employers; wrong rows are named and left out.

    Unless the list is `complete` (rows of the file could not be read), or where a unit has a row without a
    name, nobody counts as registered for not being on it: they may stand in the very row that was left out.
    """
    plan = ListPlan(received_on)
    listed = list(_readable(plan, sealer, rows))
    for worker in listed:
        plan.listed[worker.employer_id] = plan.listed.get(worker.employer_id, 0) + 1
    known = _read_known(db, plan.listed)
    by_print = {(one.employer_id, one.worker_print): one for one in known}
    found: set[int] = set()
    strangers: list[NewWorker] = []
    for worker in listed:
        entry = by_print.get((worker.employer_id, worker.worker_print))
        if entry is None:
            strangers.append(worker)
        else:
            found.add(entry.id)
            _put_known(plan, sealer, entry, worker)
    _put_strangers(plan, sealer, strangers, [one for one in known if one.id not in found], found)
    unsure = {wrong.employer_id for wrong in plan.wrong if wrong.nameless}
    for entry in known:
        if entry.id in found or entry.gone_at is not None:
            continue
        if complete and entry.employer_id not in unsure:
            _put_absent(plan, entry)
        else:
            plan.unsure += 1
    return plan


def _readable(plan: ListPlan, sealer: Sealer, rows: Iterable[ListedWorker]) -> Iterator[NewWorker]:
    seen: dict[tuple[int, str], int] = {}
    for row in rows:
        name = nfc(row.name)
        if not name:
            plan.wrong.append(WrongRow(row.row, row.employer_id, "name", "chưa có họ tên", nameless=True))
            continue
        worker = _listed(sealer, row, name)
        key = (worker.employer_id, worker.worker_print)
        if (before := seen.setdefault(key, row.row)) != row.row:
            what = "mã số" if row.number else "họ tên (không có mã số để phân biệt)"
            column = "number" if row.number else "name"
            plan.wrong.append(WrongRow(row.row, row.employer_id, column, f"trùng {what} với dòng {before}"))
            continue
        yield worker


def _listed(sealer: Sealer, row: ListedWorker, name: str) -> NewWorker:
    name_print = sealer.fingerprint(f"worker-name|{name}")
    worker_print = sealer.fingerprint(f"worker|{row.number}") if row.number else name_print
    return NewWorker(row.row, row.employer_id, name, name_print, mask_number(row.number), worker_print)


def _read_known(db: Connection, employers: Iterable[int]) -> list[_Known]:
    rows = (row for some in pieces(employers) for row in db.execute(_KNOWN, {"employers": some}))
    return [
        _Known(
            row.id,
            row.employer_id,
            row.name,
            row.name_print,
            row.masked_number,
            row.worker_print,
            WorkerState(row.state),
            row.marked_at,
            row.gone_at,
            row.version,
        )
        for row in rows
    ]


def _put_known(plan: ListPlan, sealer: Sealer, entry: _Known, worker: NewWorker) -> None:
    differs = (entry.name_print, entry.worker_print) != (worker.name_print, worker.worker_print)
    if differs:
        old_name = sealer.open_text(entry.name)
        plan.changed.append(ChangedWorker(entry.id, entry.version, old_name, entry.masked_number, worker))
    if reopens(entry.state, entry.marked_at, plan.received_on, closed_by_list=entry.gone_at is not None):
        plan.back.append(StateStep(entry.id, entry.employer_id, entry.version, entry.state, worker.row))
    elif entry.gone_at is not None:
        plan.on.append((entry.id, entry.version))
    elif not differs:
        plan.unchanged += 1


def _put_strangers(
    plan: ListPlan, sealer: Sealer, strangers: Sequence[NewWorker], absent: Sequence[_Known], found: set[int]
) -> None:
    """New workers; but one whose name alone left the list under another kind of number is the same person.

    Insurance numbers are giving way to citizens' numbers: the first list that uses the new ones would
    otherwise close everybody and open everybody anew.
    """
    left, came = _by_name(absent), _by_name(strangers)
    for worker in strangers:
        key = (worker.employer_id, worker.name_print)
        before, now = left.get(key, []), came[key]
        one = before[0] if len(before) == len(now) == 1 else None
        if one is not None and not same_kind(one.masked_number, worker.masked_number):
            found.add(one.id)
            _put_known(plan, sealer, one, worker)
        else:
            plan.new.append(worker)


Named = TypeVar("Named", _Known, NewWorker)


def _by_name(workers: Sequence[Named]) -> dict[tuple[int, str], list[Named]]:
    named: dict[tuple[int, str], list[Named]] = defaultdict(list)
    for worker in workers:
        named[worker.employer_id, worker.name_print].append(worker)
    return named


def _put_absent(plan: ListPlan, entry: _Known) -> None:
    if closes(entry.state):
        plan.gone.append(StateStep(entry.id, entry.employer_id, entry.version, entry.state))
    else:
        plan.off.append((entry.id, entry.version))


def pieces(values: Iterable[T], size: int = AT_A_TIME) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
