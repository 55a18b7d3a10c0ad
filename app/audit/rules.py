"""How a line of the trail hangs on the one before it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.kit.clock import epoch_ms

Detail = Mapping[str, str | int | bool | None]

NOTHING_BEFORE = "0" * 64
"""What the first line names as the one before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who (`staff:7`, `liaison:12`, `system`) did what (`liaison.verified`) to whom (`liaison:17`).

    `detail` says before and after without the personal data: `{"state": "verified", "was": "pending"}`.
    """

    actor: str
    action: str
    subject: str
    at: datetime
    detail: Detail = field(default_factory=dict)
    address: str = ""


def written_detail(detail: Detail) -> str:
    """The detail in the one spelling that is stored and hashed."""
    return json.dumps(dict(detail), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def line_hash(previous: str, entry: Entry, detail: str) -> str:
    """The fingerprint of a line together with all lines before it; `detail` is the entry's, as written."""
    told = [epoch_ms(entry.at), entry.actor, entry.action, entry.subject, detail, entry.address]
    line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{line}".encode()).hexdigest()
