"""Half-filled forms: nothing typed in passing saves them, throws them away, or leads nowhere."""

from dataclasses import replace
from time import perf_counter

import pytest

from app.engine.flow import Place
from app.engine.inputs import Media, Shared, Typed
from tests.engine.talk import Talk, at_review


def in_form() -> Talk:
    talk = Talk()
    talk.says("đăng ký lớp học", "đồng ý", "TX0001A", "đúng rồi")
    assert talk.place == "course.ask_name"
    return talk


def picking() -> Talk:
    """Asked which field to correct."""
    talk = at_review()
    assert talk.taps(talk.library.words.labels.correct) == talk.library.words.which_field
    return talk


@pytest.mark.parametrize(
    ("number", "place"),
    [("1", "course.ask_code"), ("số 3", "course.ask_name"), ("8", "course.ask_role")],
)
def test_a_number_after_the_question_which_field_means_the_field(number: str, place: str) -> None:
    talk = picking()
    talk.says(number)
    assert talk.place == place
    assert "take_place" not in [name for name, _ in talk.acts]


@pytest.mark.parametrize("answer", ["có", "đúng", "không"])
def test_yes_or_no_to_the_question_which_field_only_shows_the_review_again(answer: str) -> None:
    talk = picking()
    assert "Email: mai@congty.vn" in talk.says(answer)
    assert talk.place == "course.review"
    talk.says("1")
    assert talk.acts[-1][0] == "take_place"


def test_the_whole_label_saves_even_after_the_question_which_field() -> None:
    talk = picking()
    talk.says("đúng, lưu giúp tôi")
    assert talk.acts[-1][0] == "take_place"


@pytest.mark.parametrize("answer", ["99", "blah blah"])
def test_what_names_no_field_is_a_miss_and_the_review_waits(answer: str) -> None:
    talk = picking()
    assert talk.says(answer) == talk.library.words.not_understood
    assert talk.labels[0] == "Đúng, lưu giúp tôi"


def test_further_fields_can_be_asked_for_in_words() -> None:
    talk = picking()
    assert talk.labels[0] == "Mã đơn vị"
    talk.says("xem thêm")
    assert talk.labels[0] == "Email"
    talk.says("sửa")
    assert talk.labels[0] == "Mã đơn vị"


@pytest.mark.parametrize("chooses", ["Đăng ký lớp", "2", "dang ky"])
def test_choosing_the_half_filled_form_in_a_menu_asks_before_it_begins_anew(chooses: str) -> None:
    talk = in_form()
    talk.says("gặp cán bộ", "gửi luôn", "menu", chooses)
    assert talk.text == talk.library.words.form_open
    talk.says("1")
    assert talk.place == "course.ask_name"
    assert talk.slots()["unit_code"] == "TX0001A"


def test_tapping_the_half_filled_form_in_a_menu_asks_before_it_begins_anew() -> None:
    talk = in_form()
    talk.says("gặp cán bộ", "gửi luôn", "menu")
    assert talk.taps("Đăng ký lớp") == talk.library.words.form_open
    talk.taps(talk.library.words.labels.leave)
    assert talk.place == "course.notice"
    assert talk.slots() == {}


@pytest.mark.parametrize(("number", "place"), [("1", "course.ask_name"), ("số 2 ạ", "welcome.menu")])
def test_whether_to_stay_can_be_answered_by_number(number: str, place: str) -> None:
    talk = in_form()
    talk.says("menu", number)
    assert talk.place == place
    assert talk.session.tries == 0


def test_once_the_form_asks_again_a_no_is_no_wish_to_leave_it() -> None:
    talk = in_form()
    talk.says("menu")
    assert "Họ tên ạ?" in talk.does(Media("image"))
    talk.says("không")
    assert talk.place == "course.ask_name"
    assert talk.slots()["unit_code"] == "TX0001A"


def test_a_half_filled_form_whose_node_is_gone_is_not_offered_for_ever() -> None:
    talk = in_form()
    talk.says("gặp cán bộ", "gửi luôn")
    talk.session = replace(talk.session, unsaved=Place("course", "gone"))
    talk.says("việc ba")
    assert talk.library.words.labels.stay not in talk.labels
    assert talk.session.unsaved is None
    assert talk.slots() == {}


def test_who_stood_in_a_form_that_is_gone_gets_an_apology_and_the_menu() -> None:
    talk = in_form()
    talk.session = replace(talk.session, place=Place("course", "gone"), unsaved=Place("course", "gone"))
    assert talk.says("Nguyễn Thị Mai").startswith(talk.library.words.node_gone)
    assert talk.place == "welcome.menu"
    assert talk.session.unsaved is None


def test_a_secret_after_a_pause_is_warned_about_before_the_form_is_asked_about() -> None:
    talk = in_form()
    talk.waits(hours=30)
    talk.does(Typed("••••••", frozenset({"otp"})))
    words = talk.library.words
    assert talk.text == f"{words.secrets['otp']}\n{words.form_expired}"


def test_the_shared_form_fills_a_name_that_was_not_given_yet() -> None:
    talk = in_form()
    talk.says("Nguyễn Thị Mai")
    talk.session = replace(talk.session, slots={"course": {}})
    talk.does(Shared("Nguye\u0302\u0303n Văn An", "84912345678"))
    assert talk.slots() == {"full_name": "Nguyễn Văn An", "phone": "0912345678"}


def test_a_shared_name_made_to_waste_time_wastes_none() -> None:
    talk = in_form()
    talk.says("Nguyễn Thị Mai")
    before = perf_counter()
    talk.does(Shared("a b" + "," * 50_000, "84912345678"))
    assert perf_counter() - before < 1
