"""Forms: questions, refusals, going back, looking, correcting one field, cancelling, saving."""

import pytest

from app.engine.inputs import ActDone, Shared, Typed
from tests.engine.talk import Talk, at_review


def asked_for_code() -> Talk:
    talk = Talk()
    talk.says("đăng ký lớp học", "đồng ý")
    assert talk.place == "course.ask_code"
    return talk


def test_a_form_is_filled_looked_at_and_saved() -> None:
    talk = at_review()
    assert talk.text.splitlines() == [
        "Kiểm tra giúp ạ:",
        "",
        "Mã đơn vị: TX0001A",
        "Tên đơn vị: Công ty Biển (ví dụ)",
        "Họ tên: Nguyễn Thị Mai",
        "Điện thoại: 0912 345 678",
        "Email: mai@congty.vn",
        "Ngày: 24/12/2026",
        "Ăn trưa: Có",
        "Công việc: Kế toán",
    ]
    assert "Đã lưu cho Nguyễn Thị Mai, Kế toán." in talk.says("dạ đúng ạ")
    name, values = talk.acts[-1]
    assert name == "take_place"
    assert values["phone"] == "0912345678"
    assert values["role"] == "accountant"
    assert values["day"] == "2026-12-24"
    assert values["lunch"] == "yes"


def test_a_wrong_answer_is_asked_again_with_a_hint_and_a_person_the_second_time() -> None:
    talk = asked_for_code()
    assert talk.says("???") == "Mã chưa đúng."
    assert talk.library.words.labels.person not in talk.labels
    assert talk.says("@@@") == "Mã chưa đúng.\nXem trên thông báo."
    assert talk.library.words.labels.person in talk.labels


def test_the_last_try_takes_the_way_out_and_the_form_can_be_resumed_after_it() -> None:
    talk = asked_for_code()
    talk.says("TX0001A", "nhập mã khác", "???", "???", "???")
    assert talk.place == "person.start"
    talk.says("không có mã")
    assert talk.labels[0] == talk.library.words.labels.stay
    talk.taps(talk.library.words.labels.stay)
    assert talk.place == "course.ask_code"
    assert talk.slots()["unit_code"] == "TX0001A"


def test_a_question_can_be_skipped_by_button_and_by_its_label() -> None:
    talk = asked_for_code()
    talk.says("khong co ma")
    assert talk.slots()["unit_code"] == ""
    talk = asked_for_code()
    talk.taps("Không có mã")
    assert talk.slots()["unit_code"] == ""


def test_back_asks_the_question_before_and_keeps_what_was_given() -> None:
    talk = asked_for_code()
    talk.says("TX0001A", "đúng rồi", "Nguyễn Thị Mai")
    assert talk.place == "course.ask_phone"
    assert "Họ tên" in talk.says("quay lại")
    assert talk.slots()["full_name"] == "Nguyễn Thị Mai"
    talk.says("quay lại")
    assert talk.place == "course.confirm_unit"
    assert "Công ty Biển" in talk.text


def test_back_at_the_beginning_says_so_and_stays() -> None:
    talk = Talk()
    talk.says("xin chào", "quay lại")
    assert talk.library.words.nothing_before in talk.text
    assert talk.place == "welcome.menu"


def test_show_tells_what_the_form_has_so_far_and_asks_on() -> None:
    talk = asked_for_code()
    talk.says("TX0001A", "đúng rồi", "Nguyễn Thị Mai", "xem lại")
    assert "Họ tên: Nguyễn Thị Mai" in talk.text
    assert "Số điện thoại ạ?" in talk.text
    assert talk.place == "course.ask_phone"


@pytest.mark.parametrize(
    ("chooses", "answer", "shown"),
    [
        ("họ tên", "Trần Văn Bình", "Họ tên: Trần Văn Bình"),
        ("điện thoại", "0987654321", "Điện thoại: 0987 654 321"),
        ("ăn trưa", "không", "Ăn trưa: Không"),
        ("công việc", "lái xe", "Công việc: Lái xe"),
    ],
)
def test_one_field_is_corrected_and_the_review_comes_back(chooses: str, answer: str, shown: str) -> None:
    talk = at_review()
    talk.says("sửa", chooses, answer)
    assert talk.place == "course.review"
    assert shown in talk.text
    assert "Email: mai@congty.vn" in talk.text


