import pytest

from app.zalo.signature import check_signature, signature_of

APP = "360846524940903967"
SECRET = "test-oa-secret"
TIMESTAMP = "1543908534747"
BODY = (
    '{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},'
    '"user_id_by_app":"552177279717587730","recipient":{"id":"388613280878808645"},'
    '"event_name":"user_send_text","message":{"text":"Chào shop, đơn hàng của tôi đâu?",'
    '"msg_id":"96d3cdf3af150460909"},"timestamp":"1543908534747"}'
).encode()
MAC = "2fa21f76f86d90e54bdd953e0d427c78053b2b9982d531d53bce0eea1f3af821"


def test_the_vector_of_zalos_java_sdk_holds() -> None:
    mac = "299a83fe3bb69e00183034da2d3fd7d1b32678ae62dc442429e3ec3a63bb9db4"
    assert signature_of("app", b'{"a":1}', "123", "sec") == mac


def test_the_vector_with_vietnamese_text_holds() -> None:
    assert len(BODY) == 298
    assert signature_of(APP, BODY, TIMESTAMP, SECRET) == MAC


@pytest.mark.parametrize("header", [f"mac={MAC}", MAC, f"mac = {MAC.upper()}", f" mac={MAC} "])
def test_the_header_may_be_written_in_any_way_seen_in_use(header: str) -> None:
    assert check_signature(header, BODY, APP, TIMESTAMP, [SECRET])


@pytest.mark.parametrize("header", [None, "", "mac=", "mac=" + MAC[:-1], "mac=" + "0" * 64, "sha1=" + MAC])
def test_any_other_header_is_refused(header: str | None) -> None:
    assert not check_signature(header, BODY, APP, TIMESTAMP, [SECRET])


def test_both_secrets_count_while_one_is_being_replaced() -> None:
    assert check_signature(f"mac={MAC}", BODY, APP, TIMESTAMP, ["new-secret", SECRET])
    assert check_signature(f"mac={MAC}", BODY, APP, TIMESTAMP, [SECRET, "new-secret"])


def test_without_a_secret_nobody_comes_in() -> None:
    unsigned = signature_of(APP, BODY, TIMESTAMP, "")
    assert not check_signature(f"mac={unsigned}", BODY, APP, TIMESTAMP, [])
    assert not check_signature(f"mac={unsigned}", BODY, APP, TIMESTAMP, [""])


def test_one_changed_byte_is_noticed() -> None:
    assert not check_signature(f"mac={MAC}", BODY.replace(b"shop", b"Shop"), APP, TIMESTAMP, [SECRET])
    assert not check_signature(f"mac={MAC}", BODY, APP, "1543908534748", [SECRET])
    assert not check_signature(f"mac={MAC}", BODY, "360846524940903968", TIMESTAMP, [SECRET])
