"""The codes by which an employer is known: two generations of unit codes, tax code, budget code."""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.kit.vietnamese import fold


class UnitCodeKind(StrEnum):
    OLD = "old"
    """Before 1 August 2025, as in TX0001A."""
    NEW = "new"
    """Since then: enterprise or budget code, then a group and an industry, as in 0123456789DNA03."""
    TAX = "tax"
    """Ten digits, thirteen for a dependent branch: written 0123456789-001."""
    BUDGET = "budget"
    """Seven digits: the code of a unit that lives on the state budget (mã quan hệ ngân sách)."""


@dataclass(frozen=True, slots=True)
class UnitCode:
    kind: UnitCodeKind
    value: str

    @property
    def root(self) -> str | None:
        """The tax or budget code that a new unit code is built on."""
        found = re.match(r"[0-9]{10}|[0-9]{7}", self.value) if self.kind is UnitCodeKind.NEW else None
        return found[0] if found else None


# Letter to BHXH offices 1804/BHXH-QLT of 4 August 2025 for the new codes; the old ones as seen in use.
_SHAPES = (
    (re.compile(r"[0-9]{10}[A-Z]{2}[A-Z][0-9]{2}"), UnitCodeKind.NEW),
    (re.compile(r"[0-9]{7}[A-Z]{2}"), UnitCodeKind.NEW),
    (re.compile(r"[0-9]{10}[A-Z]{2}[0-9]{4,12}"), UnitCodeKind.NEW),
    (re.compile(r"[A-Z]{1,3}[0-9]{3,5}[A-Z]{0,2}"), UnitCodeKind.OLD),
    (re.compile(r"[0-9]{10}(?:[0-9]{3})?"), UnitCodeKind.TAX),
    (re.compile(r"[0-9]{7}"), UnitCodeKind.BUDGET),
)
_LABEL = re.compile(
    r"^(?:mst|mdv|ma(?: so)?(?: (?:thue|don vi(?: bhxh)?|dv|bhxh|quan he ngan sach|qhns))?)\b"
    r"(?: cu| moi)?(?: la)?"
)
_SPREADSHEET_FLOAT = re.compile(r"([0-9]{7,13})\.0+")
_SEPARATORS = re.compile(r"[\s.:,;/_‐‑–—-]+")


def parse_unit_code(text: str) -> UnitCode | None:
    """The unit's code in `text`, in capitals without separators; None when there is none.

    Twelve digits are a citizen's number, never a unit: None.
    """
    plain = fold(text)
    if float_cell := _SPREADSHEET_FLOAT.fullmatch(plain):
        plain = float_cell[1]
    return _whole(plain) or _whole(_LABEL.sub("", plain)) or _among_words(plain)


def _whole(text: str) -> UnitCode | None:
    compact = _SEPARATORS.sub("", text).upper()
    kind = next((kind for shape, kind in _SHAPES if shape.fullmatch(compact)), None)
    if kind is None:
        return None
    is_branch = kind is UnitCodeKind.TAX and len(compact) == 13
    return UnitCode(kind, f"{compact[:10]}-{compact[10:]}" if is_branch else compact)


def _among_words(text: str) -> UnitCode | None:
    """The one word of a sentence that looks like a code."""
    words = (word.strip(".,;:!?()\"'") for word in text.split())
    found = {code for word in words if (code := _whole(word))}
    return found.pop() if len(found) == 1 else None
