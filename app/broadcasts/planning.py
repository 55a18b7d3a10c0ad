"""From a rule to one line per recipient: way, price, values as they are now; slice by slice."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import orjson
from sqlalchemy import Connection, select, update

from app.audit.trail import Entry, record
from app.broadcasts.audience import Audience, parse_audience
from app.broadcasts.choosing import choose_way
from app.broadcasts.content import Content, Field, chat_text, fits, read_content
from app.broadcasts.enough import Enough, read_enough
from app.broadcasts.entering import NewRecipient, enter
from app.broadcasts.ground import Ground
from app.broadcasts.ledger import drop_plan, sent_so_far
from app.broadcasts.models import Broadcast, BroadcastState
from app.broadcasts.people import (
    START,
    Person,
    missing_targets,
    read_page,
)
from app.broadcasts.rules import Reason, check_plan
from app.broadcasts.steering import NoSuchBroadcast
from app.broadcasts.templates import KnownTemplate, takes, template_facts, usable_template
from app.kit.clock import Clock
from app.kit.db import Database
from app.outbox.ways import Nobody, Offer, Way, Why

SLICE = 500
"""People in one transaction: replies wait no longer than it takes to write them."""

ADDRESS = "Anh/Chị"
TEMPLATE_WAYS = frozenset({Way.TEMPLATE, Way.PHONE})


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that planning one broadcast needs to know beside the people."""

    id: int
    audience: Audience
    content: Content
    offer: Offer
    template: KnownTemplate | None
    enough: Enough
    planned_to: str
    goes_on: bool
    """A reminder's: nobody has to press "send"."""
    missing: tuple[str, ...]
    """Targets of the rule that are gone: nobody is meant then."""


async def plan(database: Database, ground: Ground, broadcast_id: int, by: str, clock: Clock) -> None:
    """Plans the whole audience; one that was broken off goes on where it stood. Raises `NotNow`."""
    await database.write(lambda db: begin_plan(db, broadcast_id, by, clock.now()))
    await plan_on(database, ground, broadcast_id, clock, lambda: True)


async def plan_on(
    database: Database, ground: Ground, broadcast_id: int, clock: Clock, go_on: Callable[[], bool]
) -> bool:
    """Plans slice after slice, the next one while the last is written; False when broken off by `go_on`."""
    told = await database.read(lambda db: read_plan(db, ground, broadcast_id, clock.now()))
    written: asyncio.Task[bool] | None = None
    cursor: str | None = told.planned_to
    while cursor is not None and go_on():
        told, now = replace(told, planned_to=cursor), clock.now()
        slice_of = partial(_next_people, ground=ground, told=told, now=now)
        people, cursor = await database.read(slice_of)
        if written is not None and not await written:
            return True  # somebody else plans it, or it was stopped
        put_down = partial(_write_slice, told=told, people=people, cursor=cursor, now=now)
        written = asyncio.create_task(database.write(put_down))
    if written is not None:
        await written
    return cursor is None


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
        usable_template(db, content),
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
    template = usable_template(db, content)
    if template is None:
        return Offer(allowed - TEMPLATE_WAYS, prices)
    prices |= {Way.TEMPLATE: template.price_user_id, Way.PHONE: template.price_phone}
    return Offer(allowed, prices, template_facts(template.tag, by_user_id=template.by_user_id))


def values_of(person: Person, fields: frozenset[Field]) -> dict[str, str]:
    """What the text asks for; a value that is not known is an empty text."""
    return {str(one): _VALUES[one](person) for one in fields}


def ways_too_short(
    content: Content, template: KnownTemplate | None, values: Mapping[str, str]
) -> frozenset[Way]:
    """Templates, when what is filled in for this person is longer than theirs allows."""
    if template is None or content.template is None or takes(template, content.template, values):
        return frozenset()
    return TEMPLATE_WAYS


def why_nobody(found: Nobody, refused: frozenset[Way]) -> Why | Reason:
    return Reason.TOO_LONG if refused and found.why is Why.REFUSED else found.why


def words_for(content: Content, values: Mapping[str, str]) -> str | Reason:
    """What the chat will show this person, or why it cannot be said."""
    if not all(values.values()):
        return Reason.NO_VALUE
    text = chat_text(content, values)
    return text if fits(text) else Reason.TOO_LONG


def _due_on(person: Person) -> str:
    due_on = person.standing.due_on
    return "" if due_on is None else f"{due_on:%d/%m/%Y}"


_VALUES: Mapping[Field, Callable[[Person], str]] = {
    Field.ADDRESS: lambda _: ADDRESS,
    Field.NAME: lambda person: person.full_name,
    Field.UNIT: lambda person: person.unit_name,
    Field.NOT_INSTALLED: lambda person: str(person.standing.not_installed),
    Field.DUE: _due_on,
    Field.OFFICER: lambda person: person.officer_name,
}


def _next_people(
    db: Connection, ground: Ground, told: Plan, now: datetime
) -> tuple[list[NewRecipient], str | None]:
    if told.missing:
        return [], None
    people, cursor = read_page(db, told.audience, told.planned_to, SLICE, now)
    fields = told.content.fields()
    planner = Planner(db, ground, told, fields, now)
    return [planner.entry(person) for person in people], cursor


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans one person after the other; opens an address only when the plan needs it."""

    db: Connection
    ground: Ground
    told: Plan
    fields: frozenset[Field]
    now: datetime

    def entry(self, person: Person) -> NewRecipient:
        told, sealer = self.told, self.ground.sealer
        values = values_of(person, self.fields)
        refused = ways_too_short(told.content, told.template, values)
        found = choose_way(self.db, sealer, person, told.offer, self.now, refused)
        if isinstance(found, Nobody):
            return self._left_out(person, why_nobody(found, refused))
        words = words_for(told.content, values)
        if isinstance(words, Reason):
            return self._left_out(person, words)
        asked_since = person.standing.listed_at if told.audience.is_about_lists else None
        if reason := told.enough.reason(person.key, asked_since):
            return self._left_out(person, reason)
        return NewRecipient(
            person.key,
            person.contact,
            person.liaison_id,
            person.employer_id,
            found.not_before,
            found.way,
            found.price,
            sealer.seal_away(orjson.dumps(values)) if values else b"",
            sealer.fingerprint(words),
            refused=refused,
        )

    def _left_out(self, person: Person, reason: str) -> NewRecipient:
        return NewRecipient(
            person.key, person.contact, person.liaison_id, person.employer_id, self.now, reason=reason
        )


def _write_slice(
    db: Connection, told: Plan, people: Sequence[NewRecipient], cursor: str | None, now: datetime
) -> bool:
    """Only while it is still being planned, and only once each; False when it was not."""
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
    if done.rowcount != 1:
        return False
    enter(db, told.id, people, now)
    return True
