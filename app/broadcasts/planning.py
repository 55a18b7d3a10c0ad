"""From a rule to one line per recipient: way, price, values as they are now; slice by slice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from app.audit.trail import Entry, record
from app.broadcasts.audience import Audience, parse_audience
from app.broadcasts.choosing import choose_way
from app.broadcasts.content import Content, Field, chat_text, fits, read_content
from app.broadcasts.enough import Enough, read_enough
from app.broadcasts.ground import Ground
from app.broadcasts.ledger import drop_plan, sent_so_far
from app.broadcasts.models import Broadcast, BroadcastState, MessageTemplate, Recipient, RecipientState
from app.broadcasts.people import (
    START,
    Person,
    missing_targets,
    read_page,
)
from app.broadcasts.rules import Reason, check_plan
from app.broadcasts.steering import NoSuchBroadcast
from app.broadcasts.templates import template_facts
from app.kit.clock import Clock
from app.kit.db import Database
from app.outbox.ways import Nobody, Offer, Reach, Way

SLICE = 1000
"""People in one transaction: replies wait no longer than it takes to write them."""

ADDRESS = "Anh/Chị"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that planning one broadcast needs to know beside the people."""

    id: int
    audience: Audience
    content: Content
    offer: Offer
    enough: Enough
    planned_to: str
    goes_on: bool
    """A reminder's: nobody has to press "send"."""
    missing: tuple[str, ...]
    """Targets of the rule that are gone: nobody is meant then."""


async def plan(database: Database, ground: Ground, broadcast_id: int, by: str, clock: Clock) -> None:
    """Plans the whole audience; one that was broken off goes on where it stood. Raises `NotNow`."""
    await database.write(lambda db: begin_plan(db, broadcast_id, by, clock.now()))
    while await plan_slice(database, ground, broadcast_id, clock.now()):
        pass


async def plan_slice(database: Database, ground: Ground, broadcast_id: int, now: datetime) -> bool:
    """Plans the next people; False when that was the last of them."""
    told = await database.read(lambda db: read_plan(db, ground, broadcast_id, now))
    rows, cursor = await database.read(lambda db: _next_rows(db, ground, told, now))
    await database.write(lambda db: _write_slice(db, told, rows, cursor, now))
    return cursor is not None


def begin_plan(db: Connection, broadcast_id: int, by: str, now: datetime) -> None:
    row = db.execute(select(Broadcast.state).where(Broadcast.id == broadcast_id)).one_or_none()
    if row is None:
        raise NoSuchBroadcast(broadcast_id)
    state = BroadcastState(row.state)
    check_plan(state, sent_so_far(db, broadcast_id))
    if state is BroadcastState.PLANNING:
        return
    drop_plan(db, broadcast_id)
    values = {"state": BroadcastState.PLANNING, "planned_to": START, "approved_by": None, "approved_at": None}
    db.execute(update(Broadcast).where(Broadcast.id == broadcast_id).values(**values))
    record(db, Entry(by, "broadcast.plan", f"broadcast:{broadcast_id}", now))


def read_plan(db: Connection, ground: Ground, broadcast_id: int, now: datetime) -> Plan:
    row = db.execute(select(Broadcast.__table__).where(Broadcast.id == broadcast_id)).one()
    audience, content = parse_audience(row.audience), read_content(row.content)
    return Plan(
        broadcast_id,
        audience,
        content,
        read_offer(db, ground, row.ways, content),
        read_enough(db, row.reminder_id, now),
        row.planned_to,
        row.reminder_id is not None,
        tuple(missing_targets(db, audience)),
    )


