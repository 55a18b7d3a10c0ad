"""Reading one value at a time out of an event's JSON, which may hold anything."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.kit.clock import from_epoch_ms
from app.kit.ids import MessageId, UserId
from app.kit.vietnamese import nfc

_LAST_MS = 253_402_300_799_000
"""The last moment that a date can hold."""


class Odd(Exception):
    """A field that the event cannot do without is missing or is not what it should be."""


class Fields:
    """One JSON object of an event; missing parts read as empty ones."""

    __slots__ = ("_raw",)

    def __init__(self, raw: object) -> None:
        self._raw: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}

    def part(self, name: str) -> "Fields":
        return Fields(self._raw.get(name))

    def parts(self, name: str) -> list["Fields"]:
        """The objects of a list."""
        listed = self._raw.get(name)
        return [Fields(one) for one in listed] if isinstance(listed, list) else []

    def text(self, name: str) -> str:
        """Text that a person or an office wrote, in composed letters; "" when there is none."""
        value = self._raw.get(name)
        return nfc(value) if isinstance(value, str) else _number_text(value)

    def word(self, name: str) -> str:
        """An id, a state or an address, letter for letter; "" when there is none."""
        value = self._raw.get(name)
        return value if isinstance(value, str) else _number_text(value)

    def words(self, name: str) -> tuple[str, ...]:
        listed = self._raw.get(name)
        values = listed if isinstance(listed, list) else []
        return tuple(str(value) for value in values if isinstance(value, (str, int)))

    def needed(self, name: str) -> str:
        """A word that has to be there. Raises `Odd`."""
        value = self.word(name)
        if not value:
            raise Odd(f"{name} is missing")
        return value

    def user_id(self, name: str = "id") -> UserId:
        return UserId(self.needed(name))

    def message_id(self, name: str = "msg_id") -> MessageId:
        return MessageId(self.needed(name))

    def number(self, name: str) -> int | None:
        """A whole number, which Zalo writes now as a number, now as text."""
        try:
            return int(str(self._raw.get(name)))
        except ValueError:
            return None

    def decimal(self, name: str) -> float | None:
        try:
            return float(str(self._raw.get(name)))
        except ValueError:
            return None

    def moment(self, name: str) -> datetime | None:
        """Milliseconds since 1970; None for zero, which means "never" or "without end"."""
        ms = self.number(name)
        return from_epoch_ms(ms) if ms is not None and 0 < ms <= _LAST_MS else None

    def told_at(self) -> datetime:
        """When the event happened by Zalo's clock. Raises `Odd`."""
        at = self.moment("timestamp")
        if at is None:
            raise Odd("timestamp is missing or is no time")
        return at

    def __contains__(self, name: str) -> bool:
        return name in self._raw


def _number_text(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
