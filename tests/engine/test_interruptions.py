"""Words that always work, forms left and resumed, long pauses, content that changed, acts that failed."""

from dataclasses import replace

import pytest

from app.engine.flow import Place
from app.engine.inputs import ActDone, Followed, Tapped, Typed
from app.engine.session import Session
from app.engine.turn import take_turn
from tests.engine.talk import START, Talk, at_review


def in_form() -> Talk:
    talk = Talk()
    talk.says("đăng ký lớp học", "đồng ý", "TX0001A", "đúng rồi")
    assert talk.place == "course.ask_name"
    return talk


@pytest.mark.parametrize(
    ("word", "place"),
    [("menu", "welcome.menu"), ("gặp cán bộ", "person.start"), ("dữ liệu của tôi", "privacy.start")],
)
def test_words_that_always_work_lead_to_their_door(word: str, place: str) -> None:
    talk = Talk()
    talk.says("việc một là gì", f"dạ {word} ạ")
    assert talk.place == place


def test_stop_works_in_the_middle_of_a_form_and_the_form_can_be_resumed() -> None:
    talk = in_form()
    talk.says("dừng nhận tin")
    assert talk.acts[-1][0] == "stop_messages"
    talk.says("về menu", "việc ba")
    assert talk.labels[0] == talk.library.words.labels.stay
    talk.says("điền tiếp")
    assert talk.place == "course.ask_name"
    assert talk.slots()["unit_code"] == "TX0001A"


def test_menu_in_a_form_asks_once_and_said_twice_it_is_meant() -> None:
    talk = in_form()
    assert talk.says("menu") == talk.library.words.form_open
    talk.says("menu")
    assert talk.place == "welcome.menu"
    assert talk.slots() == {}


def test_a_form_without_answers_is_left_without_a_question() -> None:
    talk = Talk()
    talk.says("đăng ký lớp học", "đồng ý", "menu")
    assert talk.place == "welcome.menu"


def test_an_answer_to_the_form_is_an_answer_to_the_question_whether_to_stay() -> None:
    talk = in_form()
    talk.says("menu", "Nguyễn Thị Mai")
    assert talk.place == "course.ask_phone"
    assert talk.slots()["full_name"] == "Nguyễn Thị Mai"


@pytest.mark.parametrize(("answer", "place"), [("điền tiếp", "course.ask_name"), ("không", "welcome.menu")])
def test_staying_and_leaving_can_be_typed(answer: str, place: str) -> None:
    talk = in_form()
    talk.says("menu", answer)
    assert talk.place == place


def test_beginning_a_form_again_that_is_half_filled_asks_first() -> None:
    talk = in_form()
    talk.says("gặp cán bộ", "gửi luôn", "đăng ký lớp học")
    assert talk.text == talk.library.words.form_open
    talk.taps(talk.library.words.labels.stay)
    assert talk.place == "course.ask_name"


def test_a_half_filled_form_that_waits_elsewhere_can_be_cancelled() -> None:
    talk = in_form()
    talk.says("gặp cán bộ", "gửi luôn")
    assert talk.says("hủy") == talk.library.words.cancelled
    assert talk.session.unsaved is None
    assert talk.slots() == {}


def test_after_saving_nothing_is_asked_about() -> None:
    talk = at_review()
    talk.says("đúng")
    talk.taps("Về menu")
    assert talk.place == "welcome.menu"


def test_after_a_day_a_menu_is_forgotten() -> None:
    talk = Talk()
    talk.says("việc một là gì")
    talk.waits(hours=25)
    talk.says("1")
    assert talk.place == "welcome.menu"


def test_after_a_day_a_half_filled_form_is_asked_about() -> None:
    talk = in_form()
    talk.waits(hours=25)
    assert talk.says("alo") == talk.library.words.form_expired
    talk.taps(talk.library.words.labels.stay)
    assert talk.place == "course.ask_name"
    assert talk.slots()["unit_code"] == "TX0001A"


def test_the_very_button_of_the_form_needs_no_question_after_a_pause() -> None:
    talk = at_review()
    talk.waits(hours=25)
    assert "Đã lưu" in talk.taps("Đúng, lưu giúp tôi")


def test_after_a_week_the_answers_of_a_form_are_gone() -> None:
    talk = in_form()
    talk.waits(days=8)
    talk.says("alo")
    assert talk.place == "welcome.menu"
    assert talk.session.slots == {}


def test_who_follows_again_in_a_form_is_asked_what_the_form_was_asking() -> None:
    talk = in_form()
    assert talk.does(Followed()) == "Họ tên ạ?"


def test_a_node_that_is_gone_gets_an_apology_and_the_menu() -> None:
    talk = Talk()
    talk.session = replace(Session.fresh(START), place=Place("gone", "node"))
    assert talk.says("1").startswith(talk.library.words.node_gone)
    assert talk.place == "welcome.menu"


def test_a_node_that_no_longer_waits_gets_an_apology_and_the_menu() -> None:
    talk = Talk()
    talk.session = replace(Session.fresh(START), place=Place("help", "two"))
    assert talk.says("1").startswith(talk.library.words.node_gone)


@pytest.mark.parametrize("outcome", ["", "nonsense"])
def test_an_act_that_answers_oddly_is_no_dead_end(outcome: str) -> None:
    talk = Talk()
    talk.answers["my_place"] = ActDone(outcome)
    assert talk.says("đăng ký lớp học") == talk.library.words.went_wrong
    assert talk.labels
    talk.says("menu")
    assert talk.place == "welcome.menu"


def test_an_answer_of_an_act_that_nobody_ran_is_no_dead_end() -> None:
    talk = Talk()
    turn = take_turn(talk.library, talk.session, ActDone("saved"), START)
    assert turn.effects


def test_a_message_while_an_act_was_running_is_answered_as_usual() -> None:
    talk = Talk()
    talk.session = replace(Session.fresh(START), awaiting=Place("course", "save"))
    turn = take_turn(talk.library, talk.session, Typed("menu"), START)
    assert turn.session.place == Place("welcome", "menu")


def test_deleted_data_leaves_the_session_as_well() -> None:
    talk = in_form()
    talk.says("dữ liệu của tôi", "xóa dữ liệu", "chắc chắn rồi")
    assert "TX0001A" not in str(talk.session.to_json())
    assert talk.library.words.labels.stay not in talk.labels


def test_cancel_after_a_pause_needs_no_question() -> None:
    talk = in_form()
    talk.waits(hours=30)
    talk.does(Tapped("#dm/!cancel"))
    assert talk.slots() == {}
