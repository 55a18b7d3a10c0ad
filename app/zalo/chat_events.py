"""Events of a chat between one person and the OA."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson

from app.kit.ids import MessageId, UserId
from app.zalo.fields import Fields


class MediaKind(StrEnum):
    """What a person can send besides text."""

    IMAGE = "image"
    GIF = "gif"
    LINK = "link"
    AUDIO = "audio"
    VIDEO = "video"
    STICKER = "sticker"
    FILE = "file"
    LOCATION = "location"
    BUSINESS_CARD = "business_card"


class EchoKind(StrEnum):
    """What the OA sent."""

    TEXT = "text"
    IMAGE = "image"
    GIF = "gif"
    LIST = "list"
    FILE = "file"
    STICKER = "sticker"
    TEMPLATE = "template"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MediaFile:
    """Something at an address of Zalo's; nobody says for how long."""

    url: str
    thumbnail: str = ""
    name: str = ""
    size: int | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody's Zalo contact card (danh thiếp)."""

    name: str
    phone: str
    url: str


Attachment = MediaFile | Place | Card


@dataclass(frozen=True, slots=True)
class UserText:
    """The person wrote, or tapped a button or menu item: a tap's payload arrives as text."""

    user_id: UserId
    message_id: MessageId
    text: str
    quoted_id: MessageId | None
    at: datetime


