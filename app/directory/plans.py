"""What a list would change in the directory, and what it says that cannot be; nothing is saved here."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.directory.cell_values import kept_office_phone
from app.directory.columns import COLUMNS, Column, Kind, exported_columns
from app.directory.listing import Entry, Finding, Listing
from app.directory.records import Record, Saved

_NOTHING = "(trống)"


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Line:
    """What one row of the file comes to."""

    row: int
    outcome: Outcome
    after: Mapping[str, str]
    before: Mapping[str, str] = field(default_factory=dict)
    """Of what changes only."""
    note: str = ""


@dataclass(slots=True)
class Plan:
    new: list[Record] = field(default_factory=list)
    changed: Saved = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """The directory as a list is compared with it: what is used, and which codes are no longer."""

    records: Saved
    ended: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By column: codes of records that were ended."""

    def is_ended(self, key: str, code: str) -> bool:
        return bool(code) and code in self.ended.get(key, frozenset())


def plan_by_code(listing: Listing, kind: Kind, known: Known, offices: frozenset[str]) -> Plan:
    """Offices and officers: the code says which one a row is about."""
    plan = Plan()
    by_code = {record["code"]: number for number, record in known.records.items()}
    seen: dict[str, int] = {}
    for entry in listing.entries:
        code = entry.get("code")
        wrong = [*_code_findings(listing, kind, entry, seen, offices), *ended(listing, entry, "code", known)]
        seen.setdefault(code, entry.row)
        plan.findings += wrong
        if not wrong:
            put_in_plan(plan, kind, entry, by_code.get(code), known.records)
    return plan


def put_in_plan(plan: Plan, kind: Kind, entry: Entry, number: int | None, known: Saved) -> None:
    """Files the entry as new, changed or unchanged; columns that the file lacks keep what is there."""
    empty = {column.key: "" for column in exported_columns(kind)}
    before = empty if number is None else known[number]
    after = before | {key: text for key, text in entry.values.items() if key in empty}
    if number is None:
        plan.new.append(after)
        plan.lines.append(Line(entry.row, Outcome.NEW, after))
        return
    differing = {column.key: before[column.key] for column in _differing(kind, before, after)}
    if differing:
        plan.changed[number] = after
    outcome = Outcome.CHANGED if differing else Outcome.UNCHANGED
    plan.lines.append(Line(entry.row, outcome, after, differing))


def told_changes(line: Line, columns: tuple[Column, ...]) -> Iterator[Finding]:
    """What each change replaces, for who reads a dry run."""
    for column in columns:
        if column.key in line.before:
            replaced = f"{line.before[column.key] or _NOTHING} → {line.after[column.key] or _NOTHING}"
            yield Finding(f"Dòng {line.row}", f"{column.header}: {replaced}", line.row)
    if line.note:
        yield Finding(f"Dòng {line.row}", line.note, line.row)


def unknown_reference(listing: Listing, entry: Entry, key: str, known: Container[str]) -> Iterator[Finding]:
    code = entry.get(key)
    if code and code not in known:
        what = "cơ quan BHXH" if key == "office" else "cán bộ chuyên quản"
        yield listing.finding(entry, key, f"chưa có {what} nào mang mã {code}")


def repeated(listing: Listing, entry: Entry, key: str, seen: dict[str, int]) -> Iterator[Finding]:
    """Whether an earlier row has the same value."""
    if (row := seen.get(entry.get(key))) is not None:
        yield listing.finding(entry, key, f"trùng với dòng {row}")


def ended(listing: Listing, entry: Entry, key: str, known: Known) -> Iterator[Finding]:
    """Whether the code is that of a record which is no longer used."""
    if known.is_ended(key, entry.get(key)):
        reason = f"mã {entry.get(key)} là của bản ghi đã ngừng dùng: Anh/Chị khôi phục trong danh bạ trước"
        yield listing.finding(entry, key, reason)


def _code_findings(
    listing: Listing, kind: Kind, entry: Entry, seen: dict[str, int], offices: frozenset[str]
) -> Iterator[Finding]:
    yield from repeated(listing, entry, "code", seen)
    if kind is Kind.OFFICERS:
        yield from unknown_reference(listing, entry, "office", offices)


def _differing(kind: Kind, before: Record, after: Record) -> Iterator[Column]:
    for column in COLUMNS[kind]:
        one, other = before.get(column.key, ""), after.get(column.key, "")
        if column.key == "phone":
            one, other = kept_office_phone(one), kept_office_phone(other)
        if one != other:
            yield column
