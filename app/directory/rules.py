"""Who may count as verified, and what a registration has to have."""

from dataclasses import dataclass

from app.directory.models import LiaisonState


@dataclass(frozen=True, slots=True)
class Registration:
    """What a person says of themselves and their unit."""

    full_name: str
    phone: str
    email: str
    role: str
    unit_code: str = ""
    unit_name: str = ""


def state_of_new(*, expected: bool) -> LiaisonState:
    """Verified at once only when the office had announced this very phone for this very unit."""
    return LiaisonState.VERIFIED if expected else LiaisonState.PENDING
