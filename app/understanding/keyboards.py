"""Typing that never became Vietnamese letters: Telex ("ddawng kys"), VNI ("d9a8ng ky1"), keys that stuck."""

import re
from collections.abc import Iterator

_VNI_MARK = re.compile(r"(?<=[a-z])[0-9]")
_DOUBLED = re.compile(r"([adeo])\1")
_ANY_TWICE = re.compile(r"(.)\1")
_TONE_LETTER = re.compile(r"[sfrxjz]")
_LONE_W = re.compile(r"(?<![aou])w")


def plain_reading(word: str) -> Iterator[str]:
    """What a word without accents may have been meant as; likelier readings first."""
    if any(letter.isdigit() for letter in word):
        yield _VNI_MARK.sub("", word)
    once = _ANY_TWICE.sub(r"\1", word)
    if once != word:
        yield once
    letters = _LONE_W.sub("u", _DOUBLED.sub(r"\1", word)).replace("w", "")
    if letters != word:
        yield letters
    for found in reversed(list(_TONE_LETTER.finditer(letters))):
        if found.start() > 0:
            yield letters[: found.start()] + letters[found.end() :]
    late = _late_doubling(letters)
    if late != letters:
        yield late


def _late_doubling(letters: str) -> str:
    """Telex lets the second letter come at the end: "tieengs" as "tienges", "dangd"."""
    for letter in "deoa":
        if letters.count(letter) > 1:
            at = letters.rindex(letter)
            rest = letters[:at] + letters[at + 1 :]
            return _TONE_LETTER.sub("", rest[1:]) and rest[0] + _TONE_LETTER.sub("", rest[1:])
    return letters
