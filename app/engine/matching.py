"""From words to a place in the flows: the obvious ones here, a trained matcher can stand in its stead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.engine.flow import Library, MenuChoice, Place
from app.kit.vietnamese import fold

LONGEST_LABEL_SEARCH = 200
"""Characters: in longer messages a label found somewhere inside is chance."""


@dataclass(frozen=True, slots=True)
class Answer:
    place: Place


@dataclass(frozen=True, slots=True)
class Suggest:
    places: tuple[Place, ...]


class Matcher(Protocol):
    """Says what a free message is about; None when it cannot tell."""

    def understand(self, text: str, at: Place | None) -> Answer | Suggest | None: ...


class PhraseMatcher:
    """Knows whole phrases only, politeness apart."""

    def __init__(self, library: Library) -> None:
        self._phrases = library.phrases
        self._fillers = frozenset(fold(word) for word in library.words.fillers)

    def understand(self, text: str, at: Place | None) -> Answer | None:
        said = fold(text)
        for wording in (said, plain(said, self._fillers)):
            place = self._phrases.get(wording)
            if place is not None:
                return Answer(place)
        return None


def default_matcher(library: Library) -> Matcher:
    return PhraseMatcher(library)


def plain(said: str, fillers: frozenset[str]) -> str:
    """A folded message without punctuation at its ends and without words of politeness."""
    words = (word.strip(".,!?:;…\"'()") for word in said.split())
    return " ".join(word for word in words if word and word not in fillers)


def chosen(menu: Sequence[MenuChoice], text: str, fillers: frozenset[str]) -> int | None:
    """The choice that a typed answer means: by number, label, another wording, or one found inside it."""
    said = fold(text)
    number = said.rstrip(".) ")
    if number.isdecimal() and len(number) <= 3:
        return int(number) - 1 if 1 <= int(number) <= len(menu) else None
    bare = plain(said, fillers)
    wordings = [{plain(fold(words), frozenset()) for words in (item.label, *item.also)} for item in menu]
    for at, known in enumerate(wordings):
        if bare in known or plain(said, frozenset()) in known:
            return at
    if len(said) > LONGEST_LABEL_SEARCH:
        return None
    inside = [at for at, known in enumerate(wordings) if any(_within(words, bare) for words in known)]
    return inside[0] if len(inside) == 1 else None


def _within(words: str, said: str) -> bool:
    """Only wordings of two words or more: one short word stands in too many sentences."""
    return " " in words and f" {words} " in f" {said} "
