"""A colleague steps in from the console: takes the contact over, answers, hands them back to the bot."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from sqlalchemy import Connection

from app.audit.trail import Entry, record
from app.conversations.apply import sealed
from app.conversations.ledger import bring_bot_back, note_officer
from app.handover.queries import Waiting
from app.handover.requests import finish_request, let_go, take_request
from app.handover.rules import way_to_answer
from app.kit.ids import RunnerId
from app.kit.seal import Sealer
from app.outbox.ledger import plan
from app.outbox.models import Lane
from app.outbox.ways import Nobody, Way
from app.work.ledger import Claim, wake
from app.work.models import Kind
from app.zalo.messages import Text
from app.zalo.splitting import split_text


class Why(StrEnum):
    TAKEN = "taken"
    """Another colleague has the request, or it is no longer open."""
    NO_WAY = "no_way"
    """Zalo takes no more messages to this person until they write again."""
    COSTS_NOW = "costs_now"
    """Who wrote was shown a free way, and meanwhile it costs something."""
    CLOSED = "closed"


class AnswerRefused(Exception):
    """Nothing was done and nothing was written to the person."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def take_over(db: Connection, request: Waiting, entry: Entry) -> None:
    """From now on the bot is silent towards the contact. Raises `AnswerRefused`."""
    if not take_request(db, request.id, entry.actor, entry.at):
        raise AnswerRefused(Why.TAKEN)
    record(db, entry)


def answer(
    db: Connection,
    sealer: Sealer,
    request: Waiting,
    text: str,
    token: str,
    entry: Entry,
    runner: RunnerId | None,
    *,
    prices: Mapping[Way, int],
    shown: Way,
) -> Claim | None:
    """Owes the words to the contact as a reply, and takes the request for who writes; raises `AnswerRefused`.

    The same `token` again, as from a form that was sent twice, owes nothing more. `shown` is the way that
    the writer was told: nothing goes by one that costs more.
    """
    found = way_to_answer(request.facts, prices, entry.at)
    if isinstance(found, Nobody):
        raise AnswerRefused(Why.NO_WAY)
    if found.price > 0 and shown is Way.FREE:
        raise AnswerRefused(Why.COSTS_NOW)
    if not take_request(db, request.id, entry.actor, entry.at):
        raise AnswerRefused(Why.TAKEN)
    messages = [sealed(sealer, Text(piece)) for piece in split_text(text)]
    plan(db, f"answer:{token}", request.contact, Lane.REPLY, messages, entry.at)
    note_officer(db, request.contact, entry.at)
    record(db, replace(entry, detail={**entry.detail, "way": found.way, "pieces": len(messages)}))
    return wake(db, Kind.CHAT, request.contact, entry.at, runner)


def hand_back(db: Connection, request: Waiting, entry: Entry) -> None:
    """The request waits again, and the bot speaks meanwhile."""
    if let_go(db, request.id, entry.at):
        bring_bot_back(db, request.contact)
        record(db, entry)


def finish(db: Connection, request: Waiting, entry: Entry) -> None:
    """The matter is settled and the bot speaks again. Raises `AnswerRefused`."""
    if not finish_request(db, request.id, entry.actor, entry.at):
        raise AnswerRefused(Why.CLOSED)
    bring_bot_back(db, request.contact)
    record(db, entry)
