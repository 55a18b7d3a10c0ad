"""What a list would change in the directory, and what it says that cannot be; nothing is saved here."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from app.directory.cell_values import kept_office_phone
from app.directory.columns import COLUMNS, Column, Kind, exported_columns
from app.directory.listing import Entry, Finding, Listing
from app.directory.records import Record, Saved

_NOTHING = "(trống)"


@dataclass(slots=True)
class Plan:
    new: list[Record] = field(default_factory=list)
    changed: Saved = field(default_factory=dict)
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)
    changes: list[Finding] = field(default_factory=list)
    """What each change replaces, for who reads a dry run."""


def plan_by_code(listing: Listing, kind: Kind, known: Saved, offices: frozenset[str]) -> Plan:
    """Offices and officers: the code says which one a row is about."""
    plan = Plan()
    by_code = {record["code"]: number for number, record in known.items()}
    seen: dict[str, int] = {}
    for entry in listing.entries:
        code = entry.get("code")
        wrong = list(_code_findings(listing, kind, entry, seen, offices))
        seen.setdefault(code, entry.row)
        plan.findings += wrong
        if not wrong:
            put_in_plan(plan, kind, entry, by_code.get(code), known)
    return plan


def put_in_plan(plan: Plan, kind: Kind, entry: Entry, number: int | None, known: Saved) -> None:
    """Files the entry as new, changed or unchanged; columns that the file lacks keep what is there."""
    empty = {column.key: "" for column in exported_columns(kind)}
    before = empty if number is None else known[number]
    after = before | {key: text for key, text in entry.values.items() if key in empty}
    if number is None:
        plan.new.append(after)
        return
    differing = list(_differing(kind, before, after))
    if not differing:
        plan.unchanged += 1
        return
    plan.changed[number] = after
    for column in differing:
        replaced = f"{before[column.key] or _NOTHING} → {after[column.key] or _NOTHING}"
        plan.changes.append(Finding(f"Dòng {entry.row}", f"{column.header}: {replaced}"))


def unknown_reference(listing: Listing, entry: Entry, key: str, known: Container[str]) -> Iterator[Finding]:
    code = entry.get(key)
    if code and code not in known:
        what = "cơ quan BHXH" if key == "office" else "cán bộ chuyên quản"
        yield listing.finding(entry, key, f"chưa có {what} nào mang mã {code}")


def repeated(listing: Listing, entry: Entry, key: str, seen: dict[str, int]) -> Iterator[Finding]:
    """Whether an earlier row has the same value."""
    if (row := seen.get(entry.get(key))) is not None:
        yield listing.finding(entry, key, f"trùng với dòng {row}")


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
