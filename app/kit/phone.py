"""Vietnamese telephone numbers as people and spreadsheets write them."""

import re
import unicodedata
from collections.abc import Callable

# The change of 15 September 2018: eleven digits became ten, the last seven stayed.
_SINCE_2018 = {
    "0120": "070",
    "0121": "079",
    "0122": "077",
    "0126": "076",
    "0128": "078",
    "0123": "083",
    "0124": "084",
    "0125": "085",
    "0127": "081",
    "0129": "082",
    "0162": "032",
    "0163": "033",
    "0164": "034",
    "0165": "035",
    "0166": "036",
    "0167": "037",
    "0168": "038",
    "0169": "039",
    "0186": "056",
    "0188": "058",
    "0199": "059",
}

_MOBILE = re.compile(r"0[35789][0-9]{8}")
_FIXED = re.compile(r"02[0-9]{8,9}|1[89]00[0-9]{4,6}")
_SPREADSHEET_FLOAT = re.compile(r"(?<![0-9.])([0-9]{8,11})\.0+(?![0-9])")
_NUMBER = re.compile(r"\+?\(?\+?[0-9](?:[ .()_\-‐‑–—]*[0-9])+")


def parse_phone(text: str) -> str | None:
    """The mobile number in `text` as 0912345678, or None when there is none, or more than one.

    Takes +84, 84 and 0084, any grouping, words around the number, the eleven digits of before 2018, and
    a zero that a spreadsheet ate.
    """
    return _only_one(text, _as_mobile)


def parse_any_phone(text: str) -> str | None:
    """Like `parse_phone`, but also takes what an office has: a landline (02…), 1800 and 1900 numbers."""
    return _only_one(text, lambda digits: _as_mobile(digits) or _as_fixed(digits))


def _only_one(text: str, reading: Callable[[str], str | None]) -> str | None:
    plain = _SPREADSHEET_FLOAT.sub(r"\1", unicodedata.normalize("NFKC", text))
    found = {reading(re.sub(r"[^0-9]", "", number[0])) for number in _NUMBER.finditer(plain)} - {None}
    return found.pop() if len(found) == 1 else None


def _as_mobile(digits: str) -> str | None:
    national = _national(digits)
    if len(national) == 11 and national[:4] in _SINCE_2018:
        national = _SINCE_2018[national[:4]] + national[4:]
    return national if _MOBILE.fullmatch(national) else None


def _as_fixed(digits: str) -> str | None:
    national = _national(digits)
    return next((number for number in (national, digits) if _FIXED.fullmatch(number)), None)


def _national(digits: str) -> str:
    """The digits with one leading zero instead of the country's code, or instead of a zero that was lost."""
    bare = digits.removeprefix("00")
    # 84 is also how a number of nine digits may start (0841234567 without its zero): length decides.
    if bare.startswith("84") and len(bare) > 10:
        return "0" + bare[2:].removeprefix("0")
    if len(digits) == 9 and not digits.startswith("0"):
        return "0" + digits
    return digits
