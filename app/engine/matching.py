"""From words to a place in the flows: the obvious ones here, a trained matcher can stand in its stead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from app.engine.flow import Library, MenuChoice, Place
from app.engine.words import Words
from app.kit.vietnamese import fold

LONGEST_LABEL_SEARCH = 200
"""Characters: in longer messages a label found somewhere inside is chance."""
_ENDS = ".,!?:;…\"'()[]*-"
_KEYCAP = dict.fromkeys([0xFE0F, 0x20E3])
"""What makes the digit 1 the picture of a key."""

folded = lru_cache(maxsize=8192)(fold)
"""`fold` for what content says, which is the same few texts over and over."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message may be about, as people call it, and where that is answered."""

    title: str
    place: Place


@dataclass(frozen=True, slots=True)
class Answer:
    place: Place
    title: str = ""
    """What the message was taken for; empty when it was named itself, or there is nothing to name."""
    others: tuple[Topic, ...] = ()
    """What else it may have been about, likeliest first."""
    upset: bool = False


@dataclass(frozen=True, slots=True)
class Suggest:
    topics: tuple[Topic, ...]
    question: str = ""
    """What tells these topics apart, when there is such a question."""


class Matcher(Protocol):
    """Says what a free message is about; None when it cannot tell."""

    def understand(self, text: str, at: Place | None) -> Answer | Suggest | None: ...


class PhraseMatcher:
    """Knows whole phrases only, politeness apart."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def understand(self, text: str, at: Place | None) -> Answer | None:
        place = phrase_in(text, self._library)
        return None if place is None else Answer(place)


def default_matcher(library: Library) -> Matcher:
    return PhraseMatcher(library)


def phrase_in(text: str, library: Library) -> Place | None:
    """Where the phrase leads that makes up the whole message, if it is one."""
    said = fold(text)
    forms = (said, plain(said), bare(said, library.words))
    return next((library.phrases[form] for form in forms if form in library.phrases), None)


def plain(said: str) -> str:
    """A folded message without punctuation around its words."""
    return " ".join(word for word in (word.strip(_ENDS) for word in said.split()) if word)


def bare(said: str, words: Words) -> str:
    """A folded message without punctuation and without words of politeness."""
    return " ".join(word for word in plain(said).split() if word not in words.folded_fillers)


def says_one_of(text: str, wordings: Iterable[str], words: Words) -> bool:
    """Whether the whole message is one of these wordings, politeness apart."""
    forms = _forms(fold(text), words)
    return any(_means(wording, forms, words) for wording in wordings)


def command_in(text: str, words: Words) -> str | None:
    """The always-available word that makes up the whole message, if it is one."""
    forms = _forms(fold(text), words)
    for name, spellings in words.commands:
        if any(_means(spelling, forms, words) for spelling in spellings):
            return str(name)
    return None


def number_in(text: str, words: Words) -> int | None:
    """The number that makes up the whole message: "2", "số 2", "2 ạ"."""
    spoken = bare(fold(text.translate(_KEYCAP)), words).split()
    said = [word for word in spoken if word not in words.folded_counting]
    if len(said) != 1 or not said[0].isdecimal() or len(said[0]) > 3:
        return None
    return int(said[0])


def chosen(menu: Sequence[MenuChoice], text: str, words: Words) -> int | None:
    """The choice that a whole message means: by number, label, or another wording of it."""
    number = number_in(text, words)
    if number is not None:
        return number - 1 if 1 <= number <= len(menu) else None
    said = fold(text)
    for reading, form in enumerate((plain(said), bare(said, words))):
        for at, item in enumerate(menu):
            known = (
                _readings(wording, words.folded_fillers)[reading] for wording in (item.label, *item.also)
            )
            if form and form in known:
                return at
    return None


def hinted(menu: Sequence[MenuChoice], text: str, words: Words) -> int | None:
    """The one choice that has a wording inside the message; none when the message also denies something."""
    said = bare(fold(text), words)
    if len(said) > LONGEST_LABEL_SEARCH:
        return None
    denying = {folded(word) for word in words.no if " " not in word}
    found: set[int] = set()
    for at, item in enumerate(menu):
        for wording in {plain(folded(wording)) for wording in (item.label, *item.also)}:
            rest = f" {said} ".replace(f" {wording} ", "  ")
            # One short word stands in too many sentences.
            if " " in wording and f" {wording} " in f" {said} " and not denying & set(rest.split()):
                found.add(at)
    return found.pop() if len(found) == 1 else None


def _forms(said: str, words: Words) -> set[str]:
    """The ways to read a folded message. Of mere politeness ("dạ vâng") each word counts by itself."""
    short = bare(said, words)
    return {said, plain(said), short} - {""} if short else {said, *plain(said).split()}


def _means(wording: str, forms: set[str], words: Words) -> bool:
    return any(reading in forms for reading in _readings(wording, words.folded_fillers) if reading)


@lru_cache(maxsize=8192)
def _readings(wording: str, fillers: frozenset[str]) -> tuple[str, str]:
    """What content says, without punctuation, and without words of politeness as well."""
    read = plain(folded(wording))
    return read, " ".join(word for word in read.split() if word not in fillers)
