"""What to do with the chances of a message: answer, offer a choice, or own up to not knowing. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.understanding.model import Scored

SURE = 0.82
"""A direct answer needs this chance."""
POSSIBLE = 0.08
"""A button needs this chance."""
RIVAL = 0.2
"""The other of a pair must be this likely to be asked about."""
MOST_CHOICES = 3


class Zone(StrEnum):
    ANSWER = "answer"
    SUGGEST = "suggest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Guide:
    """What of the intents the policy must know."""

    outside: frozenset[str]
    """Intents that are no matter of this channel."""
    silent: frozenset[str]
    """Intents that lead nowhere."""
    pairs: Mapping[frozenset[str], str]
    """Two rivals → the question that tells them apart."""


@dataclass(frozen=True, slots=True)
class Decision:
    zone: Zone
    intents: tuple[str, ...] = ()
    """The one that is answered and perhaps a second question, or the choices, likeliest first."""
    question: str = ""
    """What tells the choices apart."""


def decide(ranked: Sequence[Scored], guide: Guide) -> Decision:
    """Chances of intents, likeliest first, become a decision."""
    if not ranked:
        return Decision(Zone.NONE)
    elsewhere = sum(scored.chance for scored in ranked if scored.intent in guide.outside)
    inside = [scored for scored in ranked if scored.intent not in guide.outside]
    if ranked[0].intent in guide.outside:
        return _turned_away(ranked, inside, elsewhere, guide)
    if _needs_asking(inside, guide):
        rivals = tuple(scored.intent for scored in inside[:2])
        return Decision(Zone.SUGGEST, rivals, guide.pairs[frozenset(rivals)])
    if inside[0].chance >= SURE:
        return Decision(Zone.ANSWER, (inside[0].intent,))
    return _choices(inside)


def both(first: Decision, second: Decision) -> Decision | None:
    """Two questions in one message, each understood: the first is answered, the second goes with it."""
    if first.zone is not Zone.ANSWER or second.zone is not Zone.ANSWER or first.intents == second.intents:
        return None
    return Decision(Zone.ANSWER, (*first.intents, *second.intents))


def _turned_away(
    ranked: Sequence[Scored], inside: Sequence[Scored], elsewhere: float, guide: Guide
) -> Decision:
    top = ranked[0]
    if elsewhere < SURE:
        return _choices(inside)
    return Decision(Zone.NONE) if top.intent in guide.silent else Decision(Zone.ANSWER, (top.intent,))


def _needs_asking(inside: Sequence[Scored], guide: Guide) -> bool:
    return (
        len(inside) > 1
        and frozenset({inside[0].intent, inside[1].intent}) in guide.pairs
        and inside[1].chance >= RIVAL
    )


def _choices(inside: Sequence[Scored]) -> Decision:
    likely = tuple(scored.intent for scored in inside[:MOST_CHOICES] if scored.chance >= POSSIBLE)
    return Decision(Zone.SUGGEST, likely) if likely else Decision(Zone.NONE)
