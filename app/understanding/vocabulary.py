"""The terms that count, known by number: a term's column is found without its text being held in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from app.understanding.features import Terms

Floats = NDArray[np.float32]
Columns = NDArray[np.int32]

BLOCK_WEIGHTS = (1.0, 1.0, 0.8, 0.8, 1.0)
"""Pieces, words, concepts, accented words, words apart."""
_BLOCK_BITS = 32
"""Beside a checksum of 32 bits: of some 60,000 terms of a block two may share one, and the commoner stays; a
piece of a word that nobody has taught is taken for a known one once in 70,000 times."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every term that counts: its number, its column and its rarity."""

    numbers: NDArray[np.int64]
    """Sorted."""
    columns: Columns
    """By number; the columns of a block stand together, what is said most comes first: rows that are read
    together lie on the same pages of the mapped file."""
    starts: Columns
    """The first column of each block, and the end."""
    rarity: Floats
    """By column."""

    @classmethod
    def of(cls, blocks: Sequence[Sequence[str]], rarity: Floats) -> "Vocabulary":
        """Each block's terms in the order of their columns; no two of a block share a number."""
        numbers = np.array([*_numbers(blocks)], dtype=np.int64)
        order = np.argsort(numbers)
        starts = np.cumsum([0, *map(len, blocks)], dtype=np.int32)
        return cls(numbers[order], order.astype(np.int32), starts, rarity)

    def weigh(self, terms: Terms) -> tuple[Columns, Floats]:
        """Columns and weights of a message, by column; a block is as long as BLOCK_WEIGHTS says."""
        columns, times = np.unique(self._known(_listed(terms)), return_counts=True)
        weights = ((1 + np.log(times)) * self.rarity[columns]).astype(np.float32)
        edges = columns.searchsorted(self.starts).tolist()
        for share, begin, end in zip(BLOCK_WEIGHTS, edges, edges[1:], strict=False):
            block = weights[begin:end]
            if len(block):
                block *= share / np.sqrt(block @ block)
        return columns, weights

    def named(self, terms: Terms) -> dict[int, str]:
        """The text of a message's terms, by column."""
        texts = [term for block in terms.blocks() for term in block]
        return {
            int(column): text
            for number, text in zip(_listed(terms), texts, strict=True)
            for column in self._known([number])
        }

    def _known(self, numbers: Sequence[int]) -> Columns:
        given = np.array(numbers, dtype=np.int64)
        at = np.minimum(self.numbers.searchsorted(given), len(self.numbers) - 1)
        found: Columns = self.columns[at[self.numbers[at] == given]]
        return found


def numbers_of(block: int, terms: Sequence[str]) -> list[int]:
    """What terms of a block are known by."""
    base = block << _BLOCK_BITS
    return [base | crc32(term.encode()) for term in terms]


def _numbers(blocks: Sequence[Sequence[str]]) -> Iterator[int]:
    for at, block in enumerate(blocks):
        yield from numbers_of(at, block)


def _listed(terms: Terms) -> list[int]:
    return list(_numbers(terms.blocks()))
