"""Record, next, settle: the life of an event, one row each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    LargeBinary,
    String,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    update,
)

from app.inbox.models import EventState, InboxEvent
from app.kit.db import UtcMs
from app.kit.statements import ForKeys, ForRows, Keys

OF_THE_ACCOUNT = "oa"
"""The contact of events that name no person."""

TRIES = 3


@dataclass(frozen=True, slots=True)
class NewEvent:
    dedupe_key: str
    contact: str
    event_name: str
    body: bytes
    masked: str
    readable: bool = True


@dataclass(frozen=True, slots=True)
class OpenEvent:
    id: int
    contact: str
    event_name: str
    body: bytes
    masked: str
    received_at: datetime
    attempts: int
    is_last: bool = False
    """Nothing newer of this contact is waiting."""


_RECORD = ForRows(
    {
        "dedupe_key": String,
        "contact": String,
        "event_name": String,
        "body": LargeBinary,
        "masked": String,
        "state": String,
        "received_at": UtcMs,
    },
    lambda rows: (
        rows.insert(InboxEvent, {"attempts": 0})
        .on_conflict_do_nothing(index_elements=[InboxEvent.dedupe_key])
        .returning(InboxEvent.dedupe_key)
    ),
)


def _next_statement(keys: Keys) -> Any:
    def of_the_open(function: Any) -> Any:
        # Written out, not bound: the partial index is used only for this very condition.
        theirs = and_(InboxEvent.contact == named, InboxEvent.state == literal_column("'open'"))
        return select(function(InboxEvent.id)).where(theirs).correlate(keys_table).scalar_subquery()

    keys_table = keys.table()
    named = keys_table.c.value
    ends = select(of_the_open(func.min).label("oldest"), of_the_open(func.max).label("newest")).select_from(
        keys_table
    )
    found = ends.subquery("found")
    return select(
        InboxEvent.id,
        InboxEvent.contact,
        InboxEvent.event_name,
        InboxEvent.body,
        InboxEvent.masked,
        InboxEvent.received_at,
        InboxEvent.attempts,
        (found.c.newest == found.c.oldest).label("is_last"),
    ).join_from(found, InboxEvent, InboxEvent.id == found.c.oldest)


def _settle_statement(keys: Keys) -> Any:
    settled = {"state": EventState.SETTLED, "settled_at": bindparam("b_at", type_=UtcMs), "note": None}
    return update(InboxEvent).where(keys.hold(InboxEvent.id)).values(settled)


_NEXT = ForKeys(_next_statement)
_SETTLE_MANY = ForKeys(_settle_statement, BigInteger)
_SETTLE = (
    update(InboxEvent)
    .where(InboxEvent.id == bindparam("b_id"))
    .values(state=bindparam("b_state"), settled_at=bindparam("b_at", type_=UtcMs), note=bindparam("b_note"))
)


def record(db: Connection, event: NewEvent, now: datetime) -> bool:
    """Writes the event down; False when it was there already, which is Zalo repeating itself."""
    return bool(record_many(db, [(event, now)]))


def record_many(db: Connection, events: Sequence[tuple[NewEvent, datetime]]) -> set[str]:
    """Writes the events down in this order; the keys of those that were not there already."""
    rows = [
        {
            "dedupe_key": event.dedupe_key,
            "contact": event.contact,
            "event_name": event.event_name,
            "body": event.body,
            "masked": event.masked,
            "state": EventState.OPEN if event.readable else EventState.UNREADABLE,
            "received_at": received_at,
        }
        for event, received_at in events
    ]
    return set(_RECORD.run(db, rows).scalars())


def record_settled(db: Connection, event: NewEvent, now: datetime, note: str) -> None:
    """Writes down an event that is not to be handled any more; `note` says why."""
    if record(db, event, now):
        same = InboxEvent.dedupe_key == event.dedupe_key
        db.execute(update(InboxEvent).where(same).values(state=EventState.SETTLED, settled_at=now, note=note))


def known_keys(db: Connection, dedupe_keys: Sequence[str]) -> set[str]:
    """Which of these events are written down."""
    known: set[str] = set()
    for start in range(0, len(dedupe_keys), 500):
        some = InboxEvent.dedupe_key.in_(dedupe_keys[start : start + 500])
        known |= set(db.execute(select(InboxEvent.dedupe_key).where(some)).scalars())
    return known


def next_open(db: Connection, contact: str) -> OpenEvent | None:
    """The oldest event of this contact that is not settled yet."""
    return next_open_many(db, [contact]).get(contact)


def next_open_many(db: Connection, contacts: Sequence[str]) -> dict[str, OpenEvent]:
    """By contact, the oldest event that is not settled yet."""
    return {row.contact: OpenEvent(*row) for row in db.execute(_NEXT(db), {"keys": contacts})}


def settle(db: Connection, event_id: int, now: datetime, note: str | None = None) -> None:
    """Marks the event as handled; `note` says what was odd about it."""
    db.execute(_SETTLE, {"b_id": event_id, "b_state": EventState.SETTLED, "b_at": now, "b_note": note})


def settle_many(db: Connection, notes: Mapping[int, str | None], now: datetime) -> None:
    """Marks these events as handled, each with what was odd about it."""
    plain = [event_id for event_id, note in notes.items() if note is None]
    if plain:
        db.execute(_SETTLE_MANY(db), {"keys": plain, "b_at": now})
    for event_id, note in notes.items():
        if note is not None:
            settle(db, event_id, now, note)


def count_failure(db: Connection, event: OpenEvent, now: datetime, why: str) -> bool:
    """Notes that handling raised; True when that was the last try and the event is set aside as failed."""
    attempts = event.attempts + 1
    given_up = attempts >= TRIES
    db.execute(
        update(InboxEvent)
        .where(InboxEvent.id == event.id)
        .values(
            attempts=attempts,
            note=why,
            state=EventState.FAILED if given_up else EventState.OPEN,
            settled_at=now if given_up else None,
        )
    )
    return given_up


def last_received(db: Connection, before: datetime | None = None) -> datetime | None:
    """When Zalo last told us anything."""
    newest = select(func.max(InboxEvent.received_at, type_=UtcMs))
    if before is not None:
        newest = newest.where(InboxEvent.received_at < before)
    last: datetime | None = db.execute(newest).scalar()
    return last


def empty_bodies(db: Connection, contact: str) -> None:
    """Takes the words out of everything settled that the contact ever sent."""
    done = InboxEvent.state != EventState.OPEN
    db.execute(update(InboxEvent).where(InboxEvent.contact == contact, done).values(body=b""))
