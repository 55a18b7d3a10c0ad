"""Phrases become a model. Needs scikit-learn, which nothing else does; run it in a process of its own."""

import math
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from app.understanding.catalogue import Catalogue
from app.understanding.features import Concepts, Terms, terms_of
from app.understanding.keyboards import plain_reading
from app.understanding.model import Model, rows
from app.understanding.normalise import Spelling, words_of
from app.understanding.reader import Reader, guide_of, signposts_of
from app.understanding.vocabulary import Vocabulary, numbers_of

FEWEST = (3, 2, 2, 2, 2)
"""Phrases in which a term of each block must stand to count."""
TIGHTNESS = 0.3
"""How closely the linear weights follow the phrases."""
NEURONS, LESSONS, BATCH, PACE = 96, 4, 256, 5e-3
"""The network's size, and how often, in what portions and how fast it learns."""
LEAST_STEPS = 120
"""Portions that the network learns from at least."""
SEEN_OFTEN = 2
"""Times a word must stand in the phrases to be a known one."""
MUCH_MORE = 20
SEED = 1


class Example(NamedTuple):
    text: str
    intent: str
    told: bool = False
    """Somebody told what happened to them, and named no matter."""


def train(examples: Sequence[Example], concepts: Concepts, spelling: Spelling) -> Model:
    """Always the same model from the same phrases."""
    known = _known_words(examples, spelling)
    messages = [terms_of(words_of(example.text, spelling, known), concepts) for example in examples]
    vocabulary = _vocabulary(messages)
    intents = tuple(sorted({example.intent for example in examples}))
    labels = [intents.index(example.intent) for example in examples]
    again = _heard_again(examples)
    learnt = _fit(_matrix(vocabulary, messages), labels, again, _heard_by_network(vocabulary))
    return Model(intents, vocabulary, spelling, concepts, known, **learnt)


def _known_words(examples: Sequence[Example], spelling: Spelling) -> frozenset[str]:
    """Words seen often, but for those that read as raw typing of a word that is seen much more often."""
    counted, accented = Counter[str](), set[str]()
    for example in examples:
        words = {word.plain for word in words_of(example.text, spelling)}
        counted.update(words)
        if not example.text.isascii():
            accented |= words
    often = {word for word, count in counted.items() if count >= SEEN_OFTEN}
    sure = often & accented

    def is_raw(word: str) -> bool:
        meant = max((counted[reading] for reading in plain_reading(word) if reading in sure), default=0)
        return meant > 0 if word not in sure else meant > MUCH_MORE * counted[word]

    return frozenset(word for word in often if not is_raw(word))


def _vocabulary(messages: Sequence[Terms]) -> Vocabulary:
    blocks: list[list[str]] = []
    rarity: list[float] = []
    for number, fewest in enumerate(FEWEST):
        counted = Counter(term for message in messages for term in set(message.blocks()[number]))
        blocks.append(_commonest_first(counted, number, fewest))
        rarity += [1.0 + math.log((1 + len(messages)) / (1 + counted[term])) for term in blocks[-1]]
    return Vocabulary.of(blocks, np.array(rarity, dtype=np.float32))


def _commonest_first(counted: Counter[str], block: int, fewest: int) -> list[str]:
    """Terms of a block that stand in enough phrases; one only of those that share a number."""
    kept = sorted(
        (term for term, times in counted.items() if times >= fewest), key=lambda one: (-counted[one], one)
    )
    apart = dict(zip(reversed(numbers_of(block, kept)), reversed(kept), strict=True))
    return sorted(apart.values(), key=lambda one: (-counted[one], one))


def _matrix(vocabulary: Vocabulary, messages: Sequence[Terms]) -> Any:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    values, columns, starts = rows(vocabulary, messages)
    return csr_matrix((values, columns, starts), shape=(len(messages), len(vocabulary.rarity)))


def _heard_by_network(vocabulary: Vocabulary) -> int:
    """How many columns there are before the last block's, words apart."""
    return int(vocabulary.starts[-2])


def _heard_again(examples: Sequence[Example]) -> list[int]:
    """Who names the matter, where others tell stories: these are three in four, and would drown them."""
    named = [at for at, example in enumerate(examples) if not example.told]
    return named if len(named) < len(examples) else []


def _fit(matrix: Any, labels: Sequence[int], again: Sequence[int], heard: int) -> dict[str, Any]:
    linear, network = learners(len(labels))
    right, order = np.array(labels), [*range(len(labels)), *again]
    with warnings.catch_warnings():
        # It is told when to stop, and warns that it stopped.
        warnings.simplefilter("ignore")
        linear.fit(matrix, right)
        network.fit(matrix[order, :heard], right[order])
    by_term = {"margins": linear.coef_.T, "hidden": network.coefs_[0]}
    few = {
        "bias": linear.intercept_,
        "voice": network.coefs_[1],
        "hidden_bias": network.intercepts_[0],
        "voice_bias": network.intercepts_[1],
    }
    return {name: np.ascontiguousarray(values, dtype=np.float16) for name, values in by_term.items()} | {
        name: np.ascontiguousarray(values, dtype=np.float32) for name, values in few.items()
    }


def learners(phrases: int) -> tuple[Any, Any]:
    """The two untrained learners of scikit-learn; few phrases are gone over more often."""
    from sklearn.neural_network import MLPClassifier  # type: ignore[import-untyped]
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

    network = MLPClassifier(
        (NEURONS,),
        alpha=1e-5,
        learning_rate_init=PACE,
        batch_size=BATCH,
        max_iter=max(LESSONS, -(-LEAST_STEPS * BATCH // max(phrases, BATCH))),
        random_state=SEED,
    )
    return LinearSVC(C=TIGHTNESS, random_state=SEED), network


def train_reader(catalogue: Catalogue, without: frozenset[str] = frozenset()) -> Reader:
    """The reader of a catalogue; authors may be left out, to be scored with."""
    examples = [
        Example(phrase.text, phrase.intent, phrase.author in catalogue.told)
        for phrase in catalogue.phrases()
        if phrase.author not in without
    ]
    model = train(examples, catalogue.concepts, catalogue.spelling)
    return Reader(model, guide_of(catalogue), signposts_of(catalogue))
