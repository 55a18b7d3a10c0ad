"""Rows that may be one and the same: side by side for people to decide, never decided here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, and_, func, select

from app.directory.models import Employer, Liaison, LiaisonState, RecordState
from app.directory.queries import own_units
from app.kit.vietnamese import same_name

MOST = 200
"""Pairs on a page: who has more has another problem, and works them off from the top."""
_LARGEST_CROWD = 50
"""Rows that share one value; beyond it the value says nothing (a switchboard's number, a test's name)."""


class Why(StrEnum):
    SAME_PHONE = "same_phone"
    SAME_NAME = "same_name"
    """The same name for the same unit; of units: the same name under one tax or budget code."""


@dataclass(frozen=True, slots=True)
class Pair:
    kind: str
    """`liaison` or `employer`."""
    first_id: int
    second_id: int
    why: tuple[Why, ...]


def duplicate_liaisons(db: Connection, only_units_of: Sequence[int] | None = None) -> list[Pair]:
    """Living rows of one unit with the same phone, or the same name; two units may share a person."""
    living = Liaison.state != LiaisonState.ENDED
    if only_units_of is not None:
        living = living & Liaison.employer_id.in_(select(Employer.id).where(*own_units(only_units_of)))
    by_phone = _crowds(db, Liaison, (Liaison.phone_print,), living & (Liaison.phone_print != ""))
    by_name = _crowds(
        db, Liaison, (Liaison.name_folded, Liaison.employer_id), living & (Liaison.name_folded != "")
    )
    found: dict[tuple[int, int], list[Why]] = defaultdict(list)
    for one, other in _pairs(by_phone):
        if one.employer_id == other.employer_id or None in {one.employer_id, other.employer_id}:
            found[one.id, other.id].append(Why.SAME_PHONE)
    for one, other in _pairs(by_name):
        if same_name(one.full_name, other.full_name):
            found[one.id, other.id].append(Why.SAME_NAME)
    return _as_pairs("liaison", found)


def duplicate_employers(db: Connection, only_units_of: Sequence[int] | None = None) -> list[Pair]:
    """Units in use with the same name under the same tax or budget code, or one name without any."""
    active = and_(Employer.state == RecordState.ACTIVE, *own_units(only_units_of))
    found: dict[tuple[int, int], list[Why]] = defaultdict(list)
    for one, other in _pairs(_crowds(db, Employer, (Employer.name_folded,), active)):
        if same_name(one.name, other.name) and _may_be_one(one, other):
            found[one.id, other.id].append(Why.SAME_NAME)
    return _as_pairs("employer", found)


def _may_be_one(one: Any, other: Any) -> bool:
    """No code of one contradicts that of the other, or they share one."""
    shared = any(
        getattr(one, key) and getattr(one, key) == getattr(other, key) for key in ("tax_code", "budget_code")
    )
    keys = ("old_code", "new_code", "tax_code", "budget_code")
    return shared or all(
        not getattr(one, key) or not getattr(other, key) or getattr(one, key) == getattr(other, key)
        for key in keys
    )


def _crowds(db: Connection, table: Any, keys: Sequence[Any], condition: Any) -> list[list[Any]]:
    """Rows with the same values, crowd by crowd."""
    shared = (
        select(*keys)
        .where(condition)
        .group_by(*keys)
        .having(func.count().between(2, _LARGEST_CROWD))
        .limit(MOST)
        .subquery()
    )
    same = [shared.c[key.key].is_not_distinct_from(key) for key in keys]
    whole = table.__table__
    joined = select(whole).join(shared, onclause=_all(same)).where(condition).order_by(whole.c.id)
    crowds: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in db.execute(joined):
        crowds[tuple(getattr(row, key.key) for key in keys)].append(row)
    return list(crowds.values())


def _all(conditions: Sequence[Any]) -> Any:
    whole = conditions[0]
    for condition in conditions[1:]:
        whole = whole & condition
    return whole


def _pairs(crowds: Iterable[list[Any]]) -> Iterator[tuple[Any, Any]]:
    for crowd in crowds:
        yield from combinations(crowd, 2)


def _as_pairs(kind: str, found: dict[tuple[int, int], list[Why]]) -> list[Pair]:
    return [Pair(kind, one, other, tuple(why)) for (one, other), why in found.items()][:MOST]
