"""Where a contact stands in the flows: a value, written out after each turn, read back before the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from app.engine.flow import Place

MOST_TRAIL = 12
"""Steps that "quay lại" can go back."""


@dataclass(frozen=True, slots=True)
class Session:
    touched_at: datetime
    place: Place | None = None
    """The node that waits for an answer; none before the first turn and after an end."""
    slots: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was given, by flow: a form that was left for a moment finds its answers again."""
    trail: tuple[Place, ...] = ()
    page: int = 0
    tries: int = 0
    """Wrong answers to the question that waits."""
    misses: int = 0
    """Messages in a row that were not understood."""
    correcting: Place | None = None
    """The review to come back to once one field is corrected."""
    awaiting: Place | None = None
    """The node whose act is running."""
    wants: Place | None = None
    """Where the contact wanted to go when asked whether to leave a form."""
    unsaved: Place | None = None
    """Where a form waits whose answers are not saved yet; it is kept while the contact is elsewhere."""
    amending: Place | None = None
    """The question that is asked anew while `correcting`."""
    picking: bool = False
    """The review that waits has asked which of its fields to correct."""
    offered: tuple[str, ...] = ()
    """Readings of the last answer that the contact may choose from."""
    unclear: bool = False
    """The last message was not answered: topics were offered, or nothing was understood."""
    brought: dict[str, dict[str, str]] = field(default_factory=dict)
    """By flow: slots that an act filled → its node. Run again, it takes back what it does not bring again."""

    @classmethod
    def fresh(cls, now: datetime) -> "Session":
        return cls(touched_at=now)

    def to_json(self) -> dict[str, Any]:
        return {
            "touched_at": int(self.touched_at.timestamp() * 1000),
            "place": _written(self.place),
            "slots": self.slots,
            "trail": [str(place) for place in self.trail],
            "page": self.page,
            "tries": self.tries,
            "misses": self.misses,
            "correcting": _written(self.correcting),
            "awaiting": _written(self.awaiting),
            "wants": _written(self.wants),
            "unsaved": _written(self.unsaved),
            "amending": _written(self.amending),
            "picking": self.picking,
            "offered": list(self.offered),
            "unclear": self.unclear,
            "brought": self.brought,
        }

    @classmethod
    def from_json(cls, written: object) -> "Session":
        """Reads what `to_json` wrote, in this or an older edition; what is missing or odd is empty."""
        stored = {str(name): value for name, value in _mapping(written).items()}
        return cls(
            touched_at=datetime.fromtimestamp(_int(stored.get("touched_at")) / 1000, UTC),
            place=_place(stored.get("place")),
            slots=_slots(stored.get("slots")),
            trail=tuple(place for raw in _list(stored.get("trail")) if (place := _place(raw)) is not None),
            page=_int(stored.get("page")),
            tries=_int(stored.get("tries")),
            misses=_int(stored.get("misses")),
            correcting=_place(stored.get("correcting")),
            awaiting=_place(stored.get("awaiting")),
            wants=_place(stored.get("wants")),
            unsaved=_place(stored.get("unsaved")),
            amending=_place(stored.get("amending")),
            picking=stored.get("picking") is True,
            offered=tuple(value for value in _list(stored.get("offered")) if isinstance(value, str)),
            unclear=stored.get("unclear") is True,
            brought=_slots(stored.get("brought")),
        )

    def at(self, place: Place) -> "Session":
        """Waiting at another node; the one that waited before is remembered for the way back."""
        unsaved = place if self.is_unsaved(place.flow) else self.unsaved
        before = () if self.place is None or self.place == place else (self.place,)
        trail = (*self.trail, *before)[-MOST_TRAIL:]
        return replace(
            self, place=place, trail=trail, tries=0, page=0, picking=False, offered=(), unsaved=unsaved
        )

    def of(self, flow: str) -> dict[str, str]:
        return self.slots.get(flow, {})

    def is_unsaved(self, flow: str) -> bool:
        return self.unsaved is not None and self.unsaved.flow == flow

    def given(self, flow: str, values: Mapping[str, str]) -> "Session":
        """With answers of the contact for a flow's slots."""
        kept = {slot: node for slot, node in self.brought.get(flow, {}).items() if slot not in values}
        slots = {**self.slots, flow: {**self.of(flow), **values}}
        return replace(self, slots=slots, brought={**self.brought, flow: kept}, offered=())

    def told(self, at: Place, values: Mapping[str, str]) -> "Session":
        """With what the act of a node brought, instead of what it brought the last time."""
        known = self.brought.get(at.flow, {})
        kept = {slot: value for slot, value in self.of(at.flow).items() if known.get(slot) != at.node}
        others = {slot: node for slot, node in known.items() if node != at.node}
        brought = {**others, **dict.fromkeys(values, at.node)}
        slots = {**self.slots, at.flow: {**kept, **values}}
        return replace(self, slots=slots, brought={**self.brought, at.flow: brought})

    def without_value(self, flow: str, name: str) -> "Session":
        """One value of a flow is forgotten."""
        slots = {slot: value for slot, value in self.of(flow).items() if slot != name}
        brought = {slot: node for slot, node in self.brought.get(flow, {}).items() if slot != name}
        return replace(self, slots={**self.slots, flow: slots}, brought={**self.brought, flow: brought})

    def without(self, flow: str) -> "Session":
        """What was given to the flow is forgotten, and the way back into it with it."""
        return replace(
            self,
            slots={name: values for name, values in self.slots.items() if name != flow},
            brought={name: values for name, values in self.brought.items() if name != flow},
            trail=tuple(place for place in self.trail if place.flow != flow),
            unsaved=_elsewhere(self.unsaved, flow),
            correcting=_elsewhere(self.correcting, flow),
            amending=_elsewhere(self.amending, flow),
            offered=(),
        )

    def forgetful(self) -> "Session":
        """Nothing the contact ever said or was told is left, and no way back to it."""
        return replace(self, place=None, slots={}, brought={}, trail=(), unsaved=None, offered=())

    def resting(self) -> "Session":
        """Nothing waits."""
        return replace(
            self,
            place=None,
            tries=0,
            page=0,
            correcting=None,
            amending=None,
            picking=False,
            awaiting=None,
            wants=None,
            offered=(),
        )


def _elsewhere(place: Place | None, flow: str) -> Place | None:
    return None if place is None or place.flow == flow else place


def _written(place: Place | None) -> str | None:
    return None if place is None else str(place)


def _place(stored: object) -> Place | None:
    if not isinstance(stored, str) or stored.count(".") != 1:
        return None
    return Place.parse(stored)


def _int(stored: object) -> int:
    # 1e14 ms is the year 5138: beyond it there is no date to make.
    return stored if isinstance(stored, int) and 0 <= stored < 10**14 else 0


def _list(stored: object) -> list[object]:
    return stored if isinstance(stored, list) else []


def _mapping(stored: object) -> dict[Any, Any]:
    return stored if isinstance(stored, dict) else {}


def _slots(stored: object) -> dict[str, dict[str, str]]:
    return {str(flow): _texts(values) for flow, values in _mapping(stored).items()}


def _texts(stored: object) -> dict[str, str]:
    return {str(name): value for name, value in _mapping(stored).items() if isinstance(value, str)}
