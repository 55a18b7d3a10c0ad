"""Vietnamese typed for old fonts, TCVN3 (.VnTime) and VNI: recognised and put into Unicode."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Font(StrEnum):
    TCVN3 = "TCVN3"
    VNI = "VNI"


# The code tables as the fonts draw them over Latin-1; checked in the tests by writing texts out and back.
_TCVN3_TABLE = (
    "µà ¶ả ·ã ¸á ¹ạ ¨ă »ằ ¼ẳ ½ẵ ¾ắ Æặ ©â Çầ Èẩ Éẫ Êấ Ëậ ®đ §Đ Ìè Îẻ Ïẽ Ðé Ñẹ ªê Òề Óể Ôễ Õế Öệ ×ì Øỉ Üĩ Ýí "
    "Þị ßò áỏ âõ ãó äọ «ô åồ æổ çỗ èố éộ ¬ơ êờ ëở ìỡ íớ îợ ïù ñủ òũ óú ôụ õừ öử ÷ữ øứ ùự úỳ ûỷ üỹ ýý þỵ "
    "¡Ă ¢Â £Ê ¤Ô ¥Ơ ¦Ư"
)
TCVN3: Mapping[str, str] = {pair[0]: pair[1] for pair in _TCVN3_TABLE.split()} | {"\xad": "ư"}
"""The code of ư is Unicode's soft hyphen, which is why it has to be read before anything is tidied up."""

_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_HATS = {
    "â": "\u0302",
    "á": "\u0302\u0301",
    "à": "\u0302\u0300",
    "å": "\u0302\u0309",
    "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
}
_BREVES = {
    "ê": "\u0306",
    "é": "\u0306\u0301",
    "è": "\u0306\u0300",
    "ú": "\u0306\u0309",
    "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}
_ALONE = {"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ô": "ơ", "ö": "ư", "ñ": "đ"}


def _vni() -> dict[str, str]:
    pairs = {base + mark: base + tone for base in "aeouy" for mark, tone in _TONES.items()}
    pairs |= {base + mark: base + hat for base in "aeo" for mark, hat in _HATS.items()}
    pairs |= {f"a{mark}": f"a{breve}" for mark, breve in _BREVES.items()}
    pairs |= {
        horned + mark: base + tone
        for horned, base in (("ô", "ơ"), ("ö", "ư"))
        for mark, tone in _TONES.items()
    }
    small = {old: unicodedata.normalize("NFC", new) for old, new in (pairs | _ALONE).items()}
    capital = {old.upper(): new.upper() for old, new in small.items()}
    mixed = {old[0].upper() + old[1:]: new.upper() for old, new in small.items() if len(old) > 1}
    return small | mixed | capital


VNI: Mapping[str, str] = _vni()
_VNI_PIECES = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))

_ONSET = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx]"
_NUCLEUS = (
    "uyê|uya|uyu|uây|uôi|iêu|yêu|oai|oay|oao|oeo|ươi|ươu|iê|ia|yê|ya|ua|uâ|uê|ui|uy|uô|uơ|ưa|ươ|ưi|ưu|ai|ao|au|ay|"
    "âu|ây|eo|êu|iu|oa|oă|oe|oi|ôi|ơi|[aăâeêioôơuưy]"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_NUCLEUS})(ch|c|p|t|ng|nh|m|n)?")
_SYLLABLE_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_LETTERS_AND_SIGNS = re.compile(r"[^\s\d!-@\[-`{-~\u2010-\u2027]+")


def is_syllable(word: str) -> bool:
    """Whether a Vietnamese word can be spelt like this; foreign words seldom can."""
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [part for part in parts if part in _SYLLABLE_TONES]
    bare = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _SYLLABLE_TONES))
    found = _SYLLABLE.fullmatch(bare)
    if found is None or len(tones) > 1:
        return False
    return found[1] not in {"c", "ch", "p", "t"} or tones in (["\u0301"], ["\u0323"])


def reads_well(text: str) -> bool:
    """Whether every word that has a letter beyond ASCII can be Vietnamese."""
    return all(is_syllable(word) for word in marked_words(text))


def marked_words(text: str) -> list[str]:
    return [word for word in _LETTERS_AND_SIGNS.findall(text) if not word.isascii()]


def from_tcvn3(text: str) -> str:
    """Capitals came from a second font with the same codes: text in capitals gets all of them."""
    if _in_capitals(text):
        return _tcvn3(text).upper()
    return re.sub(r"\S+", lambda word: _tcvn3_word(word[0]), text)


def _tcvn3_word(word: str) -> str:
    return _tcvn3(word).upper() if _in_capitals(word) else _tcvn3(word)


def _tcvn3(text: str) -> str:
    return "".join(TCVN3.get(letter, letter) for letter in text)


def _in_capitals(text: str) -> bool:
    """One capital alone is how a name begins."""
    plain = [letter for letter in text if letter.isascii() and letter.isalpha()]
    return len(plain) > 1 and all(map(str.isupper, plain))


def from_vni(text: str) -> str:
    return _VNI_PIECES.sub(lambda found: VNI[found[0]], text)


READERS: Mapping[Font, Callable[[str], str]] = {Font.VNI: from_vni, Font.TCVN3: from_tcvn3}


@dataclass(frozen=True, slots=True)
class Reading:
    """A column of texts as they are meant, and for which font they had been typed."""

    texts: tuple[str, ...]
    font: Font | None = None
    converted: int = 0


def read_column(texts: Sequence[str]) -> Reading:
    """Converts a column when words that cannot be Vietnamese become so.

    A column has one font: where no cell speaks against it, those that could be either follow the others.
    """
    suspects = [text for text in texts if not text.isascii() and _could_be_old(text)]
    odd = [text for text in suspects if not reads_well(text)]
    if not odd:
        return Reading(tuple(texts))
    votes = {font: sum(reads_well(read(text)) for text in odd) for font, read in READERS.items()}
    font = max(votes, key=lambda each: votes[each])
    if not votes[font]:
        return Reading(tuple(texts))
    has_unicode = any(ord(letter) > 0xFF and letter.isalpha() for text in texts for letter in text)
    read = READERS[font]

    def meant(text: str) -> str:
        if text.isascii() or not _could_be_old(text):
            return text
        if has_unicode and reads_well(text):
            return text
        new = read(text)
        return new if reads_well(new) else text

    new_texts = tuple(meant(text) for text in texts)
    changed = sum(one != other for one, other in zip(texts, new_texts, strict=True))
    return Reading(new_texts, font if changed else None, changed)


def _could_be_old(text: str) -> bool:
    return all(ord(letter) <= 0xFF or not letter.isalpha() for letter in text)
