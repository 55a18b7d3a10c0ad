"""What a typed answer means for each type of slot."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from app.engine.flow import Ask, Option, SlotType
from app.engine.matching import folded, number_in, says_one_of
from app.engine.words import Words
from app.kit.email_address import parse_email
from app.kit.phone import parse_phone
from app.kit.unit_code import parse_unit_code
from app.kit.vietnamese import fold, nfc

LONGEST = {SlotType.PERSON_NAME: 80, SlotType.TEXT: 500}
"""Characters. The longest name in the civil registry has fewer than 60; a reason fits in a paragraph."""
LONGEST_OF_ALL = 300
"""Characters of an answer to any other question, words around the number or the address included."""

_NAME = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)+\.?")
_MOST_NAME_WORDS = 8
_ADDRESSED = re.compile(
    r"^(?:d[aạ],? )?(?:t[eê]n (?:t[oô]i|em|m[iì]nh|anh|ch[iị]) (?:l[aà] )?"
    r"|(?:t[oô]i|em|m[iì]nh) (?:t[eê]n )?l[aà] |(?:h[oọ] )?t[eê]n(?: l[aà]|:) ?|d[aạ],? )",
    re.IGNORECASE,
)
_POLITE_END = re.compile(r"(?:[\s,]+(?:ạ|nh[eé]|nha|[oơ]i))+[.!]*$", re.IGNORECASE)
_DATES = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Filled:
    value: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Several readings, the likeliest first: the contact chooses."""

    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    too_long: bool = False


Reading = Filled | Unsure | Wrong


def read_answer(ask: Ask, text: str, words: Words) -> Reading:
    """The value of the slot, or that the answer does not fit it."""
    given = nfc(text)
    if len(given) > LONGEST.get(ask.type, LONGEST_OF_ALL):
        return Wrong(too_long=True)
    match ask.type:
        case SlotType.PERSON_NAME:
            return _or_wrong(read_name(given, words))
        case SlotType.PHONE:
            return _or_wrong(parse_phone(_polished(given)))
        case SlotType.EMAIL:
            return _email(_polished(given))
        case SlotType.UNIT_CODE:
            code = parse_unit_code(_polished(given))
            return Wrong() if code is None else Filled(code.value)
        case SlotType.YES_NO | SlotType.CHOICE:
            return _or_wrong(_option(options_of(ask, words), given, words))
        case SlotType.DATE:
            return _or_wrong(_date(_polished(given)))
        case SlotType.TEXT:
            return Filled(given) if any(letter.isalpha() for letter in given) else Wrong()
        case _:
            assert_never(ask.type)


def options_of(ask: Ask, words: Words) -> Sequence[Option]:
    """What a question lets choose from: its own choices, yes and no, or nothing."""
    if ask.type is not SlotType.YES_NO:
        return ask.choices
    yes, no = words.yes[0].capitalize(), words.no[0].capitalize()
    return (Option(value="yes", label=yes), Option(value="no", label=no))


def read_name(text: str, words: Words) -> str | None:
    """A person's full name; a line of introduction before it and politeness after it are taken off."""
    name = _polished(_ADDRESSED.sub("", " ".join(text.split())))
    if name[:1].isupper():
        name = name.removesuffix(" a")  # "Nguyen Thi Mai a" ends politely, "nguyễn văn a" in a name
    if not _NAME.fullmatch(name) or len(name.split()) > _MOST_NAME_WORDS:
        return None
    padded = f" {name.lower()} "
    if any(f" {word} " in padded for word in words.not_names):
        return None
    return name.title() if name in {name.lower(), name.upper()} else name


def _or_wrong(value: str | None) -> Reading:
    return Wrong() if value is None else Filled(value)


def _polished(text: str) -> str:
    return _POLITE_END.sub("", text).strip()


def _email(text: str) -> Reading:
    guess = parse_email(text)
    readings = tuple(address for address in (guess.suggestion, guess.address) if address)
    if guess.suggestion is None:
        return _or_wrong(guess.address)
    return Unsure(readings)


def _option(options: Sequence[Option], text: str, words: Words) -> str | None:
    number = number_in(text, words)
    if number is not None:
        return options[number - 1].value if 1 <= number <= len(options) else None
    for option in options:
        meant = {"yes": words.yes, "no": words.no}.get(option.value, ())
        if says_one_of(text, (option.label, *meant), words):
            return option.value
    # "kế toán trưởng" means "Kế toán", as long as only one label is in it.
    said = f" {fold(text)} "
    inside = [
        option.value for option in options if " " in option.label and f" {folded(option.label)} " in said
    ]
    return inside[0] if len(inside) == 1 else None


def _date(text: str) -> str | None:
    for pattern in _DATES:
        try:
            return datetime.strptime(text, pattern).date().isoformat()
        except ValueError:
            continue
    return None


def shown_date(value: str) -> str:
    try:
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    except ValueError:
        return value
