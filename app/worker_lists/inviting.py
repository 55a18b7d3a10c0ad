"""Staff send a liaison the way to the unit's list, without waiting to be asked."""

from datetime import datetime

from sqlalchemy import Connection

from app.kit.ids import RunnerId, UserId
from app.kit.seal import Sealer
from app.outbox.ledger import NewDelivery, plan
from app.outbox.models import Lane
from app.work.ledger import Claim, wake
from app.work.models import Kind
from app.worker_lists.links import issue_link
from app.zalo.messages import Buttons, OpenUrl, encode

DOOR = "/ds"
"""Where the links lead, below the address that people reach us at."""


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
