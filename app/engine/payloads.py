"""What our buttons send back: where they stood, which they were. Untrusted like all that people send."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.engine.flow import Place

PREFIX = "#dm/"

_AT = re.compile(
    r"#dm/([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)/([a-z]+)?([0-9]{1,3})?(?:=([a-z0-9_.]{1,81}))?", re.ASCII
)
_GO = re.compile(r"#dm/@([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)")
_COMMAND = re.compile(r"#dm/!([a-z_]+)")


@dataclass(frozen=True, slots=True)
class AtPlace:
    """A button of one node: the kind of button, its number, and what it stood for."""

    place: Place
    kind: str
    number: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class GoTo:
    place: Place


@dataclass(frozen=True, slots=True)
class Command:
    name: str


def at_place(place: Place, kind: str, number: int = 0, key: str = "") -> str:
    """`key` names what the button stands for: content may have another order by the time it is tapped."""
    return f"{PREFIX}{place}/{kind}{number}" + (f"={key}" if key else "")


def go_to(place: Place) -> str:
    return f"{PREFIX}@{place}"


def command(name: str) -> str:
    return f"{PREFIX}!{name}"


def read_payload(payload: str) -> AtPlace | GoTo | Command | None:
    """What a payload says; None for anything we would not have written."""
    if found := _AT.fullmatch(payload):
        flow, node, kind, number, key = found.groups()
        return AtPlace(Place(flow, node), kind or "", int(number or 0), key or "")
    if found := _GO.fullmatch(payload):
        return GoTo(Place(*found.groups()))
    if found := _COMMAND.fullmatch(payload):
        return Command(found[1])
    return None


def numbered(tapped: AtPlace, keys: Sequence[str]) -> int | None:
    """Which of the things that have these keys the button stands for today; None when it is gone."""
    if tapped.number < len(keys) and keys[tapped.number] == tapped.key:
        return tapped.number
    return keys.index(tapped.key) if tapped.key in keys else None
