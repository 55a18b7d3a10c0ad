"""Vietnamese text: one way to write it, to compare it, and to sort people's names."""

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"[^\S\n]+")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
"""Zero-width and direction marks. The joiner U+200D stays: it holds emoji together."""

_UNTIDY = re.compile(
    "["
    + "".join(map(chr, _INVISIBLE))
    + "\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
    + r"|[^\S\n ]|  | \n|\n |^\s|\s\Z"
)
"""What `nfc` would change besides decomposed letters: most texts have nothing of it."""

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(ord("0") + rank) for rank, letter in enumerate(_LETTERS)}
# Dictionary order of the tones: level, grave, hook, tilde, acute, dot below.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def nfc(text: str) -> str:
    """The text as it is kept: composed letters, no invisible characters, single spaces, trimmed lines."""
    if _UNTIDY.search(text) is None and unicodedata.is_normalized("NFC", text):
        return text
    composed = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    kept = _CONTROLS.sub(" ", composed.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.strip() for line in _SPACES.sub(" ", kept).split("\n")).strip()


def fold(text: str) -> str:
    """The text as it is compared: lower case, without accents, đ as d, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    bare = unicodedata.normalize("NFD", nfc(text).lower().replace("đ", "d"))
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())


def sort_key(full_name: str) -> str:
    """Orders people the Vietnamese way: given name (the last word) first, letters before tones."""
    words = nfc(full_name).lower().split()
    turned = words[-1:] + words[:-1]
    return " ".join(_ranked(word) for word in turned)


def same_name(one: str, other: str) -> bool:
    """Whether two spellings name the same person or unit; case, accents and tone placement do not count."""
    return fold(one) == fold(other)


@lru_cache(maxsize=4096)
def _ranked(word: str) -> str:
    """Ranks of the letters, then of their tones; the "!" between them sorts before any letter."""
    letters: list[str] = []
    tones: list[str] = []
    for character in word:
        parts = unicodedata.normalize("NFD", character)
        tone = next((_TONES[part] for part in parts if part in _TONES), "0")
        letter = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
        letters.append(_RANK.get(letter, letter))
        tones.append(tone)
    return "".join(letters) + "!" + "".join(tones)
