from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.directory.demo_data import load_demo
from app.directory.liaisons import (
    LiaisonCard,
    announce,
    change,
    end,
    hand_over,
    read_current,
    register,
    verify,
)
from app.directory.models import Liaison, LiaisonState
from app.directory.rules import Registration
from app.directory.units import UnitCard, find_units
from app.kit.db import Database
from app.kit.ids import UserId
from app.kit.seal import Sealer

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SEALER = Sealer("a key for tests")
AN, BINH = UserId("u-an"), UserId("u-binh")
SAID = Registration("Nguyễn Văn An", "0900000201", "an@example.vn", "hr", "TA0002B", "May Hoa Biển")
COLLEAGUE = Registration("Trần Thị Bình", "0900000202", "binh@example.vn", "accountant", "TA0002B")


@pytest.fixture
def unit(db: Database) -> UnitCard:
    db.write_now(lambda tx: load_demo(tx, SEALER, NOW))
    return db.read_now(lambda tx: find_units(tx, "TA0002B"))[0]


def enter(db: Database, contact: UserId, unit: UnitCard | None, said: Registration = SAID) -> LiaisonState:
    return db.write_now(lambda tx: register(tx, SEALER, contact, said, unit, NOW))


def card_of(db: Database, contact: UserId) -> LiaisonCard | None:
    return db.read_now(lambda tx: read_current(tx, SEALER, contact))


def test_who_registers_waits_for_verification_and_sees_what_was_said(db: Database, unit: UnitCard) -> None:
    assert enter(db, AN, unit) is LiaisonState.PENDING
    card = card_of(db, AN)
    assert card is not None
    assert (card.full_name, card.phone, card.email, card.role) == (
        SAID.full_name,
        SAID.phone,
        SAID.email,
        SAID.role,
    )
    assert card.unit == unit
    assert card.state is LiaisonState.PENDING


def test_a_unit_that_nobody_knows_is_kept_in_the_persons_words(db: Database, unit: UnitCard) -> None:
    enter(db, AN, None)
    card = card_of(db, AN)
    assert card is not None
    assert (card.unit, card.unit_name) == (None, "May Hoa Biển")


def test_nothing_personal_lies_in_the_table_in_clear(db: Database, unit: UnitCard) -> None:
    enter(db, AN, unit)
    row = db.read_now(lambda tx: tx.execute(select(Liaison.__table__)).one())
    kept = "".join(str(value) for value in row)
    assert all(said not in kept for said in (SAID.full_name, SAID.phone, SAID.email))


def test_the_announced_phone_for_the_announced_unit_is_verified_at_once(db: Database, unit: UnitCard) -> None:
    db.write_now(lambda tx: announce(tx, SEALER, unit.id, SAID, NOW))
    assert enter(db, AN, unit) is LiaisonState.VERIFIED
    rows = db.read_now(lambda tx: tx.execute(select(Liaison.state)).scalars().all())
    assert rows == [LiaisonState.VERIFIED]


def test_an_announced_phone_counts_for_no_other_unit_and_no_other_phone(db: Database, unit: UnitCard) -> None:
    other = db.read_now(lambda tx: find_units(tx, "TA0009Z"))[0]
    db.write_now(lambda tx: announce(tx, SEALER, other.id, SAID, NOW))
    assert enter(db, AN, unit) is LiaisonState.PENDING
    assert enter(db, BINH, other, COLLEAGUE) is LiaisonState.PENDING


def test_announcing_twice_expects_one_person(db: Database, unit: UnitCard) -> None:
    for _ in range(2):
        db.write_now(lambda tx: announce(tx, SEALER, unit.id, SAID, NOW))
    assert len(db.read_now(lambda tx: tx.execute(select(Liaison.id)).all())) == 1


def test_an_announced_person_is_nobody_until_they_register(db: Database, unit: UnitCard) -> None:
    db.write_now(lambda tx: announce(tx, SEALER, unit.id, SAID, NOW))
    assert card_of(db, AN) is None


def test_an_employer_may_have_several_liaisons(db: Database, unit: UnitCard) -> None:
    enter(db, AN, unit)
    enter(db, BINH, unit, COLLEAGUE)
    an, binh = card_of(db, AN), card_of(db, BINH)
    assert an is not None
    assert binh is not None
    assert an.unit == binh.unit == unit


def test_a_contact_speaks_for_one_employer_at_a_time(db: Database, unit: UnitCard) -> None:
    enter(db, AN, unit)
    with pytest.raises(IntegrityError):
        enter(db, AN, None)


def test_the_office_verifies_a_pending_registration_once(db: Database, unit: UnitCard) -> None:
    enter(db, AN, None)
    assert db.write_now(lambda tx: verify(tx, AN, unit.id))
    assert not db.write_now(lambda tx: verify(tx, AN, unit.id))
    card = card_of(db, AN)
    assert card is not None
    assert (card.state, card.unit_name) == (LiaisonState.VERIFIED, unit.name)


def test_a_change_replaces_what_is_known_of_the_person_but_not_the_unit(db: Database, unit: UnitCard) -> None:
    enter(db, AN, unit)
    said = replace(SAID, phone="0900000209", email="", unit_code="TA0001A")
    assert db.write_now(lambda tx: change(tx, SEALER, AN, said))
    card = card_of(db, AN)
    assert card is not None
    assert (card.phone, card.email, card.unit) == ("0900000209", "", unit)
    assert not db.write_now(lambda tx: change(tx, SEALER, BINH, said))


def test_a_colleague_named_by_a_verified_liaison_is_verified_on_registering(
    db: Database, unit: UnitCard
) -> None:
    enter(db, AN, unit)
    db.write_now(lambda tx: verify(tx, AN, unit.id))
    assert db.write_now(lambda tx: hand_over(tx, SEALER, AN, COLLEAGUE.full_name, COLLEAGUE.phone, NOW))
    assert card_of(db, AN) is None
    assert enter(db, BINH, unit, COLLEAGUE) is LiaisonState.VERIFIED


def test_a_pending_liaison_cannot_vouch_for_anybody(db: Database, unit: UnitCard) -> None:
    enter(db, AN, unit)
    db.write_now(lambda tx: hand_over(tx, SEALER, AN, COLLEAGUE.full_name, COLLEAGUE.phone, NOW))
    assert card_of(db, AN) is None
    assert enter(db, BINH, unit, COLLEAGUE) is LiaisonState.PENDING


def test_an_ended_role_leaves_no_personal_data_and_allows_a_new_one(db: Database, unit: UnitCard) -> None:
    enter(db, AN, unit)
    assert db.write_now(lambda tx: end(tx, SEALER, AN, NOW))
    assert not db.write_now(lambda tx: end(tx, SEALER, AN, NOW))
    row = db.read_now(lambda tx: tx.execute(select(Liaison.__table__)).one())
    assert [SEALER.open_text(sealed) for sealed in (row.full_name, row.phone, row.email)] == ["", "", ""]
    assert row.phone_print == ""
    assert row.to_at == NOW
    assert enter(db, AN, unit) is LiaisonState.PENDING
