"""What a list would do, row by row in four groups, as staff see it before they accept it."""

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.directory.columns import ListShape
from app.directory.listing import Finding, Listing
from app.directory.plans import Line, Outcome
from app.directory.sheet_shapes import Sheet, column_letter
from app.importing.kinds import Drawn
from app.importing.models import Group
from app.kit.seal import Sealer

PAGE = 50


@dataclass(frozen=True, slots=True)
class WrongCell:
    place: str
    """As people point at it: D17 (Số điện thoại)."""
    reason: str
    column: int | None
    """From 0; None when the whole row is meant."""

    @property
    def letter(self) -> str:
        return "" if self.column is None else column_letter(self.column)


@dataclass(frozen=True, slots=True)
class ShownLine:
    row: int
    after: Mapping[str, str]
    """By column key: what the directory would hold; of a wrong row what the cells say."""
    before: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    wrong: tuple[WrongCell, ...] = ()


@dataclass(frozen=True, slots=True)
class DryRun:
    groups: Mapping[Group, Sequence[ShownLine]]
    notes: tuple[Finding, ...]
    about_file: tuple[Finding, ...]
    """What is wrong with the list as a whole."""
    digest: str

    def count(self, group: Group) -> int:
        return len(self.groups[group])


_GROUPS = {
    Outcome.NEW: Group.NEW,
    Outcome.CHANGED: Group.CHANGED,
    Outcome.UNCHANGED: Group.UNCHANGED,
}


def draw_up(sheet: Sheet, shape: ListShape, listing: Listing, plan: Drawn) -> DryRun:
    groups: dict[Group, list[ShownLine]] = {group: [] for group in Group}
    wrong: dict[int, list[Finding]] = defaultdict(list)
    for finding in (*listing.findings, *plan.findings):
        wrong[finding.row].append(finding)
    for line in plan.lines:
        groups[_GROUPS[line.outcome]].append(ShownLine(line.row, line.after, line.before, line.note))
    about_file = tuple(wrong.pop(0, ()))
    groups[Group.WRONG] = list(_wrong_lines(sheet, listing, wrong))
    return DryRun(groups, listing.notes, about_file, digest_of(plan))


def _wrong_lines(
    sheet: Sheet, listing: Listing, wrong: Mapping[int, Sequence[Finding]]
) -> Iterator[ShownLine]:
    rows = {row.number: row for row in sheet.rows if row.number in wrong}
    for number in sorted(wrong):
        row = rows.get(number)
        columns = listing.header.columns.items()
        texts = {} if row is None else {key: row.cell(place).text for key, place in columns}
        cells = tuple(WrongCell(found.place, found.reason, found.column) for found in wrong[number])
        yield ShownLine(number, texts, wrong=cells)


def digest_of(plan: Drawn) -> str:
    """The same for two plans that would write the same."""
    hashed = hashlib.sha256()
    for line in plan.lines:
        hashed.update(json.dumps(_line_values(line), ensure_ascii=False, sort_keys=True).encode())
    return hashed.hexdigest()


def _line_values(line: Line) -> list[Any]:
    return [line.row, str(line.outcome), dict(line.after), dict(line.before), line.note]


def pages(lines: Sequence[ShownLine]) -> Iterator[tuple[int, Sequence[ShownLine]]]:
    for number, start in enumerate(range(0, len(lines), PAGE), 1):
        yield number, lines[start : start + PAGE]


def seal_lines(sealer: Sealer, lines: Iterable[ShownLine]) -> bytes:
    return seal_json(sealer, [_written(line) for line in lines])


def open_lines(sealer: Sealer, sealed: bytes) -> list[ShownLine]:
    return [
        ShownLine(row, after, before, note, tuple(WrongCell(*cell) for cell in wrong))
        for row, after, before, note, wrong in open_json(sealer, sealed)
    ]


def seal_json(sealer: Sealer, value: object) -> bytes:
    return sealer.seal(zlib.compress(json.dumps(value, ensure_ascii=False).encode(), 1))


def open_json(sealer: Sealer, sealed: bytes) -> Any:
    return json.loads(zlib.decompress(sealer.open(sealed)))


def _written(line: ShownLine) -> list[Any]:
    wrong = [[cell.place, cell.reason, cell.column] for cell in line.wrong]
    return [line.row, dict(line.after), dict(line.before), line.note, wrong]
