"""What an event means for its contact: who answers, what the engine is given, what is written down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from app.broadcasts import receipts as broadcast_receipts
from app.broadcasts.answers import note_answer
from app.broadcasts.content import Answer, read_answer
from app.conversations.forgetting import forget_contact
from app.conversations.ledger import bring_bot_back, note_officer, read_standings, save_sessions
from app.conversations.means import Means
from app.conversations.office_facts import with_office_facts
from app.conversations.talk import think
from app.conversations.waiting import left_to_colleague
from app.credentials.ledger import mark_needs_consent
from app.directory import contacts
from app.engine.flow import Place
from app.engine.inputs import Followed, Input, Media, Opened, Shared, input_from_text
from app.engine.payloads import go_to
from app.handover.models import RequestState
from app.handover.requests import close_requests, in_hands_among
from app.inbox.ledger import OpenEvent, settle_many
from app.kit.ids import MessageId, UserId
from app.outbox.ledger import Owing, plan
from app.outbox.models import Lane
from app.outbox.receipts import mark_received, mark_seen, recognise_echo
from app.zalo import events as told

ANSWERED_AT = {Answer.DONE: Place("worker_list", "done"), Answer.HELP: Place("worker_list", "help")}

URL_CHECK_ID = "This is message id"
"""Zalo's console posts a sample with this message id when the webhook address is saved."""


@dataclass(frozen=True, slots=True)
class Reply:
    owing: Owing
    acted: bool
    """Acts were run on the way, which may owe the contact something as well."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something a contact did that the engine is to answer."""

    user_id: UserId
    given: Input
    text: str | None = None


def handle(db: Connection, means: Means, event: OpenEvent, now: datetime) -> None:
    """Does what the event asks for, owes the replies and settles it; all in the caller's transaction."""
    for reply in handle_many(db, means, [event], now).values():
        plan(db, reply.owing.cause, reply.owing.contact, Lane.REPLY, reply.owing.messages, now)


def handle_many(db: Connection, means: Means, events: Sequence[OpenEvent], now: datetime) -> dict[int, Reply]:
    """Does what the events of different contacts ask for and settles them; by event, what is to be said."""
    read = [(event, told.parse_event(orjson.loads(means.sealer.open(event.body)))) for event in events]
    heard = {event.id: said for event, known in read if (said := _heard(event, known)) is not None}
    if len({said.user_id for said in heard.values()}) < len(heard):  # two events about the same person
        return {
            number: reply for one in events for number, reply in handle_many(db, means, [one], now).items()
        }
    notes = {event.id: _take_in(db, means, known, now) for event, known in read}
    replies = _listen(db, means, heard, notes, now) if heard else {}
    settle_many(db, notes, now)
    return replies


def _heard(event: OpenEvent, known: told.Event) -> Heard | None:
    """What is for the engine; None when there is nothing to answer."""
    match known:
        case told.UserText(message_id=message_id) if message_id == URL_CHECK_ID:
            return None
        case told.UserText(user_id=user_id, text=text):
            masked = frozenset(filter(None, event.masked.split(",")))
            text = _place_of_answer(text)
            return Heard(user_id, input_from_text(text, masked), text)
        case told.UserMedia(user_id=user_id, kind=kind):
            return Heard(user_id, Media(str(kind)))
        case told.UserInfoShared(user_id=user_id, name=name, phone=phone):
            return Heard(user_id, Shared(name or "", phone or ""))
        case told.ChatOpened(user_id=user_id):
            return Heard(user_id, Opened())
        case told.Followed(user_id=user_id):
            return Heard(user_id, Followed())
        case _:
            return None