@dataclass(frozen=True, slots=True)
class UserMedia:
    """The person sent something that is not plain text; `text` is the caption."""

    user_id: UserId
    message_id: MessageId
    kind: MediaKind
    text: str
    attachments: tuple[Attachment, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class UserInfoShared:
    """The person filled in the form of `RequestUserInfo`."""

    user_id: UserId
    name: str
    phone: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    user_id: UserId
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Unfollowed:
    user_id: UserId
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChatOpened:
    """The person tapped "Nhắn tin" for the first time; from now on the OA may write."""

    user_id: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class OaEcho:
    """The OA sent something: through us, or from Zalo's own chat tool, and then `admin_id` says who did."""

    user_id: UserId
    message_id: MessageId
    kind: EchoKind
    text: str | None
    admin_id: str | None
    quoted_id: MessageId | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """Messages reached the person's phone."""

    user_id: UserId
    message_ids: tuple[MessageId, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """The person looked at messages."""

    user_id: UserId
    message_ids: tuple[MessageId, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneReceipt:
    """A template sent to a phone number arrived; `phone` may be a hash of the number."""

    phone: str
    message_id: MessageId
    tracking_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reacted:
    user_id: UserId
    message_id: MessageId
    icon: str
    by_oa: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class DataWithdrawn:
    """The person asked Zalo that their data be erased here."""

    user_id: UserId
    at: datetime


@dataclass(frozen=True, slots=True)
class AnonymousMessage:
    """A website visitor without a Zalo identity, or the OA's message to one."""

    anonymous_id: str
    conversation_id: str
    message_id: MessageId
    kind: str
    text: str
    by_oa: bool
    at: datetime


ChatEvent = (
    UserText
    | UserMedia
    | UserInfoShared
    | Followed
    | Unfollowed
    | ChatOpened
    | OaEcho
    | Received
    | Seen
    | PhoneReceipt
    | Reacted
    | DataWithdrawn
    | AnonymousMessage
)


def _user_text(event: Fields) -> ChatEvent:
    message = event.part("message")
    return UserText(
        event.part("sender").user_id(),
        message.message_id(),
        message.text("text"),
        _quoted(message),
        event.told_at(),
    )


def _user_media(kind: MediaKind) -> Callable[[Fields], ChatEvent]:
    def read(event: Fields) -> ChatEvent:
        message = event.part("message")
        found = (_attachment(kind, message, one.part("payload")) for one in message.parts("attachments"))
        return UserMedia(
            event.part("sender").user_id(),
            message.message_id(),
            kind,
            message.text("text"),
            tuple(one for one in found if one is not None),
            event.told_at(),
        )

    return read


def _attachment(kind: MediaKind, message: Fields, payload: Fields) -> Attachment | None:
    """One attachment; None when it is empty: that something was sent still counts."""
    if kind is MediaKind.LOCATION:
        return _place(payload.part("coordinates"))
    if kind is MediaKind.BUSINESS_CARD:
        return Card(message.text("text"), _card_phone(payload), payload.word("url"))
    url = payload.word("url")
    if not url:
        return None
    return MediaFile(
        url,
        payload.word("thumbnail"),
        payload.text("name"),
        payload.number("size"),
        payload.text("description"),
    )


def _place(coordinates: Fields) -> Place | None:
    latitude, longitude = coordinates.decimal("latitude"), coordinates.decimal("longitude")
    if latitude is None or longitude is None:
        return None
    on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return Place(latitude, longitude) if on_earth else None


def _card_phone(payload: Fields) -> str:
    """The phone number of a card, which Zalo puts into JSON inside the description."""
    try:
        return Fields(orjson.loads(payload.word("description"))).word("phone")
    except orjson.JSONDecodeError:
        return ""


def _user_info(event: Fields) -> ChatEvent:
    info = event.part("info")
    address = info.part("full_address")
    # The second four are the form that Zalo used while there were still districts.
    lines = [address.text(name) for name in ("user_address", "user_ward", "user_city")]
    lines += [info.text(name) for name in ("address", "ward", "district", "city")]
    return UserInfoShared(
        event.part("sender").user_id(),
        info.text("name"),
        info.word("phone"),
        ", ".join(line for line in lines if line),
        event.told_at(),
    )


def _followed(event: Fields) -> ChatEvent:
    return Followed(event.part("follower").user_id(), event.word("source"), event.told_at())


def _unfollowed(event: Fields) -> ChatEvent:
    return Unfollowed(event.part("follower").user_id(), event.word("source"), event.told_at())


def _chat_opened(event: Fields) -> ChatEvent:
    return ChatOpened(event.user_id("user_id"), event.told_at())


def _data_withdrawn(event: Fields) -> ChatEvent:
    return DataWithdrawn(event.user_id("user_id"), event.told_at())


def oa_echo(kind: EchoKind) -> Callable[[Fields], ChatEvent]:
    def read(event: Fields) -> ChatEvent:
        sender, message = event.part("sender"), event.part("message")
        return OaEcho(
            event.part("recipient").user_id(),
            message.message_id(),
            kind,
            _said(message),
            sender.word("admin_id") or None,
            _quoted(message),
            event.told_at(),
        )

    return read


def _said(message: Fields) -> str | None:
    """The words of a message; those of a template stand in its attachment."""
    texts = [
        message.text("text"),
        *(one.part("payload").text("text") for one in message.parts("attachments")),
    ]
    return next((text for text in texts if text), None)


def _received(event: Fields) -> ChatEvent:
    message = event.part("message")
    if "tracking_id" in message or "delivery_time" in message:
        return PhoneReceipt(
            event.part("recipient").needed("id"),
            message.message_id(),
            message.word("tracking_id"),
            message.moment("delivery_time") or event.told_at(),
        )
    return Received(event.part("recipient").user_id(), _message_ids(message), event.told_at())


def _seen(event: Fields) -> ChatEvent:
    return Seen(event.part("recipient").user_id(), _message_ids(event.part("message")), event.told_at())


def _message_ids(message: Fields) -> tuple[MessageId, ...]:
    """Documented as a list on "seen" and as one id on "received"; seen both ways on both."""
    ids = tuple(map(MessageId, message.words("msg_ids")))
    return ids or (message.message_id(),)


def _reacted(*, by_oa: bool) -> Callable[[Fields], ChatEvent]:
    def read(event: Fields) -> ChatEvent:
        message = event.part("message")
        return Reacted(
            event.part("recipient" if by_oa else "sender").user_id(),
            message.message_id(),
            message.needed("react_icon"),
            by_oa,
            event.told_at(),
        )

    return read


def _anonymous(kind: str, *, by_oa: bool) -> Callable[[Fields], ChatEvent]:
    def read(event: Fields) -> ChatEvent:
        message = event.part("message")
        return AnonymousMessage(
            event.part("recipient" if by_oa else "sender").needed("id"),
            message.word("conversation_id"),
            message.message_id(),
            kind,
            message.text("text"),
            by_oa,
            event.told_at(),
        )

    return read


def _quoted(message: Fields) -> MessageId | None:
    quoted = message.word("quote_msg_id")
    return MessageId(quoted) if quoted else None


_ANONYMOUS_KINDS = ("text", "image", "file", "sticker")

CHAT: dict[str, Callable[[Fields], ChatEvent]] = {
    "user_send_text": _user_text,
    **{f"user_send_{kind}": _user_media(kind) for kind in MediaKind},
    "user_submit_info": _user_info,
    "follow": _followed,
    "unfollow": _unfollowed,
    "user_click_chatnow": _chat_opened,
    "user_withdraw": _data_withdrawn,
    **{f"oa_send_{kind}": oa_echo(kind) for kind in EchoKind if kind is not EchoKind.OTHER},
    "user_received_message": _received,
    "user_seen_message": _seen,
    "user_reacted_message": _reacted(by_oa=False),
    "oa_reacted_message": _reacted(by_oa=True),
    **{f"anonymous_send_{kind}": _anonymous(kind, by_oa=False) for kind in _ANONYMOUS_KINDS},
    **{f"oa_send_anonymous_{kind}": _anonymous(kind, by_oa=True) for kind in _ANONYMOUS_KINDS},
}
