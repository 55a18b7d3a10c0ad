"""A Zalo message as it is shown: what the one bubble renderer takes, wherever it draws."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Side(StrEnum):
    OA = "oa"
    USER = "user"


class Press(StrEnum):
    """What happens when a button is pressed."""

    REPLY = "reply"
    LINK = "link"
    CALL = "call"
    SMS = "sms"
    SHARE = "share"


class Enclosed(StrEnum):
    """What a message carries beside words."""

    PHOTO = "photo"
    GIF = "gif"
    STICKER = "sticker"
    FILE = "file"
    LOCATION = "location"
    CONTACT = "contact"
    VOICE = "voice"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class BubbleButton:
    """`target` is a payload for a reply, an address for a link, a number for a call."""

    title: str
    press: Press
    target: str = ""

    @property
    def href(self) -> str | None:
        """Where the browser may go; anything but a web address, a number or our own form leads nowhere."""
        match self.press:
            case Press.LINK if self.target.startswith(("https://", "http://")):
                return self.target
            case Press.CALL:
                return f"tel:+{self.target.lstrip('+')}"
            case Press.SMS:
                return f"sms:+{self.target.lstrip('+')}"
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """`url` is shown only when it is one of our own addresses: pages load nothing from elsewhere."""

    kind: Enclosed
    name: str = ""
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """`key` is unique on its page; `first` starts a group of one side's messages."""

    key: str
    side: Side
    at: datetime
    text: str = ""
    title: str = ""
    quoted: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    enclosure: Enclosure | None = None
    buttons: tuple[BubbleButton, ...] = ()
    first: bool = True

    @property
    def is_card(self) -> bool:
        return bool(self.buttons or self.rows or self.title)
