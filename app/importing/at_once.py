"""A list taken in from a terminal: a whole file or nothing, and every wrong cell named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from app.audit.trail import Entry, record
from app.directory.headers import choose_sheet
from app.directory.listing import Finding, Listing, read_listing
from app.directory.plans import Line, Outcome, told_changes
from app.directory.refusals import ImportRefused
from app.directory.sheets import read_file
from app.importing.dry_run import seal_json
from app.importing.kinds import KINDS, Drawn, ImportKind
from app.importing.models import ImportRun, ImportState
from app.importing.moment import Moment
from app.importing.rules import NO_DATES
from app.importing.telling import Teller, tell_nobody
from app.kit.seal import Sealer

_MOST_SHOWN = 50
"""Lines of each sort that fit on a screen; a column that is wrong throughout gives thousands."""
ACTOR = "cli"


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


def import_file(
    db: Connection,
    sealer: Sealer,
    kind: str,
    file: Path,
    now: datetime,
    *,
    dry_run: bool,
    teller: Teller = tell_nobody,
) -> ImportReport:
    """Takes a list in unless anything in it is wrong; again, and nothing changes. Raises `ImportRefused`.

    What was taken in stands among the imports of the console, and can be undone there.
    """
    known_kind = KINDS.get(kind.strip().lower())
    if known_kind is None:
        raise ImportRefused(f"Không có loại danh sách “{kind}”; chọn một trong: {', '.join(KINDS)}")
    at = Moment(sealer, now, ACTOR)
    sheet, header = choose_sheet(read_file(file), known_kind.shape)
    listing = read_listing(sheet, known_kind.shape, header)
    plan: Drawn = known_kind.plan(db, at, listing, NO_DATES)
    findings = (*listing.findings, *plan.findings)
    if findings:
        return ImportReport(False, _refusal(findings), findings=findings, notes=listing.notes)
    counts = {outcome: sum(line.outcome is outcome for line in plan.lines) for outcome in Outcome}
    if not dry_run:
        _save(db, known_kind, file, plan, at, counts, teller)
    text = _summary(known_kind, plan.lines, counts, listing, dry_run=dry_run)
    numbers = (counts[Outcome.NEW], counts[Outcome.CHANGED], counts[Outcome.UNCHANGED])
    return ImportReport(True, text, *numbers, notes=listing.notes)


def _save(
    db: Connection,
    kind: ImportKind,
    file: Path,
    plan: Drawn,
    at: Moment,
    counts: dict[Outcome, int],
    teller: Teller,
) -> None:
    saved = kind.save(db, at, plan)
    if not saved.rows:
        return
    number = db.execute(
        insert(ImportRun)
        .values(
            kind=kind.name,
            file_name=file.name[-200:],
            file_size=file.stat().st_size,
            state=ImportState.APPLIED,
            uploaded_by=at.actor,
            uploaded_at=at.now,
            accepted_by=at.actor,
            applied_at=at.now,
            memory=seal_json(at.sealer, list(saved.memory)),
            **{f"{outcome}_rows": count for outcome, count in counts.items()},
        )
        .returning(ImportRun.id)
    ).scalar_one()
    for contact in saved.verified:
        teller(db, contact, at.now, f"import:{number}")
    detail: dict[str, Any] = {"kind": kind.name, "rows": saved.rows}
    record(db, Entry(at.actor, "import.applied", f"import:{number}", at.now, detail))


def _refusal(findings: tuple[Finding, ...]) -> str:
    return "\n".join([f"Chưa lưu gì: tệp có {len(findings)} chỗ cần sửa.", *_shown(findings)])


def _summary(
    kind: ImportKind, planned: Sequence[Line], counts: dict[Outcome, int], listing: Listing, *, dry_run: bool
) -> str:
    said = "Chạy thử, chưa lưu gì" if dry_run else "Đã lưu"
    new, changed, unchanged = (counts[outcome] for outcome in Outcome)
    lines = [f"{said}: {new} mới, {changed} thay đổi, {unchanged} giữ nguyên."]
    changes = [found for line in planned for found in told_changes(line, kind.shape.columns)]
    if changes:
        lines += ["Thay đổi:", *_shown(changes)]
    if listing.notes:
        lines += ["Lưu ý:", *_shown(listing.notes)]
    return "\n".join(lines)


def _shown(findings: Sequence[Finding]) -> list[str]:
    lines = [f"  {finding}" for finding in findings[:_MOST_SHOWN]]
    rest = len(findings) - _MOST_SHOWN
    return [*lines, f"  … và {rest} chỗ khác"] if rest > 0 else lines
