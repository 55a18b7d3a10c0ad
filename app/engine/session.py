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
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Session":
        """Reads what `to_json` wrote, in this or an older edition; what is missing is empty."""
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
        )

    def at(self, place: Place) -> "Session":
        """Waiting at another node; the one that waited before is remembered for the way back."""
        if self.place == place:
            return replace(self, tries=0, page=0)
        before = () if self.place is None else (self.place,)
        trail = (*self.trail, *before)[-MOST_TRAIL:]
        return replace(self, place=place, trail=trail, tries=0, page=0)

    def of(self, flow: str) -> dict[str, str]:
        return self.slots.get(flow, {})

    def given(self, flow: str, values: Mapping[str, str]) -> "Session":
        """With further values for a flow's slots."""
        return replace(self, slots={**self.slots, flow: {**self.of(flow), **values}})

    def without(self, flow: str) -> "Session":
        """What was given to the flow is forgotten, and the way back into it with it."""
        slots = {name: values for name, values in self.slots.items() if name != flow}
        trail = tuple(place for place in self.trail if place.flow != flow)
        return replace(self, slots=slots, trail=trail, correcting=None)

    def resting(self) -> "Session":
        """Nothing waits."""
        return replace(self, place=None, tries=0, page=0, correcting=None, awaiting=None, wants=None)


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


def _slots(stored: object) -> dict[str, dict[str, str]]:
    if not isinstance(stored, dict):
        return {}
    return {str(flow): _texts(values) for flow, values in stored.items()}


def _texts(stored: object) -> dict[str, str]:
    if not isinstance(stored, dict):
        return {}
    return {str(name): value for name, value in stored.items() if isinstance(value, str)}
