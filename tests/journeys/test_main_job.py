"""What the office's letter asks of the bot, walked on a phone against the running service."""

from collections.abc import Sequence

from app.content.transcript import Does
from app.sandbox.people import VERIFIED_LIAISON
from tests.journeys.people import Bubble, Person
from tests.journeys.processes import Stage
from tests.journeys.scripts import OFFICER, REGISTERS


def words(bubbles: Sequence[Bubble]) -> str:
    return "\n".join(bubble.text for bubble in bubbles)


def buttons(bubbles: Sequence[Bubble]) -> list[str]:
    return [title for bubble in bubbles for title in bubble.buttons]


def test_who_follows_is_greeted_and_told_what_is_never_asked(person: Person) -> None:
    greeting = person.follow()
    assert "KHÔNG BAO GIỜ hỏi mã OTP" in words(greeting)
    assert "Đăng ký làm đầu mối" in buttons(greeting)


def test_who_opens_the_chat_without_a_word_is_greeted_too(shared_stage: Stage) -> None:
    assert buttons(Person.new(shared_stage).do(Does("mở khung chat")))


def test_a_liaison_registers_by_typing_and_learns_who_the_officer_is(person: Person) -> None:
    person.say("đăng ký làm đầu mối")
    person.say("đồng ý")
    assert "Biển Xanh" in words(person.say("0123456789DNA03"))
    person.say("đúng rồi")
    person.say("Nguyễn Thị Mai")
    person.say("0912 345 678")
    person.say("mai.nguyen@congty.vn")
    review = words(person.say("kế toán"))
    for typed in ("Nguyễn Thị Mai", "0912 345 678", "mai.nguyen@congty.vn", "Kế toán", "0123456789DNA03"):
        assert typed in review
    saved = words(person.say("đúng"))
    assert "chờ cơ quan BHXH xác minh" in saved
    assert OFFICER in saved
    assert "0900000101" in saved.replace(" ", "")


def test_a_liaison_registers_with_the_share_form_and_learns_who_the_officer_is(person: Person) -> None:
    heard = person.walk(REGISTERS)
    assert "Chia sẻ số điện thoại Zalo" in words(heard)
    assert "0912 345 678" in words(heard)
    assert OFFICER in words(heard)


def test_what_was_registered_is_pending_and_a_second_registration_finds_it(person: Person) -> None:
    person.walk(REGISTERS)
    assert "Lê Thị" not in words(person.say("đơn vị của tôi"))
    again = words(person.say("đăng ký làm đầu mối"))
    assert "Công ty TNHH Biển Xanh (ví dụ)" in again


def test_one_field_is_corrected_before_saving(person: Person) -> None:
    person.walk(REGISTERS[:-1])
    person.tap("Sửa một mục")
    person.say("email")
    review = words(person.say("mai2@congty.vn"))
    assert "mai2@congty.vn" in review
    assert "Nguyễn Thị Mai" in review
    assert OFFICER in words(person.tap("Đúng, lưu giúp tôi"))


def test_a_form_that_is_cancelled_saves_nothing(person: Person) -> None:
    person.walk(REGISTERS[:-1])
    person.say("hủy")
    person.say("dữ liệu của tôi")
    assert "Nguyễn Thị Mai" not in words(person.tap("Xem dữ liệu của tôi"))


def test_who_has_an_account_gets_the_steps_and_the_guide(person: Person) -> None:
    person.say("cài vssid")
    person.say("1")
    steps = person.tap("Đã có")
    assert "Đăng nhập" in words(steps)
    assert "Mục I, II.1" in words(steps)
    assert "VssID trên Google Play" in words(steps)


def test_who_has_no_account_gets_the_way_to_one(person: Person) -> None:
    person.say("cai vssid")
    person.say("cho bản thân")
    steps = person.say("chưa có")
    assert "Đăng ký tài khoản" in words(steps)
    assert "Mục II.2" in words(steps)


def test_who_does_not_know_learns_how_to_find_out(person: Person) -> None:
    person.say("làm sao biết có tài khoản chưa")
    assert "Đăng nhập VssID bằng VNeID" in words(person.tap("Thử bằng VNeID"))


def test_a_parent_gets_the_steps_for_a_child(person: Person) -> None:
    person.say("cài cho con")
    steps = words(person.say("có rồi"))
    assert "Đăng ký tài khoản cho con" in steps
    assert "Phụ lục" in steps


def test_a_relative_without_e_mail_is_helped(person: Person) -> None:
    person.say("cài cho người thân")
    person.tap("Chưa có tài khoản VssID")
    assert "email riêng" in words(person.say("không có email"))


def test_troubles_are_found_by_menu_and_by_words(person: Person) -> None:
    person.say("gặp sự cố")
    person.say("1")
    assert "Quên mật khẩu" in words(person.tap("Quên mật khẩu"))
    assert "OTP" in words(person.say("khong nhan duoc otp"))


def test_a_verified_liaison_sees_officer_and_list(shared_stage: Stage) -> None:
    liaison = Person.known(shared_stage, VERIFIED_LIAISON)
    unit = words(liaison.say("đơn vị của tôi"))
    assert "Công ty TNHH Biển Xanh (ví dụ)" in unit
    assert OFFICER in unit
    assert "Danh sách người lao động" in unit


def test_who_asks_for_a_person_hears_when_to_expect_an_answer(person: Person) -> None:
    person.say("gặp cán bộ")
    promised = words(person.say("Em đăng ký hai tuần chưa được duyệt"))
    assert "Dự kiến trả lời" in promised or "ngoài giờ làm việc" in promised
    person.tap("Gặp cán bộ")  # typed, it would be for the colleague who has the request in hands
    assert "đã được ghi nhận" in words(person.tap("Gửi luôn"))


def test_a_liaison_sees_and_deletes_what_is_kept(person: Person) -> None:
    person.walk(REGISTERS)
    person.say("dữ liệu của tôi")
    assert "mai.nguyen@congty.vn" in words(person.tap("Xem dữ liệu của tôi"))
    person.tap("Xóa dữ liệu")
    person.tap("Đúng, xóa dữ liệu của tôi")
    person.say("dữ liệu của tôi")
    assert "Nguyễn Thị Mai" not in words(person.tap("Xem dữ liệu của tôi"))


def test_messages_are_stopped_and_taken_again(person: Person) -> None:
    assert "không chủ động gửi tin" in words(person.say("dừng nhận tin"))
    assert "từ trước rồi" in words(person.say("dừng nhận tin"))
    assert "nhận lại" in words(person.tap("Nhận tin lại"))
    assert "Cài đặt VssID" in buttons(person.say("menu"))


def test_a_code_that_was_typed_is_warned_about_and_not_kept(person: Person) -> None:
    assert "OTP" in words(person.say("mã OTP là 482913"))