def read_offer(db: Connection, ground: Ground, ways: str, content: Content) -> Offer:
    """The ways that are allowed, with what each costs: templates have prices of their own."""
    allowed = frozenset(Way(way) for way in ways.split(",") if way)
    if not ground.mail:
        allowed -= {Way.EMAIL}
    prices = dict(ground.prices)
    if content.template is None:
        return Offer(allowed - {Way.TEMPLATE, Way.PHONE}, prices)
    template = db.execute(
        select(MessageTemplate.__table__).where(MessageTemplate.id == content.template.template_id)
    ).one_or_none()
    if template is None:
        return Offer(allowed - {Way.TEMPLATE, Way.PHONE}, prices)
    prices |= {Way.TEMPLATE: template.price_user_id, Way.PHONE: template.price_phone}
    return Offer(allowed, prices, template_facts(template.tag, by_user_id=template.by_user_id))


def values_of(person: Person, fields: frozenset[Field]) -> dict[str, str]:
    """What the text asks for; a value that is not known is an empty text."""
    known = {
        Field.ADDRESS: ADDRESS,
        Field.NAME: person.full_name,
        Field.UNIT: person.unit_name,
        Field.NOT_INSTALLED: str(person.standing.not_installed),
        Field.DUE: "" if person.standing.due_on is None else f"{person.standing.due_on:%d/%m/%Y}",
        Field.OFFICER: person.officer_name,
    }
    return {one.value: known[one] for one in fields}


def _next_rows(
    db: Connection, ground: Ground, told: Plan, now: datetime
) -> tuple[list[dict[str, Any]], str | None]:
    if told.missing:
        return [], None
    people, cursor = read_page(db, told.audience, told.planned_to, SLICE, now)
    fields = told.content.fields()
    planner = Planner(db, ground, told, fields, now)
    return [planner.row(person) for person in people], cursor


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans one person after the other; opens an address only when the plan needs it."""

    db: Connection
    ground: Ground
    told: Plan
    fields: frozenset[Field]
    now: datetime

    def row(self, person: Person) -> dict[str, Any]:
        found = choose_way(self.db, self.ground.sealer, person, self.told.offer, self.now)
        sealer, content = self.ground.sealer, self.told.content
        values = values_of(person, self.fields)
        reason: str | None = None
        text = ""
        if isinstance(found, Nobody):
            reason = found.why
        elif not all(values.values()):
            reason = Reason.NO_VALUE
        elif not fits(text := chat_text(content, values)):
            reason = Reason.TOO_LONG
        else:
            reason = self.told.enough.reason(person.key)
        reached = isinstance(found, Reach) and reason is None
        return {
            "broadcast_id": self.told.id,
            "person": person.key,
            "contact": person.contact,
            "liaison_id": person.liaison_id,
            "employer_id": person.employer_id,
            "state": RecipientState.PLANNED if reached else RecipientState.SKIPPED,
            "way": found.way if isinstance(found, Reach) and reached else None,
            "price": found.price if isinstance(found, Reach) and reached else 0,
            "filled": sealer.seal(orjson.dumps(values)) if values and reached else b"",
            "text_print": sealer.fingerprint(text) if reached else None,
            "due_at": found.not_before if isinstance(found, Reach) else self.now,
            "settled_at": None if reached else self.now,
            "reason": reason,
        }


_INSERT = insert(Recipient)


def _write_slice(
    db: Connection, told: Plan, rows: Sequence[dict[str, Any]], cursor: str | None, now: datetime
) -> None:
    """Only while it is still being planned, and only once each."""
    values: dict[str, object] = {"planned_to": cursor}
    if cursor is None:
        note = f"Không còn trong danh bạ: {', '.join(told.missing)}" if told.missing else None
        state = BroadcastState.SCHEDULED if told.goes_on else BroadcastState.PLANNED
        values = {"state": state, "planned_at": now, "note": note}
    done = db.execute(
        update(Broadcast)
        .where(
            Broadcast.id == told.id,
            Broadcast.state == BroadcastState.PLANNING,
            Broadcast.planned_to == told.planned_to,
        )
        .values(**values)
    )
    if done.rowcount == 1 and rows:
        db.execute(_INSERT, rows)
