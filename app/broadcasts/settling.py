"""What became of calls: settled, put back, left in doubt; each step inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, String, and_, bindparam, case, func, literal, null, or_, update

from app.broadcasts.ledger import Waiting
from app.broadcasts.models import Recipient, RecipientState, in_state
from app.kit.db import UtcMs
from app.kit.ids import MessageId
from app.kit.statements import ForRows, Rows
from app.outbox.rules import LINK_AGAIN, MOST_TRIES, Look
from app.outbox.ways import CHAT_WAYS, Way

MOST_CHECKS = 6
"""After so many look-ups an outcome that nobody can tell stays unknown, in sight of staff."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a recipient comes to; the defaults are those of one that is over and done with."""

    id: int
    state: RecipientState
    attempts: int
    way: Way | None = None
    refused: frozenset[Way] = frozenset()
    price: int = 0
    due_at: datetime | None = None
    settled: bool = True
    message_id: MessageId | None = None
    reason: str | None = None
    error_code: int | None = None
    note: str | None = None


# The echo may have told the message id, and a receipt the rest, before our own call came back: then the
# message is out, whatever the call itself said.
_OUT_ALREADY = and_(
    in_state(RecipientState.CLAIMED, RecipientState.UNKNOWN), Recipient.message_id.is_not(None)
)
_FURTHER = in_state(RecipientState.DELIVERED, RecipientState.SEEN)
_MAY_SETTLE = in_state(
    RecipientState.PLANNED,
    RecipientState.CLAIMED,
    RecipientState.UNKNOWN,
    RecipientState.DELIVERED,
    RecipientState.SEEN,
)
_SETTLE = (
    update(Recipient)
    .where(Recipient.id == bindparam("b_id"), _MAY_SETTLE)
    .values(
        state=case((_FURTHER, Recipient.state), (_OUT_ALREADY, "sent"), else_=bindparam("b_state")),
        way=func.coalesce(bindparam("b_way"), Recipient.way),
        refused_ways=bindparam("b_refused"),
        price=bindparam("b_price"),
        due_at=func.coalesce(bindparam("b_due_at", type_=UtcMs), Recipient.due_at),
        attempts=bindparam("b_attempts"),
        message_id=func.coalesce(bindparam("b_message_id"), Recipient.message_id),
        settled_at=case(
            (_FURTHER, Recipient.settled_at),
            (_OUT_ALREADY, bindparam("b_now", type_=UtcMs)),
            else_=bindparam("b_settled_at", type_=UtcMs),
        ),
        reason=bindparam("b_reason"),
        error_code=bindparam("b_error_code"),
        note=bindparam("b_note"),
    )
)
_NEXT_PART = (
    update(Recipient)
    .where(Recipient.id == bindparam("b_id"))
    .values(
        state=RecipientState.PLANNED,
        part=Recipient.part + 1,
        message_id=None,
        due_at=bindparam("b_now", type_=UtcMs),
    )
)
_PUT_BACK = (
    update(Recipient)
    .where(
        Recipient.id == bindparam("b_id"), in_state(RecipientState.CLAIMED), Recipient.message_id.is_(None)
    )
    .values(state=RecipientState.PLANNED, attempts=Recipient.attempts - 1)
)


def _sent_statement(rows: Rows) -> Any:
    """Way, price and attempts stand in the row since the claim; a receipt may have come before the answer."""
    return (
        update(Recipient)
        .where(Recipient.id == rows["id"], _MAY_SETTLE)
        .values(
            state=case((_FURTHER, Recipient.state), else_="sent"),
            message_id=rows["message_id"],
            settled_at=case((_FURTHER, Recipient.settled_at), else_=bindparam("b_now", type_=UtcMs)),
            reason=null(),
            error_code=null(),
            note=null(),
        )
    )


_SENT = ForRows({"id": BigInteger, "message_id": String}, _sent_statement)


