"""What every webhook body says of itself: app and OA, what happened, in whose chat, whether it is a repeat.

Zalo puts the two ids in different places from one family of events to the next, and gives events no id of
their own. The places are those of its documentation of webhook events, November 2026.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import orjson

from app.kit.ids import UserId

_LONGEST_NAME = 64
_LONGEST_KEY = 200
_ID = re.compile(r"[\x21-\x7e]{1,64}")
_TIMESTAMP = re.compile(rb'"timestamp"\s*:\s*"?([0-9][0-9.eE+-]{0,30})')

_FROM_USER = ("user_send_", "anonymous_send_", "user_submit_info", "user_reacted_message")
_FROM_OA = ("oa_send_", "oa_reacted_message", "user_received_message", "user_seen_message")
_WITHOUT_SENDER = frozenset({"oa_send_consent"})
_IN_A_GROUP = ("user_send_group_", "oa_send_group_")
_BY_MESSAGE_ID = ("user_send_", "anonymous_send_", "oa_send_", "user_received_message")


class Unreadable(Exception):
    """The body is not an event: it is no JSON object, or lacks a name, or has an id that cannot be one."""


@dataclass(frozen=True, slots=True)
class Envelope:
    app_id: str | None
    oa_id: str | None
    event_name: str
    user_id: UserId | None
    """Whose chat the event belongs to; None when it concerns the account, a group or a phone number."""
    timestamp_text: str
    """As written in the body: the signature is made over this text."""
    dedupe_key: str
    """The same for every redelivery of one event, different for any other event."""
    data: dict[str, Any]


def read_envelope(body: bytes) -> Envelope:
    """Reads a webhook body. Raises `Unreadable`."""
    data = _json_object(body)
    name = data.get("event_name")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise Unreadable("event_name is missing or is not a name")
    app_id = _id(data.get("app_id"))
    oa_id, user_id = _parties(name, data)
    timestamp = _timestamp_text(data, body)
    return Envelope(
        app_id=app_id,
        oa_id=oa_id,
        event_name=name,
        user_id=None if user_id is None else UserId(user_id),
        timestamp_text=timestamp,
        dedupe_key=_dedupe_key(app_id, oa_id, name, timestamp, data, body),
        data=data,
    )


def timestamp_of(body: bytes) -> str:
    """The timestamp that an unreadable body seems to carry, for checking who sent it; "" when it has none."""
    found = _TIMESTAMP.search(body)
    return "" if found is None else found.group(1).decode("ascii")


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise Unreadable("not a JSON object")
    return data


def _parties(name: str, data: dict[str, Any]) -> tuple[str | None, str | None]:
    """The ids of the OA and of the person, wherever this family of events keeps them."""
    sender, recipient = _party(data, "sender"), _party(data, "recipient")
    if name.startswith(_IN_A_GROUP):
        return _id(data.get("oa_id")), None
    if name.startswith(_FROM_OA) and name not in _WITHOUT_SENDER:
        # Delivery to a phone number is told under the same name as delivery in a chat.
        return sender, None if is_phone_receipt(data) else recipient
    if name.startswith(_FROM_USER):
        return recipient, sender
    person = _party(data, "follower") or _id(data.get("user_id")) or _party(data, "data", "user_id")
    return _id(data.get("oa_id")) or _id(data.get("oaId")), person


def is_phone_receipt(data: dict[str, Any]) -> bool:
    """Whether a user_received_message is about a template sent to a phone number."""
    message = data.get("message")
    return isinstance(message, dict) and ("tracking_id" in message or "delivery_time" in message)


def _dedupe_key(
    app_id: str | None, oa_id: str | None, name: str, timestamp: str, data: dict[str, Any], body: bytes
) -> str:
    message = data.get("message")
    told = _told_ids(name, timestamp, message) if isinstance(message, dict) else None
    key = f"{app_id or ''}|{oa_id or ''}|{name}|{told}"
    if told is None or len(key) > _LONGEST_KEY or not key.isprintable():
        # Redeliveries are the same bytes.
        return "sha256|" + hashlib.sha256(body).hexdigest()
    return key


def _told_ids(name: str, timestamp: str, message: dict[str, Any]) -> str | None:
    if name == "user_seen_message":
        seen = message.get("msg_ids")
        ids = [str(one) for one in (seen if isinstance(seen, list) else [message.get("msg_id")])]
        return ",".join(sorted(ids)) + "|" + timestamp
    message_id = message.get("msg_id")
    if isinstance(message_id, str) and message_id and name.startswith(_BY_MESSAGE_ID):
        return message_id
    return None


def _timestamp_text(data: dict[str, Any], body: bytes) -> str:
    given = data.get("timestamp")
    if isinstance(given, str):
        return given
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return timestamp_of(body)


def _party(data: dict[str, Any], role: str, field: str = "id") -> str | None:
    party = data.get(role)
    return _id(party.get(field)) if isinstance(party, dict) else None


def _id(value: object) -> str | None:
    """An id as text, though some bodies write it as a number. Raises `Unreadable` for what cannot be one."""
    if value is None or value == "":
        return None
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise Unreadable("an id is neither a short text nor a number")
    return text
