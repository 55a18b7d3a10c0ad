import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.zalo.messages import length_of
from app.zalo.splitting import split_text

SENTENCE = "Anh/Chị mở ứng dụng VssID rồi chọn Đăng ký tài khoản giúp em ạ."


def test_a_text_that_fits_stays_whole() -> None:
    assert split_text("a" * 2000) == ["a" * 2000]
    assert split_text("  Xin chào ạ \n") == ["Xin chào ạ"]


def test_there_is_always_a_piece() -> None:
    assert split_text("") == [""]


def test_paragraphs_are_cut_apart_before_anything_else() -> None:
    paragraph = " ".join([SENTENCE] * 10)
    pieces = split_text("\n\n".join([paragraph] * 4))
    assert len(pieces) > 1
    assert [part for piece in pieces for part in piece.split("\n\n")] == [paragraph] * 4


def test_lines_come_next() -> None:
    line = "- Bước tiếp theo: " + "chọn mục " * 20 + "này"
    pieces = split_text("\n".join([line] * 20))
    assert all(part == line for piece in pieces for part in piece.split("\n"))


def test_sentences_come_next() -> None:
    pieces = split_text(" ".join([SENTENCE] * 60))
    assert len(pieces) > 1
    assert all(piece.startswith("Anh/Chị") and piece.endswith("ạ.") for piece in pieces)


def test_an_abbreviation_or_a_list_number_does_not_end_a_sentence() -> None:
    sentence = "Anh/Chị đến BHXH TP. Nha Trang, xem mục 2. Giấy tờ rồi nộp giúp em ạ. "
    for filler in range(80):
        pieces = split_text("x" * filler + " ạ. " + sentence * 40)
        assert all(piece.endswith("ạ.") for piece in pieces)


def test_words_come_last() -> None:
    pieces = split_text("chữ " * 1000)
    assert {word for piece in pieces for word in piece.split(" ")} == {"chữ"}


def test_a_phone_number_written_in_groups_stays_in_one_piece() -> None:
    for filler in range(100):
        text = "x" * filler + " y" * 30 + " 0258 3822 222 và 1 200 000 đồng"
        pieces = split_text(text, limit=60, best=50)
        assert sum("0258 3822 222" in piece for piece in pieces) == 1
        assert sum("1 200 000" in piece for piece in pieces) == 1


def test_a_word_longer_than_a_message_is_cut_between_whole_characters() -> None:
    family = "👨\u200d👩\u200d👧"
    assert all(set(piece.split(family)) == {""} for piece in split_text(family * 20, limit=20, best=20))
    flags = split_text("🇻🇳" * 20, limit=10, best=10)
    assert all(set(piece.split("🇻🇳")) == {""} for piece in flags)
    thumbs = split_text("👍🏽" * 9, limit=10, best=10)
    assert all(set(piece.split("👍🏽")) == {""} for piece in thumbs)


def test_digits_stay_together_when_there_is_a_letter_to_cut_at() -> None:
    pieces = split_text("a" * 15 + "7912345678" + "b" * 10, limit=20, best=20)
    assert any("7912345678" in piece for piece in pieces)


def test_nothing_but_accents_is_cut_all_the_same() -> None:
    assert "".join(split_text("\u0301" * 50, limit=20, best=20)) == "\u0301" * 50


def test_a_long_text_is_cut_near_the_comfortable_length() -> None:
    pieces = split_text(" ".join([SENTENCE] * 200))
    assert all(800 <= len(piece) <= 1200 for piece in pieces[:-2])


@pytest.mark.timeout(10)
def test_a_hundred_kilobytes_are_cut_in_no_time() -> None:
    assert len(split_text("Chào anh chị. " * 7000)) > 40
    assert len(split_text("a" * 100_000)) == 50
    assert len(split_text("\n" * 50_000 + "." * 50_000)) > 20


PIECES = st.lists(
    st.sampled_from(
        [
            "Chào ",
            "ạ. ",
            "\n",
            "\n\n",
            "0912 345 678",
            "👨\u200d👩\u200d👧",
            "🇻🇳",
            "ự",
            "a" * 30,
            "…",
            "\u0301",
        ]
    )
)


@given(PIECES.map("".join), st.integers(8, 60), st.integers(1, 60))
def test_pieces_fit_and_lose_nothing_but_the_space_between_them(text: str, limit: int, best: int) -> None:
    pieces = split_text(text, limit, best)
    assert all(length_of(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(pieces) or pieces == [""]


@given(st.text(), st.integers(2, 40))
def test_any_text_is_cut_to_fit(text: str, limit: int) -> None:
    pieces = split_text(text, limit, limit)
    assert all(length_of(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
