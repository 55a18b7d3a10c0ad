"""How a broadcast would go, before it is kept: who gets it by which way, at what cost, and who does not."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from app.broadcasts.audience import Audience, parse_audience
from app.broadcasts.choosing import choose_way
from app.broadcasts.content import Content
from app.broadcasts.ground import Ground
from app.broadcasts.people import START, Person, missing_targets, read_page
from app.broadcasts.planning import read_offer, values_of, ways_too_short, why_nobody, words_for
from app.broadcasts.rules import Reason, calls_for
from app.broadcasts.steering import NewBroadcast
from app.broadcasts.templates import usable_template
from app.outbox.ways import Nobody, Way

MOST = 5_000
"""People looked at while somebody types; the plan itself looks at everybody."""
PAGE = 2000
EXAMPLES = 25


@dataclass(frozen=True, slots=True)
class Example:
    """A real person of the audience, for the preview."""

    key: str
    name: str
    unit: str
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Forecast:
    """`whole` is False when there are more people than were looked at; `missing` targets mean nobody."""

    by_way: Mapping[Way, int]
    cost: int
    reasons: Mapping[str, int]
    missing: tuple[str, ...]
    whole: bool
    ends_at: datetime | None
    rests: bool
    """Whether the night falls into it."""
    examples: tuple[Example, ...] = ()

    @property
    def reached(self) -> int:
        return sum(self.by_way.values())

    @property
    def left_out(self) -> int:
        return sum(self.reasons.values())


def read_forecast(
    db: Connection, ground: Ground, new: NewBroadcast, now: datetime, most: int = MOST
) -> Forecast:
    """Writes nothing. Raises `AudienceRefused`; the text must have passed `check_content`."""
    audience = parse_audience(new.audience)
    missing = tuple(missing_targets(db, audience))
    if missing:
        return Forecast({}, 0, {}, missing, True, None, False)
    offer = read_offer(db, ground, ",".join(new.ways), new.content)
    template = usable_template(db, new.content)
    people, whole = _people(db, audience, most, now)
    ways: Counter[Way] = Counter()
    reasons: Counter[str] = Counter()
    cost = 0
    for person in people:
        values = values_of(person, new.content.fields())
        refused = ways_too_short(new.content, template, values)
        found = choose_way(db, ground.sealer, person, offer, now, refused)
        if isinstance(found, Nobody):
            reasons[why_nobody(found, refused)] += 1
        elif isinstance(words := words_for(new.content, values), Reason):
            reasons[words] += 1
        else:
            ways[found.way] += 1
            cost += found.price
    calls = calls_for(ways, has_file=new.attachment_id is not None)
    ends_at = _ends_at(ground, calls, now)
    rests = ends_at is not None and (ends_at - now).total_seconds() > _at_full_pace(ground, calls) + 60
    examples = tuple(example_of(person, new.content) for person in people[:EXAMPLES])
    return Forecast(ways, cost, reasons, (), whole, ends_at, rests, examples)


def example_of(person: Person, content: Content) -> Example:
    return Example(person.key, person.full_name, person.unit_name, values_of(person, content.fields()))


def _people(db: Connection, audience: Audience, most: int, now: datetime) -> tuple[list[Person], bool]:
    people: list[Person] = []
    cursor: str | None = START
    while cursor is not None and len(people) < most:
        page, cursor = read_page(db, audience, cursor, PAGE, now)
        people += page
    return people[:most], cursor is None


def _ends_at(ground: Ground, calls: int, now: datetime) -> datetime | None:
    return ground.hours.ends_at(now, calls, ground.bulk_per_minute / 60) if calls else None


def _at_full_pace(ground: Ground, calls: int) -> float:
    return calls / (ground.bulk_per_minute / 60)
