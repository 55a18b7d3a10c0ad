"""Which way can we reach this person? Pure: plain values and `now` in, a way or the reason for none out.

Rules: Zalo's documentation of consultation messages, ZBS templates and error codes, November 2026.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from app.kit.clock import VIETNAM
from app.outbox.rules import DAY_STARTS, next_morning

FREE_FOR = timedelta(hours=48)
OPEN_FOR = timedelta(days=7)
TEMPLATE_OPEN_FOR = timedelta(days=365)
NIGHT_STARTS = 22
"""Hour in Việt Nam; no page of Zalo's names a zone."""


class Way(StrEnum):
    """In the order in which they are tried: what costs nothing first, what leaves Zalo last."""

    FREE = "free"
    """A consultation message within 48 hours of the person's last word; not billed, not counted."""
    PAID = "paid"
    """The same up to seven days: out of the package's quota, then billed."""
    TEMPLATE = "template"
    """An approved template to the user id."""
    PHONE = "phone"
    """An approved template to whoever has Zalo on the phone number."""
    EMAIL = "email"


CHAT_WAYS = frozenset({Way.FREE, Way.PAID})
ZALO_WAYS = CHAT_WAYS | {Way.TEMPLATE, Way.PHONE}
ALL_WAYS = tuple(Way)


class Why(StrEnum):
    """Why nobody can be reached; the last condition that failed is named, not all of them."""

    STOPPED = "stopped"
    """The person said stop."""
    SHUT_OUT = "shut_out"
    """Zalo says that the person mutes or blocks us, and they have not written since."""
    SILENT = "silent"
    """Seven days without a word, and no template, phone or e-mail to fall back on."""
    NEVER_WROTE = "never_wrote"
    REFUSED = "refused"
    """Every way that was left has been refused for this person."""
    NO_ADDRESS = "no_address"
    """Not on Zalo as far as we know, no phone, no e-mail that may be used."""
    NOT_ALLOWED = "not_allowed"
    """There is a way, but this broadcast may not use it."""


class TemplateTag(StrEnum):
    SERVICE = "service"
    """Transaction and customer care (tags 1, 2): at any hour, to who was in touch within a year."""
    PROMOTION = "promotion"
    """Tag 3: to followers only, not from 22:00 to 06:00."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person, as of now."""

    on_zalo: bool = False
    following: bool = False
    last_interaction_at: datetime | None = None
    stopped: bool = False
    shut_out_at: datetime | None = None
    has_phone: bool = False
    has_email: bool = False
    email_stopped: bool = False


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    tag: TemplateTag
    by_user_id: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """What the sender is ready to use; `asked_for` marks an answer to the person, which no stop forbids."""

    allowed: frozenset[Way]
    prices: Mapping[Way, int] = field(default_factory=dict)
    template: TemplateFacts | None = None
    asked_for: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    way: Way
    price: int
    not_before: datetime


@dataclass(frozen=True, slots=True)
class Nobody:
    why: Why


def find_way(
    facts: Facts, offer: Offer, now: datetime, refused: frozenset[Way] = frozenset()
) -> Reach | Nobody:
    """The first way that is open, allowed, and has not been refused for this person already."""
    if facts.stopped and not offer.asked_for:
        return Nobody(Why.STOPPED)
    shut = _shuts_us_out(facts)
    possible = []
    for way in Way:
        if (shut and way in ZALO_WAYS) or not _is_open(way, facts, offer.template, now):
            continue
        if way in offer.allowed and way not in refused:
            return Reach(way, offer.prices.get(way, 0), _not_before(way, offer.template, now))
        possible.append(way)
    return Nobody(_why(facts, offer, possible, refused, shut=shut))


def _is_open(way: Way, facts: Facts, template: TemplateFacts | None, now: datetime) -> bool:
    silent = None if facts.last_interaction_at is None else now - facts.last_interaction_at
    match way:
        case Way.FREE:
            # A follower who never wrote has a few welcome messages; only Zalo knows how many are left.
            return facts.on_zalo and (facts.following if silent is None else silent <= FREE_FOR)
        case Way.PAID:
            return facts.on_zalo and silent is not None and silent <= OPEN_FOR
        case Way.TEMPLATE:
            return facts.on_zalo and template is not None and _takes_template(facts, template, silent)
        case Way.PHONE:
            return facts.has_phone and template is not None
        case Way.EMAIL:
            return facts.has_email and not facts.email_stopped
        case _:
            assert_never(way)


def _takes_template(facts: Facts, template: TemplateFacts, silent: timedelta | None) -> bool:
    if not template.by_user_id:
        return False
    if template.tag is TemplateTag.PROMOTION:
        return facts.following
    return facts.following if silent is None else silent <= TEMPLATE_OPEN_FOR


def _shuts_us_out(facts: Facts) -> bool:
    """Who writes to us again after muting us is taken at their word."""
    at, wrote = facts.shut_out_at, facts.last_interaction_at
    return at is not None and (wrote is None or wrote <= at)


def _not_before(way: Way, template: TemplateFacts | None, now: datetime) -> datetime:
    """Templates by phone and promotion wait for the morning: Zalo refuses them at night (-133, -234)."""
    promotion = template is not None and template.tag is TemplateTag.PROMOTION
    waits = way is Way.PHONE or (way is Way.TEMPLATE and promotion)
    return next_morning(now) if waits and is_night(now) else now


def is_night(now: datetime) -> bool:
    local = now.astimezone(VIETNAM).time()
    return local.hour >= NIGHT_STARTS or local < DAY_STARTS


def _why(facts: Facts, offer: Offer, possible: list[Way], refused: frozenset[Way], *, shut: bool) -> Why:
    if any(way in refused for way in possible):
        return Why.REFUSED
    if possible:
        return Why.NOT_ALLOWED
    if shut:
        return Why.SHUT_OUT
    if not facts.on_zalo:
        return Why.NO_ADDRESS
    return Why.NEVER_WROTE if facts.last_interaction_at is None else Why.SILENT
