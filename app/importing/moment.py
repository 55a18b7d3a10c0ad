"""When and by whom a step of an import is taken, and with which keys."""

from dataclasses import dataclass
from datetime import datetime

from app.kit.seal import Sealer


@dataclass(frozen=True, slots=True)
class Moment:
    sealer: Sealer
    now: datetime
    actor: str
    """As the audit trail names them: `staff:7`, `cli`, `system`."""
    address: str = ""
    only_units_of: tuple[int, ...] | None = None
    """The officers whose units are all that the list may be about; None: every unit."""
