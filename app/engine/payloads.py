"""What our buttons send back: where they stood, which they were. Untrusted like all that people send."""

import re
from dataclasses import dataclass

from app.engine.flow import Place

PREFIX = "#dm/"

_AT = re.compile(r"#dm/([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)/([a-z]+)?([0-9]{1,3})?")
_GO = re.compile(r"#dm/@([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)")
_COMMAND = re.compile(r"#dm/!([a-z_]+)")


@dataclass(frozen=True, slots=True)
class AtPlace:
    """A button of one node: the kind of button and its number."""

    place: Place
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class GoTo:
    place: Place


@dataclass(frozen=True, slots=True)
class Command:
    name: str


def at_place(place: Place, kind: str, number: int = 0) -> str:
    return f"{PREFIX}{place}/{kind}{number}"


def go_to(place: Place) -> str:
    return f"{PREFIX}@{place}"


def command(name: str) -> str:
    return f"{PREFIX}!{name}"


def read_payload(payload: str) -> AtPlace | GoTo | Command | None:
    """What a payload says; None for anything we would not have written."""
    if found := _AT.fullmatch(payload):
        flow, node, kind, number = found.groups()
        return AtPlace(Place(flow, node), kind or "", int(number or 0))
    if found := _GO.fullmatch(payload):
        return GoTo(Place(*found.groups()))
    if found := _COMMAND.fullmatch(payload):
        return Command(found[1])
    return None
