"""Lists of unregistered workers as a kind of import: columns here, the comparing and saving in their room."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.directory.columns import Column, Kind, ListShape, Meaning
from app.directory.liaison_plan import Units
from app.directory.listing import Entry, Finding, Listing
from app.directory.own_units import NOT_OWN, reach_of
from app.directory.plans import Line, Outcome
from app.directory.records import read_records
from app.importing.moment import Moment
from app.importing.outcome import Saved, TakenBack
from app.importing.rules import ListDates
from app.kit.clock import VIETNAM
from app.worker_lists.applying import Applied, Change, NewList, UnitChange, apply_plan
from app.worker_lists.list_queries import units_with_newer_list
from app.worker_lists.planning import ListedWorker, ListPlan, worker_list_plan
from app.worker_lists.undoing import undo

KIND = "workers"
_NUMBER = ("số căn cước", "số cccd", "cccd", "căn cước", "cmnd", "số cmnd", "số định danh", "số cccd/cmnd")
SHAPE = ListShape(
    (
        Column(
            "name",
            "Họ và tên",
            Meaning.PERSON_NAME,
            ("họ tên", "tên", "họ tên người lao động", "họ và tên người lao động", "người lao động"),
            required=True,
        ),
        Column(
            "number",
            "Mã số BHXH",
            Meaning.DIGITS,
            ("số bhxh", "mã bhxh", "số sổ bhxh", "mã số bảo hiểm xã hội", *_NUMBER),
            longest=12,
        ),
        Column(
            "unit_code",
            "Mã đơn vị",
            Meaning.UNIT_CODE,
            (
                "mã đv",
                "mã số đơn vị",
                "mã đơn vị bhxh",
                "mã đơn vị cũ",
                "mã đơn vị mới",
                "mã số thuế",
                "madv",
            ),
            required=True,
        ),
        Column("unit_name", "Tên đơn vị", Meaning.TEXT, ("đơn vị", "tên đv"), longest=300),
    )
)


@dataclass(slots=True)
class WorkersPlan:
    plan: ListPlan
    due_on: date | None = None
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Workers:
    name: str = KIND
    title: str = "Người lao động chưa đăng ký VssID"
    shape: ListShape = SHAPE

    def plan(self, db: Connection, at: Moment, listing: Listing, dates: ListDates) -> WorkersPlan:
        units, reach = Units(read_records(db, Kind.EMPLOYERS)), reach_of(db, at.only_units_of)
        findings: list[Finding] = []
        beyond: list[Finding] = []
        rows: list[ListedWorker] = []
        entries: dict[int, Entry] = {}
        for entry in listing.entries:
            found = units.meant_by(entry.get("unit_code"), entry.get("unit_name"))
            if len(found) != 1:
                findings.append(_unit_finding(listing, entry, len(found)))
                continue
            if reach is not None and found[0] not in reach.units:
                beyond.append(listing.finding(entry, "unit_code", NOT_OWN))
                continue
            entries[entry.row] = entry
            rows.append(ListedWorker(entry.row, found[0], entry.get("name"), entry.get("number")))
        day = dates.listed_on or at.now.astimezone(VIETNAM).date()
        complete = not (listing.findings or findings)
        plan = worker_list_plan(db, at.sealer, rows, day, complete=complete)
        findings += beyond  # of other units: about one's own the list is complete without them
        findings += [listing.finding(entries[one.row], one.column, one.reason) for one in plan.wrong]
        if not dates.older_is_meant:
            findings += _older_than_known(db, plan)
        return WorkersPlan(plan, dates.due_on, _lines(plan, entries), findings)

    def save(self, db: Connection, at: Moment, plan: WorkersPlan) -> Saved:
        day = plan.plan.received_on
        new = NewList(f"Danh sách ngày {day:%d/%m/%Y}", day, plan.due_on)
        done = apply_plan(db, at.sealer, plan.plan, new, at.actor, at.now)
        entries = [asdict(change) for change in done.entries]
        return Saved([done.list_id, entries, [asdict(unit) for unit in done.units]], rows=len(plan.lines))

    def undo(self, db: Connection, at: Moment, memory: Sequence[Any]) -> TakenBack:
        """A worker whom somebody has marked since keeps that mark; all else goes back."""
        list_id, entries, units = memory
        changes = tuple(Change(**entry) for entry in entries)
        done = undo(db, Applied(list_id, changes, tuple(UnitChange(**unit) for unit in units)))
        return TakenBack(kept=len(done.kept))


def _older_than_known(db: Connection, plan: ListPlan) -> list[Finding]:
    """One finding about the whole file: an old list taken for a new one opens and closes people wrongly."""
    newer = units_with_newer_list(db, plan.listed, plan.received_on)
    if not newer:
        return []
    name, received_on = newer[0]
    reason = (
        f"ngày {plan.received_on:%d/%m/%Y}, nhưng {len(newer)} đơn vị đã có danh sách mới hơn "
        f"({name}: {received_on:%d/%m/%Y}). Anh/Chị sửa ngày, hoặc chọn “Vẫn nhập dù cũ hơn”"
    )
    return [Finding("Danh sách", reason)]


def _unit_finding(listing: Listing, entry: Entry, found: int) -> Finding:
    code = entry.get("unit_code")
    if not found:
        return listing.finding(entry, "unit_code", f"chưa có đơn vị nào mang mã {code}")
    reason = f"{found} đơn vị dùng chung mã này: cần ghi mã đơn vị cũ hoặc mới"
    return listing.finding(entry, "unit_code", reason)


def _lines(plan: ListPlan, entries: Mapping[int, Entry]) -> list[Line]:
    """Numbers are shown masked: the dry run is kept, and whole numbers are not."""
    wrong = {one.row for one in plan.wrong}
    new = {worker.row: worker for worker in plan.new}
    changed = {worker.now.row: worker for worker in plan.changed}
    back = {step.row for step in plan.back}
    lines = []
    for row, entry in entries.items():
        if row in wrong:
            continue
        shown = {key: text for key, text in entry.values.items() if key != "number"}
        if row in new:
            lines.append(Line(row, Outcome.NEW, shown | {"number": new[row].masked_number}))
        elif row in changed:
            worker = changed[row]
            after = shown | {"number": worker.now.masked_number}
            before = {"name": worker.old_name, "number": worker.old_number}
            differing = {key: text for key, text in before.items() if text != after[key]}
            lines.append(Line(row, Outcome.CHANGED, after, differing))
        elif row in back:
            lines.append(Line(row, Outcome.CHANGED, shown, note="có lại trong danh sách: mở lại"))
        else:
            lines.append(Line(row, Outcome.UNCHANGED, shown))
    return [*lines, *_gone(plan)]


def _gone(plan: ListPlan) -> list[Line]:
    """Workers who are no longer listed stand in no row of the file: they are counted in one line."""
    lines = []
    if plan.gone:
        note = f"{len(plan.gone)} người không còn trong danh sách: coi là đã đăng ký"
        lines.append(Line(0, Outcome.CHANGED, {}, note=note))
    if plan.unsure:
        note = f"{plan.unsure} người không thấy trong danh sách: giữ nguyên, vì có dòng chưa đọc được"
        lines.append(Line(0, Outcome.UNCHANGED, {}, note=note))
    return lines