def test_fields_are_offered_in_pages_of_at_most_five_buttons() -> None:
    talk = at_review()
    more = talk.library.words.labels.more
    seen: list[str] = []
    talk.taps(talk.library.words.labels.correct)
    for _ in range(2):
        seen += [label for label in talk.labels if label != more]
        talk.taps(more)
    assert len(set(seen)) == 8
    talk.taps("Ngày")
    talk.says("1/2/2027")
    assert "Ngày: 01/02/2027" in talk.text


def test_a_corrected_code_is_looked_up_before_the_review_comes_back() -> None:
    talk = at_review()
    talk.answers["find_unit"] = ActDone("found", {"unit_name": "Công ty Núi (ví dụ)"})
    talk.says("sửa", "mã đơn vị", "TX0002B")
    assert talk.place == "course.confirm_unit"
    talk.says("đúng rồi")
    assert talk.place == "course.review"
    assert "Tên đơn vị: Công ty Núi (ví dụ)" in talk.text


def test_what_an_act_brought_goes_when_it_does_not_bring_it_again() -> None:
    talk = at_review()
    talk.answers["find_unit"] = ActDone("unknown")
    talk.says("sửa", "mã đơn vị", "TX0002B")
    assert talk.place == "course.ask_unit_name"
    talk.says("Công ty Rừng")
    assert talk.place == "course.review"
    assert "Tên đơn vị: Công ty Rừng" in talk.text
    assert "Mã đơn vị: TX0002B" in talk.text


def test_back_from_a_correction_returns_to_the_review() -> None:
    talk = at_review()
    talk.says("sửa", "email", "quay lại")
    assert talk.place == "course.review"
    assert "Email: mai@congty.vn" in talk.text


def test_cancel_goes_where_the_form_says_and_forgets_everything() -> None:
    talk = at_review()
    assert "Đã dừng đăng ký lớp." in talk.says("hủy")
    assert talk.slots() == {}
    assert talk.session.unsaved is None


def test_cancel_in_a_menu_just_leaves_it() -> None:
    talk = Talk()
    assert talk.says("xin chào", "hủy") == talk.library.words.stopped_here
    assert talk.says("hủy") == talk.library.words.nothing_to_cancel


def test_the_shared_form_fills_the_phone_and_the_empty_name() -> None:
    talk = asked_for_code()
    talk.says("TX0001A", "đúng rồi", "Nguyễn Thị Mai")
    talk.does(Shared("Mai ❤", "84912345678"))
    assert talk.slots()["phone"] == "0912345678"
    assert talk.slots()["full_name"] == "Nguyễn Thị Mai"
    assert talk.place == "course.ask_email"


def test_a_shared_form_that_nobody_asked_for_is_not_kept() -> None:
    talk = Talk()
    talk.says("xin chào")
    assert talk.does(Shared("Nguyễn Văn An", "84912345678")) == talk.library.words.shared_unasked
    assert "0912345678" not in str(talk.session.to_json())


def test_a_shared_form_without_a_usable_phone_asks_again() -> None:
    talk = asked_for_code()
    talk.says("TX0001A", "đúng rồi", "Nguyễn Thị Mai")
    assert "Số chưa đúng." in talk.does(Shared("Mai", ""))
    assert talk.place == "course.ask_phone"


def asked_for_email() -> Talk:
    talk = asked_for_code()
    talk.says("TX0001A", "đúng rồi", "Nguyễn Thị Mai", "0912345678")
    return talk


@pytest.mark.parametrize("answer", ["đúng", "1", "dạ vâng"])
def test_a_slip_in_an_address_is_read_back_and_yes_takes_the_likely_one(answer: str) -> None:
    talk = asked_for_email()
    assert "mai@gmail.com" in talk.says("mai@gmial.com")
    talk.says(answer)
    assert talk.slots()["email"] == "mai@gmail.com"


