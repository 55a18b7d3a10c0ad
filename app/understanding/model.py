"""The trained model at work: terms weighed, one probability for each intent. Numpy only."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.understanding.features import Concepts, Terms, terms_of
from app.understanding.normalise import Spelling, words_of

Floats = NDArray[np.float32]
HalfFloats = NDArray[np.float16]
"""Weights of the many terms: half the memory, and no answer changes by it."""
Numbers = NDArray[np.int32]

BLOCK_WEIGHTS = (1.0, 1.0, 0.8, 0.8, 1.0)
"""Pieces, words, concepts, accented words, words apart."""
_TIMES = [0.0, *(1.0 + math.log(count) for count in range(1, 2000))]
"""What a term counts that stands so often in a message; sixty words hold none more often."""
SHARPNESS = 5.5
"""Turns the linear margins into chances that are neither timid nor boastful."""


class Scored(NamedTuple):
    intent: str
    chance: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every term that counts, by block: its column and its rarity."""

    columns: tuple[Mapping[str, int], ...]
    rarity: Floats

    def weigh(self, terms: Terms) -> tuple[list[int], list[float]]:
        """Columns and weights of a message; each block has the length that BLOCK_WEIGHTS gives it."""
        columns: list[int] = []
        weights: list[float] = []
        for known, block, share in zip(self.columns, terms.blocks(), BLOCK_WEIGHTS, strict=True):
            counted: dict[int, int] = {}
            for term in block:
                column = known.get(term)
                if column is not None:
                    counted[column] = counted.get(column, 0) + 1
            if not counted:
                continue
            found = list(counted)
            times = np.fromiter(map(_TIMES.__getitem__, counted.values()), np.float32, len(found))
            raw = times * self.rarity[found]
            columns += found
            weights += (raw * (share / math.sqrt(float(raw @ raw)))).tolist()
        return columns, weights


@dataclass(frozen=True, slots=True)
class Model:
    """Two opinions, averaged: one weighs terms by themselves, the other also what they mean together."""

    intents: tuple[str, ...]
    vocabulary: Vocabulary
    spelling: Spelling
    concepts: Concepts
    known: frozenset[str] = field(repr=False)
    """Words of the phrases; others may be raw keyboard typing."""
    margins: HalfFloats
    """Linear: one row for each term, one column for each intent."""
    bias: Floats
    hidden: HalfFloats
    """The network's first layer: one row for each term but words apart, which cost it more time to learn
    from than they bring."""
    hidden_bias: Floats
    voice: Floats
    """The network's second layer: one column for each intent."""
    voice_bias: Floats

    def terms(self, text: str) -> Terms:
        return terms_of(words_of(text, self.spelling, self.known), self.concepts)

    def chances(self, text: str) -> Floats:
        """One probability for each of `intents`."""
        columns, weights = self.vocabulary.weigh(self.terms(text))
        linear, inner = self.bias, self.hidden_bias
        if columns:
            raw = np.asarray(weights, dtype=np.float32)
            at = np.asarray(columns)
            linear = linear + raw @ self.margins[at]
            near = np.count_nonzero(at < len(self.hidden))  # words apart come last
            inner = inner + raw[:near] @ self.hidden[at[:near]]
        together = np.maximum(inner, 0.0) @ self.voice + self.voice_bias
        chances: Floats = ((shares(SHARPNESS * linear) + shares(together)) / 2).astype(np.float32)
        return chances

    def rank(self, text: str) -> list[Scored]:
        """All intents, likeliest first."""
        chances = self.chances(text)
        return [Scored(self.intents[at], float(chances[at])) for at in np.argsort(-chances)]

    def reasons(self, text: str, intent: str, most: int = 8) -> list[Scored]:
        """The terms that speak most for an intent, against the mean of all others; the linear opinion."""
        at = self.intents.index(intent)
        columns, weights = self.vocabulary.weigh(self.terms(text))
        names = {column: term for known in self.vocabulary.columns for term, column in known.items()}
        pull = [
            Scored(names[column], float(weight * (self.margins[column, at] - self.margins[column].mean())))
            for column, weight in zip(columns, weights, strict=True)
        ]
        return sorted(pull, key=lambda reason: -reason.chance)[:most]


def shares(scores: Floats) -> Floats:
    """Scores as probabilities."""
    raised = np.exp(scores - scores.max())
    divided: Floats = raised / raised.sum()
    return divided


def rows(vocabulary: Vocabulary, messages: Sequence[Terms]) -> tuple[Floats, Numbers, Numbers]:
    """Messages as one sparse matrix: values, columns, and where each row begins."""
    values: list[float] = []
    columns: list[int] = []
    starts = [0]
    for message in messages:
        found, weights = vocabulary.weigh(message)
        columns += found
        values += weights
        starts.append(len(columns))
    return (
        np.array(values, dtype=np.float32),
        np.array(columns, dtype=np.int32),
        np.array(starts, dtype=np.int32),
    )
