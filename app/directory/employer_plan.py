"""Employers: which one a row is about, by any of its codes, and where codes contradict each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.directory.columns import Kind
from app.directory.listing import Entry, Finding, Listing
from app.directory.plans import Plan, put_in_plan, repeated, unknown_reference
from app.directory.records import Saved
from app.kit.unit_code import UnitCodeKind, parse_unit_code
from app.kit.vietnamese import fold

_KEY_OF = {
    UnitCodeKind.OLD: "old_code",
    UnitCodeKind.NEW: "new_code",
    UnitCodeKind.TAX: "root_code",
    UnitCodeKind.BUDGET: "root_code",
}
_OWN_CODES = ("old_code", "new_code")
"""Codes that no two units share."""
_Sharing = tuple[str, str]
"""Tax or budget code and the name without accents: a unit that has no code of its own."""


class _Contradiction(Exception):
    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


@dataclass(slots=True)
class _Seen:
    """What earlier rows of the file were about."""

    codes: Mapping[str, dict[str, int]] = field(default_factory=lambda: {key: {} for key in _OWN_CODES})
    sharing: dict[_Sharing, tuple[int, bool]] = field(default_factory=dict)
    """The row, and whether it had a code of its own."""
    numbers: dict[int, int] = field(default_factory=dict)


class Employers:
    """Those of the directory, by each way in which a row may mean one."""

    def __init__(self, known: Saved) -> None:
        self.known = known
        self.by_code: dict[str, dict[str, int]] = {key: {} for key in _OWN_CODES}
        self.by_sharing: dict[_Sharing, list[int]] = defaultdict(list)
        for number, record in known.items():
            for key in _OWN_CODES:
                if record[key]:
                    self.by_code[key][record[key]] = number
            if record["root_code"]:
                self.by_sharing[record["root_code"], fold(record["name"])].append(number)

    def meant_by(self, entry: Entry) -> int | None:
        """The employer that the entry is about; None for one not known yet. Raises `_Contradiction`."""
        found = {key: self.by_code[key].get(entry.get(key)) for key in _OWN_CODES}
        numbers = set(found.values()) - {None}
        if len(numbers) > 1:
            raise _Contradiction(
                "new_code",
                f"mã mới này và mã cũ {entry.get('old_code')} là của hai đơn vị khác nhau trong danh bạ",
            )
        return numbers.pop() if numbers else self._by_name(entry)

    def _by_name(self, entry: Entry) -> int | None:
        candidates = [
            number
            for number in self.by_sharing.get(_sharing(entry), [])
            if all(not entry.get(key) or not self.known[number][key] for key in _OWN_CODES)
        ]
        bare = [number for number in candidates if not any(self.known[number][key] for key in _OWN_CODES)]
        best = bare or candidates
        if len(best) > 1:
            raise _Contradiction("root_code", "nhiều đơn vị trùng cả mã này lẫn tên: cần ghi mã đơn vị")
        return best[0] if best else None


def plan_employers(
    listing: Listing, known: Saved, offices: frozenset[str], office_of_officer: Mapping[str, str]
) -> Plan:
    plan, seen, employers = Plan(), _Seen(), Employers(known)
    for entry in listing.entries:
        try:
            full = _completed(entry, office_of_officer)
            wrong = list(_findings(listing, full, seen, offices, office_of_officer))
            number = employers.meant_by(full)
        except _Contradiction as error:
            plan.findings.append(listing.finding(entry, error.key, str(error)))
            continue
        if number in seen.numbers and not wrong:
            wrong = [listing.finding(full, "name", f"cùng một đơn vị với dòng {seen.numbers[number]}")]
        _remember(seen, full, number)
        plan.findings += wrong
        if not wrong:
            put_in_plan(plan, listing, Kind.EMPLOYERS, _keeping(full, employers, number), number, known)
    return plan


def _completed(entry: Entry, office_of_officer: Mapping[str, str]) -> Entry:
    """With what other columns imply: a code's kind, the tax code in a new code, the officer's office."""
    values = dict(entry.values)
    if code := parse_unit_code(values.pop("unit_code", "")):
        key = _KEY_OF[code.kind]
        if values.get(key, code.value) not in {code.value, ""}:
            raise _Contradiction("unit_code", f"không khớp với mã {values[key]} của cùng dòng")
        values[key] = code.value
    new = parse_unit_code(values.get("new_code", ""))
    if new is not None and new.root is not None:
        root = values.get("root_code") or new.root
        if not root.startswith(new.root):
            raise _Contradiction("root_code", f"không khớp với mã đơn vị mới {new.value} của cùng dòng")
        values["root_code"] = root
    if values.get("officer") and not values.get("office"):
        values["office"] = office_of_officer.get(values["officer"], "")
    return Entry(entry.row, values)


def _keeping(entry: Entry, employers: Employers, number: int | None) -> Entry:
    """An empty cell does not take away a code by which people may write to us."""
    if number is None:
        return entry
    codes = {key: entry.get(key) or employers.known[number][key] for key in (*_OWN_CODES, "root_code")}
    return Entry(entry.row, {**entry.values, **codes})


def _findings(
    listing: Listing,
    entry: Entry,
    seen: _Seen,
    offices: frozenset[str],
    office_of_officer: Mapping[str, str],
) -> Iterator[Finding]:
    for key in _OWN_CODES:
        if entry.get(key):
            yield from repeated(listing, entry, key, seen.codes[key])
    earlier = seen.sharing.get(_sharing(entry))
    if earlier is not None and not (earlier[1] and _has_own(entry)):
        yield listing.finding(entry, "root_code", f"trùng mã và tên với dòng {earlier[0]}: cần ghi mã đơn vị")
    yield from unknown_reference(listing, entry, "office", offices)
    yield from unknown_reference(listing, entry, "officer", frozenset(office_of_officer))
    its_office = office_of_officer.get(entry.get("officer"))
    if its_office is not None and entry.get("office") not in {"", its_office}:
        yield listing.finding(
            entry, "officer", f"cán bộ này thuộc cơ quan {its_office}, không phải {entry.get('office')}"
        )


def _remember(seen: _Seen, entry: Entry, number: int | None) -> None:
    for key in _OWN_CODES:
        if entry.get(key):
            seen.codes[key].setdefault(entry.get(key), entry.row)
    if entry.get("root_code"):
        seen.sharing.setdefault(_sharing(entry), (entry.row, _has_own(entry)))
    if number is not None:
        seen.numbers.setdefault(number, entry.row)


def _sharing(entry: Entry) -> _Sharing:
    return entry.get("root_code"), fold(entry.get("name"))


def _has_own(entry: Entry) -> bool:
    return any(entry.get(key) for key in _OWN_CODES)
