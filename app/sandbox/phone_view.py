"""What the phone page shows of people, chats and the wire; read from the pretend Zalo, changing nothing."""

import json
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kit.clock import VIETNAM
from app.look.bubbles import Bubble, BubbleButton, Enclosed, Enclosure, Press, Side
from app.sandbox.faults import FaultName, Faults
from app.sandbox.log import Direction, LogEntry
from app.sandbox.people import Person
from app.sandbox.thread import Attachment, Button, ButtonType, Kind, MessageState, Sender, ThreadMessage
from app.sandbox.windows import FREE_FOR, OPEN_FOR

GROUPED_WITHIN = timedelta(minutes=10)
"""Messages of one side that follow each other this closely share one picture."""

TITLE_LENGTH = 120

CHOICES = ("off", "always", "next:1", "next:3", "every:2", "every:5", "percent:30")
CUSTOM = "custom"

REPORTS = frozenset({"user_received_message", "user_seen_message"})
"""Webhooks that follow every message; told in one quiet line, as are the echoes."""

PRESSES = {
    ButtonType.OPEN_URL: Press.LINK,
    ButtonType.QUERY_SHOW: Press.REPLY,
    ButtonType.QUERY_HIDE: Press.REPLY,
    ButtonType.OPEN_PHONE: Press.CALL,
    ButtonType.OPEN_SMS: Press.SMS,
    ButtonType.SHARE_INFO: Press.SHARE,
}

ENCLOSED = {
    Kind.IMAGE: Enclosed.PHOTO,
    Kind.GIF: Enclosed.GIF,
    Kind.STICKER: Enclosed.STICKER,
    Kind.FILE: Enclosed.FILE,
    Kind.LOCATION: Enclosed.LOCATION,
    Kind.AUDIO: Enclosed.VOICE,
    Kind.VIDEO: Enclosed.VIDEO,
    Kind.BUSINESS_CARD: Enclosed.CONTACT,
    Kind.INFO: Enclosed.CONTACT,
}

SHARED_LABELS = {
    "name": "Họ và tên",
    "phone": "Số điện thoại",
    "address": "Địa chỉ",
    "city": "Tỉnh, thành",
    "district": "Quận, huyện",
    "ward": "Phường, xã",
}

MediaUrl = Callable[[str], str]
"""Where our own page finds the bytes of an upload, by its media id."""


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A message as it stands in the chat; `opens_day` heads it with its date."""

    bubble: Bubble
    opens_day: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far the person's own last message has come while unanswered; a note tells of trouble."""

    state: MessageState
    note: str