def _take_in(db: Connection, means: Means, known: told.Event, now: datetime) -> str | None:
    """A note for the event's row, when there is something odd to say."""
    match known:
        case told.UserText(message_id=message_id) if message_id == URL_CHECK_ID:
            return "Zalo checked the webhook address"
        case told.UserText(user_id=user_id, text=text):
            _note_answer(db, user_id, text, now)
        case told.UserMedia() | told.UserInfoShared() | told.ChatOpened():
            pass
        case told.Followed(user_id=user_id):
            contacts.follow(db, user_id, now)
        case told.Unfollowed(user_id=user_id):
            contacts.unfollow(db, user_id)
        case told.OaEcho():
            return _hear_echo(db, means, known, now)
        case told.Received(message_ids=message_ids):
            mark_received(db, _ids(message_ids), now)
            broadcast_receipts.mark_delivered(db, _ids(message_ids), now)
        case told.Seen(message_ids=message_ids):
            mark_seen(db, _ids(message_ids), now)
            broadcast_receipts.mark_seen(db, _ids(message_ids), now)
        case told.PhoneReceipt(tracking_id=tracking_id, message_id=message_id, at=at):
            broadcast_receipts.mark_delivered_by_phone(db, tracking_id, message_id, at)
        case told.DataWithdrawn(user_id=user_id):
            forget_contact(db, means.sealer, user_id, now)
        case told.PermissionRevoked(oa_id=oa_id):
            mark_needs_consent(db, oa_id, None, "the OA took the app's permission back")
        case told.UnknownEvent(name=name):
            return f"nobody knows the event {name}"
        case told.MalformedEvent(reason=reason):
            return f"malformed: {reason}"
        case _:
            return "kept, nothing to do"
    return None


def _listen(
    db: Connection,
    means: Means,
    heard: Mapping[int, Heard],
    notes: dict[int, str | None],
    now: datetime,
) -> dict[int, Reply]:
    """The engine's answer to each; its sessions are saved, its words are not owed yet."""
    means = with_office_facts(db, means)
    people = [said.user_id for said in heard.values()]
    contacts.touch_many(db, people, now)
    standings, in_hands = read_standings(db, means.sealer, people), in_hands_among(db, people, now)
    sessions: dict[UserId, dict[str, Any]] = {}
    replies: dict[int, Reply] = {}
    for event_id, said in heard.items():
        contact, standing = said.user_id, standings[said.user_id]
        words = left_to_colleague(db, means, standing, in_hands.get(contact), said.text, now)
        if words is not None:
            notes[event_id] = "left to the colleague who is talking with the contact"
            if words:
                replies[event_id] = Reply(Owing(f"event:{event_id}", contact, words), acted=False)
            continue
        if standing.officer_spoke_at is not None:
            bring_bot_back(db, contact)
        thought = think(db, means, contact, standing, said.given, now)
        sessions[contact] = thought.session
        replies[event_id] = Reply(Owing(f"event:{event_id}", contact, thought.messages), thought.acted)
    save_sessions(db, means.sealer, sessions, now)
    return replies


def _hear_echo(db: Connection, means: Means, echo: told.OaEcho, now: datetime) -> str | None:
    """Our own message coming back settles a delivery in doubt; a colleague's makes the bot step back."""
    text_print = means.sealer.fingerprint(echo.text or "")
    if recognise_echo(db, echo.user_id, echo.message_id, text_print, now):
        return None
    if broadcast_receipts.recognise_echo(db, echo.user_id, echo.message_id, text_print, now):
        return None
    if echo.admin_id is None:
        return "sent by Zalo's own tools"
    note_officer(db, echo.user_id, now)
    close_requests(db, echo.user_id, RequestState.ANSWERED, now)
    return "a colleague wrote; the bot steps back"


def _place_of_answer(text: str) -> str:
    """A button under a broadcast stands for the place of the flows that answers it."""
    answered = read_answer(text)
    return text if answered is None else go_to(ANSWERED_AT[answered[1]])


def _note_answer(db: Connection, user_id: UserId, text: str, now: datetime) -> None:
    answered = read_answer(text)
    if answered is not None:
        note_answer(db, answered[0], user_id, answered[1], now)


def _ids(message_ids: Iterable[str]) -> list[MessageId]:
    return [MessageId(message_id) for message_id in message_ids]
