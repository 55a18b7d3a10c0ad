"""The kinds of lists that can be taken in, each with its columns, its plan, its saving and its undoing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from app.directory.announcing import announce_all
from app.directory.columns import SHAPES, Kind, ListShape
from app.directory.employer_plan import plan_employers
from app.directory.liaison_plan import LiaisonPlan, plan_liaisons
from app.directory.listing import Finding, Listing
from app.directory.own_units import reach_of
from app.directory.plans import Known, Line, Plan, plan_by_code
from app.directory.records import ended_codes, read_records, save_records
from app.directory.taking_back import read_back, take_back, written
from app.importing.moment import Moment
from app.importing.outcome import Saved, TakenBack
from app.importing.rules import ListDates
from app.importing.worker_lists import Workers

FOR_LEADS = frozenset({Kind.OFFICES, Kind.OFFICERS})
"""Kinds that are about no single unit: officers, who have their own units, do not import them."""
LEADS_IMPORT_IT = "cơ quan và cán bộ do người phụ trách nhập"


class Drawn(Protocol):
    """A plan: what every good row comes to, and what is wrong with the others."""

    lines: list[Line]
    findings: list[Finding]


class ImportKind(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def shape(self) -> ListShape: ...

    def plan(self, db: Connection, at: Moment, listing: Listing, dates: ListDates) -> Any:
        """A `Drawn`, read from the directory as it is now."""

    def save(self, db: Connection, at: Moment, plan: Any) -> Saved:
        """Writes what the plan says, within the caller's transaction."""

    def undo(self, db: Connection, at: Moment, memory: Sequence[Any]) -> TakenBack:
        """Puts everything back, or nothing and which rows are in the way."""


@dataclass(frozen=True, slots=True)
class _Records:
    """Offices, officers, employers."""

    kind: Kind
    title: str

    @property
    def name(self) -> str:
        return str(self.kind)

    @property
    def shape(self) -> ListShape:
        return SHAPES[self.kind]

    def plan(self, db: Connection, at: Moment, listing: Listing, dates: ListDates) -> Plan:
        if at.only_units_of is not None and self.kind in FOR_LEADS:
            return Plan(findings=[Finding("Danh sách", LEADS_IMPORT_IT)])
        known = Known(read_records(db, self.kind), ended_codes(db, self.kind))
        offices = frozenset(office["code"] for office in read_records(db, Kind.OFFICES).values())
        if self.kind is not Kind.EMPLOYERS:
            return plan_by_code(listing, self.kind, known, offices)
        officers = {each["code"]: each["office"] for each in read_records(db, Kind.OFFICERS).values()}
        return plan_employers(listing, known, offices, officers, reach_of(db, at.only_units_of))

    def save(self, db: Connection, at: Moment, plan: Plan) -> Saved:
        touched = save_records(db, self.kind, plan.new, plan.changed)
        return Saved([written(each) for each in touched], len(touched))

    def undo(self, db: Connection, at: Moment, memory: Sequence[Any]) -> TakenBack:
        return TakenBack(take_back(db, [read_back(each) for each in memory]))


@dataclass(frozen=True, slots=True)
class _Liaisons:
    name: str = str(Kind.LIAISONS)
    title: str = "Đầu mối"
    shape: ListShape = SHAPES[Kind.LIAISONS]

    def plan(self, db: Connection, at: Moment, listing: Listing, dates: ListDates) -> LiaisonPlan:
        return plan_liaisons(db, at.sealer, listing, reach_of(db, at.only_units_of))

    def save(self, db: Connection, at: Moment, plan: LiaisonPlan) -> Saved:
        done = announce_all(db, at.sealer, read_records(db, Kind.EMPLOYERS), plan.announced, at.now)
        return Saved([written(each) for each in done.touched], len(done.touched), done.verified)

    def undo(self, db: Connection, at: Moment, memory: Sequence[Any]) -> TakenBack:
        return TakenBack(take_back(db, [read_back(each) for each in memory]))


KINDS: Mapping[str, ImportKind] = {
    kind.name: kind
    for kind in (
        _Records(Kind.OFFICES, "Cơ quan BHXH"),
        _Records(Kind.OFFICERS, "Cán bộ chuyên quản"),
        _Records(Kind.EMPLOYERS, "Đơn vị"),
        _Liaisons(),
        Workers(),
    )
}
