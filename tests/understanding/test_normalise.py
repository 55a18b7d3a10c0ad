"""What is written becomes what is meant."""

import unicodedata

import pytest

from app.understanding.catalogue import Catalogue
from app.understanding.keyboards import plain_reading
from app.understanding.normalise import FIRST_WORDS, LAST_WORDS, Spelling, marked, words_of

KNOWN = frozenset(
    ["dang", "ky", "tai", "khoan", "duoc", "khong", "tieng", "dien", "thoai", "quen", "mat", "khau"]
)
PLAIN = Spelling()


def said(text: str, spelling: Spelling = PLAIN, known: frozenset[str] = frozenset()) -> str:
    return " ".join(word.plain for word in words_of(text, spelling, known))


@pytest.mark.parametrize(
    "text",
    ["vssid", "VSSID", "VssID", "vss id", "Vss-ID", "vsid", "vsscid", "visid", "VSS ID", "vss"],
)
def test_the_apps_name_has_many_spellings(text: str) -> None:
    assert said(f"cài {text} ạ") == "cai vssid a"


@pytest.mark.parametrize("text", ["video của bé", "vs em", "visa"])
def test_other_words_are_not_the_apps_name(text: str) -> None:
    assert "vssid" not in said(text)


def test_composed_and_decomposed_letters_are_one() -> None:
    text = "Đăng ký tài khoản được không"
    assert words_of(unicodedata.normalize("NFD", text), PLAIN) == words_of(text, PLAIN)


def test_the_place_of_the_tone_mark_does_not_count() -> None:
    assert marked("hoà") == marked("hòa")
    assert marked("thuỷ") == marked("thủy")
    assert marked("mất") != marked("mật")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ddawng kys taif khoanr", "dang ky tai khoan"),
        ("dd9a8ng ky1", "dd9a8ng ky"),
        ("d9a8ng ky1", "dang ky"),
        ("quen maatj khaaur", "quen mat khau"),
        ("dduwowcj khoong", "duoc khong"),
    ],
)
def test_raw_keyboard_typing_is_read(typed: str, meant: str) -> None:
    assert said(typed, known=KNOWN) == meant


def test_known_words_are_left_as_they_are() -> None:
    assert said("tai dien", known=KNOWN) == "tai dien"


def test_stretched_letters_and_long_numbers_are_evened_out() -> None:
    assert said("alooooo 0912 345 678 ơiiii") == "alo dayso oi"


def test_links_and_addresses_become_one_word() -> None:
    assert said("vào https://vssid.xyz/a?b=1 hay an@x.vn") == "vao lienket hay thudientu"


def test_slang_is_looked_up_as_typed_and_politeness_goes(catalogue: Catalogue) -> None:
    assert said("dạ ko nhớ mk ạ", catalogue.spelling) == "khong nho mat khau"


def test_short_messages_keep_their_politeness(catalogue: Catalogue) -> None:
    assert said("dạ ơi", catalogue.spelling) == "da oi"


def test_of_a_long_story_the_beginning_and_the_end_are_read() -> None:
    words = said(" ".join(f"chữ{number}" for number in range(500))).split()
    assert len(words) == FIRST_WORDS + LAST_WORDS
    assert words[0] == "chu0"
    assert words[-1] == "chu499"


def test_a_word_without_tone_letters_has_no_other_reading() -> None:
    assert list(plain_reading("minh")) == []
