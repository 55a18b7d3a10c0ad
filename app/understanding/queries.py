"""What was not answered, for the people who teach the bot: similar messages together, most frequent first."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from app.kit.seal import Sealer
from app.understanding.grouping import Spoken, grouped
from app.understanding.models import Outcome, UnansweredMessage, Verdict
from app.understanding.normalise import Spelling, words_of

MOST_READ = 5000
"""Messages, the newest; older ones wait until these are decided."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    id: int
    text: str
    zone: str
    likely: tuple[tuple[str, float], ...]
    """The likeliest intents with their chances."""
    said_at: datetime
    outcome: Outcome
    tapped: str | None


@dataclass(frozen=True, slots=True)
class Group:
    messages: tuple[Unanswered, ...]
    """Newest first."""

    @property
    def likely(self) -> list[str]:
        """The intents that the messages were nearest to, by how often they come among the likeliest."""
        counted = Counter(intent for message in self.messages for intent, _ in message.likely)
        return [intent for intent, _ in counted.most_common(3)]

    @property
    def tapped(self) -> Counter[str]:
        """Nodes that people chose themselves: labels, but for a human glance."""
        return Counter(message.tapped for message in self.messages if message.tapped)

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(str(message.outcome) for message in self.messages)

    def as_dict(self) -> dict[str, Any]:
        return {
            "count": len(self.messages),
            "likely": self.likely,
            "outcomes": dict(self.outcomes),
            "tapped": dict(self.tapped),
            "messages": [{"id": one.id, "text": one.text} for one in self.messages],
        }


def count_open(db: Connection) -> int:
    """Messages that nobody has decided about."""
    wanted = UnansweredMessage.verdict == Verdict.OPEN
    return db.execute(select(func.count()).select_from(UnansweredMessage).where(wanted)).scalar_one()


def open_groups(db: Connection, sealer: Sealer, spelling: Spelling) -> list[Group]:
    """What nobody has decided about yet, the largest groups first."""
    rows = db.execute(
        select(UnansweredMessage)
        .with_only_columns(
            UnansweredMessage.id,
            UnansweredMessage.text,
            UnansweredMessage.zone,
            UnansweredMessage.likely,
            UnansweredMessage.said_at,
            UnansweredMessage.outcome,
            UnansweredMessage.tapped,
        )
        .where(UnansweredMessage.verdict == Verdict.OPEN)
        .order_by(UnansweredMessage.id.desc())
        .limit(MOST_READ)
    )
    messages = [
        Unanswered(
            row.id,
            sealer.open_text(row.text),
            row.zone,
            tuple((intent, chance) for intent, chance in orjson.loads(row.likely)),
            row.said_at,
            Outcome(row.outcome),
            row.tapped,
        )
        for row in rows
    ]
    spoken = (
        Spoken(at, frozenset(word.plain for word in words_of(message.text, spelling)))
        for at, message in enumerate(messages)
    )
    return [Group(tuple(messages[at] for at in group)) for group in grouped(spoken)]