@dataclass(frozen=True, slots=True)
class Relation:
    """What stands between a person and the OA at this moment."""

    following: bool
    blocked: bool
    free_left: timedelta | None
    open_left: timedelta | None


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A fault with the choice that stands for its rule ("off", "always", "next:3", …)."""

    name: FaultName
    choice: str
    struck: int


@dataclass(frozen=True, slots=True)
class EventSeen:
    """One request of the wire, ready to be read: what was said, how it ended, and every byte on demand."""

    number: int
    at: datetime
    incoming: bool
    name: str
    title: str
    report: bool
    outcome: str
    ok: bool
    took_ms: int
    attempt: int
    note: str
    faults: tuple[str, ...]
    request: str
    signature_base: str
    answer: str
    curl: str


def chat_lines(messages: Iterable[ThreadMessage], media_url: MediaUrl) -> list[ChatLine]:
    """Everything a person sees in the chat, oldest first."""
    shown = [message for message in messages if not message.hidden]
    texts = {message.msg_id: message.text or message.title for message in shown}
    lines = []
    before: ThreadMessage | None = None
    for message in shown:
        quoted = texts.get(message.quoted, "") if message.quoted else ""
        lines.append(_line(message, before, quoted, media_url))
        before = message
    return lines


def receipt_of(messages: Sequence[ThreadMessage]) -> Receipt | None:
    """None once the OA has answered; a later hidden tap counts as no message."""
    shown = [message for message in messages if not message.hidden]
    if not shown or shown[-1].sender is Sender.OA:
        return None
    return Receipt(shown[-1].state, shown[-1].note)


def relation_of(person: Person, now: datetime) -> Relation:
    last = person.last_interaction_at
    return Relation(
        following=person.following,
        blocked=person.blocked,
        free_left=_left(last, FREE_FOR, now),
        open_left=_left(last, OPEN_FOR, now),
    )


def event_seen(entry: LogEntry) -> EventSeen:
    code = entry.code or None
    return EventSeen(
        number=entry.number,
        at=entry.at,
        incoming=entry.direction is Direction.WEBHOOK,
        name=_short(entry.name),
        title=_said(entry.body),
        report=entry.name in REPORTS or entry.name.startswith("oa_send_"),
        outcome=str(code or entry.status or ""),
        ok=entry.ok,
        took_ms=round(entry.took_ms),
        attempt=entry.attempt,
        note=entry.note,
        faults=entry.faults,
        request=_request_text(entry),
        signature_base=entry.signature_base,
        answer=_pretty(entry.answer),
        curl=_curl(entry),
    )


def faults_seen(faults: Faults) -> list[FaultSeen]:
    rules = faults.rules()
    return [FaultSeen(name, choice_of(rules[name]), faults.struck[name]) for name in FaultName]


def choice_of(rule: object) -> str:
    """The choice that stands for a rule of the control API; "custom" for what the page does not offer."""
    match rule:
        case str():
            return rule if rule in CHOICES else CUSTOM
        case dict() if len(rule) == 1:
            name, amount = next(iter(rule.items()))
            choice = f"{name}:{amount}"
            return choice if choice in CHOICES else CUSTOM
        case _:
            return CUSTOM


def rule_of(choice: str) -> object:
    name, _, amount = choice.partition(":")
    return {name: int(amount)} if amount else name


def _line(message: ThreadMessage, before: ThreadMessage | None, quoted: str, media_url: MediaUrl) -> ChatLine:
    opens_day = before is None or _day(before) != _day(message)
    close = before is not None and message.at - before.at < GROUPED_WITHIN
    grouped = before is not None and before.sender is message.sender and close and not opens_day
    bubble = Bubble(
        key=message.msg_id,
        side=Side.OA if message.sender is Sender.OA else Side.USER,
        at=message.at,
        text=message.text,
        title=message.title,
        quoted=quoted,
        rows=tuple((SHARED_LABELS.get(name, name), value) for name, value in message.rows),
        enclosure=_enclosure(message.attachments, media_url),
        buttons=tuple(_button(button) for button in message.buttons),
        first=not grouped,
    )
    return ChatLine(bubble, opens_day)


def _day(message: ThreadMessage) -> object:
    return message.at.astimezone(VIETNAM).date()


def _left(last: datetime | None, length: timedelta, now: datetime) -> timedelta | None:
    if last is None or last + length <= now:
        return None
    return last + length - now


def _button(button: Button) -> BubbleButton:
    return BubbleButton(button.title, PRESSES[button.type], button.payload)


def _enclosure(attachments: Sequence[Attachment], media_url: MediaUrl) -> Enclosure | None:
    for part in attachments:
        kind = ENCLOSED.get(part.kind)
        if kind is None:
            continue
        name, detail = _told(kind, part.payload)
        return Enclosure(kind, name, detail, media_url(part.media_id) if part.media_id else "")
    return None


def _told(kind: Enclosed, payload: dict[str, object]) -> tuple[str, str]:
    """The words beside a picture, a file, a place or a person."""
    match kind:
        case Enclosed.LOCATION:
            return "", _coordinates(payload.get("coordinates"))
        case Enclosed.CONTACT:
            return str(payload.get("name", "")), str(payload.get("phone", ""))
        case _:
            return str(payload.get("name", "")), str(payload.get("size", ""))


def _coordinates(given: object) -> str:
    if not isinstance(given, dict):
        return ""
    return f"{given.get('latitude', '?')}, {given.get('longitude', '?')}"


def _short(name: str) -> str:
    """A call by the end of its path: "/v3.0/oa/message/cs" → "message/cs"."""
    return "/".join(name.split("/")[-2:]) if name.startswith("/") else name


def _said(body: str) -> str:
    """The words a request carries, cut to one line; empty when it carries none."""
    try:
        read = json.loads(body)
    except ValueError:
        return ""
    match read:
        case {"message": {"text": str(text)}} if text:
            said = text
        case {"message": {"attachment": {"payload": {"elements": [{"title": str(title)}, *_]}}}}:
            said = title
        case _:
            said = ""
    return " ".join(said.split())[:TITLE_LENGTH]


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def _request_text(entry: LogEntry) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in entry.headers.items())
    parts = [f"{entry.method} {entry.url}".strip(), headers, "", _pretty(entry.body)]
    return "\n".join(part for part in parts if part or part == "").strip()


def _curl(entry: LogEntry) -> str:
    parts = ["curl", "-X", entry.method, entry.url]
    for name, value in entry.headers.items():
        parts += ["-H", f"{name}: {value}"]
    if entry.body:
        parts += ["--data-raw", entry.body]
    return shlex.join(parts)
