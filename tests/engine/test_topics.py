"""Free words: what they were taken for is said, what else it may be is offered, nothing is pretended."""

from dataclasses import replace

from app.engine.effects import Say
from app.engine.flow import Place
from app.engine.inputs import Followed, Typed
from app.engine.matching import Answer, Suggest, Topic
from tests.engine.talk import Talk

ONE = Topic("Việc thứ nhất", Place("help", "one"))
TWO = Topic("Việc thứ hai", Place("help", "two"))
COURSE = Topic("Lớp học", Place("course", "start"))
GONE = Topic("Đã bỏ", Place("gone", "x"))
FREE = "tự nhiên máy báo vậy đó"


class Guessing:
    def __init__(self, *understood: Answer | Suggest | None) -> None:
        self._understood = list(understood)

    def understand(self, text: str, at: Place | None) -> Answer | Suggest | None:
        return self._understood.pop(0) if len(self._understood) > 1 else self._understood[0]


def bubbles(talk: Talk) -> list[Say]:
    return [bubble for bubble in talk.said if isinstance(bubble, Say)]


def test_an_answer_says_what_it_took_the_words_for_and_what_else_it_may_be() -> None:
    talk = Talk(Guessing(Answer(ONE.place, ONE.title, (TWO, COURSE, GONE))))
    talk.says(FREE)
    assert talk.place == "help.one"
    first, *_, last = bubbles(talk)
    assert first.text.startswith("Anh/Chị hỏi về: Việc thứ nhất.\n\n")
    assert last.text == talk.library.words.not_that
    assert [button.label for button in last.buttons] == ["Việc thứ hai", "Lớp học", "Gặp cán bộ"]
    talk.taps("Việc thứ hai")
    assert talk.text.startswith("Đây là việc hai.")


def test_somebody_upset_is_met_with_regret_first() -> None:
    talk = Talk(Guessing(Answer(ONE.place, ONE.title, upset=True)))
    talk.says(FREE)
    assert bubbles(talk)[0].text.startswith(talk.library.words.sorry_to_hear)
    assert talk.labels[-1] == "Gặp cán bộ"


def test_what_has_no_topic_is_answered_without_naming_one() -> None:
    talk = Talk(Guessing(Answer(ONE.place)))
    talk.says(FREE)
    assert talk.place == "help.one"
    assert talk.library.words.not_that not in talk.text


def test_before_an_act_the_topic_and_the_way_out_stand_in_one_bubble() -> None:
    talk = Talk(Guessing(Answer(COURSE.place, COURSE.title, (ONE,))))
    talk.says(FREE)
    assert bubbles(talk)[0].text == f"Anh/Chị hỏi về: Lớp học.\n{talk.library.words.not_that}"
    assert [button.label for button in bubbles(talk)[0].buttons] == ["Việc thứ nhất", "Gặp cán bộ"]
    assert talk.place == "course.notice"


def test_topics_are_offered_by_their_names_with_a_way_to_say_none_and_a_person() -> None:
    talk = Talk(Guessing(Suggest((ONE, TWO, COURSE, GONE))))
    assert talk.says(FREE) == talk.library.words.suggest
    assert talk.labels == ["Việc thứ nhất", "Việc thứ hai", "Lớp học", "Ý khác", "Gặp cán bộ"]
    assert talk.session.unclear
    talk.taps("Việc thứ hai")
    assert talk.text.startswith("Đây là việc hai.")
    assert not talk.session.unclear


def test_two_topics_are_told_apart_by_their_own_question() -> None:
    talk = Talk(Guessing(Suggest((ONE, TWO), "Việc một hay việc hai ạ?")))
    assert talk.says(FREE) == "Việc một hay việc hai ạ?"


def test_topics_of_one_place_are_offered_once() -> None:
    talk = Talk(Guessing(Suggest((TWO, replace(ONE, place=TWO.place), COURSE))))
    talk.says(FREE)
    assert talk.labels[:2] == ["Việc thứ hai", "Lớp học"]


def test_topics_that_are_all_gone_are_a_miss() -> None:
    talk = Talk(Guessing(Suggest((GONE, replace(GONE, place=Place("help", "gone"))))))
    talk.does(Followed())
    assert talk.says(FREE) == talk.library.words.not_understood


def test_none_of_the_topics_is_asked_for_in_other_words_and_then_a_person_is_offered() -> None:
    talk = Talk(Guessing(Suggest((ONE, TWO)), None))
    talk.says(FREE)
    assert talk.taps("Ý khác") == talk.library.words.say_otherwise
    assert talk.labels == ["Về menu chính", "Gặp cán bộ"]
    assert talk.says("cái đó đó") == talk.library.words.not_understood_again
    assert talk.labels[0] == "Gặp cán bộ"


def test_none_of_them_can_be_typed() -> None:
    talk = Talk(Guessing(Suggest((ONE, TWO))))
    talk.says(FREE)
    assert talk.says("không đúng ý ạ") == talk.library.words.say_otherwise


def test_a_half_filled_form_is_not_left_for_what_words_may_have_meant() -> None:
    talk = Talk(Guessing(Answer(COURSE.place), Answer(ONE.place, ONE.title, (TWO,))))
    talk.says("đăng ký lớp học", "đồng ý", "TX0001A")
    assert talk.place == "course.confirm_unit"
    assert talk.says(FREE) == talk.library.words.form_open


def test_beside_a_secret_the_rest_is_answered_and_the_secret_not_said_again() -> None:
    talk = Talk(Guessing(Answer(ONE.place, ONE.title, (TWO,))))
    talk.does(Typed("mã otp là •••••• mà máy báo sai", frozenset({"otp"})))
    assert bubbles(talk)[0].text == talk.library.words.secrets["otp"]
    assert bubbles(talk)[1].text.startswith("Anh/Chị hỏi về: Việc thứ nhất.")
    assert talk.place == "help.one"


def test_a_secret_in_a_form_is_only_warned_of() -> None:
    talk = Talk(Guessing(Answer(COURSE.place), Answer(ONE.place, ONE.title, (TWO,))))
    talk.says("đăng ký lớp học", "đồng ý", "TX0001A", "đúng rồi")
    talk.does(Typed("mật khẩu là ••••••", frozenset({"password"})))
    assert talk.place == "course.ask_name"
    assert bubbles(talk)[0].text.startswith(talk.library.words.secrets["password"])
