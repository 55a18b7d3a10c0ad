import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.email_address import EmailGuess, parse_email


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("an.nguyen@CongTy.VN", "an.nguyen@congty.vn"),
        (" an@gmail.com. ", "an@gmail.com"),
        ("email của em là an@gmail.com ạ", "an@gmail.com"),
        ("<an@gmail.com>", "an@gmail.com"),
        ("mailto:an@gmail.com", "an@gmail.com"),
        ("an @ gmail.com", "an@gmail.com"),
        ("an+vssid@mail.com", "an+vssid@mail.com"),
        ("ke_toan-2@ymail.com", "ke_toan-2@ymail.com"),
        ("ＡＮ@gmail.com", "AN@gmail.com"),
        ("van.thu@phong.khanhhoa.gov.vn", "van.thu@phong.khanhhoa.gov.vn"),
    ],
)
def test_a_right_address_is_taken_without_a_question(written: str, address: str) -> None:
    assert parse_email(written) == EmailGuess(address)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("an@gmail.con", "an@gmail.com"),
        ("an@gmail,com", "an@gmail.com"),
        ("an@gmail..com", "an@gmail.com"),
        ("an@gmail", "an@gmail.com"),
        ("an@gmail .com", "an@gmail.com"),
        ("an@yahoo.com.vm", "an@yahoo.com.vn"),
        ("an@congty.vnn", "an@congty.vn"),
        ("nguyễnan@gmail.com", "nguyenan@gmail.com"),
        ("an.nguyengmail.com", "an.nguyen@gmail.com"),
        ("an,nguyen@gmail.com", "an.nguyen@gmail.com"),
        ("an a còng gmail.com", "an@gmail.com"),
    ],
)
def test_what_cannot_be_an_address_gives_only_a_suggestion(written: str, meant: str) -> None:
    guess = parse_email(written)
    assert (guess.suggestion or guess.address) == meant
    assert guess.address in {None, meant}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("an@gmai.com", "an@gmail.com"),
        ("an@gmial.com", "an@gmail.com"),
        ("an@gmail.co", "an@gmail.com"),
        ("an@gmail.com.vn", "an@gmail.com"),
        ("an@hotmal.com", "an@hotmail.com"),
        ("an@yahooo.com.vn", "an@yahoo.com.vn"),
    ],
)
def test_a_likely_slip_is_asked_about(written: str, meant: str) -> None:
    assert parse_email(written) == EmailGuess(written, meant)


@pytest.mark.parametrize(
    "written", ["", "không có", "@", "an@", "@gmail.com", "a@b@c.vn", "a@b.vn và c@d.vn"]
)
def test_no_address_or_two_give_nothing(written: str) -> None:
    assert parse_email(written).address is None
    assert parse_email(written).suggestion is None


@given(st.text())
def test_an_address_or_a_suggestion_can_be_read_again(text: str) -> None:
    guess = parse_email(text)
    for kept in (guess.address, guess.suggestion):
        assert kept is None or parse_email(kept).address == kept


@pytest.mark.timeout(5)
@pytest.mark.parametrize("filling", ["\n", " \n", ".", "@", "a@", " ,", "a."])
def test_a_message_of_any_length_is_read_at_once(filling: str) -> None:
    parse_email(f"an@gmail{filling * 50_000}com")