def test_no_to_a_suggested_address_keeps_what_was_typed_if_it_can_be_one() -> None:
    talk = asked_for_email()
    talk.says("mai@gmial.com", "không phải")
    assert talk.slots()["email"] == "mai@gmial.com"


def test_a_suggested_address_can_be_tapped_or_typed_anew() -> None:
    talk = asked_for_email()
    talk.says("mai@gmail.con")
    talk.taps("mai@gmail.com")
    assert talk.slots()["email"] == "mai@gmail.com"
    talk = asked_for_email()
    talk.says("mai@gmail.con", "mai@congty.vn")
    assert talk.slots()["email"] == "mai@congty.vn"


def test_options_beyond_five_come_in_pages_and_answer_to_number_and_label() -> None:
    talk = at_review()
    talk.says("sửa", "công việc")
    assert talk.labels[-1] in {talk.library.words.labels.more, talk.library.words.labels.cancel}
    talk.says("6")
    assert talk.slots()["role"] == "other"
    talk.says("sửa", "công việc")
    talk.taps(talk.library.words.labels.more, "Lái xe")
    assert talk.slots()["role"] == "driver"


def test_a_masked_secret_is_no_answer_and_is_never_repeated() -> None:
    talk = asked_for_code()
    talk.says("TX0001A", "đúng rồi")
    said = talk.does(Typed("012345678901", frozenset({"id_number"})))
    assert talk.library.words.secrets["id_number"] in said
    assert "012345678901" not in said + str(talk.session.to_json())
    assert "Họ tên ạ?" in said
    assert talk.session.tries == 0


def test_a_secret_outside_of_a_form_is_warned_about_too() -> None:
    talk = Talk()
    said = talk.does(Typed("mk của em là abc@123", frozenset({"password", "otp"})))
    assert talk.library.words.secrets["password"] in said
    assert talk.library.words.secrets["otp"] in said


@pytest.mark.parametrize(
    "word", ["menu", "hủy", "gặp cán bộ", "dừng nhận tin", "dữ liệu của tôi", "quay lại"]
)
def test_always_available_words_are_never_taken_for_an_answer(word: str) -> None:
    talk = asked_for_code()
    talk.says("không có mã")
    talk.answers["find_unit"] = ActDone("unknown")
    talk = asked_for_code()
    talk.answers["find_unit"] = ActDone("unknown")
    talk.says("TX0001A")
    assert talk.place == "course.ask_unit_name"
    talk.says(word)
    assert "unit_name" not in talk.slots()


def test_an_always_available_word_inside_an_answer_is_part_of_it() -> None:
    talk = asked_for_code()
    talk.answers["find_unit"] = ActDone("unknown")
    talk.says("TX0001A", "Công ty In Menu Biển Xanh")
    assert talk.slots()["unit_name"] == "Công ty In Menu Biển Xanh"


def test_thanks_in_a_form_are_no_answer_and_no_wish_to_leave() -> None:
    talk = asked_for_code()
    talk.says("TX0001A", "đúng rồi", "cảm ơn nhiều")
    assert talk.place == "course.ask_name"
    assert talk.text == "Họ tên ạ?"


def test_another_matter_in_a_form_asks_before_it_leaves() -> None:
    talk = asked_for_code()
    talk.says("TX0001A", "đúng rồi", "quên mật khẩu")
    assert talk.text == talk.library.words.form_open
    talk.taps(talk.library.words.labels.leave)
    assert talk.place == "help.one"
    assert talk.slots() == {}


def test_a_reason_in_free_words_may_be_what_would_be_a_request_elsewhere() -> None:
    talk = Talk()
    talk.says("gặp cán bộ", "quên mật khẩu")
    assert talk.acts[-1] == ("request_person", {"reason": "quên mật khẩu"})


def test_a_number_picks_the_field_and_a_bare_yes_saves_nothing() -> None:
    talk = at_review()
    talk.says("sửa", "đúng")
    assert talk.place == "course.review"
    assert "take_place" not in [name for name, _ in talk.acts]
    talk.says("sửa", "3", "Trần Văn Bình")
    assert "Họ tên: Trần Văn Bình" in talk.text
