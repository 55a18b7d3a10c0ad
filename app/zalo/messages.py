"""Messages to one person. One that exists is one that Zalo accepts: limits are enforced on construction.

Limits: Zalo's documentation of consultation messages (tin Tư vấn) and of buttons, November 2026.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, assert_never

import orjson

from app.kit.ids import MessageId
from app.kit.vietnamese import nfc

MAX_TEXT = 2000
MAX_BUTTONS = 5
MAX_TITLE = 100
MAX_SUBTITLE = 500
MAX_PAYLOAD = 1000
MAX_SMS = 160


class BadMessage(ValueError):
    """Zalo would refuse this message."""


class TooLong(BadMessage):
    """A part of the message is longer than Zalo takes."""

    def __init__(self, part: str, length: int, limit: int) -> None:
        super().__init__(f"{part} has {length} characters, Zalo takes {limit}")
        self.part, self.length, self.limit = part, length, limit


class TooMany(BadMessage):
    """The message has more buttons than Zalo takes."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} buttons, Zalo takes {MAX_BUTTONS}")
        self.count, self.limit = count, MAX_BUTTONS


class Missing(BadMessage):
    """A part of the message is empty, or is not what it should be."""


def length_of(text: str) -> int:
    """Length as Zalo may count it: no page says whether an emoji is one or two, so it is two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class OpenUrl:
    title: str
    url: str

    def __post_init__(self) -> None:
        _tidy(self, "title", MAX_TITLE)
        _check_url(self.url)

    def body(self) -> dict[str, Any]:
        return {"title": self.title, "type": "oa.open.url", "payload": {"url": self.url}}


@dataclass(frozen=True, slots=True)
class Query:
    """A tap sends the payload back to us as the person's own text; `shown` leaves it visible in the chat."""

    title: str
    payload: str
    shown: bool = False

    def __post_init__(self) -> None:
        _tidy(self, "title", MAX_TITLE)
        _check_length("payload", self.payload, MAX_PAYLOAD)

    def body(self) -> dict[str, Any]:
        kind = "oa.query.show" if self.shown else "oa.query.hide"
        return {"title": self.title, "type": kind, "payload": self.payload}


@dataclass(frozen=True, slots=True)
class Phone:
    """A tap dials the number; any way of writing it will do."""

    title: str
    phone: str

    def __post_init__(self) -> None:
        _tidy(self, "title", MAX_TITLE)
        phone_code(self.phone)

    def body(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "type": "oa.open.phone",
            "payload": {"phone_code": phone_code(self.phone)},
        }


@dataclass(frozen=True, slots=True)
class Sms:
    """A tap opens the person's SMS app with this content."""

    title: str
    phone: str
    content: str

    def __post_init__(self) -> None:
        _tidy(self, "title", MAX_TITLE)
        _tidy(self, "content", MAX_SMS)
        phone_code(self.phone)

    def body(self) -> dict[str, Any]:
        payload = {"content": self.content, "phone_code": phone_code(self.phone)}
        return {"title": self.title, "type": "oa.open.sms", "payload": payload}


Button = OpenUrl | Query | Phone | Sms


@dataclass(frozen=True, slots=True)
class Text:
    text: str

    def __post_init__(self) -> None:
        _tidy(self, "text", MAX_TEXT)

    def body(self) -> dict[str, Any]:
        return {"text": self.text}


@dataclass(frozen=True, slots=True)
class Quote:
    """An answer that shows the message it answers."""

    text: str
    message_id: MessageId

    def __post_init__(self) -> None:
        _tidy(self, "text", MAX_TEXT)
        _check_present("message_id", self.message_id)

    def body(self) -> dict[str, Any]:
        return {"text": self.text, "quote_message_id": self.message_id}


@dataclass(frozen=True, slots=True)
class Buttons:
    text: str
    buttons: tuple[Button, ...]

    def __post_init__(self) -> None:
        _tidy(self, "text", MAX_TEXT)
        if len(self.buttons) > MAX_BUTTONS:
            raise TooMany(len(self.buttons))
        if not self.buttons:
            raise Missing("buttons are empty")

    def body(self) -> dict[str, Any]:
        # Without template_type: Zalo's sample of this payload has none.
        return {"text": self.text, "attachment": _template({"buttons": [one.body() for one in self.buttons]})}


@dataclass(frozen=True, slots=True)
class Image:
    """A picture from the web or from an upload; an upload is kept by Zalo for seven days."""

    url: str | None = None
    attachment_id: str | None = None
    caption: str = ""

    def __post_init__(self) -> None:
        _check_source(self.url, self.attachment_id)
        _tidy_caption(self)

    def body(self) -> dict[str, Any]:
        return _media(self.caption, {"media_type": "image", **_source(self.url, self.attachment_id)})


