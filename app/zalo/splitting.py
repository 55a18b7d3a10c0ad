"""Long texts as several messages, cut where a reader would pause."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from app.zalo.messages import MAX_TEXT, length_of

COMFORTABLE = 1200
"""A text that has to be cut is cut near this length: on a phone it is about two screens."""

_JOINER = "\u200d"
_FLAGS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n\s*")
# "TP. Nha Trang", "P. 3" and "2. Mở ứng dụng" do not end a sentence; "… giúp em ạ. Sau đó …" does.
_NOT_AFTER = r"(?<![.!?…])(?<!\b[A-ZĐ0-9])(?<!\b[A-ZĐ0-9][A-ZĐa-zđ0-9])"
_SENTENCE = re.compile(_NOT_AFTER + r"[.!?…]++[\"'”’»)\]]*+\s+")
# "0258 3822 222" and "1 200 000" stay whole.
_WORD = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_SPACE = re.compile(r"\s+")
_PAUSES = (_PARAGRAPH, _LINE, _SENTENCE, _WORD, _SPACE)


def split_text(text: str, limit: int = MAX_TEXT, best: int = COMFORTABLE) -> list[str]:
    """The text in pieces that each fit one message; at least one piece, and one only if the text fits.

    Cuts between paragraphs, else lines, else sentences, else words; inside a word only when one word is
    longer than a message, and then never inside a character that people see as one.
    """
    rest = text.strip()
    pieces: list[str] = []
    while length_of(rest) > limit:
        cut = _cut(rest, _fitting(rest, limit), min(best, limit))
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest or not pieces else pieces


def _cut(text: str, most: int, best: int) -> int:
    """Where to cut: at the strongest pause of the middle stretch, the one nearest below `best` if any."""
    least = best // 3
    window = text[: most + 1]
    for pause in _PAUSES:
        places = [found.end() for found in pause.finditer(window) if least <= found.start() <= most]
        below = [place for place in places if place <= best]
        if places:
            return below[-1] if below else places[0]
    return _last_boundary(text, most)


def _fitting(text: str, limit: int) -> int:
    """How many characters of the text fit into the limit."""
    count = min(len(text), limit)
    while (excess := length_of(text[:count]) - limit) > 0:
        count -= (excess + 1) // 2
    return max(count, 1)


def _last_boundary(text: str, most: int) -> int:
    """The last place up to `most` where a cut leaves digits together and every visible character whole."""
    return _last(range(most, most // 2, -1), lambda at: _whole(text, at) and not _in_number(text, at)) or (
        _last(range(most, 0, -1), lambda at: _whole(text, at)) or most
    )


def _last(places: Iterable[int], fits: Callable[[int], bool]) -> int | None:
    found: Iterator[int] = (place for place in places if fits(place))
    return next(found, None)


def _in_number(text: str, at: int) -> bool:
    return text[at - 1].isdigit() and text[at].isdigit()


def _whole(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if before == _JOINER or after == _JOINER or _modifies(after):
        return False
    if ord(before) in _FLAGS and ord(after) in _FLAGS:
        return _flags_before(text, at) % 2 == 0
    return True


def _modifies(character: str) -> bool:
    """Accents, variation selectors and skin tones belong to the character before them."""
    return unicodedata.category(character) in {"Mn", "Me", "Mc"} or ord(character) in _SKIN_TONES


def _flags_before(text: str, at: int) -> int:
    """How many half flags stand in a row just before this place; two halves make one flag."""
    count = 0
    while count < at and ord(text[at - 1 - count]) in _FLAGS:
        count += 1
    return count
