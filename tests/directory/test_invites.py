"""Words that tie a person's Zalo to a unit."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.directory.invites import (
    VALID_FOR,
    invited_unit,
    make_invite,
    oa_qr,
    read_word,
    spend_words,
    take_word,
)
from app.directory.models import Employer
from app.directory.refusals import EditRefused
from app.kit.db import Database
from app.kit.ids import UserId
from tests.directory.files import NOW

ME, OTHER = UserId("u1"), UserId("u2")


def word_of(db: Database, unit: int = 1) -> str:
    invite = db.write_now(lambda tx: make_invite(tx, unit, "staff:1", NOW))
    word = read_word(invite.word)
    assert word is not None
    return word


def test_who_writes_the_word_means_the_unit(filled: Database) -> None:
    word = word_of(filled)
    assert filled.write_now(lambda tx: take_word(tx, ME, word, NOW))
    assert filled.read_now(lambda tx: invited_unit(tx, ME, NOW)) == 1
    assert filled.read_now(lambda tx: invited_unit(tx, OTHER, NOW)) is None


def test_a_word_counts_for_one_person(filled: Database) -> None:
    word = word_of(filled)
    filled.write_now(lambda tx: take_word(tx, ME, word, NOW))
    assert not filled.write_now(lambda tx: take_word(tx, OTHER, word, NOW))
    assert filled.write_now(lambda tx: take_word(tx, ME, word, NOW))
    filled.write_now(lambda tx: spend_words(tx, ME))
    assert not filled.write_now(lambda tx: take_word(tx, ME, word, NOW))


def test_a_word_is_valid_for_fourteen_days(filled: Database) -> None:
    word, late = word_of(filled), NOW + VALID_FOR + timedelta(seconds=1)
    assert not filled.write_now(lambda tx: take_word(tx, ME, word, late))
    filled.write_now(lambda tx: take_word(tx, ME, word, NOW))
    assert filled.read_now(lambda tx: invited_unit(tx, ME, late)) is None


def test_a_unit_that_is_gone_gets_no_word(filled: Database) -> None:
    with pytest.raises(EditRefused):
        filled.write_now(lambda tx: make_invite(tx, 99, "staff:1", NOW))
    assert filled.read_now(lambda tx: tx.execute(select(Employer.id)).first())


@pytest.mark.parametrize("text", ["DV K73014", "dv k73014", "Dv-K 73014.", "DVK73014"])
def test_a_word_is_read_however_it_is_written(text: str) -> None:
    assert read_word(text) == "DVK73014"


@given(st.text())
def test_other_texts_are_no_words(text: str) -> None:
    word = read_word(text)
    assert word is None or word.startswith("DV")


@pytest.mark.parametrize("text", ["DV 73014", "TA0001A", "DV K7301", "mã DV K73014 của tôi", ""])
def test_what_is_near_a_word_is_none(text: str) -> None:
    assert read_word(text) is None


def test_the_qr_code_is_a_picture_without_style(filled: Database) -> None:
    svg = oa_qr("1234567890")
    assert svg.startswith("<svg")
    assert "style=" not in svg
