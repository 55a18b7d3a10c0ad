"""One step of a contact's chat, in one transaction: write down what was sent, then find what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from app.conversations.apply import owe
from app.conversations.intake import handle
from app.conversations.means import Means
from app.conversations.sending import Checked, Finished, PutBack, Settled
from app.engine.effects import Say
from app.inbox.ledger import OF_THE_ACCOUNT, count_failure, next_open
from app.kit.ids import UserId
from app.outbox.ledger import (
    NotBefore,
    Owed,
    ToCheck,
    ToSend,
    claim_next,
    put_back,
    settle,
    settle_check,
)
from app.work.ledger import Claim, hold, release


@dataclass(frozen=True, slots=True)
class Send:
    deliveries: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class LookUp:
    delivery: Owed


@dataclass(frozen=True, slots=True)
class Again:
    """There is more to do at once."""


@dataclass(frozen=True, slots=True)
class AtRest:
    """Nothing is left to do before the next wake-up; the claim is given back as of this generation."""

    generation: int


Step = Send | LookUp | Again | AtRest


def take_step(
    db: Connection, means: Means, claim: Claim, finished: Sequence[Finished], now: datetime
) -> Step:
    """Settles what was finished, then sends, looks up, handles one event, or lets go.

    Raises `ClaimLost` when another runner holds this contact now; nothing is written then.
    """
    claim = hold(db, claim)
    contact = UserId(claim.key)
    for done in finished:
        _write_down(db, done, now)
    waiting = claim_next(db, contact, claim.owner, now)
    if isinstance(waiting, ToSend):
        return Send(waiting.deliveries)
    if isinstance(waiting, ToCheck):
        return LookUp(waiting.delivery)
    event = next_open(db, claim.key)
    if event is None:
        next_at = waiting.at if isinstance(waiting, NotBefore) else None
        return AtRest(claim.generation) if release(db, claim, next_at) else Again()
    handle(db, means, event, now)
    # The replies go out straight from this commit; only a reply that has to wait leaves more to look at.
    replies = claim_next(db, contact, claim.owner, now)
    return Send(replies.deliveries) if isinstance(replies, ToSend) else Again()


def set_aside(db: Connection, means: Means, claim: Claim, why: str, now: datetime) -> None:
    """Notes that handling the next event raised; after the last try the contact hears that it went wrong."""
    hold(db, claim)
    event = next_open(db, claim.key)
    if event is None or not count_failure(db, event, now, why):
        return
    if event.contact != OF_THE_ACCOUNT:
        apology = Say(means.library.words.went_wrong)
        owe(db, means, f"event:{event.id}", UserId(event.contact), [apology], now)


def _write_down(db: Connection, done: Finished, now: datetime) -> None:
    match done:
        case Settled(delivery, outcome):
            settle(db, delivery, outcome, now)
        case PutBack(delivery):
            put_back(db, [delivery])
        case Checked(delivery, found, looked):
            settle_check(db, delivery, found, looked, now)
        case _:
            assert_never(done)
