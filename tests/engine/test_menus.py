"""Menus: taps, numbers, labels with and without accents, other wordings, pages, links, misses."""

import pytest

from app.engine.effects import Link, Say
from app.engine.inputs import Followed, Media, Opened, Typed
from tests.engine.talk import Talk


def in_menu() -> Talk:
    talk = Talk()
    talk.says("xin chào")
    assert talk.place == "welcome.menu"
    return talk


@pytest.mark.parametrize(
    "answer",
    [
        "Xem hướng dẫn",
        "xem huong dan",
        "XEM HƯỚNG DẪN!",
        "dạ xem hướng dẫn ạ",
        "hướng dẫn cài đặt",
        "1",
        "1.",
        "số 1",
        "1️⃣",
        "chọn số 1 ạ",
        "em muốn hướng dẫn cài đặt trên máy này",
        "xem hu\u031bo\u031b\u0301ng da\u0302\u0303n",
    ],
)
def test_a_choice_is_meant_by_number_label_and_other_wordings(answer: str) -> None:
    talk = in_menu()
    talk.says(answer)
    assert talk.place == "help.start"


@pytest.mark.parametrize("answer", ["0", "8", "99", "999999999999", "hai ba", "¿", "1 2"])
def test_what_chooses_nothing_is_a_miss_and_stays(answer: str) -> None:
    talk = in_menu()
    assert talk.says(answer) == talk.library.words.not_understood
    assert talk.place == "welcome.menu"
    assert talk.labels[0] == "Xem hướng dẫn"


def test_a_tapped_choice_leads_on() -> None:
    talk = in_menu()
    talk.taps("Việc một")
    assert talk.place == "help.one"


def test_more_than_five_choices_come_in_pages_and_all_of_them_can_be_tapped() -> None:
    talk = in_menu()
    more = talk.library.words.labels.more
    assert talk.labels == ["Xem hướng dẫn", "Đăng ký lớp", "Việc một", "Việc hai", more]
    talk.taps(more)
    assert talk.labels == ["Việc ba", "Dừng thông báo", "Cảm ơn", more]
    talk.says("xem thêm")
    assert talk.labels[0] == "Xem hướng dẫn"
    talk.taps("Việc ba")
    assert "Đây là việc ba." in talk.text


def test_links_and_choices_beyond_five_stand_in_two_bubbles() -> None:
    talk = in_menu()
    talk.says("1")
    bubbles = [bubble for bubble in talk.said if isinstance(bubble, Say)]
    assert [bubble.text.split("\n")[0] for bubble in bubbles] == [
        "Tin thứ nhất.",
        "Tin thứ hai.",
        talk.library.words.choose_below,
    ]
    assert all(isinstance(button, Link) for button in bubbles[1].buttons)
    assert [button.label for button in bubbles[2].buttons] == ["Việc một", "Việc hai", "Việc ba", "Về menu"]


def test_a_guide_that_cannot_be_opened_is_told_in_words() -> None:
    talk = in_menu()
    talk.says("1")
    assert "Tài liệu cũ (Mục I): Hỏi cán bộ." in talk.text
    assert "bhxh.gov.vn/cu" not in talk.text
    assert "Tài liệu cũ" not in talk.labels


def test_facts_of_the_office_stand_in_texts() -> None:
    talk = in_menu()
    assert "Tổng đài 1900 9068." in talk.says("việc một")


def test_an_end_offers_the_ways_that_always_work() -> None:
    talk = in_menu()
    talk.says("việc ba")
    labels = talk.library.words.labels
    assert talk.labels == [labels.menu, labels.person]
    assert talk.session.place is None


def test_the_second_miss_offers_a_person_and_understanding_forgets_misses() -> None:
    talk = in_menu()
    labels = talk.library.words.labels
    talk.says("abc xyz")
    assert talk.says("abc xyz") == talk.library.words.not_understood_again
    assert talk.labels == [labels.person, labels.menu]
    talk.says("việc một")
    assert talk.place == "help.one"
    assert talk.says("abc xyz") == talk.library.words.not_understood


def test_the_first_words_of_a_stranger_are_greeted_not_refused() -> None:
    talk = Talk()
    assert "Xin chào Anh/Chị!" in talk.says("abc xyz")
    assert talk.place == "welcome.menu"


def test_obvious_words_lead_straight_to_their_answer() -> None:
    talk = Talk()
    talk.says("dạ em quên mật khẩu ạ!!")
    assert talk.place == "help.one"


@pytest.mark.parametrize(
    "denial", ["tôi chưa đồng ý", "tôi không đồng ý đâu", "em muốn hỏi tôi đồng ý thì sao", "ko tôi đồng ý"]
)
def test_nothing_is_done_on_a_hint(denial: str) -> None:
    talk = Talk()
    talk.says("đăng ký lớp học", denial)
    assert [name for name, _ in talk.acts] == ["my_place"]


def test_deleting_needs_the_whole_wording() -> None:
    talk = Talk()
    talk.says("dữ liệu của tôi", "xóa dữ liệu", "không biết có chắc chắn rồi hay chưa")
    assert talk.acts == []
    talk.says("chắc chắn rồi")
    assert [name for name, _ in talk.acts] == ["delete_my_data"]


def test_a_label_in_front_of_the_contact_wins_over_the_word_that_always_works() -> None:
    talk = Talk()
    talk.says("dữ liệu của tôi", "xem dữ liệu của tôi")
    assert "Chưa có gì." in talk.text


@pytest.mark.parametrize("kind", ["image", "sticker", "audio", "location", "whatever"])
def test_what_is_not_text_gets_a_kind_answer_and_the_question_stays(kind: str) -> None:
    talk = in_menu()
    assert talk.does(Media(kind)) == talk.library.words.media
    assert talk.labels[0] == "Xem hướng dẫn"
    assert talk.place == "welcome.menu"


def test_a_follower_is_welcomed_and_opening_the_chat_does_not_say_it_twice() -> None:
    talk = Talk()
    assert "Xin chào Anh/Chị!" in talk.does(Followed())
    talk.does(Opened())
    assert talk.said == []
    assert talk.place == "welcome.menu"


def test_a_stranger_who_opens_the_chat_is_welcomed() -> None:
    talk = Talk()
    assert "Xin chào Anh/Chị!" in talk.does(Opened())


def test_every_way_of_a_turn_is_told() -> None:
    talk = in_menu()
    talk.says("việc hai")
    assert talk.visited[-4:] == [
        "welcome.menu > help.two",
        "help.two",
        "help.two > help.three",
        "help.three",
    ]


def test_a_hundred_thousand_letters_are_heard_as_the_first_few() -> None:
    talk = in_menu()
    assert talk.does(Typed("ạ" * 100_000)) == talk.library.words.not_understood
