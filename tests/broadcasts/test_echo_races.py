"""An echo that comes while somebody else writes the same row: a message that is out is never sent again."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from app.broadcasts import ledger, settling
from app.broadcasts.ledger import Claimed, Waiting
from app.broadcasts.models import Broadcast, Recipient, RecipientState
from app.broadcasts.receipts import recognise_echo
from app.broadcasts.steering import skip_the_rest
from app.kit.db import Database
from app.kit.ids import MessageId, UserId
from app.outbox.ways import Way
from tests.broadcasts.stage import NOON
from tests.interleaved import interleaved

PERSON, MESSAGE, PRINT = UserId("u1"), MessageId("m1"), "print"
LATER = NOON + timedelta(seconds=15)


@pytest.fixture
def number(db: Database) -> int:
    """A broadcast to one person, who is planned."""
    return db.write_now(_one_recipient)


def _one_recipient(tx: Connection) -> int:
    same = {"title": "Đợt 1", "audience": "role=liaison", "content": "{}", "ways": "reply"}
    known = {"id": 1, "state": "sending", "created_by": "staff:7", "created_at": NOON}
    tx.execute(insert(Broadcast).values(**same, **known))
    person = {"person": "zalo:u1", "contact": PERSON, "filled": b"", "text_print": PRINT}
    tx.execute(insert(Recipient).values(broadcast_id=1, state="planned", due_at=NOON, price=0, **person))
    return 1


def due(tx: Connection, number: int) -> list[Waiting]:
    return ledger.read_due(tx, number, "", 10, LATER)


def claim_all(tx: Connection, number: int) -> list[Waiting]:
    found = due(tx, number)
    ledger.claim(tx, [Claimed(one.id, Way.FREE, 0) for one in found], NOON)
    return found


def echo(tx: Connection) -> bool:
    return recognise_echo(tx, PERSON, MESSAGE, PRINT, NOON)


def row(db: Database) -> Any:
    return db.read_now(lambda tx: tx.execute(select(Recipient.__table__)).one())


def test_an_echo_that_comes_while_a_dead_process_is_cleared_up_after_settles_the_message(
    db: Database, number: int
) -> None:
    db.write_now(partial(claim_all, number=number))
    leave = partial(settling.leave_in_doubt, broadcast_id=number, look_at=LATER, now=NOON)
    assert interleaved(db, echo, leave) == (True, 1)
    assert (row(db).state, row(db).message_id) == (RecipientState.SENT, MESSAGE)
    assert row(db).settled_at is not None


def test_an_echo_that_comes_just_after_settles_it_as_well(db: Database, number: int) -> None:
    db.write_now(partial(claim_all, number=number))
    leave = partial(settling.leave_in_doubt, broadcast_id=number, look_at=LATER, now=NOON)
    assert interleaved(db, leave, echo) == (1, True)
    assert (row(db).state, row(db).message_id) == (RecipientState.SENT, MESSAGE)
    assert row(db).settled_at is not None


def test_who_is_skipped_while_the_next_page_is_read_is_not_claimed(db: Database, number: int) -> None:
    skip = partial(skip_the_rest, broadcast_id=number, now=NOON)
    assert interleaved(db, skip, partial(claim_all, number=number)) == (None, [])
    assert row(db).state == RecipientState.SKIPPED
