"""ZBS template messages: wording that Zalo approved beforehand, filled in for each person.

Fields and limits: Zalo's documentation of ZBS template messages, November 2026.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.kit.ids import UserId
from app.kit.vietnamese import nfc
from app.zalo.messages import Missing, TooLong, phone_code

MAX_TRACKING_ID = 48


@dataclass(frozen=True, slots=True)
class Template:
    """An approved template and the values for its parameters."""

    template_id: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.template_id.strip():
            raise Missing("template_id is empty")
        object.__setattr__(self, "values", {name: nfc(value) for name, value in self.values.items()})

    def body_for_user(self, user_id: UserId) -> dict[str, Any]:
        return {"user_id": user_id, "template_id": self.template_id, "template_data": dict(self.values)}

    def body_for_phone(self, phone: str, tracking_id: str) -> dict[str, Any]:
        """`tracking_id` comes back on the receipt, which names no person. Raises `BadMessage`."""
        if not tracking_id:
            raise Missing("tracking_id is empty")
        if len(tracking_id) > MAX_TRACKING_ID:
            raise TooLong("tracking_id", len(tracking_id), MAX_TRACKING_ID)
        return {
            "phone": phone_code(phone),
            "template_id": self.template_id,
            "template_data": dict(self.values),
            "tracking_id": tracking_id,
        }
