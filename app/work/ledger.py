"""Wake, claim, hold, release: who runs what, so that nothing runs twice and no wake-up is lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    String,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)

from app.kit.db import UtcMs
from app.kit.ids import RunnerId
from app.kit.statements import ForKeys, Keys
from app.work.bell import ring
from app.work.models import Kind, Work


@dataclass(frozen=True, slots=True)
class Claim:
    kind: Kind
    key: str
    generation: int
    owner: RunnerId


class ClaimLost(Exception):
    """Another runner has taken this work over; whatever was being done for it must not be written."""


def _wake_statement(keys: Keys) -> Any:
    named = keys.table().c.value
    rows = select(
        bindparam("kind", type_=String),
        named,
        bindparam("at", type_=UtcMs),
        literal_column("1"),
        bindparam("runner", type_=String),
    ).where(text("true"))  # without a condition SQLite takes ON for the beginning of a join
    woken = keys.insert(Work).from_select(["kind", "key", "ready_at", "generation", "owner"], rows)
    sooner = case(
        (or_(Work.ready_at.is_(None), Work.ready_at > woken.excluded.ready_at), woken.excluded.ready_at),
        else_=Work.ready_at,
    )
    return woken.on_conflict_do_update(
        index_elements=[Work.kind, Work.key],
        set_={
            "ready_at": sooner,
            "generation": Work.generation + 1,
            "owner": func.coalesce(Work.owner, woken.excluded.owner),
        },
    ).returning(Work.key, Work.generation, Work.owner)


def _hold_statement(keys: Keys) -> Any:
    wanted = select(Work.key, Work.generation, Work.owner).where(
        Work.kind == bindparam("kind"), keys.hold(Work.key)
    )
    return wanted.order_by(Work.key).with_for_update()


def _rest_statement(keys: Keys) -> Any:
    mine = and_(Work.kind == bindparam("b_kind"), keys.hold(Work.key), Work.owner == bindparam("b_owner"))
    return update(Work).where(mine).values(owner=None, ready_at=None)


_HELD = select(Work.kind, Work.key, Work.generation).where(Work.owner == bindparam("runner"))
_WAKE = ForKeys(_wake_statement)
_HOLD_MANY = ForKeys(_hold_statement)
_REST = ForKeys(_rest_statement)
_AT = bindparam("at", type_=UtcMs)
_MINE = and_(
    Work.kind == bindparam("b_kind"), Work.key == bindparam("b_key"), Work.owner == bindparam("b_owner")
)
_HOLD = select(Work.generation).where(_MINE).with_for_update()
_RELEASE = (
    update(Work)
    .where(_MINE, Work.generation == bindparam("b_generation"))
    .values(owner=None, ready_at=bindparam("b_next", type_=UtcMs))
)
_FREE = (
    select(Work.kind, Work.key)
    .where(Work.owner.is_(None), Work.ready_at <= _AT)
    .order_by(Work.ready_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(Work)
    .where(Work.kind == bindparam("b_kind"), Work.key == bindparam("b_key"), Work.owner.is_(None))
    .values(owner=bindparam("b_owner"))
    .returning(Work.generation)
)


def wake(db: Connection, kind: Kind, key: str, at: datetime, runner: RunnerId | None) -> Claim | None:
    """Notes that there is something to do from `at` on; claims it for `runner` when nobody holds it.

    With no runner in this process the row waits to be claimed by another, who is told.
    """
    return wake_many(db, kind, [key], at, runner).get(key)


def wake_many(
    db: Connection, kind: Kind, keys: Iterable[str], at: datetime, runner: RunnerId | None
) -> dict[str, Claim]:
    """Wakes each of these once; by key, what could be claimed for `runner`."""
    asked = {"kind": kind, "keys": sorted(set(keys)), "at": at, "runner": runner}
    rows = db.execute(_WAKE(db), asked).all()
    if any(row.owner is None for row in rows):
        ring(db)
    return {
        row.key: Claim(kind, row.key, row.generation, runner)
        for row in rows
        if runner is not None and row.owner == runner
    }


def claim_due(db: Connection, now: datetime, runner: RunnerId, most: int) -> list[Claim]:
    """Takes what is due and held by nobody, longest waiting first."""
    due = db.execute(_FREE, {"at": now, "most": most}).all()
    claims: list[Claim] = []
    for row in due:
        taken = db.execute(_TAKE, {"b_kind": row.kind, "b_key": row.key, "b_owner": runner}).scalar()
        if taken is not None:
            claims.append(Claim(Kind(row.kind), row.key, taken, runner))
    return claims


def held_by(db: Connection, runner: RunnerId) -> list[Claim]:
    """Everything that this runner holds by the table's account."""
    rows = db.execute(_HELD, {"runner": runner})
    return [Claim(Kind(row.kind), row.key, row.generation, runner) for row in rows]


def hold(db: Connection, claim: Claim) -> Claim:
    """Makes sure the claim stands for the rest of this transaction; brings its generation up to date.

    Raises `ClaimLost` when another runner took over: the fence that keeps a revived process from writing.
    """
    generation = db.execute(_HOLD, _names(claim)).scalar()
    if generation is None:
        raise ClaimLost(f"{claim.kind}/{claim.key}")
    return Claim(claim.kind, claim.key, generation, claim.owner)


def hold_many(db: Connection, kind: Kind, claims: Iterable[Claim]) -> dict[str, Claim]:
    """By key, the claims of this kind that stand, each up to date; the rest has been taken over by others."""
    wanted = {claim.key: claim.owner for claim in claims}
    rows = db.execute(_HOLD_MANY(db), {"kind": kind, "keys": list(wanted)})
    return {
        row.key: Claim(kind, row.key, row.generation, row.owner)
        for row in rows
        if row.owner == wanted[row.key]
    }


def rest_many(db: Connection, kind: Kind, claims: Iterable[Claim]) -> None:
    """Lets go, until the next wake-up, of what this transaction holds."""
    keys: dict[RunnerId, list[str]] = {}
    for claim in claims:
        keys.setdefault(claim.owner, []).append(claim.key)
    for owner, owned in keys.items():
        db.execute(_REST(db), {"b_kind": kind, "b_owner": owner, "keys": owned})


def release(db: Connection, claim: Claim, next_at: datetime | None) -> bool:
    """Lets go until `next_at` or the next wake-up; False when one came that this claim has not seen."""
    done = db.execute(_RELEASE, _names(claim) | {"b_generation": claim.generation, "b_next": next_at})
    return done.rowcount == 1


def hand_back(db: Connection, owners: Sequence[RunnerId], now: datetime) -> int:
    """Frees everything the named runners hold, to be run at once; says how much that was."""
    freed = db.execute(
        update(Work)
        .where(Work.owner.in_(owners))
        .values(owner=None, ready_at=now, generation=Work.generation + 1)
    )
    return freed.rowcount


def _names(claim: Claim) -> dict[str, object]:
    return {"b_kind": claim.kind, "b_key": claim.key, "b_owner": claim.owner}
