import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.phone import parse_any_phone, parse_phone


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "+84912345678",
        "84912345678",
        "0084912345678",
        "(+84) 912 345 678",
        "+84 (0) 912-345-678",
        "0912.345.678",
        "0912 345 678",
        "0912–345–678",
        "０９１２３４５６７８",
        "912345678",
        "912345678.0",
        "số của em là 0912 345 678 ạ",
        "ĐT: 0912345678.",
        "0912345678 / 0912 345 678",
        "0912\u00a0345\u00a0678",
    ],
)
def test_every_spelling_of_a_mobile_number_is_the_same_number(written: str) -> None:
    assert parse_phone(written) == "0912345678"


@pytest.mark.parametrize(
    ("before", "since"),
    [
        ("01201234567", "0701234567"),
        ("0168 123 4567", "0381234567"),
        ("+84 123 456 7890", "0834567890"),
        ("01991234567", "0591234567"),
    ],
)
def test_eleven_digits_of_before_2018_become_ten(before: str, since: str) -> None:
    assert parse_phone(before) == since


def test_a_number_that_starts_with_84_is_not_taken_for_the_country_code() -> None:
    assert parse_phone("0841234567") == "0841234567"
    assert parse_phone("841234567") == "0841234567"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "không có",
        "091234567",
        "09123456789",
        "0412345678",
        "02583822822",
        "056090001234",  # a citizen's number
        "5601234567",
        "9.12E+08",
        "0912345678 hoặc 0987654321",
        "1201234567",
    ],
)
def test_what_is_not_surely_one_mobile_number_is_refused(written: str) -> None:
    assert parse_phone(written) is None


def test_an_office_may_have_a_landline() -> None:
    assert parse_any_phone("(0258) 3 822 822") == "02583822822"
    assert parse_any_phone("+84 258 3822822") == "02583822822"
    assert parse_any_phone("1900 9068") == "19009068"
    assert parse_any_phone("0900 000 101") == "0900000101"
    assert parse_any_phone("phòng 12") is None


@given(st.text())
def test_any_text_gives_a_number_or_nothing(text: str) -> None:
    number = parse_phone(text)
    assert number is None or parse_phone(number) == number
