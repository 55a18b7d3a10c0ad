"""What a contact can do, and what an act can answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine.payloads import PREFIX


@dataclass(frozen=True, slots=True)
class Typed:
    text: str
    secrets: frozenset[str] = frozenset()
    """Kinds of secrets that were masked in the text."""


@dataclass(frozen=True, slots=True)
class Tapped:
    payload: str


@dataclass(frozen=True, slots=True)
class Shared:
    """The contact handed over name and phone through Zalo's own form."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Followed:
    pass


@dataclass(frozen=True, slots=True)
class Opened:
    """The contact opened the chat; Zalo says so once, to those who never wrote."""


@dataclass(frozen=True, slots=True)
class Media:
    """Something that is not text: a picture, a sticker, a voice message."""

    kind: str


@dataclass(frozen=True, slots=True)
class ActDone:
    outcome: str
    values: Mapping[str, str] = field(default_factory=dict)
    forget: bool = False
    """The contact's data was deleted: what the session holds of it goes as well."""


Input = Typed | Tapped | Shared | Followed | Opened | Media | ActDone


def input_from_text(text: str, secrets: frozenset[str] = frozenset()) -> Typed | Tapped:
    """Zalo delivers a tapped button as text; anybody can type the same, so a payload proves nothing."""
    return Tapped(text.strip()) if text.lstrip().startswith(PREFIX) else Typed(text, secrets)
