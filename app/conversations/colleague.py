"""A colleague steps in from the console: takes the contact over, answers, hands them back to the bot."""

from enum import StrEnum

from sqlalchemy import Connection

from app.audit.trail import Entry, record
from app.conversations.apply import sealed
from app.conversations.ledger import bring_bot_back, note_officer
from app.handover.queries import Waiting
from app.handover.requests import finish_request, let_go, take_request
from app.handover.rules import time_left
from app.kit.ids import RunnerId
from app.kit.seal import Sealer
from app.outbox.ledger import plan
from app.outbox.models import Lane
from app.work.ledger import Claim, wake
from app.work.models import Kind
from app.zalo.messages import Text
from app.zalo.splitting import split_text


class Why(StrEnum):
    TAKEN = "taken"
    """Another colleague has the request, or it is no longer open."""
    WINDOW_OVER = "window_over"
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
) -> Claim | None:
    """Owes the words to the contact as a reply, and takes the request for who writes; raises `AnswerRefused`.

    The same `token` again, as from a form that was sent twice, owes nothing more.
    """
    if time_left(request.last_wrote_at, entry.at) is None:
        raise AnswerRefused(Why.WINDOW_OVER)
    if not take_request(db, request.id, entry.actor, entry.at):
        raise AnswerRefused(Why.TAKEN)
    messages = [sealed(sealer, Text(piece)) for piece in split_text(text)]
    plan(db, f"answer:{token}", request.contact, Lane.REPLY, messages, entry.at)
    note_officer(db, request.contact, entry.at)
    record(db, entry)
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
