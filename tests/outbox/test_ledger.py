from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.kit.db import Database
from app.kit.ids import MessageId, RunnerId, UserId
from app.outbox.ledger import (
    NewDelivery,
    Next,
    NotBefore,
    Owed,
    ToCheck,
    ToSend,
    claim_next,
    known_message_ids,
    plan,
)
from app.outbox.models import Attempt, Delivery, DeliveryState, Lane
from app.outbox.receipts import mark_received, mark_seen, recognise_echo
from app.outbox.rules import LINK_AGAIN, Failed, Look, Retry, Sent, Unknown
from app.outbox.settling import MOST_CHECKS, leave_open, put_back, settle, settle_check

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PERSON, RUNNER = UserId("u1"), RunnerId("r1")


def owe(db: Database, *texts: str, cause: str = "event:1") -> None:
    messages = [NewDelivery(text.encode(), f"print of {text}") for text in texts]
    db.write_now(lambda tx: plan(tx, cause, PERSON, Lane.REPLY, messages, NOW))


def claim(db: Database, now: datetime = NOW) -> Next:
    return db.write_now(lambda tx: claim_next(tx, PERSON, RUNNER, now))


def claimed(db: Database, now: datetime = NOW) -> tuple[Owed, ...]:
    found = claim(db, now)
    assert isinstance(found, ToSend)
    return found.deliveries


def states(db: Database) -> list[str]:
    return list(
        db.read_now(lambda tx: tx.execute(select(Delivery.state).order_by(Delivery.id)).scalars().all())
    )


def test_the_same_cause_owes_nothing_twice(db: Database) -> None:
    owe(db, "a", "b")
    owe(db, "a", "b")
    assert [owed.message for owed in claimed(db)] == [b"a", b"b"]


def test_what_was_sent_is_owed_no_more(db: Database) -> None:
    owe(db, "a")
    (owed,) = claimed(db)
    db.write_now(lambda tx: settle(tx, owed, Sent(MessageId("m1")), NOW))
    assert claim(db) is None
    assert states(db) == [DeliveryState.SENT]


def test_a_message_that_waits_keeps_the_later_ones_back(db: Database) -> None:
    owe(db, "a", "b")
    first, second = claimed(db)
    later = NOW + timedelta(seconds=4)
    db.write_now(lambda tx: settle(tx, first, Retry(later, -200, "busy"), NOW))
    db.write_now(lambda tx: put_back(tx, [second]))
    assert claim(db) == NotBefore(later)
    assert [(owed.message, owed.attempts) for owed in claimed(db, later)] == [(b"a", 2), (b"b", 1)]


def test_a_refusal_for_good_lets_the_next_message_go(db: Database) -> None:
    owe(db, "a", "b")
    first, second = claimed(db)
    db.write_now(lambda tx: settle(tx, first, Failed(-201, "text is invalid!"), NOW))
    db.write_now(lambda tx: put_back(tx, [second]))
    assert [owed.message for owed in claimed(db)] == [b"b"]
    assert db.read_now(lambda tx: tx.execute(select(Attempt.error_code)).scalars().all()) == [-201]


def test_a_send_in_flight_at_a_kill_is_looked_up_not_repeated(db: Database) -> None:
    owe(db, "a")
    claimed(db)
    assert db.write_now(lambda tx: leave_open(tx, [RUNNER], NOW, NOW)) == 1
    found = claim(db)
    assert isinstance(found, ToCheck)
    db.write_now(lambda tx: settle_check(tx, found.delivery, MessageId("m9"), Look.FAR_ENOUGH, NOW))
    assert states(db) == [DeliveryState.SENT]


def test_a_message_that_surely_never_arrived_is_owed_again(db: Database) -> None:
    owe(db, "a")
    (owed,) = claimed(db)
    db.write_now(lambda tx: settle(tx, owed, Unknown(NOW, None, "cut"), NOW))
    found = claim(db)
    assert isinstance(found, ToCheck)
    db.write_now(lambda tx: settle_check(tx, found.delivery, None, Look.FAR_ENOUGH, NOW))
    assert [again.message for again in claimed(db)] == [b"a"]


def test_what_nobody_can_tell_stays_unknown_and_blocks_nobody(db: Database) -> None:
    owe(db, "a", "b")
    first, second = claimed(db)
    db.write_now(lambda tx: settle(tx, first, Unknown(NOW, None, "cut"), NOW))
    db.write_now(lambda tx: put_back(tx, [second]))
    now = NOW
    for _ in range(MOST_CHECKS):
        now += timedelta(minutes=10)
        found = claim(db, now)
        assert isinstance(found, ToCheck)
        db.write_now(lambda tx: settle_check(tx, found.delivery, None, Look.CUT_SHORT, now))  # noqa: B023
    assert states(db)[0] == DeliveryState.UNKNOWN
    assert [owed.message for owed in claimed(db, now)] == [b"b"]


def test_while_the_oa_is_not_linked_doubt_waits_for_the_link(db: Database) -> None:
    owe(db, "a")
    (owed,) = claimed(db)
    db.write_now(lambda tx: settle(tx, owed, Unknown(NOW, None, "cut"), NOW))
    now = NOW
    for _ in range(MOST_CHECKS + 1):
        found = claim(db, now)
        assert isinstance(found, ToCheck)
        db.write_now(lambda tx: settle_check(tx, found.delivery, None, Look.NOT_LINKED, now))  # noqa: B023
        assert claim(db, now) == NotBefore(now + LINK_AGAIN)
        now += LINK_AGAIN
    assert db.read_now(lambda tx: tx.execute(select(Delivery.settled_at)).scalar()) is None


def test_our_own_echo_is_recognised_even_before_the_answer_to_the_call(db: Database) -> None:
    owe(db, "a")
    (owed,) = claimed(db)
    assert db.write_now(lambda tx: recognise_echo(tx, PERSON, MessageId("m1"), "print of a", NOW))
    db.write_now(lambda tx: settle(tx, owed, Unknown(NOW, None, "cut"), NOW))
    assert states(db) == [DeliveryState.SENT]
    assert db.write_now(lambda tx: recognise_echo(tx, PERSON, MessageId("m1"), "print of a", NOW))


def test_a_stranger_s_echo_is_not_ours(db: Database) -> None:
    owe(db, "a")
    assert not db.write_now(lambda tx: recognise_echo(tx, PERSON, MessageId("m7"), "print of z", NOW))


def test_receipts_only_move_forward(db: Database) -> None:
    owe(db, "a")
    (owed,) = claimed(db)
    db.write_now(lambda tx: settle(tx, owed, Sent(MessageId("m1")), NOW))
    db.write_now(lambda tx: mark_seen(tx, [MessageId("m1")], NOW))
    db.write_now(lambda tx: mark_received(tx, [MessageId("m1")], NOW))
    assert states(db) == [DeliveryState.SEEN]


def test_a_message_in_zalo_s_list_answers_for_one_delivery_only(db: Database) -> None:
    owe(db, "a")
    (owed,) = claimed(db)
    db.write_now(lambda tx: settle(tx, owed, Sent(MessageId("m1")), NOW))
    listed = [MessageId("m1"), MessageId("m2")]
    assert db.read_now(lambda tx: known_message_ids(tx, listed)) == {"m1"}
