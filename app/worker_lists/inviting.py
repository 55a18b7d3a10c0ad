"""Staff send liaisons the way to their unit's list, without waiting to be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.directory.models import Contact, Employer, Liaison, LiaisonState
from app.kit.ids import RunnerId, UserId
from app.kit.seal import Sealer
from app.outbox.ledger import NewDelivery, plan
from app.outbox.models import Lane
from app.work.ledger import Claim, wake
from app.work.models import Kind
from app.worker_lists.links import issue_link
from app.worker_lists.models import WorkerUnit
from app.worker_lists.rules import HEARD_WITHIN, LINK_AGAIN_AFTER
from app.zalo.messages import Buttons, OpenUrl, encode

DOOR = "/ds"
"""Where the links lead, below the address that people reach us at."""

AT_ONCE = 50
"""Units in one transaction: nobody waits long for the writer."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What liaisons read: `wording` names the unit where it says {unit_name}."""

    wording: str
    label: str
    public_url: str


class Way(StrEnum):
    """What came of inviting a unit."""

    SENT = "sent"
    JUST_SENT = "just_sent"
    """Somebody was sent one a moment ago."""
    NO_LIAISON = "no_liaison"
    """Nobody verified speaks for the unit on Zalo: a letter is the way."""
    STOPPED = "stopped"
    """The liaison wants no message that they did not ask for."""
    SILENT = "silent"
    """The liaison has not written for so long that Zalo takes no message."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody verified who speaks for a unit on Zalo, and whether a message can reach them."""

    employer_id: int
    contact: UserId
    name: str
    way: Way


_SPEAKERS = (
    select(
        Liaison.employer_id,
        Liaison.contact,
        Liaison.full_name,
        Contact.last_interaction_at,
        Contact.stopped_at,
    )
    .join(Contact, Contact.user_id == Liaison.contact)
    .where(
        Liaison.employer_id.in_(bindparam("employers", expanding=True)),
        Liaison.state == LiaisonState.VERIFIED,
    )
    .order_by(Liaison.id)
)
_SENT_AT = (
    select(WorkerUnit.employer_id, WorkerUnit.link_sent_at, Employer.name)
    .join(Employer, Employer.id == WorkerUnit.employer_id)
    .where(WorkerUnit.employer_id.in_(bindparam("employers", expanding=True)))
)


def read_speakers(db: Connection, employers: Sequence[int], now: datetime) -> list[Speaker]:
    """The verified liaisons of these units."""
    return [
        Speaker(row.employer_id, UserId(row.contact), row.full_name, _way(row, now))
        for row in db.execute(_SPEAKERS, {"employers": list(employers)})
    ]


def invite_units(
    db: Connection,
    sealer: Sealer,
    invitation: Invitation,
    employers: Sequence[int],
    by: str,
    now: datetime,
    runner: RunnerId | None,
) -> tuple[dict[int, Way], list[Claim]]:
    """Owes every reachable liaison of these units the link; says of each unit what came of it."""
    speakers = read_speakers(db, employers, now)
    ways: dict[int, Way] = {}
    claims: list[Claim] = []
    for unit in db.execute(_SENT_AT, {"employers": list(employers)}).all():
        theirs = [one for one in speakers if one.employer_id == unit.employer_id]
        reached = [one for one in theirs if one.way is Way.SENT]
        if unit.link_sent_at is not None and now - unit.link_sent_at < LINK_AGAIN_AFTER:
            ways[unit.employer_id] = Way.JUST_SENT
        elif not reached:
            ways[unit.employer_id] = theirs[0].way if theirs else Way.NO_LIAISON
        else:
            ways[unit.employer_id] = Way.SENT
            wording = invitation.wording.replace("{unit_name}", unit.name).strip()
            for one in reached:
                label, url = invitation.label, invitation.public_url
                _, claim = send_link(db, sealer, wording, label, url, one.contact, by, now, runner)
                claims += [] if claim is None else [claim]
    return ways, claims


def _way(row: Any, now: datetime) -> Way:
    if row.stopped_at is not None:
        return Way.STOPPED
    heard = row.last_interaction_at
    return Way.SENT if heard is not None and now - heard < HEARD_WITHIN else Way.SILENT


def link_address(public_url: str, token: str) -> str:
    return f"{public_url}{DOOR}/{token}"


def send_link(
    db: Connection,
    sealer: Sealer,
    wording: str,
    label: str,
    public_url: str,
    contact: UserId,
    by: str,
    now: datetime,
    runner: RunnerId | None,
) -> tuple[bool, Claim | None]:
    """Owes the liaison a message with a button to the list; False unless they are verified.

    The claim is for this process's runner, if it got it. Zalo takes the message only while its reply window
    is open: the delivery says so when it does not.
    """
    token = issue_link(db, contact, by, now)
    if token is None:
        return False, None
    message = Buttons(wording, (OpenUrl(label, link_address(public_url, token)),))
    owed = NewDelivery(sealer.seal(encode(message)), sealer.fingerprint(wording))
    plan(db, f"invitation:{sealer.fingerprint(token)}", contact, Lane.REPLY, [owed], now)
    return True, wake(db, Kind.CHAT, contact, now, runner)
