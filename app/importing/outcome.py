"""What saving a list, and undoing it, came to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.directory.taking_back import InTheWay
from app.kit.ids import UserId


@dataclass(frozen=True, slots=True)
class Saved:
    memory: Sequence[Any]
    """For undoing, as JSON keeps it; empty when nothing was written."""
    rows: int
    verified: Sequence[UserId] = field(default=())
    """Contacts who became verified by this list, and are to be told."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    in_the_way: Sequence[InTheWay] = ()
    """Rows changed or used since: then nothing was put back."""
    kept: int = 0
    """Rows left as they are now, because somebody has spoken since."""
