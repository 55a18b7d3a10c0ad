from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.directory.consents import LIAISON, GivenConsent, answer, read_given, withdraw
from app.directory.data_requests import note_request
from app.directory.models import Consent, DataRequest, DataRequestKind
from app.kit.db import Database
from app.kit.ids import UserId

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
AN, BINH = UserId("u-an"), UserId("u-binh")


def say(db: Database, version: str, at: datetime, *, given: bool) -> None:
    db.write_now(lambda tx: answer(tx, AN, LIAISON, version, at, given=given))


def standing(db: Database, contact: UserId = AN) -> GivenConsent | None:
    return db.read_now(lambda tx: read_given(tx, contact, LIAISON))


def test_silence_is_not_consent(db: Database) -> None:
    assert standing(db) is None


def test_a_consent_says_which_text_and_when(db: Database) -> None:
    say(db, "v1", NOW, given=True)
    assert standing(db) == GivenConsent("v1", NOW)
    assert standing(db, BINH) is None


def test_the_last_answer_counts(db: Database) -> None:
    say(db, "v1", NOW, given=True)
    say(db, "v2", LATER, given=False)
    assert standing(db) is None
    say(db, "v2", LATER, given=True)
    assert standing(db) == GivenConsent("v2", LATER)


def test_a_withdrawn_consent_no_longer_stands_but_its_proof_stays(db: Database) -> None:
    say(db, "v1", NOW, given=True)
    db.write_now(lambda tx: withdraw(tx, AN, LATER))
    assert standing(db) is None
    row = db.read_now(lambda tx: tx.execute(select(Consent.__table__)).one())
    assert (row.given, row.answered_at, row.withdrawn_at) == (True, NOW, LATER)


def test_a_request_done_at_once_is_asked_and_done_in_the_same_moment(db: Database) -> None:
    db.write_now(lambda tx: note_request(tx, AN, DataRequestKind.DELETE, NOW))
    row = db.read_now(lambda tx: tx.execute(select(DataRequest.__table__)).one())
    assert (row.contact, row.kind, row.asked_at, row.done_at) == (AN, "delete", NOW, NOW)
