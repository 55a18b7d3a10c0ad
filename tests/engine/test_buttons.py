"""Old, doubled, forged and misread buttons."""

import pytest

from app.engine.flow import Place
from app.engine.inputs import Tapped
from app.engine.payloads import AtPlace, Command, GoTo, at_place, command, go_to, numbered, read_payload
from tests.engine.talk import Talk, at_review

PLACE = Place("help", "one")


def test_every_payload_we_write_is_read_back() -> None:
    assert read_payload(at_place(PLACE, "c", 3, "help.two")) == AtPlace(PLACE, "c", 3, "help.two")
    assert read_payload(at_place(PLACE, "skip")) == AtPlace(PLACE, "skip", 0)
    assert read_payload(go_to(PLACE)) == GoTo(PLACE)
    assert read_payload(command("menu")) == Command("menu")


@pytest.mark.parametrize(
    "forged",
    [
        "#dm/",
        "#dm",
        "#dm/menu",
        "#dm/a.b/c9999",
        "#dm/a/b/c",
        "#dm/A.b/c0",
        "#dm/a.b/c0=" + "x" * 99,
        "#dm/!M\n",
    ],
)
def test_what_we_would_not_have_written_is_read_as_nothing(forged: str) -> None:
    assert read_payload(forged) is None


def test_a_button_stands_for_the_same_thing_after_the_menu_was_reordered() -> None:
    tapped = AtPlace(PLACE, "c", 0, "help.two")
    assert numbered(tapped, ["help.two", "help.three"]) == 0
    assert numbered(tapped, ["help.three", "help.two"]) == 1
    assert numbered(tapped, ["help.three"]) is None


def test_an_old_button_still_leads_where_it_led() -> None:
    talk = Talk()
    talk.says("xin chào", "việc một")
    talk.taps("Việc hai")
    talk.taps("Việc một")
    assert talk.place == "help.one"


def test_a_button_of_a_node_that_is_gone_gets_an_apology_and_what_waits() -> None:
    talk = Talk()
    talk.says("xin chào")
    assert talk.does(Tapped("#dm/gone.node/c0=gone.other")) == talk.library.words.old_button
    assert talk.labels[0] == "Xem hướng dẫn"
    assert talk.place == "welcome.menu"


def test_an_old_button_in_a_form_asks_before_the_form_is_left() -> None:
    talk = Talk()
    talk.says("xin chào", "đăng ký lớp học", "đồng ý", "TX0001A")
    assert talk.taps("Việc một") == talk.library.words.form_open
    talk.taps(talk.library.words.labels.stay)
    assert talk.place == "course.confirm_unit"
    talk.taps("Việc một", talk.library.words.labels.leave)
    assert talk.place == "help.one"
    assert talk.slots() == {}


def test_an_old_button_of_the_same_form_does_not_jump_about_in_it() -> None:
    talk = Talk()
    talk.says("đăng ký lớp học", "đồng ý", "TX0001A", "đúng rồi", "Nguyễn Thị Mai")
    assert talk.taps("Đúng rồi").startswith(talk.library.words.old_button)
    assert talk.place == "course.ask_phone"


def test_an_old_button_from_inside_a_form_begins_at_its_beginning() -> None:
    talk = at_review()
    talk.says("hủy", "xin chào")
    talk.taps("Đúng rồi")
    assert talk.place == "course.notice"


def test_an_old_button_that_changes_something_is_asked_about_first() -> None:
    talk = Talk()
    talk.says("dữ liệu của tôi", "xóa dữ liệu", "không, giữ lại", "xin chào")
    said = talk.taps("Đúng, xóa")
    assert talk.acts == []
    assert said == talk.library.words.old_act.replace("{label}", "Đúng, xóa")
    talk.taps("Đúng, xóa")
    assert [name for name, _ in talk.acts] == ["delete_my_data"]


def test_a_doubled_tap_saves_once() -> None:
    talk = at_review()
    talk.taps("Đúng, lưu giúp tôi")
    talk.taps("Đúng, lưu giúp tôi")
    assert [name for name, _ in talk.acts].count("take_place") == 1
    assert talk.place == "course.next"


@pytest.mark.parametrize(
    "forged",
    [
        "#dm/@course.save",
        "#dm/@course.ask_phone",
        "#dm/@privacy.delete",
        "#dm/@stop.resume",
        "#dm/course.review/yes0",
        "#dm/course.save/c0=course.saved",
        "#dm/!sudo",
    ],
)
def test_a_forged_button_runs_no_act_that_changes_something(forged: str) -> None:
    talk = Talk()
    talk.says("xin chào", forged)
    assert talk.acts == []
    assert talk.place == "welcome.menu"


def test_a_button_may_open_what_words_open() -> None:
    talk = Talk()
    talk.says("xin chào", "#dm/@course.leave_ask")
    assert talk.place == "course.leave_ask"


def test_a_tapped_page_of_another_node_is_old() -> None:
    talk = Talk()
    talk.says("xin chào", "việc một", "#dm/welcome.menu/p1")
    assert talk.place == "help.one"
    assert talk.text == talk.library.words.old_button
