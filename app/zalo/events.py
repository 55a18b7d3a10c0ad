"""What Zalo told us, one type per kind of event; beyond this line nobody touches a dictionary.

Names and fields: Zalo's documentation of webhook events, November 2026, and bodies seen by others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.zalo.account_events import (
    ACCOUNT,
    AccountEvent,
    CallConsentAnswered,
    CallConsentAsked,
    Called,
    ExtensionPurchased,
    Feedback,
    GroupChange,
    GroupChanged,
    GroupMessage,
    JourneyEnd,
    JourneyEnded,
    OaQuotaChanged,
    OaTemplateTagsChanged,
    PermissionRevoked,
    TagChange,
    TagChanged,
    TemplateButtonTapped,
    TemplateChanged,
    TemplateTrait,
    UserInfoUpdated,
    WidgetAccepted,
    WidgetNotLinked,
)
from app.zalo.chat_events import (
    CHAT,
    AnonymousMessage,
    Attachment,
    Card,
    ChatEvent,
    ChatOpened,
    DataWithdrawn,
    EchoKind,
    Followed,
    MediaFile,
    MediaKind,
    OaEcho,
    PhoneReceipt,
    Place,
    Reacted,
    Received,
    Seen,
    Unfollowed,
    UserInfoShared,
    UserMedia,
    UserText,
    oa_echo,
)
from app.zalo.fields import Fields, Odd

__all__ = [
    "AnonymousMessage",
    "Attachment",
    "CallConsentAnswered",
    "CallConsentAsked",
    "Called",
    "Card",
    "ChatOpened",
    "DataWithdrawn",
    "EchoKind",
    "Event",
    "ExtensionPurchased",
    "Feedback",
    "Followed",
    "GroupChange",
    "GroupChanged",
    "GroupMessage",
    "JourneyEnd",
    "JourneyEnded",
    "MalformedEvent",
    "MediaFile",
    "MediaKind",
    "OaEcho",
    "OaQuotaChanged",
    "OaTemplateTagsChanged",
    "PermissionRevoked",
    "PhoneReceipt",
    "Place",
    "Reacted",
    "Received",
    "Seen",
    "TagChange",
    "TagChanged",
    "TemplateButtonTapped",
    "TemplateChanged",
    "TemplateTrait",
    "Unfollowed",
    "UnknownEvent",
    "UserInfoShared",
    "UserInfoUpdated",
    "UserMedia",
    "UserText",
    "WidgetAccepted",
    "WidgetNotLinked",
    "parse_event",
]


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event of a kind that nobody has told us about."""

    name: str


@dataclass(frozen=True, slots=True)
class MalformedEvent:
    """An event of a known kind that lacks what it needs to mean anything."""

    name: str
    reason: str


Event = ChatEvent | AccountEvent | UnknownEvent | MalformedEvent

_READERS: dict[str, Callable[[Fields], Event]] = {**CHAT, **ACCOUNT}
_OTHER_ECHO = oa_echo(EchoKind.OTHER)


def parse_event(data: Mapping[str, Any]) -> Event:
    """Types an event. Never raises: what cannot be typed comes back under its name."""
    event = Fields(data)
    name = event.word("event_name")
    read = _READERS.get(name)
    if read is None:
        return _untold(name, event)
    try:
        return read(event)
    except Odd as odd:
        return MalformedEvent(name, str(odd))


def _untold(name: str, event: Fields) -> Event:
    """A new kind of message from the OA is an echo all the same: it may be a colleague who wrote it."""
    if name.startswith("oa_send_"):
        try:
            return _OTHER_ECHO(event)
        except Odd:
            pass
    return UnknownEvent(name)
