"""The trained model at work: terms weighed, one probability for each intent. Numpy only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.understanding.features import Concepts, Terms, terms_of
from app.understanding.normalise import Spelling, words_of
from app.understanding.vocabulary import Columns, Floats, Vocabulary

HalfFloats = NDArray[np.float16]
"""Weights of the many terms: half the memory, and no answer changes by it."""

SHARPNESS = 5.5
"""Turns the linear margins into chances that are neither timid nor boastful."""


class Scored(NamedTuple):
    intent: str
    chance: float


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
        linear: Floats = self.bias + weights @ self.margins[columns]
        near = columns.searchsorted(len(self.hidden))  # words apart come last
        inner: Floats = self.hidden_bias + weights[:near] @ self.hidden[columns[:near]]
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
        terms = self.terms(text)
        columns, weights = self.vocabulary.weigh(terms)
        names = self.vocabulary.named(terms)
        pull = [
            Scored(names[column], float(weight * (self.margins[column, at] - self.margins[column].mean())))
            for column, weight in zip(columns.tolist(), weights, strict=True)
        ]
        return sorted(pull, key=lambda reason: -reason.chance)[:most]


def shares(scores: Floats) -> Floats:
    """Scores as probabilities."""
    raised = np.exp(scores - scores.max())
    divided: Floats = raised / raised.sum()
    return divided


def rows(vocabulary: Vocabulary, messages: Sequence[Terms]) -> tuple[Floats, Columns, Columns]:
    """Messages as one sparse matrix: values, columns, and where each row begins."""
    found = [vocabulary.weigh(message) for message in messages]
    starts = np.cumsum([0, *(len(columns) for columns, _ in found)], dtype=np.int32)
    return (
        np.concatenate([weights for _, weights in found]),
        np.concatenate([columns for columns, _ in found]),
        starts,
    )
