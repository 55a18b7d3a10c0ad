"""Lists into the directory: a whole file or nothing, and every wrong cell named."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from app.directory.columns import Kind, kind_of
from app.directory.employer_plan import plan_employers
from app.directory.liaison_plan import plan_liaisons
from app.directory.liaisons import announce
from app.directory.listing import Finding, Listing, read_listing
from app.directory.plans import Plan, plan_by_code
from app.directory.records import read_records, save_records
from app.directory.refusals import ImportRefused
from app.directory.sheets import read_sheet
from app.kit.seal import Sealer

_MOST_SHOWN = 50
"""Lines of each sort that fit on a screen; a column that is wrong throughout gives thousands."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    accepted: bool
    """False when a cell is wrong: then nothing was saved."""
    text: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    """What was put right or left out."""


@dataclass(frozen=True, slots=True)
class _Foreseen:
    new: int
    changed: int
    unchanged: int
    findings: list[Finding]
    changes: list[Finding]
    save: Callable[[], None]


def import_file(
    db: Connection, sealer: Sealer, kind: str, file: Path, now: datetime, *, dry_run: bool
) -> ImportReport:
    """Takes a list in unless anything in it is wrong; again, and nothing changes. Raises `ImportRefused`."""
    known_kind = kind_of(kind)
    if known_kind is None:
        raise ImportRefused(f"Không có loại danh sách “{kind}”; chọn một trong: {', '.join(Kind)}")
    listing = read_listing(read_sheet(file), known_kind)
    foreseen = _foresee(db, sealer, known_kind, listing, now)
    findings = (*listing.findings, *foreseen.findings)
    if findings:
        return ImportReport(False, _refusal(findings), findings=findings, notes=listing.notes)
    if not dry_run:
        foreseen.save()
    return ImportReport(
        True,
        _summary(foreseen, listing.notes, dry_run=dry_run),
        foreseen.new,
        foreseen.changed,
        foreseen.unchanged,
        notes=listing.notes,
    )


def _foresee(db: Connection, sealer: Sealer, kind: Kind, listing: Listing, now: datetime) -> _Foreseen:
    if kind is Kind.LIAISONS:
        return _foresee_liaisons(db, sealer, listing, now)
    plan = _plan(db, kind, listing)

    def save() -> None:
        save_records(db, kind, plan.new, plan.changed)

    return _Foreseen(len(plan.new), len(plan.changed), plan.unchanged, plan.findings, plan.changes, save)


def _foresee_liaisons(db: Connection, sealer: Sealer, listing: Listing, now: datetime) -> _Foreseen:
    plan = plan_liaisons(db, sealer, listing)

    def save() -> None:
        for unit, said in plan.announced:
            announce(db, sealer, unit, said, now)

    return _Foreseen(plan.new, plan.changed, plan.unchanged, plan.findings, plan.changes, save)


def _plan(db: Connection, kind: Kind, listing: Listing) -> Plan:
    known = read_records(db, kind)
    offices = frozenset(office["code"] for office in read_records(db, Kind.OFFICES).values())
    if kind is not Kind.EMPLOYERS:
        return plan_by_code(listing, kind, known, offices)
    officers = read_records(db, Kind.OFFICERS).values()
    return plan_employers(listing, known, offices, {each["code"]: each["office"] for each in officers})


def _refusal(findings: tuple[Finding, ...]) -> str:
    return "\n".join([f"Chưa lưu gì: tệp có {len(findings)} chỗ cần sửa.", *_shown(findings)])


def _summary(foreseen: _Foreseen, notes: tuple[Finding, ...], *, dry_run: bool) -> str:
    said = "Chạy thử, chưa lưu gì" if dry_run else "Đã lưu"
    counts = f"{foreseen.new} mới, {foreseen.changed} thay đổi, {foreseen.unchanged} giữ nguyên"
    lines = [f"{said}: {counts}."]
    if foreseen.changes:
        lines += ["Thay đổi:", *_shown(foreseen.changes)]
    if notes:
        lines += ["Lưu ý:", *_shown(notes)]
    return "\n".join(lines)


def _shown(findings: list[Finding] | tuple[Finding, ...]) -> list[str]:
    lines = [f"  {finding}" for finding in findings[:_MOST_SHOWN]]
    rest = len(findings) - _MOST_SHOWN
    return [*lines, f"  … và {rest} chỗ khác"] if rest > 0 else lines
