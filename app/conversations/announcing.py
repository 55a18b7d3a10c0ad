"""What staff decided about a liaison, told to that person by the bot in the very transaction that decides."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.conversations.answers import put
from app.conversations.apply import owe
from app.conversations.means import Means
from app.directory import liaison_desk
from app.directory.liaison_desk import Decided
from app.directory.liaisons import read_current
from app.directory.models import LiaisonState
from app.directory.people_queries import LiaisonRow
from app.engine.effects import Choice, Say
from app.engine.flow import Place
from app.engine.payloads import go_to
from app.importing.telling import Teller
from app.kit.clock import VIETNAM
from app.kit.ids import UserId
from app.work.ledger import wake
from app.work.models import Kind

_MY_UNIT = Place("my_unit", "start")
_REGISTER = Place("liaison", "start")


def verify_liaison(
    db: Connection, means: Means, liaison_id: int, version: int, employer_id: int, actor: str, now: datetime
) -> Decided:
    """Verified, and told so. Raises `EditRefused`."""
    decided = liaison_desk.verify_by_staff(db, liaison_id, version, employer_id, actor, now)
    if decided.contact is not None:
        tell_verified(db, means, decided.contact, now, f"liaison:{liaison_id}:{version}")
    return decided


def verify_many(db: Connection, means: Means, found: Sequence[LiaisonRow], actor: str, now: datetime) -> int:
    """Verifies those who wait and whose unit is known, each told so; how many that were."""
    ready = [one for one in found if one.state is LiaisonState.PENDING and one.employer_id is not None]
    for one in ready:
        verify_liaison(db, means, one.id, one.version, one.employer_id or 0, actor, now)
    return len(ready)


def reject_liaison(
    db: Connection, means: Means, liaison_id: int, version: int, actor: str, now: datetime
) -> Decided:
    """Not who speaks for the unit, and told so, with the way to register anew. Raises `EditRefused`."""
    decided = liaison_desk.reject(db, means.sealer, liaison_id, version, actor, now)
    _tell(db, means, decided, "liaison_rejected", version, now)
    return decided


def end_liaison(
    db: Connection, means: Means, liaison_id: int, version: int, actor: str, now: datetime
) -> Decided:
    """The role is over, and the person told so. Raises `EditRefused`."""
    decided = liaison_desk.end_by_staff(db, means.sealer, liaison_id, version, actor, now)
    _tell(db, means, decided, "liaison_ended", version, now)
    return decided


def tell_verified(db: Connection, means: Means, contact: UserId, now: datetime, cause: str) -> None:
    """Tells whom staff, or a list of the office, verified; says who is in charge of the unit today."""
    card = read_current(db, means.sealer, contact, now.astimezone(VIETNAM).date())
    if card is None:
        return
    officer = None if card.unit is None else card.unit.officer
    unknown = means.library.values["unknown"]
    text = put(
        means.library.values["liaison_verified"],
        unit_name=card.unit_name,
        officer_name=unknown if officer is None else officer.name,
    )
    _owe(db, means, contact, text, Choice(means.library.values["see_my_unit"], go_to(_MY_UNIT)), cause, now)


def teller(means: Means) -> Teller:
    """For imports: tells whom a list verified."""

    def tell(db: Connection, contact: UserId, now: datetime, cause: str) -> None:
        tell_verified(db, means, contact, now, cause)

    return tell


def _tell(db: Connection, means: Means, decided: Decided, what: str, version: int, now: datetime) -> None:
    if decided.contact is None:
        return
    values = means.library.values
    text = put(values[what], unit_name=decided.unit_name or values["unknown"])
    again = Choice(values["register_again"], go_to(_REGISTER))
    _owe(db, means, decided.contact, text, again, f"liaison:{decided.liaison_id}:{version}", now)


def _owe(
    db: Connection, means: Means, contact: UserId, text: str, button: Choice, cause: str, now: datetime
) -> None:
    # One cause may tell many people: each needs deliveries of their own.
    owe(db, means, f"{cause}:{contact}"[:64], contact, [Say(text.strip(), (button,))], now)
    wake(db, Kind.CHAT, contact, now, None)
