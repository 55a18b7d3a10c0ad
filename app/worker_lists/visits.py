"""One step of a liaison at the list's door, each a transaction: asks for a code, gives it, looks, marks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.audit.trail import Entry, record
from app.kit.ids import RunnerId
from app.kit.seal import Sealer
from app.outbox.ledger import NewDelivery, plan
from app.outbox.models import Lane
from app.work.ledger import Claim, wake
from app.work.models import Kind
from app.worker_lists import marking
from app.worker_lists.links import Knock, Visitor, close_session, find_visitor, new_code
from app.worker_lists.models import WorkerState
from app.worker_lists.queries import PAGE, Numbers, UnitProgress, read_unit_progress
from app.worker_lists.rules import CODE_LIVES, today
from app.worker_lists.worker_queries import (
    Worker,
    WorkersPage,
    count_on_list,
    list_workers,
    read_worker,
)
from app.zalo.messages import Text, encode


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the list somebody wants to see."""

    state: WorkerState | None = None
    text: str = ""
    page: int = 0


@dataclass(frozen=True, slots=True)
class ListView:
    unit: UnitProgress
    numbers: Numbers
    """Of those who are on the latest list."""
    wanted: Wanted
    workers: WorkersPage
    just_marked: Worker | None = None


@dataclass(frozen=True, slots=True)
class AllView:
    """What is confirmed before everybody is marked at once."""

    unit: UnitProgress
    open: int


def send_code(
    db: Connection, sealer: Sealer, wording: str, knock: Knock, now: datetime, runner: RunnerId | None
) -> Claim | None:
    """Owes the liaison's account a fresh code; says nothing of whether there was one to owe.

    Raises `TooMany`.
    """
    fresh = new_code(db, sealer, knock, now)
    if fresh is None:
        return None
    minutes = str(int(CODE_LIVES.total_seconds() // 60))
    text = wording.replace("{code}", fresh.code).replace("{minutes}", minutes).strip()
    message = NewDelivery(sealer.seal(encode(Text(text))), sealer.fingerprint(text))
    plan(db, fresh.cause, fresh.contact, Lane.REPLY, [message], now)
    return wake(db, Kind.CHAT, fresh.contact, now, runner)


def note_view(db: Connection, sealer: Sealer, knock: Knock, wanted: Wanted, now: datetime) -> Visitor | None:
    """Who wants to look, noted on the trail before anything is shown; None for who is not let in.

    Raises `TooMany`.
    """
    visitor = find_visitor(db, sealer, knock, now)
    if visitor is None:
        return None
    state = None if wanted.state is None else wanted.state.value
    detail = {"page": wanted.page + 1, "state": state, "searched": bool(wanted.text)}
    subject = f"employer:{visitor.employer_id}"
    record(db, Entry(visitor.actor, "worker_list.viewed", subject, now, detail, knock.address))
    return visitor


def read_view(
    db: Connection, sealer: Sealer, visitor: Visitor, wanted: Wanted, now: datetime, just_marked: int | None
) -> ListView | None:
    """The page of the list; None when the unit has no list any more.

    Reads only: a search opens every name of the unit, and must not keep writers waiting for so long.
    """
    unit = read_unit_progress(db, visitor.employer_id, today(now))
    if unit is None:
        return None
    workers = list_workers(
        db,
        sealer,
        unit.employer_id,
        state=wanted.state,
        text=wanted.text,
        on_list_only=True,
        page=wanted.page,
        size=PAGE,
    )
    marked = None if just_marked is None else read_worker(db, sealer, unit.employer_id, just_marked)
    return ListView(unit, count_on_list(db, unit.employer_id), wanted, workers, marked)


def look_before_all(db: Connection, sealer: Sealer, knock: Knock, now: datetime) -> AllView | None:
    """Whom "all have installed" would be about. Raises `TooMany`."""
    visitor = find_visitor(db, sealer, knock, now)
    unit = None if visitor is None else read_unit_progress(db, visitor.employer_id, today(now))
    return None if unit is None else AllView(unit, count_on_list(db, unit.employer_id).open)


def mark_one(
    db: Connection,
    sealer: Sealer,
    knock: Knock,
    entry_id: int,
    state: WorkerState,
    version: int,
    now: datetime,
) -> bool:
    """False for who is not let in. Raises `NotMarked`, `TooMany`."""
    visitor = find_visitor(db, sealer, knock, now)
    if visitor is None:
        return False
    where = (db, visitor.employer_id, entry_id, state, visitor.actor, now)
    marking.mark(*where, version=version, address=knock.address)
    return True


def take_one_back(db: Connection, sealer: Sealer, knock: Knock, entry_id: int, now: datetime) -> bool:
    """False for who is not let in. Raises `NotMarked`, `TooMany`."""
    visitor = find_visitor(db, sealer, knock, now)
    if visitor is None:
        return False
    marking.take_back(db, visitor.employer_id, entry_id, visitor.actor, now, address=knock.address)
    return True


def mark_all(db: Connection, sealer: Sealer, knock: Knock, expected: int, now: datetime) -> bool:
    """False for who is not let in. Raises `NotMarked`, `TooMany`."""
    visitor = find_visitor(db, sealer, knock, now)
    if visitor is None:
        return False
    marking.mark_all_installed(db, visitor.employer_id, expected, visitor.actor, now, address=knock.address)
    return True


def take_all_back(db: Connection, sealer: Sealer, knock: Knock, marked_at: datetime, now: datetime) -> bool:
    """False for who is not let in. Raises `NotMarked`, `TooMany`."""
    visitor = find_visitor(db, sealer, knock, now)
    if visitor is None:
        return False
    marking.take_all_back(db, visitor.employer_id, marked_at, visitor.actor, now, address=knock.address)
    return True


def leave(db: Connection, sealer: Sealer, knock: Knock, now: datetime) -> None:
    """Ends the visit. Raises `TooMany`."""
    visitor: Visitor | None = find_visitor(db, sealer, knock, now)
    if visitor is not None:
        close_session(db, visitor)
