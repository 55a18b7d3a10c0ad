"""What a message is weighed by: pieces of words, words and pairs, concepts, accents, words apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations, pairwise

from app.understanding.normalise import Spelling, Word, reach_of, words_of

SHORTEST_PIECE, LONGEST_PIECE = 2, 5
LONGEST_SPAN = 5
"""Words of a concept's wording."""
WIDEST_GAP = 2
"""Words that may stand between two that are weighed together."""
MOST_CONCEPTS = 10
"""Of one message; the pairs of more of them would say nothing."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one message, by block."""

    pieces: list[str]
    words: list[str]
    concepts: list[str]
    accented: list[str]
    """What was typed with accents, and pairs with it: "sổ" is not "số"."""
    apart: list[str]
    """Two words with one or two between them: people tell what happened around the point."""

    def blocks(self) -> tuple[list[str], ...]:
        return self.pieces, self.words, self.concepts, self.accented, self.apart


@dataclass(frozen=True, slots=True)
class Concepts:
    """Words that mean the same. What was typed with accents must match them with accents."""

    by_plain: Mapping[tuple[str, ...], frozenset[str]] = field(default_factory=dict)
    by_marked: Mapping[tuple[str, ...], frozenset[str]] = field(default_factory=dict)
    reach: Mapping[str, int] = field(init=False)
    """A word that begins wordings → the length of the longest."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reach", reach_of(self.by_plain))

    @classmethod
    def of(cls, wordings: Mapping[str, Iterable[str]], spelling: Spelling) -> "Concepts":
        spelling = replace(spelling, fillers=frozenset())
        plain: dict[tuple[str, ...], set[str]] = {}
        exact: dict[tuple[str, ...], set[str]] = {}
        for name, phrases in wordings.items():
            for phrase in phrases:
                words = words_of(phrase, spelling)
                plain.setdefault(tuple(word.plain for word in words), set()).add(name)
                exact.setdefault(tuple(word.marked for word in words), set()).add(name)
        return cls(_frozen(plain), _frozen(exact))

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*self.by_plain.values())

    def found_in(self, words: Sequence[Word]) -> Iterator[str]:
        for start, first in enumerate(words):
            longest = min(self.reach.get(first.plain, 0), LONGEST_SPAN)
            for end in range(start + 1, min(start + longest, len(words)) + 1):
                span = words[start:end]
                plain = tuple(word.plain for word in span)
                names = self.by_plain.get(plain)
                if names is None:
                    continue
                typed = tuple(word.marked for word in span)
                yield from names if typed == plain else self.by_marked.get(typed, ())


def terms_of(words: Sequence[Word], concepts: Concepts) -> Terms:
    plain = [word.plain for word in words]
    pairs = [f"{one} {other}" for one, other in pairwise(("^", *plain, "$"))]
    names = sorted(set(concepts.found_in(words)))[:MOST_CONCEPTS]
    both = [f"{one}+{other}" for one, other in combinations(names, 2)]
    typed = [word.marked for word in words]
    accented = [word for word in typed if not word.isascii()]
    accented += [f"{one} {other}" for one, other in pairwise(typed) if not (one + other).isascii()]
    apart = [
        f"{one}_{other}" for at, one in enumerate(plain) for other in plain[at + 2 : at + 2 + WIDEST_GAP]
    ]
    pieces = [piece for word in plain for piece in pieces_of(word)]
    return Terms(pieces, plain + pairs, names + both, accented, apart)


@lru_cache(maxsize=4096)
def pieces_of(word: str) -> tuple[str, ...]:
    """The pieces of a word of two to five letters, its edges counted as letters."""
    edged = f" {word} "
    lengths = range(SHORTEST_PIECE, min(LONGEST_PIECE, len(edged)) + 1)
    return tuple(
        edged[start : start + length] for length in lengths for start in range(len(edged) - length + 1)
    )


def _frozen(names: dict[tuple[str, ...], set[str]]) -> dict[tuple[str, ...], frozenset[str]]:
    return {phrase: frozenset(found) for phrase, found in names.items()}
