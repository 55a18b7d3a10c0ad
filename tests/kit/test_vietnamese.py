import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from app.kit.vietnamese import fold, nfc, same_name, sort_key


def test_people_are_sorted_by_given_name_then_by_tone() -> None:
    names = ["Bùi Minh Ẩn", "Trần Thị Thủy", "Lê An", "Phạm Thúy", "Nguyễn Văn Ân", "Y NHI", "Đỗ Anh"]
    assert sorted(names, key=sort_key) == [
        "Lê An",
        "Đỗ Anh",
        "Nguyễn Văn Ân",
        "Bùi Minh Ẩn",
        "Y NHI",
        "Trần Thị Thủy",
        "Phạm Thúy",
    ]


def test_decomposed_text_is_composed_and_loses_what_cannot_be_seen() -> None:
    assert nfc(unicodedata.normalize("NFD", "  Đăng\u200b  ký \n VssID ")) == "Đăng ký\nVssID"


def test_folding_takes_accents_and_case_away_but_not_words() -> None:
    assert fold("Đăng  KÝ đầu mối") == "dang ky dau moi"
    assert same_name("Nguyễn Thị Hoà", "NGUYEN THI HOÀ")
    assert not same_name("Nguyễn Thị Hoà", "Nguyễn Thị Hoa Lan")


@given(st.text())
def test_any_text_can_be_kept_compared_and_sorted(text: str) -> None:
    assert nfc(nfc(text)) == nfc(text)
    assert fold(fold(text)) == fold(text)
    sort_key(text)


@given(
    st.text(
        st.sampled_from(" \n\r\t\x00\u200b\u200d\u3000\xa0\u2028ăếa\u0301b") | st.characters(), max_size=8
    )
)
def test_text_that_is_tidy_already_is_left_as_it_is(text: str) -> None:
    """Tidying twice changes nothing, and what looks tidy at a glance is what the long way would give."""
    tidied = nfc(text)
    assert nfc(tidied) == tidied
    assert nfc(f"{text}\u200b") == tidied, "the mark at the end forces the long way"
