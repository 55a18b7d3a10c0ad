"""One step of a contact's chat, in one transaction: write down what was sent, then find what comes next."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from app.conversations.apply import owe
from app.conversations.intake import Reply, handle_many
from app.conversations.means import Means
from app.conversations.sending import Checked, Finished, PutBack, Settled
from app.engine.effects import Say
from app.inbox.ledger import OF_THE_ACCOUNT, OpenEvent, count_failure, next_open, next_open_many
from app.kit.ids import UserId
from app.outbox.ledger import (
    MOST_PER_CLAIM,
    NotBefore,
    Owed,
    Owing,
    ToCheck,
    ToSend,
    claim_next_many,
    plan,
    plan_claimed,
)
from app.outbox.models import Lane
from app.outbox.rules import Failed, Sent
from app.outbox.settling import put_back, settle, settle_check, settle_sent
from app.work.ledger import Claim, ClaimLost, hold, hold_many, release, rest_many
from app.work.models import Kind


@dataclass(frozen=True, slots=True)
class Send:
    deliveries: tuple[Owed, ...]
    rests_at: int | None = None
    """The generation as of which the contact has nothing else to wait for, if that is known."""


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


@dataclass(frozen=True, slots=True)
class ToStep:
    """A contact's chat that is to go one step on, and what was finished for it."""

    claim: Claim
    finished: Sequence[Finished] = ()
    rests_at: int | None = None


def take_step(
    db: Connection, means: Means, claim: Claim, finished: Sequence[Finished], now: datetime
) -> Step:
    """Settles what was finished, then sends, looks up, handles one event, or lets go.

    Raises `ClaimLost` when another runner holds this contact now; nothing is written then.
    """
    (step,) = take_steps(db, means, [ToStep(claim, finished)], now)
    if isinstance(step, ClaimLost):
        raise step
    return step


def take_steps(
    db: Connection, means: Means, chats: Sequence[ToStep], now: datetime
) -> list[Step | ClaimLost]:
    """One step of many chats at once, each as `take_step` says."""
    if len({(chat.claim.key, chat.claim.owner) for chat in chats}) < len(chats):
        return [step for chat in chats for step in take_steps(db, means, [chat], now)]
    claims = hold_many(db, Kind.CHAT, [chat.claim for chat in chats])
    held = [chat for chat in chats if chat.claim.key in claims]
    _write_down(db, [done for chat in held for done in chat.finished], now)
    done = {chat.claim.key for chat in held if _has_nothing_left(chat, claims[chat.claim.key])}
    resting = {key: claim for key, claim in claims.items() if key in done}
    steps = _let_go(db, resting) | _look(db, means, [claims[key] for key in claims if key not in done], now)
    return [steps.get(chat.claim.key) or ClaimLost(f"{Kind.CHAT}/{chat.claim.key}") for chat in chats]


def _has_nothing_left(chat: ToStep, claim: Claim) -> bool:
    """Nothing was left but these sends, all of them have ended, and nobody has woken the chat since."""
    over = all(
        isinstance(done, Settled) and isinstance(done.outcome, (Sent, Failed)) for done in chat.finished
    )
    return chat.rests_at == claim.generation and over


def _let_go(db: Connection, claims: Mapping[str, Claim]) -> dict[str, Step]:
    if claims:
        rest_many(db, Kind.CHAT, claims.values())
    return {key: AtRest(claim.generation) for key, claim in claims.items()}


def _look(db: Connection, means: Means, claims: Sequence[Claim], now: datetime) -> dict[str, Step]:
    """What is to be done next for each of these chats."""
    if not claims:
        return {}
    waiting = claim_next_many(db, [UserId(claim.key) for claim in claims], claims[0].owner, now)
    steps: dict[str, Step] = {key: step for key, found in waiting.items() if (step := _step_for(found))}
    free = {claim.key: claim for claim in claims if claim.key not in steps}
    events = next_open_many(db, list(free)) if free else {}
    not_before = {key: found.at for key, found in waiting.items() if isinstance(found, NotBefore)}
    for key, claim in free.items():
        if key not in events and key in not_before:
            release(db, claim, not_before[UserId(key)])
            steps[key] = AtRest(claim.generation)
    steps |= _let_go(db, {k: claim for k, claim in free.items() if k not in events and k not in not_before})
    return steps | _answer(db, means, free, events, frozenset(not_before), now)


def _step_for(found: ToSend | ToCheck | NotBefore) -> Step | None:
    match found:
        case ToSend(deliveries):
            return Send(deliveries)
        case ToCheck(delivery):
            return LookUp(delivery)
        case NotBefore():
            return None
        case _:
            assert_never(found)


def _answer(
    db: Connection,
    means: Means,
    claims: Mapping[str, Claim],
    events: Mapping[str, OpenEvent],
    behind_others: Collection[str],
    now: datetime,
) -> dict[str, Step]:
    """Handles one event of each chat. The replies go out straight from this commit.

    A reply that may have company goes the long way, so that none overtakes another.
    """
    if not events:
        return {}
    runner = next(iter(claims.values())).owner
    replies = handle_many(db, means, list(events.values()), now)
    at_once, quiet, long_way = list[Owing](), dict[str, Claim](), list[UserId]()
    for key, event in events.items():
        reply = replies.get(event.id)
        if key not in behind_others and event.is_last and (reply is None or _is_nothing(reply)):
            quiet[key] = claims[key]
        elif reply is not None and key not in behind_others and _is_all(reply, event):
            at_once.append(reply.owing)
        else:
            if reply is not None:
                plan(db, reply.owing.cause, reply.owing.contact, Lane.REPLY, reply.owing.messages, now)
            long_way.append(UserId(key))
    steps = _let_go(db, quiet)
    for contact, owed in plan_claimed(db, at_once, runner, now).items():
        steps[contact] = Send(owed, claims[contact].generation if events[contact].is_last else None)
    found = claim_next_many(db, long_way, runner, now) if long_way else {}
    steps |= {key: Send(next_.deliveries) for key, next_ in found.items() if isinstance(next_, ToSend)}
    return {key: steps.get(key, Again()) for key in events}


def _is_nothing(reply: Reply) -> bool:
    return not reply.owing.messages and not reply.acted


def _is_all(reply: Reply, event: OpenEvent) -> bool:
    """Whether the contact is owed this reply and nothing else."""
    few = 0 < len(reply.owing.messages) <= MOST_PER_CLAIM
    return few and not reply.acted and reply.owing.contact == event.contact


def set_aside(db: Connection, means: Means, claim: Claim, why: str, now: datetime) -> None:
    """Notes that handling the next event raised; after the last try the contact hears that it went wrong."""
    hold(db, claim)
    event = next_open(db, claim.key)
    if event is None or not count_failure(db, event, now, why):
        return
    if event.contact != OF_THE_ACCOUNT:
        apology = Say(means.library.words.went_wrong)
        owe(db, means, f"event:{event.id}", UserId(event.contact), [apology], now)


def _write_down(db: Connection, finished: Iterable[Finished], now: datetime) -> None:
    sent: list[tuple[Owed, Sent]] = []
    for done in finished:
        match done:
            case Settled(delivery, Sent() as outcome):
                sent.append((delivery, outcome))
            case Settled(delivery, outcome):
                settle(db, delivery, outcome, now)
            case PutBack(delivery):
                put_back(db, [delivery])
            case Checked(delivery, found, look):
                settle_check(db, delivery, found, look, now)
            case _:
                assert_never(done)
    settle_sent(db, sent, now)
