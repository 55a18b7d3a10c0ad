"""Zalo's refusals, and failures of the wire, as few types; which code is which stands in errors.toml."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any


class Family(StrEnum):
    """The same number means different things on different hosts."""

    OA = "oa"
    ZBS = "zbs"
    OAUTH = "oauth"


class Fault(StrEnum):
    """Who can do something about it."""

    ZALO = "zalo"
    US = "us"
    OFFICE = "office"
    PERSON = "person"
    NOBODY = "nobody"


class ZaloError(Exception):
    """A call to Zalo did not do what it was made for."""

    def __init__(
        self, code: int | None, message: str, staff_line: str = "", fault: Fault = Fault.ZALO
    ) -> None:
        super().__init__(message if code is None else f"{code}: {message}")
        self.code = code
        self.message = message
        self.staff_line = staff_line
        """What staff read about it, in Vietnamese."""
        self.fault = fault


class Transient(ZaloError):
    """Passes by itself; the same call may be made again after a pause."""


class RateLimited(Transient):
    """Too many calls this minute; nothing is wrong with this one."""


class NotSent(Transient):
    """The call surely never reached Zalo: no connection was made."""

    def __init__(self, message: str) -> None:
        line = _table().not_sent
        super().__init__(None, message, line.text, line.fault)


class NoAnswer(ZaloError):
    """The call may have reached Zalo, and what Zalo made of it is unknown."""

    def __init__(self, message: str) -> None:
        line = _table().no_answer
        super().__init__(None, message, line.text, line.fault)


class TokenRejected(ZaloError):
    """The access token is dead; a renewed one may work."""


class AccountFault(ZaloError):
    """The app or the OA is not set up for this; nothing will pass until people act."""


class RecipientUnreachable(ZaloError):
    """This person cannot be written to now, and trying again changes nothing."""


class PayloadRefused(ZaloError):
    """Zalo will never take this content."""


class QuotaGone(ZaloError):
    """An allowance is used up and comes back by itself, or is bought."""


class NightHours(ZaloError):
    """Not between 22:00 and 06:00 in Việt Nam."""


_CLASSES: dict[str, type[ZaloError]] = {
    "rate": RateLimited,
    "transient": Transient,
    "token": TokenRejected,
    "account": AccountFault,
    "recipient": RecipientUnreachable,
    "payload": PayloadRefused,
    "quota": QuotaGone,
    "night": NightHours,
}


def error_of(code: int, message: str, family: Family) -> ZaloError:
    """The error for a code that Zalo answered; a code nobody has described counts as a refused payload."""
    rows = _table().codes[family].get(code, ())
    said = message.lower()
    row = next((row for row in rows if row.when in said), _table().unknown[family])
    return row.kind(code, message, row.line.text, row.line.fault)


def refused_by_gateway(status: int, message: str) -> ZaloError:
    """The error for an HTTP refusal that came before Zalo's application: it was surely not carried out."""
    line = _table().refused_by_gateway
    kind = RateLimited if status == 429 else Transient
    return kind(None, f"HTTP {status}: {message}", line.text, line.fault)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class _Row:
    kind: type[ZaloError]
    line: _Line
    when: str


@dataclass(frozen=True, slots=True)
class _Table:
    codes: dict[Family, dict[int, tuple[_Row, ...]]]
    unknown: dict[Family, _Row]
    not_sent: _Line
    no_answer: _Line
    refused_by_gateway: _Line


@cache
def _table() -> _Table:
    raw = tomllib.loads(Path(__file__).with_name("errors.toml").read_text(encoding="utf-8"))
    wire = raw["wire"]
    return _Table(
        codes={family: _rows_by_code(raw[family]["rows"]) for family in Family},
        unknown={family: _row(raw[family]["unknown"]) for family in Family},
        not_sent=_line(wire["not_sent"]),
        no_answer=_line(wire["no_answer"]),
        refused_by_gateway=_line(wire["refused_by_gateway"]),
    )


def _rows_by_code(rows: list[dict[str, Any]]) -> dict[int, tuple[_Row, ...]]:
    by_code: dict[int, tuple[_Row, ...]] = {}
    for row in rows:
        for code in row["codes"]:
            by_code[code] = (*by_code.get(code, ()), _row(row))
    return by_code


def _row(raw: dict[str, Any]) -> _Row:
    return _Row(_CLASSES[raw["class"]], _line(raw), raw.get("when", ""))


def _line(raw: dict[str, Any]) -> _Line:
    return _Line(raw["line"], Fault(raw["fault"]))