@dataclass(frozen=True, slots=True)
class Gif:
    """A moving picture; Zalo asks for its size in pixels."""

    width: int
    height: int
    url: str | None = None
    attachment_id: str | None = None
    caption: str = ""

    def __post_init__(self) -> None:
        _check_source(self.url, self.attachment_id)
        if self.width <= 0 or self.height <= 0:
            raise Missing("width and height have to be positive")
        _tidy_caption(self)

    def body(self) -> dict[str, Any]:
        source = _source(self.url, self.attachment_id)
        return _media(
            self.caption, {"media_type": "gif", **source, "width": self.width, "height": self.height}
        )


@dataclass(frozen=True, slots=True)
class File:
    """A file by the token of its upload, which Zalo keeps for seven days."""

    token: str

    def __post_init__(self) -> None:
        _check_present("token", self.token)

    def body(self) -> dict[str, Any]:
        return {"attachment": {"type": "file", "payload": {"token": self.token}}}


@dataclass(frozen=True, slots=True)
class RequestUserInfo:
    """Zalo's own form for sharing name, phone and address; the answer comes as `UserInfoShared`."""

    title: str
    subtitle: str
    image_url: str

    def __post_init__(self) -> None:
        _tidy(self, "title", MAX_TITLE)
        _tidy(self, "subtitle", MAX_SUBTITLE)
        _check_url(self.image_url)

    def body(self) -> dict[str, Any]:
        element = {"title": self.title, "subtitle": self.subtitle, "image_url": self.image_url}
        return {"attachment": _template({"template_type": "request_user_info", "elements": [element]})}


Message = Text | Quote | Buttons | Image | Gif | File | RequestUserInfo

# Names in stored messages: they outlive a renamed class.
_KINDS: dict[str, type[Any]] = {
    "text": Text,
    "quote": Quote,
    "buttons": Buttons,
    "image": Image,
    "gif": Gif,
    "file": File,
    "request_user_info": RequestUserInfo,
    "open_url": OpenUrl,
    "query": Query,
    "phone": Phone,
    "sms": Sms,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def encode(message: Message) -> bytes:
    """The message as it is stored; equal messages give equal bytes."""
    return orjson.dumps(_packed(message))


@lru_cache(maxsize=512)
def decode(stored: bytes) -> Message:
    """Reads what `encode` wrote. Messages never change, and menus are the same for everybody."""
    packed = orjson.loads(stored)
    if "buttons" in packed:
        packed["buttons"] = tuple(_unpacked(button) for button in packed["buttons"])
    message: Message = _unpacked(packed)
    return message


def plain_text(message: Message) -> str:
    """The text that the echo and Zalo's conversation list carry for this message; "" when they carry none."""
    match message:
        case Text(text) | Quote(text, _) | Buttons(text, _):
            return text
        case Image(caption=caption) | Gif(caption=caption):
            return caption
        case RequestUserInfo(title=title):
            return title
        case File():
            return ""
        case _:
            assert_never(message)


def phone_code(phone: str) -> str:
    """A phone number as Zalo writes it, 84912345678; numbers such as 19009068 stay. Raises `Missing`."""
    digits = "".join(character for character in phone if character in "0123456789")
    if not 3 <= len(digits) <= 15:
        raise Missing("phone is not a phone number")
    return "84" + digits[1:] if digits.startswith("0") else digits


def _packed(value: Message | Button) -> dict[str, Any]:
    packed: dict[str, Any] = {"kind": _NAMES[type(value)]}
    for part in value.__slots__:
        packed[part] = getattr(value, part)
    if isinstance(value, Buttons):
        packed["buttons"] = [_packed(button) for button in value.buttons]
    return packed


def _unpacked(packed: dict[str, Any]) -> Any:
    return _KINDS[packed.pop("kind")](**packed)


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"type": "template", "payload": payload}


def _media(caption: str, element: dict[str, Any]) -> dict[str, Any]:
    attachment = _template({"template_type": "media", "elements": [element]})
    return {"text": caption, "attachment": attachment} if caption else {"attachment": attachment}


def _source(url: str | None, attachment_id: str | None) -> dict[str, Any]:
    return {"url": url} if url is not None else {"attachment_id": attachment_id}


def _check_source(url: str | None, attachment_id: str | None) -> None:
    if (url is None) == (attachment_id is None):
        raise Missing("exactly one of url and attachment_id is needed")
    if url is not None:
        _check_url(url)
    if attachment_id is not None:
        _check_present("attachment_id", attachment_id)


def _check_url(url: str) -> None:
    if not url.startswith(("https://", "http://")) or any(character.isspace() for character in url):
        raise Missing("url is not a web address")


def _check_present(part: str, value: str) -> None:
    if not value.strip():
        raise Missing(f"{part} is empty")


def _check_length(part: str, value: str, limit: int) -> None:
    _check_present(part, value)
    length = length_of(value)
    if length > limit:
        raise TooLong(part, length, limit)


def _tidy(message: object, part: str, limit: int) -> None:
    """Keeps the part in composed letters: decomposed Vietnamese is longer than it looks."""
    value = nfc(getattr(message, part))
    _check_length(part, value, limit)
    object.__setattr__(message, part, value)


def _tidy_caption(message: Image | Gif) -> None:
    if message.caption:
        _tidy(message, "caption", MAX_TEXT)
