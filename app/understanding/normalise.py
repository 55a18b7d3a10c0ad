"""A typed message becomes plain words: spelling, slang, keyboards and politeness are taken out of the way."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.kit.vietnamese import fold, nfc
from app.understanding.keyboards import plain_reading

FIRST_WORDS, LAST_WORDS = 40, 20
"""Of a long story the beginning and the end are read."""
LONGEST_WORD = 30
"""Letters; what is longer is a hand resting on the keys."""
KEPT_AT_LEAST = 3
"""Words that must remain before politeness is dropped."""

_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org|info|xyz|top)\b(?:/\S*)?"
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_APP_NAME = re.compile(r"\bv+i?s+c?s*(?:[ _.-]+|[ _.-]*c[ _.-]*)?i+d+\b|\bvss+\b|\bvs+d\b")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){6,}")
_WORD = re.compile(r"[^\W_]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"


class Word(NamedTuple):
    """One word: without accents, and with them in a form where the place of the tone mark does not count."""

    plain: str
    marked: str


@dataclass(frozen=True, slots=True)
class Spelling:
    """What people write for what they mean; content, read from flows/intents/."""

    slang: Mapping[str, str] = field(default_factory=dict)
    """A written word → the words it stands for; looked up as typed, then without accents."""
    phrases: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """Words without accents → the one word that is used for them."""
    fillers: frozenset[str] = frozenset()
    """Words of politeness, as typed with accents or without."""
    reach: Mapping[str, int] = field(init=False)
    """A word that begins set phrases → the length of the longest; found out once, looked up all the time."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reach", reach_of(self.phrases))


def words_of(text: str, spelling: Spelling, known: frozenset[str] = frozenset()) -> list[Word]:
    """The words of a message; what is not in `known` is tried as raw Telex or VNI typing."""
    typed = _WORD.findall(_spaced(text))
    if len(typed) > FIRST_WORDS + LAST_WORDS:
        typed = typed[:FIRST_WORDS] + typed[-LAST_WORDS:]
    words: list[Word] = []
    for one in typed:
        words.extend(_meant(one[:LONGEST_WORD], spelling, known))
    return _joined(_without_politeness(words, spelling.fillers), spelling)


def marked(word: str) -> str:
    """The letters of a word followed by its tone: hoà and hòa come out the same."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    tones = "".join(part for part in parts if part in _TONES)
    letters = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    return letters + tones


def reach_of(spans: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """First word → words of the longest span that it begins."""
    longest: dict[str, int] = {}
    for span in spans:
        if span:
            longest[span[0]] = max(len(span), longest.get(span[0], 0))
    return longest


def word_of(text: str) -> Word:
    return Word(fold(text), marked(text))


def _spaced(text: str) -> str:
    lowered = nfc(text).replace("\u200d", "").lower()
    without = _LINK.sub(" lienket ", _ADDRESS.sub(" thudientu ", lowered))
    named = _APP_NAME.sub(" vssid ", _LONG_NUMBER.sub(" dayso ", without))
    return _STRETCHED.sub(r"\1", named)


def _meant(typed: str, spelling: Spelling, known: frozenset[str]) -> list[Word]:
    plain = fold(typed)
    meaning = spelling.slang.get(typed) or (spelling.slang.get(plain) if typed == plain else None)
    if meaning is not None:
        return [word_of(part) for part in meaning.split()]
    if known and plain not in known:
        repaired = next((reading for reading in plain_reading(plain) if reading in known), None)
        if repaired is not None:
            return [Word(repaired, repaired)]
    return [Word(plain, marked(typed))]


def _without_politeness(words: list[Word], fillers: frozenset[str]) -> list[Word]:
    kept = [word for word in words if word.marked not in fillers]
    return kept if len(kept) >= KEPT_AT_LEAST else words


def _joined(words: Sequence[Word], spelling: Spelling) -> list[Word]:
    """Set phrases become one word, the longest first."""
    joined: list[Word] = []
    at = 0
    while at < len(words):
        longest = spelling.reach.get(words[at].plain, 0)
        for length in range(min(longest, len(words) - at), 0, -1):
            one = spelling.phrases.get(tuple(word.plain for word in words[at : at + length]))
            if one is not None:
                joined.append(Word(one, one))
                at += length
                break
        else:
            joined.append(words[at])
            at += 1
    return joined
