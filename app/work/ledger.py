"""Wake, claim, hold, release: who runs what, so that nothing runs twice and no wake-up is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from app.kit.db import UtcMs, both_dialects
from app.kit.ids import RunnerId
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


def _wake_statement(insert: Any) -> Any:
    woken = insert(Work).values(
        kind=bindparam("kind"),
        key=bindparam("key"),
        ready_at=bindparam("at"),
        generation=1,
        owner=bindparam("runner"),
    )
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
    ).returning(Work.generation, Work.owner)


_WAKE = both_dialects(_wake_statement)
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
    row = db.execute(_WAKE(db), {"kind": kind, "key": key, "at": at, "runner": runner}).one()
    if row.owner is None:
        ring(db)
    if runner is None or row.owner != runner:
        return None
    return Claim(kind, key, row.generation, runner)


def claim_due(db: Connection, now: datetime, runner: RunnerId, most: int) -> list[Claim]:
    """Takes what is due and held by nobody, longest waiting first."""
    due = db.execute(_FREE, {"at": now, "most": most}).all()
    claims: list[Claim] = []
    for row in due:
        taken = db.execute(_TAKE, {"b_kind": row.kind, "b_key": row.key, "b_owner": runner}).scalar()
        if taken is not None:
            claims.append(Claim(Kind(row.kind), row.key, taken, runner))
    return claims


def hold(db: Connection, claim: Claim) -> Claim:
    """Makes sure the claim stands for the rest of this transaction; brings its generation up to date.

    Raises `ClaimLost` when another runner took over: the fence that keeps a revived process from writing.
    """
    generation = db.execute(_HOLD, _names(claim)).scalar()
    if generation is None:
        raise ClaimLost(f"{claim.kind}/{claim.key}")
    return Claim(claim.kind, claim.key, generation, claim.owner)


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
