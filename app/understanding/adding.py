"""A phrase more: what it mends and what it spoils is seen before it is kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from app.engine.flow import Library
from app.understanding.catalogue import Catalogue
from app.understanding.lint import Remark, lint
from app.understanding.scoring import Labelled, Reads, judge
from app.understanding.taking import write_told

OFFICE = "office"
"""The writer of what the staff add."""


class Difference(NamedTuple):
    fixed: list[Labelled]
    broken: list[Labelled]


def with_phrase(catalogue: Catalogue, intent: str, phrase: str) -> Catalogue:
    own = catalogue.told.get(OFFICE, {})
    lines = {**own, intent: (*own.get(intent, ()), phrase)}
    return catalogue._replace(told={**catalogue.told, OFFICE: lines})


def new_errors(before: Catalogue, after: Catalogue, library: Library, tests: Sequence[str]) -> list[Remark]:
    """What is wrong with the phrases now and was not before."""
    known = set(lint(before, library, tests))
    return [remark for remark in lint(after, library, tests) if remark.is_error and remark not in known]


def difference(before: Reads, after: Reads, messages: Sequence[Labelled]) -> Difference:
    """Which of the labelled messages are read right only after, and which only before."""
    found = Difference([], [])
    for message in messages:
        was, now = (_is_right(reads, message) for reads in (before, after))
        if was != now:
            (found.fixed if now else found.broken).append(message)
    return found


def keep_phrases(flows: Path, catalogue: Catalogue) -> Path:
    """Writes down what the staff have added so far."""
    return write_told(flows, OFFICE, catalogue.told[OFFICE])


def _is_right(reads: Reads, message: Labelled) -> bool:
    result = judge(reads, message, reads.read(message.text))
    return result.top in result.labelled.right
