"""Liaisons whom the office announces: which unit each is for, and what announcing them comes to."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.directory.announcing import KnownLiaisons
from app.directory.cell_values import WAITING
from app.directory.columns import Kind
from app.directory.liaisons import Announcement
from app.directory.listing import Entry, Finding, Listing
from app.directory.models import LiaisonRole
from app.directory.own_units import NOT_OWN, Reach
from app.directory.plans import Line, Outcome
from app.directory.records import Saved, read_records
from app.directory.rules import Registration
from app.kit.seal import Sealer
from app.kit.vietnamese import same_name


@dataclass(slots=True)
class LiaisonPlan:
    announced: list[tuple[int, Registration]] = field(default_factory=list)
    """Unit and person, for those of whom something is to be noted."""
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


_CODES = ("new_code", "old_code", "tax_code", "budget_code")
"""By which a unit is known today, the newest first."""


class Units:
    """Employers by code: those that alone have it, and those that share a tax or budget code."""

    def __init__(self, known: Saved) -> None:
        self.known = known
        self.own: dict[str, int] = {}
        self.shared: dict[str, list[int]] = defaultdict(list)
        for number, record in known.items():
            self.own |= {record[key]: number for key in ("old_code", "new_code") if record[key]}
            for key in ("tax_code", "budget_code"):
                if record[key]:
                    self.shared[record[key]].append(number)

    def code_of(self, number: int) -> str:
        record = self.known[number]
        return next((record[key] for key in _CODES if record[key]), "")

    def meant_by(self, code: str, name: str) -> list[int]:
        """One when the code says it all, or the name tells apart those who share it."""
        if code in self.own:
            return [self.own[code]]
        found = self.shared.get(code, [])
        named = [number for number in found if same_name(self.known[number]["name"], name)]
        return named if len(found) > 1 and named else found


def plan_liaisons(
    db: Connection, sealer: Sealer, listing: Listing, reach: Reach | None = None
) -> LiaisonPlan:
    employers = read_records(db, Kind.EMPLOYERS)
    plan, units, known = LiaisonPlan(), Units(employers), KnownLiaisons(db, sealer, employers)
    seen: dict[tuple[str, int], int] = {}
    for entry in listing.entries:
        if entry.get("standing") == WAITING:  # nobody has vouched for them: left as they are
            plan.lines.append(Line(entry.row, Outcome.UNCHANGED, entry.values))
            continue
        found = units.meant_by(entry.get("unit_code"), entry.get("unit_name"))
        wrong = list(_findings(listing, entry, found, seen, reach))
        plan.findings += wrong
        if not wrong:
            seen[entry.get("phone"), found[0]] = entry.row
            _put_in_plan(plan, entry, found[0], known)
    return plan


def registration(entry: Entry) -> Registration:
    return Registration(entry.get("name"), entry.get("phone"), entry.get("email"), LiaisonRole.OTHER)


def _findings(
    listing: Listing,
    entry: Entry,
    found: list[int],
    seen: dict[tuple[str, int], int],
    reach: Reach | None,
) -> Iterator[Finding]:
    if not found:
        yield listing.finding(entry, "unit_code", f"chưa có đơn vị nào mang mã {entry.get('unit_code')}")
    elif len(found) > 1:
        yield listing.finding(
            entry, "unit_code", f"{len(found)} đơn vị dùng chung mã này: cần ghi mã đơn vị cũ hoặc mới"
        )
    elif reach is not None and found[0] not in reach.units:
        yield listing.finding(entry, "unit_code", NOT_OWN)
    elif (row := seen.get((entry.get("phone"), found[0]))) is not None:
        yield listing.finding(entry, "phone", f"trùng số điện thoại và đơn vị với dòng {row}")


def _put_in_plan(plan: LiaisonPlan, entry: Entry, unit: int, known: KnownLiaisons) -> None:
    said = registration(entry)
    foreseen = known.foresee(unit, said)
    outcome = _OUTCOMES[foreseen.announcement]
    before = {}
    if foreseen.announcement is Announcement.CHANGED:
        old = foreseen.before.items()
        before = {key: text for key, text in old if key in entry.values and text != entry.get(key)}
    verified = foreseen.announcement is Announcement.VERIFIED
    note = "đầu mối đang chờ thành đã xác minh" if verified else ""
    plan.lines.append(Line(entry.row, outcome, entry.values, before, note))
    if outcome is not Outcome.UNCHANGED:
        plan.announced.append((unit, said))


_OUTCOMES = {
    Announcement.NEW: Outcome.NEW,
    Announcement.CHANGED: Outcome.CHANGED,
    Announcement.VERIFIED: Outcome.CHANGED,
    Announcement.KNOWN: Outcome.UNCHANGED,
}
