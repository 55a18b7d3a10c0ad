"""Effects become deliveries: what the engine wants said is owed to the contact."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.conversations.means import Means
from app.engine.effects import AskUserInfo, Call, Choice, Link, Say, SayEffect
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.outbox.ledger import NewDelivery, plan
from app.outbox.models import Lane
from app.zalo.messages import (
    Button,
    Buttons,
    Message,
    OpenUrl,
    Phone,
    Query,
    RequestUserInfo,
    Text,
    encode,
    plain_text,
)
from app.zalo.splitting import split_text


def owe(
    db: Connection, means: Means, cause: str, contact: UserId, effects: Iterable[SayEffect], now: datetime
) -> None:
    """Plans the messages that say these effects, in order."""
    plan(db, cause, contact, Lane.REPLY, sealed_messages(means, effects), now)


def sealed_messages(means: Means, effects: Iterable[SayEffect]) -> list[NewDelivery]:
    return [
        sealed(means.sealer, message)
        for effect in effects
        for message in messages_of(effect, means.share_picture)
    ]


def sealed(sealer: Sealer, message: Message) -> NewDelivery:
    return NewDelivery(sealer.seal(encode(message)), sealer.fingerprint(plain_text(message)))


def messages_of(effect: SayEffect, share_picture: str) -> Sequence[Message]:
    """Zalo messages for one effect; a text too long for one becomes several, buttons under the last."""
    match effect:
        case Say(text, buttons):
            *before, last = split_text(text)
            closing: Message = Buttons(last, tuple(map(_button, buttons))) if buttons else Text(last)
            return [*map(Text, before), closing]
        case AskUserInfo(title, subtitle):
            return [RequestUserInfo(title, subtitle, share_picture)]


def _button(button: Choice | Link | Call) -> Button:
    match button:
        case Choice(label, payload):
            return Query(label, payload)
        case Link(label, url):
            return OpenUrl(label, url)
        case Call(label, phone):
            return Phone(label, phone)
