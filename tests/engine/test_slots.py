"""What a typed answer means for each type of slot."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.engine.flow import Ask, Option, SlotType
from app.engine.slots import Filled, Reading, Unsure, Wrong, read_answer, shown_date
from tests.content.folder import small_library

WORDS = small_library().words
ROLES = (
    Option(value="hr", label="Nhân sự"),
    Option(value="accountant", label="Kế toán"),
    Option(value="other", label="Công việc khác"),
)


def read(kind: SlotType, text: str) -> Reading:
    choices = ROLES if kind is SlotType.CHOICE else ()
    ask = Ask(slot="slot", type=kind, prompt="?", wrong="!", choices=choices)
    return read_answer(ask, text, WORDS)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (SlotType.PERSON_NAME, "Nguyễn Thị Mai", "Nguyễn Thị Mai"),
        (SlotType.PERSON_NAME, "  nguyễn   thị mai  ", "Nguyễn Thị Mai"),
        (SlotType.PERSON_NAME, "NGUYỄN THỊ MAI", "Nguyễn Thị Mai"),
        (SlotType.PERSON_NAME, "dạ em tên là Nguyễn Thị Mai ạ", "Nguyễn Thị Mai"),
        (SlotType.PERSON_NAME, "Họ tên: Nguyễn Thị Mai", "Nguyễn Thị Mai"),
        (SlotType.PERSON_NAME, "Nguye\u0302\u0303n Thi\u0323 Mai", "Nguyễn Thị Mai"),
        (SlotType.PERSON_NAME, "H'Bia Kbuôr", "H'Bia Kbuôr"),
        (SlotType.PERSON_NAME, "Nguyễn Văn A", "Nguyễn Văn A"),
        (SlotType.PERSON_NAME, "nguyễn văn a", "Nguyễn Văn A"),
        (SlotType.PERSON_NAME, "Nguyen Thi Mai a", "Nguyen Thi Mai"),
        (SlotType.PERSON_NAME, "Khổng Văn Tới", "Khổng Văn Tới"),
        (SlotType.PHONE, "0912 345 678 ạ", "0912345678"),
        (SlotType.PHONE, "+84 912.345.678", "0912345678"),
        (SlotType.EMAIL, "Mai@CongTy.vn nhé", "Mai@congty.vn"),
        (SlotType.UNIT_CODE, "tx 0001 a ạ", "TX0001A"),
        (SlotType.YES_NO, "Dạ có ạ", "yes"),
        (SlotType.YES_NO, "2", "no"),
        (SlotType.YES_NO, "ko", "no"),
        (SlotType.CHOICE, "ke toan", "accountant"),
        (SlotType.CHOICE, "số 1", "hr"),
        (SlotType.CHOICE, "kế toán trưởng", "accountant"),
        (SlotType.DATE, "1/2/2026", "2026-02-01"),
        (SlotType.DATE, "2026-02-01", "2026-02-01"),
        (SlotType.TEXT, "Sai tên trong sổ", "Sai tên trong sổ"),
    ],
)
def test_an_answer_is_read_the_way_people_write_it(kind: SlotType, text: str, value: str) -> None:
    assert read(kind, text) == Filled(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (SlotType.PERSON_NAME, "Mai"),
        (SlotType.PERSON_NAME, "0912345678"),
        (SlotType.PERSON_NAME, "tôi không muốn đăng ký nữa"),
        (SlotType.PERSON_NAME, "Mai 😀 Lan"),
        (SlotType.PERSON_NAME, ""),
        (SlotType.PHONE, "0258 3822 222"),
        (SlotType.PHONE, "không có"),
        (SlotType.EMAIL, "mai"),
        (SlotType.UNIT_CODE, "012345678901"),
        (SlotType.YES_NO, "chắc vậy"),
        (SlotType.YES_NO, "3"),
        (SlotType.CHOICE, "4"),
        (SlotType.CHOICE, "nhân sự kế toán"),
        (SlotType.DATE, "30/2/2026"),
        (SlotType.DATE, "mai"),
        (SlotType.TEXT, "???"),
        (SlotType.TEXT, "12345"),
    ],
)
def test_an_answer_that_does_not_fit_is_wrong(kind: SlotType, text: str) -> None:
    assert read(kind, text) == Wrong()


def test_an_address_with_a_slip_is_read_in_two_ways() -> None:
    assert read(SlotType.EMAIL, "mai@gmial.com") == Unsure(("mai@gmail.com", "mai@gmial.com"))
    assert read(SlotType.EMAIL, "mai@gmail.con") == Unsure(("mai@gmail.com",))


@pytest.mark.parametrize("kind", list(SlotType))
def test_an_answer_of_a_page_is_too_long(kind: SlotType) -> None:
    assert read(kind, "a " * 5000) == Wrong(too_long=True)


def test_a_date_is_shown_as_it_is_written_here() -> None:
    assert shown_date("2026-02-01") == "01/02/2026"
    assert shown_date("hôm nay") == "hôm nay"


@given(some.sampled_from(SlotType), some.text(max_size=400))
def test_any_text_is_read_as_something(kind: SlotType, text: str) -> None:
    reading = read(kind, text)
    assert isinstance(reading, (Filled, Unsure, Wrong))
    if isinstance(reading, Filled):
        assert reading.value.strip()
