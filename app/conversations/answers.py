"""The values that acts hand to the texts: cards and moments as people read them."""

from datetime import date, datetime

from app.directory.consents import GivenConsent
from app.directory.liaisons import LiaisonCard
from app.directory.models import LiaisonState
from app.directory.units import UnitCard
from app.engine.flow import Library
from app.engine.wording import PLACEHOLDER
from app.kit.clock import VIETNAM
from app.look.formats import WEEKDAYS, phone


def liaison_values(card: LiaisonCard) -> dict[str, str]:
    return {
        "unit_name": card.unit_name,
        "full_name": card.full_name,
        "phone": card.phone,
        "email": card.email,
        "role": card.role,
    }


def officer_values(unit: UnitCard | None, library: Library) -> dict[str, str]:
    """Nothing is invented: what the directory does not know is said to be unknown."""
    if unit is None or unit.officer is None:
        return {}
    unknown = library.values["unknown"]
    return {
        "officer_name": unit.officer.name,
        "officer_phone": phone(unit.officer.phone) or unknown,
        "officer_hours": unit.officer.hours or unknown,
        "office_name": unit.office_name or unknown,
    }


def data_text(
    library: Library, card: LiaisonCard | None, consent: GivenConsent | None, stopped: datetime | None
) -> str:
    """Everything that is kept of a contact beside the conversation; empty when there is nothing."""
    words = library.values
    parts = []
    if card is not None:
        values = liaison_values(card)
        values["state"] = words["state_verified" if card.state is LiaisonState.VERIFIED else "state_pending"]
        values["phone"] = phone(card.phone)
        values["role"] = words.get(f"role_{card.role}", card.role)
        parts.append(put(words["data_liaison"], **{name: value or "–" for name, value in values.items()}))
    if consent is not None:
        given_at = moment(consent.given_at)
        parts.append(put(words["data_consent"], given_at=given_at, version=consent.text_version))
    if stopped is not None:
        parts.append(words["data_stopped"])
    return "\n\n".join(part.strip() for part in parts)


def put(text: str, **values: str) -> str:
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"


def day(on: date) -> str:
    name = WEEKDAYS[on.weekday()]
    return f"{name[0].lower()}{name[1:]}, {on:%d/%m/%Y}"
