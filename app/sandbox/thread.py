"""What stands in a chat between one person and the OA."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.kit.ids import MessageId, UserId


class Sender(StrEnum):
    OA = "oa"
    USER = "user"


class MessageState(StrEnum):
    """How far a message has come; the control API and the phone speak these words."""

    SENDING = "sending"
    SENT = "sent"
    RECEIVED = "received"
    SEEN = "seen"
    FAILED = "failed"


RANK = {state: rank for rank, state in enumerate(MessageState)}


class ButtonType(StrEnum):
    """Zalo's button types, plus the one a share-your-details card has."""

    OPEN_URL = "oa.open.url"
    QUERY_SHOW = "oa.query.show"
    QUERY_HIDE = "oa.query.hide"
    OPEN_PHONE = "oa.open.phone"
    OPEN_SMS = "oa.open.sms"
    SHARE_INFO = "request_user_info"


@dataclass(frozen=True, slots=True)
class Button:
    """`payload` is what a query sends, the address of a link, or the number of a call or SMS."""

    title: str
    type: ButtonType
    payload: str
    content: str = ""


class Kind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    GIF = "gif"
    STICKER = "sticker"
    FILE = "file"
    LOCATION = "location"
    AUDIO = "audio"
    VIDEO = "video"
    LINK = "link"
    BUSINESS_CARD = "business_card"
    INFO = "info"
    """The answer to a share-your-details card; no message to Zalo, but people see that they sent it."""
    CARD = "card"
    """A ZBS template or a share-your-details request."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """`payload` is what Zalo's webhook says of it; `media_id` finds the bytes if they were uploaded here."""

    kind: Kind
    payload: dict[str, object] = field(default_factory=dict)
    media_id: str | None = None


def sound(text: str) -> str:
    """The text without halves of characters, which JSON can carry and no phone can show."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@dataclass(slots=True)
class ThreadMessage:
    """One message. `hidden` ones (a hidden query button) reach the bot and are never shown."""

    msg_id: MessageId
    user_id: UserId
    sender: Sender
    kind: Kind
    text: str
    at: datetime
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    title: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    quoted: MessageId | None = None
    admin_id: str | None = None
    hidden: bool = False
    state: MessageState = MessageState.SENT
    note: str = ""
    """Why it failed, in words."""
    reactions: tuple[str, ...] = ()

    def move_on(self, state: MessageState) -> bool:
        """Forward only; says whether anything changed."""
        if self.state is MessageState.FAILED or RANK[state] <= RANK[self.state]:
            return False
        self.state = state
        return True
