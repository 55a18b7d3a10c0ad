"""Consents, and requests about one's own data."""

from datetime import timedelta

from sqlalchemy import select

from app.directory import consents
from app.directory.consents import LIAISON, GivenConsent
from app.directory.data_requests import note_request
from app.directory.models import Consent, DataRequest, DataRequestKind
from app.kit.db import Database
from app.kit.ids import UserId
from tests.directory.files import NOW

ME, OTHER = UserId("u1"), UserId("u2")
LATER = NOW + timedelta(days=2)


def given(db: Database, contact: UserId = ME) -> GivenConsent | None:
    return db.read_now(lambda tx: consents.read_given(tx, contact, LIAISON))


def answers(db: Database, version: str, *, yes: bool) -> None:
    db.write_now(lambda tx: consents.answer(tx, ME, LIAISON, version, LATER, given=yes))


def test_a_consent_is_of_one_person_for_one_text(db: Database) -> None:
    assert given(db) is None
    answers(db, "2026-11-24", yes=True)
    assert given(db) == GivenConsent("2026-11-24", LATER)
    assert given(db, OTHER) is None
    assert db.read_now(lambda tx: consents.read_given(tx, ME, "another")) is None


def test_the_last_answer_stands_and_every_answer_is_kept(db: Database) -> None:
    answers(db, "1", yes=True)
    answers(db, "2", yes=False)
    assert given(db) is None
    answers(db, "3", yes=True)
    assert given(db) == GivenConsent("3", LATER)
    versions = select(Consent.text_version).order_by(Consent.id)
    assert db.read_now(lambda tx: tx.execute(versions).scalars().all()) == ["1", "2", "3"]


def test_a_withdrawal_ends_it_and_leaves_the_proof(db: Database) -> None:
    answers(db, "1", yes=False)
    answers(db, "2", yes=True)
    db.write_now(lambda tx: consents.withdraw(tx, ME, NOW))
    assert given(db) is None
    kept = db.read_now(
        lambda tx: tx.execute(select(Consent.given, Consent.withdrawn_at).order_by(Consent.id)).all()
    )
    assert [tuple(row) for row in kept] == [(False, None), (True, NOW)]
    db.write_now(lambda tx: consents.withdraw(tx, ME, LATER))
    answers(db, "3", yes=True)
    assert given(db) is not None


def test_a_request_about_ones_data_is_kept_as_proof(db: Database) -> None:
    db.write_now(lambda tx: note_request(tx, ME, DataRequestKind.DELETE, NOW))
    row = db.read_now(lambda tx: tx.execute(select(DataRequest.__table__)).one())
    assert (row.contact, row.kind, row.asked_at, row.done_at) == (ME, "delete", NOW, NOW)
