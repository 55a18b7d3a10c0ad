"""What planning and sending stand on; built once per process."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.broadcasts.rules import SendHours
from app.broadcasts.unit_lists import NoLists, UnitLists
from app.kit.seal import Sealer
from app.outbox.ways import Way


@dataclass(frozen=True, slots=True)
class Ground:
    sealer: Sealer
    hours: SendHours
    prices: Mapping[Way, int]
    public_url: str
    per_minute: int
    """Calls that bulk may make: the rate without the share of replies."""
    second_person_above: int = 500
    halt_above: float = 0.3
    mail: bool = False
    """Whether e-mail can be sent at all."""
    lists: UnitLists = field(default_factory=NoLists)