def settle(db: Connection, results: Sequence[Result], now: datetime) -> None:
    """Writes down what became of calls, all of them in two statements: most have simply been sent."""
    sent = [one for one in results if one.state is RecipientState.SENT]
    others = [one for one in results if one.state is not RecipientState.SENT]
    if sent:
        _SENT.run(db, [{"id": one.id, "message_id": one.message_id} for one in sent], b_now=now)
    if others:
        db.execute(_SETTLE, [_settled(result, now) for result in others])


def go_to_next_part(db: Connection, recipients: Sequence[int], now: datetime) -> None:
    """The picture or file is out; the text follows."""
    if recipients:
        db.execute(_NEXT_PART, [{"b_id": number, "b_now": now} for number in recipients])


def put_back(db: Connection, recipients: Sequence[int]) -> None:
    """Claimed, but surely not handed to anybody: as if it had not been claimed."""
    if recipients:
        db.execute(_PUT_BACK, [{"b_id": number} for number in recipients])


def leave_in_doubt(db: Connection, broadcast_id: int, look_at: datetime, now: datetime) -> int:
    """What a dead process had claimed: nobody knows whether it arrived, so it is never blindly sent again.

    A reply can be looked up in Zalo's list; of a template or an e-mail only a receipt can tell.
    """
    out = Recipient.message_id.is_not(None)
    can_tell = func.coalesce(Recipient.way, "").in_([str(way) for way in CHAT_WAYS])
    # One statement: an echo that comes between two would leave a message that is out to be sent again.
    left = (
        update(Recipient)
        .where(Recipient.broadcast_id == broadcast_id, in_state(RecipientState.CLAIMED))
        .values(
            state=case((out, "sent"), else_="unknown"),
            settled_at=case((and_(~out, can_tell), null()), else_=literal(now, UtcMs)),
            reason=case((or_(out, can_tell), null()), else_="in_doubt"),
            due_at=case((can_tell, literal(look_at, UtcMs)), else_=Recipient.due_at),
        )
    )
    return db.execute(left).rowcount


def settle_check(
    db: Connection,
    recipient: Waiting,
    found: MessageId | None,
    *,
    look: Look,
    has_file: bool,
    next_look: datetime,
    now: datetime,
) -> None:
    """What Zalo's list says of an unknown outcome: sent, surely absent (planned again), or not told yet."""
    checks = recipient.checks + 1
    if found is not None:
        values: dict[str, object] = {"state": "sent", "message_id": found, "settled_at": now}
    elif look is Look.NOT_LINKED:
        values = {"due_at": now + LINK_AGAIN}
    elif look is Look.FAR_ENOUGH and recipient.attempts >= MOST_TRIES:
        values = {"state": "failed", "settled_at": now, "reason": "no_answer"}
    elif look is Look.FAR_ENOUGH:
        # A picture or file bears no text to be found by: it is not sent again, the text follows.
        part = 1 if has_file else recipient.part
        values = {"state": "planned", "due_at": now, "checks": 0, "part": part}
    elif checks < MOST_CHECKS:
        values = {"checks": checks, "due_at": next_look}
    else:
        values = {"checks": checks, "settled_at": now, "reason": "in_doubt"}
    still = in_state(RecipientState.UNKNOWN)
    db.execute(update(Recipient).where(Recipient.id == recipient.id, still).values(**values))


def _settled(result: Result, now: datetime) -> dict[str, object]:
    return {
        "b_id": result.id,
        "b_state": result.state,
        "b_way": result.way,
        "b_refused": ",".join(sorted(result.refused)),
        "b_price": result.price,
        "b_due_at": result.due_at,
        "b_attempts": result.attempts,
        "b_message_id": result.message_id,
        "b_settled_at": now if result.settled else None,
        "b_now": now,
        "b_reason": result.reason,
        "b_error_code": result.error_code,
        "b_note": result.note,
    }
