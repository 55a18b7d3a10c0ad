"""A contact's conversation as people read it: what they wrote, what was written to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from app.inbox.models import InboxEvent
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.outbox.models import Delivery, DeliveryState
from app.zalo import events as told
from app.zalo.messages import Buttons, decode, plain_text

LATEST = 40
TAP = "tap"


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `state` is what became of ours; `by_person` says that a colleague wrote it.

    `attached` names what came beside the words: a kind of Zalo's media, or a tap on a button.
    """

    key: str
    from_us: bool
    at: datetime
    text: str
    buttons: tuple[str, ...] = ()
    state: DeliveryState | None = None
    by_person: bool = False
    attached: str = ""


def read_thread(db: Connection, sealer: Sealer, contact: UserId, limit: int = LATEST) -> list[Line]:
    """The latest messages of both sides, oldest first; words that were deleted on request are not there."""
    lines = [*_told(db, sealer, contact, limit), *_owed(db, sealer, contact, limit)]
    return sorted(lines, key=lambda line: (line.at, line.from_us, line.key))[-limit:]


def thread_pulse(db: Connection, contact: UserId) -> str:
    """Differs whenever a message came, was written, or changed its state."""
    newest = select(func.max(InboxEvent.id)).where(InboxEvent.contact == contact)
    ours = select(
        func.max(Delivery.id),
        func.count(Delivery.settled_at),
        func.count(Delivery.received_at),
        func.count(Delivery.seen_at),
    ).where(Delivery.contact == contact)
    parts = [db.execute(newest).scalar(), *db.execute(ours).one()]
    return "-".join(str(part or 0) for part in parts)


def _told(db: Connection, sealer: Sealer, contact: UserId, limit: int) -> list[Line]:
    rows = db.execute(
        select(InboxEvent.id, InboxEvent.body, InboxEvent.received_at)
        .where(
            InboxEvent.contact == contact,
            InboxEvent.event_name.startswith("user_send_") | (InboxEvent.event_name.startswith("oa_send_")),
        )
        .order_by(InboxEvent.id.desc())
        .limit(limit * 2)
    )
    lines = (_line(sealer, row) for row in rows if row.body)
    return [line for line in lines if line is not None]


def _line(sealer: Sealer, row: Any) -> Line | None:
    key = f"in-{row.id}"
    match told.parse_event(orjson.loads(sealer.open(row.body))):
        case told.UserText(text=text):
            tapped = text.startswith("#")
            return Line(key, False, row.received_at, "" if tapped else text, attached=TAP if tapped else "")
        case told.UserMedia(kind=kind, text=text):
            return Line(key, False, row.received_at, text, attached=str(kind))
        case told.OaEcho(admin_id=admin, text=text) if admin is not None:
            return Line(
                key, True, row.received_at, text or "", attached="" if text else "file", by_person=True
            )
        case _:
            return None


def _owed(db: Connection, sealer: Sealer, contact: UserId, limit: int) -> list[Line]:
    rows = db.execute(
        select(Delivery.id, Delivery.cause, Delivery.message, Delivery.created_at, Delivery.state)
        .where(Delivery.contact == contact)
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    lines = []
    for row in rows:
        if not row.message:
            continue
        message = decode(sealer.open(row.message))
        titles = tuple(button.title for button in message.buttons) if isinstance(message, Buttons) else ()
        lines.append(
            Line(
                f"out-{row.id:012}",
                True,
                row.created_at,
                plain_text(message),
                titles,
                DeliveryState(row.state),
                row.cause.startswith("answer:"),
            )
        )
    return lines
