"""What was not answered is kept sealed and masked, with what came of it, until somebody decides."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from app.audit.models import AuditLine
from app.kit.db import Database
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.understanding.ledger import (
    KEPT_FOR,
    NewUnanswered,
    drop_old,
    forget_unanswered,
    ignore,
    keep,
    note_outcome,
    teach,
)
from app.understanding.model import Scored
from app.understanding.models import Outcome, UnansweredMessage, Verdict
from app.understanding.normalise import Spelling
from app.understanding.policy import Zone
from app.understanding.queries import Group, open_groups

SEALER = Sealer("k")
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
MAI, LAN = UserId("1"), UserId("2")
RANKED = [Scored("otp", 0.4), Scored("login", 0.3), Scored("card", 0.2), Scored("chat", 0.1)]


def said(db: Database, contact: UserId, text: str, at: datetime = NOW) -> None:
    db.write_now(lambda tx: keep(tx, SEALER, contact, NewUnanswered(text, Zone.SUGGEST, RANKED), at))


def groups(db: Database) -> list[Group]:
    return db.read_now(lambda tx: open_groups(tx, SEALER, Spelling()))


def texts(db: Database) -> list[list[str]]:
    return [[message.text for message in group.messages] for group in groups(db)]


def test_alike_messages_stand_together_the_most_frequent_first(db: Database) -> None:
    for text in ("cái số kia chưa về", "xe buýt mấy giờ chạy", "Cái số kia chưa về ạ", "cai so kia chua ve"):
        said(db, MAI, text)
    assert texts(db) == [
        ["cai so kia chua ve", "Cái số kia chưa về ạ", "cái số kia chưa về"],
        ["xe buýt mấy giờ chạy"],
    ]
    assert groups(db)[0].likely == ["otp", "login", "card"]
    assert groups(db)[0].messages[0].likely[0] == ("otp", 0.4)


def test_what_is_kept_is_masked_and_sealed(db: Database) -> None:
    said(db, MAI, "số em 0905123456, mail a.b@x.vn, cccd 056099001234, mật khẩu là Abc@123")
    [[text]] = texts(db)
    for secret in ("0905123456", "a.b@", "056099001234", "Abc@123"):
        assert secret not in text
    stored = db.read_now(lambda tx: tx.execute(select(UnansweredMessage.text)).scalar_one())
    assert b"mail" not in stored


def test_the_first_thing_a_person_does_next_is_what_came_of_it(db: Database) -> None:
    said(db, MAI, "cái kia sao rồi")
    said(db, LAN, "cái kia sao rồi ạ")
    db.write_now(lambda tx: note_outcome(tx, MAI, Outcome.TAPPED, "troubles.otp"))
    db.write_now(lambda tx: note_outcome(tx, MAI, Outcome.PERSON))
    [group] = groups(db)
    assert group.outcomes == {"tapped": 1, "nothing": 1}
    assert group.tapped == {"troubles.otp": 1}


def test_the_outcome_belongs_to_the_last_message(db: Database) -> None:
    said(db, MAI, "một hai ba")
    said(db, MAI, "bốn năm sáu")
    db.write_now(lambda tx: note_outcome(tx, MAI, Outcome.REJECTED))
    came = {group.messages[0].text: group.messages[0].outcome for group in groups(db)}
    assert came == {"một hai ba": Outcome.NOTHING, "bốn năm sáu": Outcome.REJECTED}


def test_a_decision_takes_messages_off_the_list_once_and_is_on_the_trail(db: Database) -> None:
    said(db, MAI, "cái kia sao rồi")
    said(db, LAN, "kể chuyện cười đi")
    one, other = sorted(group.messages[0].id for group in groups(db))
    assert db.write_now(lambda tx: teach(tx, [one], "otp_not_received", "staff:7", NOW)) == 1
    assert db.write_now(lambda tx: ignore(tx, [one, other], "staff:8", NOW)) == 1
    assert groups(db) == []
    rows = db.read_now(
        lambda tx: tx.execute(
            select(UnansweredMessage.verdict, UnansweredMessage.intent).order_by(UnansweredMessage.id)
        ).all()
    )
    assert [tuple(row) for row in rows] == [(Verdict.TAUGHT, "otp_not_received"), (Verdict.IGNORED, None)]
    assert db.read_now(lambda tx: tx.execute(select(func.count()).select_from(AuditLine)).scalar_one()) == 2


def test_words_are_gone_after_half_a_year_or_when_their_person_wants_it(db: Database) -> None:
    said(db, MAI, "câu cũ", NOW - KEPT_FOR - timedelta(seconds=1))
    said(db, MAI, "câu mới")
    said(db, LAN, "xe buýt mấy giờ chạy")
    assert db.write_now(lambda tx: drop_old(tx, NOW)) == 1
    assert len(groups(db)) == 2
    db.write_now(lambda tx: forget_unanswered(tx, MAI))
    assert texts(db) == [["xe buýt mấy giờ chạy"]]
