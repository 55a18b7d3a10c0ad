"""A message read by the model and the policy: which intents it is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.kit.vietnamese import nfc
from app.understanding.catalogue import Catalogue, Intent
from app.understanding.model import Model, Scored
from app.understanding.policy import Decision, Guide, Zone, both, decide

LONG_ENOUGH = 4
"""Words of a sentence that may be a question of its own."""
FOLLOW_UP = 8
"""Words of a message that may go on with what was answered just before."""
SAID_ALREADY, OF_BOTH = 0.05, 0.82
"""How much is left of the chance of the topic itself, and the weight of topic and words read together."""
_SENTENCE_END = re.compile(r"(?<=[?!.;\n])\s+")


@dataclass(frozen=True, slots=True)
class Reading:
    decision: Decision
    ranked: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Signpost:
    """What is said of an intent, and where it is answered; nodes are written "flow.node"."""

    title: str
    leads_to: str | None = None
    within: tuple[str, ...] = ()
    parts: tuple[tuple[str, str, str], ...] = ()
    """Concept, title and node of what has an answer of its own within the intent."""
    commands: tuple[str, ...] = ()
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    model: Model = field(repr=False)
    guide: Guide
    signposts: Mapping[str, Signpost]
    """By intent."""

    def read(self, text: str) -> Reading:
        if not any(letter.isalnum() for letter in text):
            return Reading(Decision(Zone.NONE), ())
        ranked = tuple(self.model.rank(text))
        decision = decide(ranked, self.guide)
        if decision.zone is Zone.ANSWER:
            return Reading(decision, ranked)
        return Reading(self._two_questions(text) or decision, ranked)

    def read_after(self, text: str, before: str) -> Reading:
        """A few words said after an answer to `before`: what they add to it, not it once more."""
        alone = self.read(text)
        if alone.decision.zone is Zone.ANSWER or not alone.ranked or len(text.split()) > FOLLOW_UP:
            return alone
        joined = {one.intent: one.chance for one in self.model.rank(f"{self.signposts[before].title} {text}")}
        joined[before] *= SAID_ALREADY
        whole = sum(joined.values())
        ranked = tuple(
            Scored(one.intent, OF_BOTH * joined[one.intent] / whole + (1 - OF_BOTH) * one.chance)
            for one in alone.ranked
        )
        ranked = tuple(sorted(ranked, key=lambda one: -one.chance))
        return Reading(decide(ranked, self.guide), ranked)

    def _two_questions(self, text: str) -> Decision | None:
        parts = [part for part in _SENTENCE_END.split(nfc(text)) if len(part.split()) >= LONG_ENOUGH]
        if len(parts) != 2:
            return None
        first, second = (decide(self.model.rank(part), self.guide) for part in parts)
        return both(first, second)


def guide_of(catalogue: Catalogue) -> Guide:
    intents: Mapping[str, Intent] = catalogue.intents
    return Guide(
        frozenset(name for name, intent in intents.items() if intent.outside),
        frozenset(name for name, intent in intents.items() if intent.leads_to is None),
        catalogue.pairs,
    )


def signposts_of(catalogue: Catalogue) -> dict[str, Signpost]:
    return {name: _signpost(intent) for name, intent in catalogue.intents.items()}


def _signpost(intent: Intent) -> Signpost:
    return Signpost(
        intent.title,
        intent.leads_to,
        intent.within,
        tuple((part.concept, part.title, part.leads_to) for part in intent.parts),
        intent.commands,
        intent.aside,
    )
