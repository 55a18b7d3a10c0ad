"""An echo that comes while somebody else writes the same row: a reply that is out is never sent again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from app.kit.db import Database
from app.kit.ids import MessageId, RunnerId, UserId
from app.outbox.ledger import NewDelivery, Owed, Owing, plan_claimed
from app.outbox.models import Delivery, DeliveryState
from app.outbox.receipts import recognise_echo
from app.outbox.rules import Look, Retry, Unknown
from app.outbox.settling import leave_open, settle, settle_check
from tests.interleaved import interleaved

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=15)
PERSON, MESSAGE, RUNNER = UserId("u1"), MessageId("m1"), RunnerId("r1")

Write = Callable[[Connection, Owed], object]


@pytest.fixture
def owed(db: Database) -> Owed:
    """One reply, claimed and on its way."""
    owing = Owing("event:1", PERSON, [NewDelivery(b"a", "print")])
    ((one,),) = db.write_now(lambda tx: plan_claimed(tx, [owing], RUNNER, NOW)).values()
    return one


def echo(tx: Connection) -> bool:
    return recognise_echo(tx, PERSON, MESSAGE, "print", NOW)


def take_over(tx: Connection, owed: Owed) -> None:
    leave_open(tx, [RUNNER], LATER, NOW)


def lose_the_answer(tx: Connection, owed: Owed) -> None:
    settle(tx, owed, Unknown(LATER, None, "no answer"), NOW)


def be_refused(tx: Connection, owed: Owed) -> None:
    settle(tx, owed, Retry(LATER, -32, "slower", counted=False), NOW)


def find_nothing(tx: Connection, owed: Owed) -> None:
    settle_check(tx, owed, None, Look.FAR_ENOUGH, NOW)


def row(db: Database) -> Any:
    return db.read_now(lambda tx: tx.execute(select(Delivery.__table__)).one())


@pytest.mark.parametrize("write", [take_over, lose_the_answer, be_refused, find_nothing])
def test_an_echo_that_is_being_written_wins(db: Database, owed: Owed, write: Write) -> None:
    said, _ = interleaved(db, echo, lambda tx: write(tx, owed))
    assert said is True
    assert (row(db).state, row(db).message_id) == (DeliveryState.SENT, MESSAGE)
    assert row(db).settled_at is not None


@pytest.mark.parametrize("write", [take_over, lose_the_answer])
def test_an_echo_that_comes_just_after_settles_what_was_in_doubt(
    db: Database, owed: Owed, write: Write
) -> None:
    _, said = interleaved(db, lambda tx: write(tx, owed), echo)
    assert said is True
    assert (row(db).state, row(db).message_id) == (DeliveryState.SENT, MESSAGE)
    assert row(db).settled_at is not None
