"""Messages that say much the same, put together: by the words they share. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

ALIKE = 0.5
"""Share of common words, of all words of both, from which two messages are of one group."""


class Spoken(NamedTuple):
    """A message by its number and its plain words."""

    number: int
    words: frozenset[str]


def grouped(messages: Iterable[Spoken]) -> list[list[int]]:
    """The numbers, group by group, the largest group first; within one and among equals, as they came."""
    groups: list[list[int]] = []
    leaders: list[frozenset[str]] = []
    having: dict[str, list[int]] = {}
    for message in messages:
        at = _nearest(message.words, leaders, having)
        if at is None:
            at = len(groups)
            groups.append([])
            leaders.append(message.words)
            for word in message.words:
                having.setdefault(word, []).append(at)
        groups[at].append(message.number)
    return sorted(groups, key=lambda group: -len(group))


def _nearest(
    words: frozenset[str], leaders: Sequence[frozenset[str]], having: dict[str, list[int]]
) -> int | None:
    """The group whose first message shares most with these words, when that is enough."""
    shared = Counter(at for word in words for at in having.get(word, ()))
    best, at = max(
        ((common / len(words | leaders[group]), -group) for group, common in shared.items()),
        default=(0.0, 0),
    )
    return -at if best >= ALIKE else None
