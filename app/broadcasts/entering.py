"""Puts people down as recipients of a broadcast, a whole slice in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, String

from app.broadcasts.models import Recipient, RecipientState
from app.kit.clock import epoch_ms
from app.kit.ids import UserId
from app.kit.statements import ManyRows
from app.outbox.ways import Way


@dataclass(frozen=True, slots=True)
class NewRecipient:
    """One that is reached has a way; one that is not has a reason and is over at once."""

    person: str
    contact: UserId | None
    liaison_id: int | None
    employer_id: int | None
    due_at: datetime
    way: Way | None = None
    price: int = 0
    filled: bytes = b""
    text_print: str | None = None
    reason: str | None = None
    refused: frozenset[Way] = frozenset()
    """Ways that this person's words do not fit into."""


_ENTER = ManyRows(
    Recipient,
    {
        "broadcast_id": BigInteger,
        "person": String,
        "contact": String,
        "liaison_id": BigInteger,
        "employer_id": BigInteger,
        "state": String,
        "way": String,
        "price": Integer,
        "filled": LargeBinary,
        "text_print": String,
        "due_at": BigInteger,
        "settled_at": BigInteger,
        "reason": String,
        "refused_ways": String,
    },
)


def enter(db: Connection, broadcast_id: int, recipients: Sequence[NewRecipient], now: datetime) -> None:
    over_at = epoch_ms(now)
    _ENTER.run(db, [_row(broadcast_id, one, over_at) for one in recipients])


def _row(broadcast_id: int, one: NewRecipient, over_at: int) -> tuple[Any, ...]:
    is_over = one.way is None
    return (
        broadcast_id,
        one.person,
        one.contact,
        one.liaison_id,
        one.employer_id,
        RecipientState.SKIPPED if is_over else RecipientState.PLANNED,
        one.way,
        one.price,
        one.filled,
        one.text_print,
        epoch_ms(one.due_at),
        over_at if is_over else None,
        one.reason,
        ",".join(sorted(one.refused)),
    )
