import pytest

from app.kit.redact import MASK, SecretKind, mask_email, mask_phone, mask_secrets, redact_log, scrub


@pytest.mark.parametrize(
    ("typed", "kept", "kind"),
    [
        ("482913", MASK, SecretKind.OTP),
        (" 482 913 ", MASK, SecretKind.OTP),
        ("mã OTP của em là 88213", f"mã OTP của em là {MASK}", SecretKind.OTP),
        ("cccd 056088001234 nhé", f"cccd {MASK} nhé", SecretKind.ID_NUMBER),
        ("056 088 001 234", MASK, SecretKind.ID_NUMBER),
        ("mk la Hoa@1990", f"mk la {MASK}", SecretKind.PASSWORD),
        ("mật khẩu: bien123 ạ", f"mật khẩu: {MASK} ạ", SecretKind.PASSWORD),
    ],
)
def test_what_nobody_should_send_is_masked(typed: str, kept: str, kind: SecretKind) -> None:
    masked = mask_secrets(typed)
    assert (masked.text, masked.kinds) == (kept, frozenset({kind}))


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "84912345678",
        "TX0001A",
        "4200123456",
        "4200123456-001",
        "1234567HC",
        "quên mật khẩu là gì vậy",
        "otp không về máy",
        "3",
        "an.nguyen@coquan.vn",
    ],
)
def test_what_the_forms_ask_for_is_left_alone(typed: str) -> None:
    assert mask_secrets(typed).text == typed


def test_a_log_line_holds_no_personal_data() -> None:
    entry = {"event": "sent to 0912345678", "access_token": "abc", "text": "Chào chị", "code": -216}
    assert redact_log(None, "info", entry) == {
        "event": "sent to 0912•••678",
        "access_token": "[…]",
        "text": "[…]",
        "code": -216,
    }


def test_a_liaison_s_link_is_no_key_in_a_log() -> None:
    link = "GET https://oa.example/ds/GX3BvXx0cZzFhMB7rDPt2wHRIlo9sVQ_m-8Kd1aYbcE?trang=2 failed"
    assert scrub(link) == "GET https://oa.example/ds/••••••?trang=2 failed"
    assert scrub("/ds/static/list.css") == "/ds/static/list.css"


def test_personal_data_is_shown_masked() -> None:
    assert mask_phone("0912345678") == "0912•••678"
    assert mask_email("an.nguyen@coquan.vn") == "a•••@coquan.vn"
    assert scrub("gọi +84 912 345 678, thư an@coquan.vn") == "gọi +84 •••678, thư a•••@coquan.vn"
