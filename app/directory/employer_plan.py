"""Employers: which one a row is about, by any of its codes, and where codes contradict each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from app.directory.columns import Kind
from app.directory.listing import Entry, Finding, Listing
from app.directory.own_units import NOT_OWN, Reach
from app.directory.plans import Known, Plan, ended, put_in_plan, repeated, unknown_reference
from app.directory.records import Record, Saved
from app.kit.unit_code import UnitCodeKind, parse_unit_code
from app.kit.vietnamese import fold

_KEY_OF = {
    UnitCodeKind.OLD: "old_code",
    UnitCodeKind.NEW: "new_code",
    UnitCodeKind.TAX: "tax_code",
    UnitCodeKind.BUDGET: "budget_code",
}
_TAX_DIGITS = 10
_OWN_CODES = ("old_code", "new_code")
"""Codes that no two units share."""
_SHARED_CODES = ("tax_code", "budget_code")
_Sharing = tuple[str, str, str]
"""Which code, the code, and the name without accents: a unit that has no code of its own."""


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
        for number, record in known.items():
            for key in _OWN_CODES:
                if record[key]:
                    self.by_code[key][record[key]] = number

    @cached_property
    def by_sharing(self) -> Mapping[_Sharing, list[int]]:
        """Seldom needed, and slow to come by: every name is compared without its accents."""
        found: dict[_Sharing, list[int]] = defaultdict(list)
        for number, record in self.known.items():
            for sharing in _sharings(record):
                found[sharing].append(number)
        return found

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
        sharing = {number for each in _sharings(entry.values) for number in self.by_sharing.get(each, ())}
        candidates = [
            number
            for number in sorted(sharing)
            if all(not entry.get(key) or not self.known[number][key] for key in _OWN_CODES)
        ]
        bare = [number for number in candidates if not any(self.known[number][key] for key in _OWN_CODES)]
        best = bare or candidates
        if len(best) > 1:
            reason = "nhiều đơn vị trùng cả mã này lẫn tên: cần ghi mã đơn vị"
            raise _Contradiction(_shared_key(entry), reason)
        return best[0] if best else None


def plan_employers(
    listing: Listing,
    known: Known,
    offices: frozenset[str],
    office_of_officer: Mapping[str, str],
    reach: Reach | None = None,
) -> Plan:
    plan, seen, employers = Plan(), _Seen(), Employers(known.records)
    for entry in listing.entries:
        try:
            full = _completed(entry, office_of_officer)
            number = employers.meant_by(full)
        except _Contradiction as error:
            plan.findings.append(_finding(listing, entry, error.key, str(error)))
            continue
        before = known.records.get(number or 0, {})
        wrong = [
            *_repeats(listing, full, seen),
            *(found for key in _OWN_CODES for found in ended(listing, full, key, known)),
            *_references(listing, full, offices, office_of_officer, before),
            *_beyond(listing, full, number, before, reach),
        ]
        if number in seen.numbers and not wrong:
            wrong = [listing.finding(full, "name", f"cùng một đơn vị với dòng {seen.numbers[number]}")]
        _remember(seen, full, number)
        plan.findings += wrong
        if not wrong:
            kept = full if number is None else _keeping(entry, full, known.records[number])
            put_in_plan(plan, Kind.EMPLOYERS, kept, number, known.records)
    return plan


def _sharings(values: Mapping[str, str]) -> list[_Sharing]:
    name = fold(values.get("name", ""))
    return [(key, values[key], name) for key in _SHARED_CODES if values.get(key)]


def _shared_key(entry: Entry) -> str:
    return next((key for key in _SHARED_CODES if entry.get(key)), "name")


def _finding(listing: Listing, entry: Entry, key: str, reason: str) -> Finding:
    """A tax or budget code may stand in the column that is for either."""
    either = key in _SHARED_CODES and not listing.has(key)
    return listing.finding(entry, "root_code" if either else key, reason)


def _completed(entry: Entry, office_of_officer: Mapping[str, str]) -> Entry:
    """With what other columns imply: a code's kind, the tax code in a new code, the officer's office."""
    values = dict(entry.values)
    for column in ("root_code", "unit_code"):
        if code := parse_unit_code(values.pop(column, "")):
            key = _KEY_OF[code.kind]
            if values.get(key, code.value) not in {code.value, ""}:
                raise _Contradiction(column, f"không khớp với mã {values[key]} của cùng dòng")
            values[key] = code.value
    new = parse_unit_code(values.get("new_code", ""))
    if new is not None and new.root is not None:
        key = "tax_code" if len(new.root) == _TAX_DIGITS else "budget_code"
        root = values.get(key) or new.root
        if not root.startswith(new.root):
            raise _Contradiction(key, f"không khớp với mã đơn vị mới {new.value} của cùng dòng")
        values[key] = root
    if values.get("officer") and not values.get("office"):
        values["office"] = office_of_officer.get(values["officer"], "")
    return Entry(entry.row, values)


def _keeping(entry: Entry, full: Entry, before: Record) -> Entry:
    """An empty cell takes away no code by which people may write to us, nor the branch in a tax code."""
    codes = {key: full.get(key) or before[key] for key in (*_OWN_CODES, *_SHARED_CODES)}
    said = entry.get("tax_code") or entry.get("root_code")
    if not said and before["tax_code"].startswith(codes["tax_code"]):
        codes["tax_code"] = before["tax_code"]
    return Entry(entry.row, {**full.values, **codes})


def _repeats(listing: Listing, entry: Entry, seen: _Seen) -> Iterator[Finding]:
    for key in _OWN_CODES:
        if entry.get(key):
            yield from repeated(listing, entry, key, seen.codes[key])
    for sharing in _sharings(entry.values):
        earlier = seen.sharing.get(sharing)
        if earlier is not None and not (earlier[1] and _has_own(entry)):
            reason = f"trùng mã và tên với dòng {earlier[0]}: cần ghi mã đơn vị"
            yield _finding(listing, entry, sharing[0], reason)
            return


def _references(
    listing: Listing,
    entry: Entry,
    offices: frozenset[str],
    office_of_officer: Mapping[str, str],
    before: Record,
) -> Iterator[Finding]:
    yield from unknown_reference(listing, entry, "office", offices)
    yield from unknown_reference(listing, entry, "officer", office_of_officer)
    if all(entry.get(key) == before.get(key) for key in ("office", "officer")):
        return  # the officer has moved since, and this row says nothing new
    its_office = office_of_officer.get(entry.get("officer"))
    if its_office is not None and entry.get("office") not in {"", its_office}:
        yield listing.finding(
            entry, "officer", f"cán bộ này thuộc cơ quan {its_office}, không phải {entry.get('office')}"
        )


def _beyond(
    listing: Listing, entry: Entry, number: int | None, before: Record, reach: Reach | None
) -> Iterator[Finding]:
    """What an officer may not do by a list, as they may not by hand: touch other units, hand units out."""
    if reach is None:
        return
    if number is None:
        if entry.get("officer") not in reach.officers:
            yield listing.finding(entry, "officer", "đơn vị mới cần ghi mã cán bộ của chính Anh/Chị")
    elif number not in reach.units:
        yield Finding(f"Dòng {entry.row}", NOT_OWN, entry.row)
    else:
        for key in ("office", "officer"):
            if key in entry.values and entry.get(key) != before.get(key, ""):
                yield listing.finding(entry, key, "chỉ người phụ trách giao đơn vị cho cán bộ, cơ quan khác")


def _remember(seen: _Seen, entry: Entry, number: int | None) -> None:
    for key in _OWN_CODES:
        if entry.get(key):
            seen.codes[key].setdefault(entry.get(key), entry.row)
    for sharing in _sharings(entry.values):
        seen.sharing.setdefault(sharing, (entry.row, _has_own(entry)))
    if number is not None:
        seen.numbers.setdefault(number, entry.row)


def _has_own(entry: Entry) -> bool:
    return any(entry.get(key) for key in _OWN_CODES)
