"""Vietnamese formats, and chat text that cannot become markup."""

from datetime import UTC, datetime, timedelta

import pytest

from app.look import formats

MONDAY = datetime(2026, 11, 23, 1, 19, 5, tzinfo=UTC)


def test_numbers_have_points_and_decimals_have_commas() -> None:
    assert formats.number(1284) == "1.284"
    assert formats.decimal(1284.56) == "1.284,6"
    assert formats.percent(0.932) == "93,2%"


def test_times_are_shown_as_they_are_in_vietnam() -> None:
    assert formats.hour(MONDAY) == "08:19"
    assert formats.hour_exact(MONDAY) == "08:19:05"
    assert formats.long_day(MONDAY) == "Thứ Hai, 23/11/2026"


def test_a_day_changes_at_midnight_in_vietnam() -> None:
    evening = datetime(2026, 11, 22, 16, 59, tzinfo=UTC)
    assert formats.day_name(evening, MONDAY) == "Hôm qua"
    assert formats.day_name(evening + timedelta(minutes=2), MONDAY) == "Hôm nay"
    assert formats.day_name(evening - timedelta(days=3), MONDAY) == "Thứ Năm, 19/11/2026"


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (timedelta(days=6, hours=23, minutes=59), "6 ngày 23 giờ"),
        (timedelta(hours=3, minutes=5), "3 giờ 5 phút"),
        (timedelta(days=2, minutes=5), "2 ngày 5 phút"),
        (timedelta(seconds=59), "dưới 1 phút"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(length: timedelta, told: str) -> None:
    assert formats.span(length) == told


def test_the_past_is_told_as_people_say_it() -> None:
    assert formats.ago(MONDAY, MONDAY + timedelta(seconds=20)) == "vừa xong"
    assert formats.ago(MONDAY, MONDAY + timedelta(minutes=18)) == "18 phút trước"
    assert formats.ago(MONDAY, MONDAY + timedelta(hours=5, minutes=50)) == "5 giờ trước"
    assert formats.ago(MONDAY, MONDAY + timedelta(days=2)) == "23/11/2026"


@pytest.mark.parametrize(
    ("given", "shown"),
    [("84912345678", "0912 345 678"), ("0912345678", "0912 345 678"), ("19009068", "19009068"), ("", "")],
)
def test_phones_are_grouped_and_others_left_alone(given: str, shown: str) -> None:
    assert formats.phone(given) == shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Trần Thị Lan (ví dụ)", "TL"), ("Đào", "Đ"), ("  ", "?"), ("<b>", "?")]
)
def test_initials_are_of_the_first_and_the_given_name(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


def test_chat_text_keeps_lines_and_escapes_everything() -> None:
    shown = formats.chat_text("<script>\n& xong")
    assert shown == "&lt;script&gt;<br>&amp; xong"


def test_web_addresses_become_links_that_end_before_punctuation() -> None:
    shown = formats.chat_text("Xem (https://baohiemxahoi.gov.vn/a?b=1&c=2). Cảm ơn")
    assert 'href="https://baohiemxahoi.gov.vn/a?b=1&amp;c=2"' in shown
    assert shown.endswith("</a>). Cảm ơn")


def test_only_web_addresses_become_links() -> None:
    assert "<a" not in formats.chat_text("javascript:alert(1) ftp://x.vn")


def test_a_quote_in_an_address_cannot_leave_its_attribute() -> None:
    shown = formats.chat_text('https://x.vn/"onmouseover="alert(1)')
    assert 'onmouseover="' not in shown
