"""What the bot did not understand is kept in the commit of the turn, with what the person did next."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.conversations.forgetting import forget_contact
from app.conversations.means import Means
from app.conversations.talk import converse
from app.directory import contacts
from app.engine.inputs import Input, Media, Tapped, input_from_text
from app.kit.db import Database
from app.kit.ids import UserId
from app.understanding.ledger import KEPT_FOR, NewUnanswered, keep
from app.understanding.models import Outcome, UnansweredMessage
from app.understanding.policy import Zone

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
MAI = UserId("9000000000000000001")


def does(db: Database, means: Means, *deeds: Input) -> None:
    for number, given in enumerate(deeds):
        at = NOW + timedelta(seconds=number)
        db.write_now(lambda tx, at=at: contacts.touch(tx, MAI, at))  # type: ignore[misc]
        db.write_now(
            lambda tx, given=given, at=at: converse(tx, means, MAI, given, f"event:{at}", at)  # type: ignore[misc]
        )


def kept(db: Database, means: Means) -> list[tuple[str, str]]:
    rows = db.read_now(
        lambda tx: tx.execute(
            select(UnansweredMessage.text, UnansweredMessage.outcome).order_by(UnansweredMessage.id)
        ).all()
    )
    return [(means.sealer.open_text(row.text), row.outcome) for row in rows]


@pytest.mark.parametrize(
    ("next_deed", "outcome"),
    [
        (input_from_text("gặp cán bộ ạ"), Outcome.PERSON),
        (input_from_text("không đúng ý"), Outcome.REJECTED),
        (input_from_text("quên mật khẩu"), Outcome.WENT_ON),
        (Tapped("#dm/!person"), Outcome.PERSON),
        (Tapped("#dm/!other"), Outcome.REJECTED),
        (Tapped("#dm/!menu"), Outcome.WENT_ON),
        (Tapped("#dm/@troubles.otp"), Outcome.TAPPED),
        (Tapped("#dm/nonsense"), Outcome.WENT_ON),
        (Media("sticker"), Outcome.NOTHING),
    ],
)
def test_the_next_deed_is_the_outcome(db: Database, means: Means, next_deed: Input, outcome: Outcome) -> None:
    does(db, means, input_from_text("menu"), input_from_text("tự nhiên nó vậy đó"), next_deed)
    assert kept(db, means) == [("tự nhiên nó vậy đó", outcome)]


def test_what_was_understood_is_not_kept(db: Database, means: Means) -> None:
    does(db, means, input_from_text("menu"), input_from_text("quên mật khẩu"), input_from_text("1"))
    assert kept(db, means) == []


def test_two_in_a_row_are_two_rows(db: Database, means: Means) -> None:
    does(db, means, *map(input_from_text, ("menu", "tự nhiên nó vậy đó", "thì nó vậy á")))
    assert kept(db, means) == [("tự nhiên nó vậy đó", "went_on"), ("thì nó vậy á", "nothing")]


def test_words_of_half_a_year_ago_go_when_new_ones_come(db: Database, means: Means) -> None:
    old = NewUnanswered("chuyện năm ngoái", Zone.NONE)
    long_ago = NOW - KEPT_FOR - timedelta(days=1)
    db.write_now(lambda tx: keep(tx, means.sealer, UserId("2"), old, long_ago))
    does(db, means, input_from_text("menu"), input_from_text("tự nhiên nó vậy đó"))
    assert kept(db, means) == [("tự nhiên nó vậy đó", "nothing")]


def test_who_is_forgotten_leaves_no_words_behind(db: Database, means: Means) -> None:
    does(db, means, input_from_text("menu"), input_from_text("tự nhiên nó vậy đó"))
    db.write_now(lambda tx: forget_contact(tx, means.sealer, MAI, NOW))
    assert kept(db, means) == []
