"""What an event means for its contact: who answers, what the engine is given, what is written down."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from app.conversations.forgetting import forget_contact
from app.conversations.ledger import bring_bot_back, note_officer, read_standing
from app.conversations.means import Means
from app.conversations.rules import bot_answers
from app.conversations.talk import converse
from app.credentials.ledger import mark_needs_consent
from app.directory import contacts
from app.engine.inputs import Followed, Input, Media, Opened, Shared, input_from_text
from app.handover.models import RequestState
from app.handover.requests import close_requests, is_taken
from app.inbox.ledger import OpenEvent, settle
from app.kit.ids import MessageId, UserId
from app.outbox.receipts import mark_received, mark_seen, recognise_echo
from app.zalo import events as told

URL_CHECK_ID = "This is message id"
"""Zalo's console posts a sample with this message id when the webhook address is saved."""


def handle(db: Connection, means: Means, event: OpenEvent, now: datetime) -> None:
    """Does what the event asks for and settles it; all in the caller's transaction."""
    body: dict[str, Any] = orjson.loads(means.sealer.open(event.body))
    settle(db, event.id, now, _take_in(db, means, event, told.parse_event(body), now))


def _take_in(db: Connection, means: Means, event: OpenEvent, known: told.Event, now: datetime) -> str | None:
    """A note for the event's row, when there is something odd to say."""
    match known:
        case told.UserText(message_id=message_id) if message_id == URL_CHECK_ID:
            return "Zalo checked the webhook address"
        case told.UserText(user_id=user_id, text=text):
            given = input_from_text(text, frozenset(filter(None, event.masked.split(","))))
            return _listen(db, means, event.id, user_id, given, now, text)
        case told.UserMedia(user_id=user_id, kind=kind):
            return _listen(db, means, event.id, user_id, Media(str(kind)), now)
        case told.UserInfoShared(user_id=user_id, name=name, phone=phone):
            return _listen(db, means, event.id, user_id, Shared(name or "", phone or ""), now)
        case told.ChatOpened(user_id=user_id):
            return _listen(db, means, event.id, user_id, Opened(), now)
        case told.Followed(user_id=user_id):
            contacts.follow(db, user_id, now)
            return _listen(db, means, event.id, user_id, Followed(), now)
        case told.Unfollowed(user_id=user_id):
            contacts.unfollow(db, user_id)
        case told.OaEcho():
            return _hear_echo(db, means, known, now)
        case told.Received(message_ids=message_ids):
            mark_received(db, _ids(message_ids), now)
        case told.Seen(message_ids=message_ids):
            mark_seen(db, _ids(message_ids), now)
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
    event_id: int,
    user_id: UserId,
    given: Input,
    now: datetime,
    text: str | None = None,
) -> str | None:
    contacts.touch(db, user_id, now)
    standing = read_standing(db, means.sealer, user_id)
    taken = is_taken(db, user_id)
    if not bot_answers(standing.officer_spoke_at, text, now, is_taken=taken):
        return "left to the colleague who is talking with the contact"
    if standing.officer_spoke_at is not None:
        bring_bot_back(db, user_id)
    converse(db, means, user_id, given, f"event:{event_id}", now)
    return None


def _hear_echo(db: Connection, means: Means, echo: told.OaEcho, now: datetime) -> str | None:
    """Our own message coming back settles a delivery in doubt; a colleague's makes the bot step back."""
    text_print = means.sealer.fingerprint(echo.text or "")
    if recognise_echo(db, echo.user_id, echo.message_id, text_print, now):
        return None
    if echo.admin_id is None:
        return "sent by Zalo's own tools"
    note_officer(db, echo.user_id, now)
    close_requests(db, echo.user_id, RequestState.ANSWERED, now)
    return "a colleague wrote; the bot steps back"


def _ids(message_ids: Iterable[str]) -> list[MessageId]:
    return [MessageId(message_id) for message_id in message_ids]
