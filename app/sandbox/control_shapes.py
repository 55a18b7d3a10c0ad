"""What goes in and out of the control API as JSON."""

import re
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from app.kit.clock import epoch_ms
from app.sandbox.config import RetryMode
from app.sandbox.log import LogEntry
from app.sandbox.people import Person
from app.sandbox.thread import Button, Kind, ThreadMessage

Json = dict[str, object]


class NewUser(BaseModel):
    display_name: str = Field(min_length=1, max_length=100)
    phone: str = ""
    following: bool = False
    count: int = Field(1, ge=1, le=10_000)
    last_wrote: str = ""


class Enclosed(BaseModel):
    """Something a phone sends beside words; `payload` overrides the made-up details."""

    type: Kind
    payload: dict[str, object] = {}


class NewMessage(BaseModel):
    """Exactly one of text, tap, attachment (which may have a text as caption)."""

    text: str | None = None
    tap: str | None = None
    attachment: Enclosed | None = None
    msg_id: str | None = None
    """With `tap`: the message whose button is meant."""
    quote_msg_id: str | None = None


class Reaction(BaseModel):
    msg_id: str
    icon: str = "/-heart"


class ColleagueMessage(BaseModel):
    text: str = Field(min_length=1, max_length=2000)
    admin_id: str = "4267886274574868951"


class ClockMove(BaseModel):
    """`advance` "8d", "1h30m", "-10m"; `at` a time of day in Vietnam; `rate` the speed; `now` real time."""

    model_config = ConfigDict(extra="forbid")

    advance: str | None = None
    at: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    rate: float | None = Field(default=None, ge=0, le=3600)
    now: bool = False


class WebhookSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str | None = None
    oa_secret: str | None = None
    retry: RetryMode | None = None
    enabled: bool | None = None


class NewTemplate(BaseModel):
    template_id: str
    name: str
    tag: int = Field(default=2, ge=1, le=3)
    parameters: list[str] = []
    wording: str = ""
    by_user_id: bool = True


_STEPS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(-?)((?:\d+(?:\.\d+)?[dhms])+)")


def duration(text: str) -> timedelta:
    """Reads "8d", "1h30m", "-10m". Raises `ValueError`."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(f"not a duration: {text!r}; write 8d, 1h30m or 45s")
    steps = re.findall(r"([\d.]+)([dhms])", found[2])
    total = sum((timedelta(**{_STEPS[unit]: float(amount)}) for amount, unit in steps), timedelta())
    return -total if found[1] else total


def shown_person(person: Person) -> Json:
    last = person.last_interaction_at
    return {
        "user_id": person.user_id,
        "display_name": person.display_name,
        "role": person.role,
        "about": person.about,
        "phone": person.phone,
        "following": person.following,
        "blocked": person.blocked,
        "last_interaction_at": last.isoformat() if last else None,
        "tags": sorted(person.tags),
    }


def shown_message(message: ThreadMessage) -> Json:
    attachment = message.attachments[0] if message.attachments else None
    return {
        "from": message.sender,
        "msg_id": message.msg_id,
        "kind": message.kind,
        "title": message.title,
        "text": message.text,
        "buttons": [shown_button(button) for button in message.buttons],
        "attachment": {"type": attachment.kind, "payload": attachment.payload} if attachment else None,
        "at": message.at.isoformat(),
        "at_ms": epoch_ms(message.at),
        "state": message.state,
        "note": message.note,
        "quote_msg_id": message.quoted,
        "admin_id": message.admin_id,
        "reactions": list(message.reactions),
    }


def shown_button(button: Button) -> Json:
    return {"title": button.title, "type": button.type, "payload": button.payload}


def shown_entry(entry: LogEntry) -> Json:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "direction": entry.direction,
        "name": entry.name,
        "user_id": entry.user_id,
        "method": entry.method,
        "url": entry.url,
        "headers": entry.headers,
        "body": entry.body,
        "signature_base": entry.signature_base,
        "status": entry.status,
        "code": entry.code,
        "answer": entry.answer,
        "took_ms": round(entry.took_ms, 2),
        "attempt": entry.attempt,
        "faults": list(entry.faults),
        "note": entry.note,
        "ok": entry.ok,
    }
