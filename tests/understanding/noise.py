"""What thumbs, keyboards and haste make of a written message; knows nothing of how messages are read."""

import random
import unicodedata

_TELEX_LETTERS = {"ă": "aw", "â": "aa", "đ": "dd", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw"}
_TELEX_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
_TEEN = {
    "không": "ko",
    "được": "dc",
    "mật khẩu": "mk",
    "tài khoản": "tk",
    "đăng ký": "đk",
    "rồi": "r",
    "gì": "j",
    "điện thoại": "đt",
    "người": "ng",
    "vậy": "z",
    "biết": "bít",
    "bao nhiêu": "bn",
}
_NEIGHBOURS = dict(zip("qwertyuiopasdfghjklzxcvbn", "wertyuiopqsdfghjklaxcvbnm", strict=True))


def without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(part for part in parts if not unicodedata.combining(part))


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def capitals(text: str) -> str:
    return text.upper()


def teen(text: str) -> str:
    for said, written in _TEEN.items():
        text = text.replace(said, written)
    return text


def telex(text: str) -> str:
    """As it looks when the keyboard's Vietnamese mode is off."""
    return " ".join(_keys(word) for word in text.lower().split(" "))


def typos(text: str, share: float = 0.05) -> str:
    """One letter in twenty is a neighbour's, lost, or there twice."""
    chance = random.Random(text)  # noqa: S311
    made: list[str] = []
    for letter in text:
        if not letter.isalpha() or chance.random() > share:
            made.append(letter)
            continue
        made.append(chance.choice((_NEIGHBOURS.get(letter, letter), "", letter * 2)))
    return "".join(made)


def _keys(word: str) -> str:
    keys: list[str] = []
    tones: list[str] = []
    for letter in word:
        parts = unicodedata.normalize("NFD", letter)
        tones += [_TELEX_TONES[part] for part in parts if part in _TELEX_TONES]
        bare = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TELEX_TONES))
        keys.append(_TELEX_LETTERS.get(bare, bare))
    return "".join(keys + tones)
