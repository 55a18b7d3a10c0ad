"""What a typed answer means for each type of slot."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from app.engine.flow import Ask, SlotType
from app.engine.words import Words
from app.kit.email_address import parse_email
from app.kit.phone import parse_phone
from app.kit.unit_code import parse_unit_code
from app.kit.vietnamese import fold, nfc

LONGEST = {SlotType.PERSON_NAME: 80, SlotType.TEXT: 500}
"""Characters. The longest name in the civil registry has fewer than 60; a reason fits in a paragraph."""

_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*\.?")
_ADDRESSED = re.compile(
    r"^(?:d[aạ] )?(?:t[eê]n (?:t[oô]i|em|m[iì]nh|anh|ch[iị]) (?:l[aà] )?"
    r"|(?:t[oô]i|em|m[iì]nh) (?:t[eê]n )?l[aà] )",
    re.IGNORECASE,
)
_POLITE_END = re.compile(r"(?:\s+(?:[aạ]|nh[eé]|nha|[oơ]i))+[.!]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Filled:
    value: str


@dataclass(frozen=True, slots=True)
class Wrong:
    suggestion: str | None = None
    """What the person probably meant."""
    too_long: bool = False


Reading = Filled | Wrong


def read_answer(ask: Ask, text: str, words: Words) -> Reading:
    """The value of the slot, or that the answer does not fit it."""
    given = nfc(text)
    longest = LONGEST.get(ask.type)
    if longest is not None and len(given) > longest:
        return Wrong(too_long=True)
    match ask.type:
        case SlotType.PERSON_NAME:
            return _name(given)
        case SlotType.PHONE:
            return _or_wrong(parse_phone(_bare(given)))
        case SlotType.EMAIL:
            guess = parse_email(_bare(given))
            return Wrong(guess.suggestion) if guess.address is None else Filled(guess.address)
        case SlotType.UNIT_CODE:
            code = parse_unit_code(_bare(given))
            return Wrong() if code is None else Filled(code.value)
        case SlotType.YES_NO:
            return _yes_or_no(given, words)
        case SlotType.CHOICE:
            return _or_wrong(_option(ask, given))
        case SlotType.DATE:
            found = _date(_bare(given))
            return Wrong() if found is None else Filled(found.isoformat())
        case SlotType.TEXT:
            return Filled(given) if any(letter.isalnum() for letter in given) else Wrong()
        case _:
            assert_never(ask.type)


def _or_wrong(value: str | None) -> Reading:
    return Wrong() if value is None else Filled(value)


def _bare(text: str) -> str:
    return _POLITE_END.sub("", text).strip()


def _name(text: str) -> Reading:
    """A name as it was written; a line of introduction before it and politeness after it are taken off."""
    name = _bare(_ADDRESSED.sub("", text.replace("\n", " ")))
    return Filled(name) if _NAME.fullmatch(name) else Wrong()


def _yes_or_no(text: str, words: Words) -> Reading:
    said = fold(_bare(text))
    if said in {fold(word) for word in words.yes}:
        return Filled("yes")
    return Filled("no") if said in {fold(word) for word in words.no} else Wrong()


def _option(ask: Ask, text: str) -> str | None:
    if text.isdigit() and 1 <= int(text) <= len(ask.choices):
        return ask.choices[int(text) - 1].value
    said = fold(_bare(text))
    for option in ask.choices:
        if said == fold(option.label):
            return option.value
    # "kế toán trưởng" means "Kế toán", as long as only one label is in it.
    inside = [option.value for option in ask.choices if f" {fold(option.label)} " in f" {said} "]
    return inside[0] if len(inside) == 1 else None


def _date(text: str) -> date | None:
    for pattern in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None
