"""Texts of the nineties' fonts: recognised, converted, and nothing else taken for them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.old_fonts import TCVN3, VNI, Font, from_tcvn3, from_vni, is_syllable, read_column

TEXT = """
    Nguyễn Trần Phạm Hoàng Huỳnh Đặng Bùi Đỗ Hồ Ngô Dương Lý Thị Văn Hữu Đức Thuỷ Quỳnh Phượng Hằng Khánh Hòa
    Việt công ty trách nhiệm hữu hạn một thành viên thương mại dịch vụ xây dựng trường tiểu học mầm non
    nghiệp nước thuế
"""
SYLLABLES = TEXT.split()
TO_TCVN3 = {new: old for old, new in TCVN3.items()}
TO_VNI = {new: old for old, new in reversed(list(VNI.items()))}
texts = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=6).map(" ".join)


def in_tcvn3(text: str) -> str:
    return "".join(TO_TCVN3.get(letter, letter) for letter in text)


def in_vni(text: str) -> str:
    return "".join(TO_VNI.get(letter, letter) for letter in text)


@given(texts)
def test_what_was_typed_for_vni_is_found_again(text: str) -> None:
    assert unicodedata.normalize("NFC", from_vni(in_vni(text))) == text


@given(texts.map(str.lower))
def test_what_was_typed_for_tcvn3_is_found_again(text: str) -> None:
    assert from_tcvn3(in_tcvn3(text)) == text


@given(st.lists(texts.map(str.lower), min_size=1, max_size=8), st.sampled_from(list(Font)))
def test_a_column_in_an_old_font_reads_as_it_was_meant(column: list[str], font: Font) -> None:
    write = in_tcvn3 if font is Font.TCVN3 else in_vni
    # One cell that can be nothing else tells the font; short ones follow it.
    whole = ["nguyễn thị phượng, trường tiểu học nghiệp vụ", *column]
    reading = read_column([write(text) for text in whole])
    assert (reading.font, list(reading.texts)) == (font, whole)


@given(st.lists(texts, min_size=1, max_size=8))
def test_unicode_is_left_as_it_is(column: list[str]) -> None:
    assert read_column(column).font is None


@given(st.lists(st.text(max_size=20), max_size=5))
def test_any_column_keeps_its_length_and_never_raises(column: list[str]) -> None:
    assert len(read_column(column).texts) == len(column)


@pytest.mark.parametrize(
    "text", ["Nestlé Việt Nam", "Café Bé Ti", "Société Générale", "Müller GmbH", "ABC Co., Ltd"]
)
def test_foreign_names_are_left_as_they_are(text: str) -> None:
    assert read_column([text, "Công ty Đại Việt"]).texts[0] == text


def test_capitals_of_the_capital_font_become_capitals() -> None:
    assert from_tcvn3("C¤NG TY TNHH §¹I VIÖT") == "CÔNG TY TNHH ĐẠI VIỆT"
    assert from_tcvn3("Hµ Néi") == "Hà Nội"
    assert from_vni("COÂNG TY TNHH ÑAÏI VIEÄT") == "CÔNG TY TNHH ĐẠI VIỆT"


@pytest.mark.parametrize("word", SYLLABLES)
def test_vietnamese_words_can_be_spelt(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["Hµ", "Nguyeãn", "Nestlé", "Müller", "các̀", "đêp"])
def test_other_words_cannot(word: str) -> None:
    assert not is_syllable(word)
