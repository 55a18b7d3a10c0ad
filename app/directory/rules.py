"""Who may count as verified, and what a registration has to have."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.directory.models import LiaisonState
from app.directory.refusals import EditRefused

LONGEST_LEAVE = timedelta(days=366)


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


def check_leave(officer_id: int, stand_in_id: int, from_on: date, to_on: date) -> None:
    """Raises `EditRefused`."""
    if officer_id == stand_in_id:
        raise EditRefused("Người thay phải là cán bộ khác")
    if to_on < from_on:
        raise EditRefused("Ngày nghỉ cuối phải sau ngày nghỉ đầu")
    if to_on - from_on > LONGEST_LEAVE:
        raise EditRefused("Lịch nghỉ dài hơn một năm: Anh/Chị giao đơn vị cho cán bộ khác")
