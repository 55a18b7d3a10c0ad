import pytest
from pydantic import SecretStr

from app.settings import Settings, SettingsRefused, check_settings

STRONG = "a-secret-of-some-length"


def settings(**given: object) -> Settings:
    whole = {
        "secret_key": STRONG,
        "zalo_app_id": "1",
        "zalo_app_secret": STRONG,
        "zalo_oa_id": "2",
        "zalo_oa_secret": STRONG,
    }
    return Settings.model_validate(whole | given)


def test_settings_that_are_complete_pass() -> None:
    check_settings(settings())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret_key", ""),
        ("secret_key", "changeme"),
        ("secret_key", "short"),
        ("zalo_app_secret", ""),
        ("zalo_oa_secret", "secret"),
        ("zalo_oa_secret", f"{STRONG},old"),
        ("zalo_app_id", ""),
        ("zalo_oa_id", ""),
    ],
)
def test_a_missing_or_default_secret_stops_the_start_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused, match=f"DAUMOI_{name.upper()} is"):
        check_settings(settings(**{name: value}))


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(SettingsRefused) as refusal:
        check_settings(Settings())
    assert str(refusal.value).count(" is missing") == 5


def test_the_demo_needs_no_secret() -> None:
    check_settings(Settings(demo=True))


def test_a_second_oa_secret_may_follow_while_rotating() -> None:
    assert settings(zalo_oa_secret=f"{STRONG}, {STRONG}-2").oa_secrets == (STRONG, f"{STRONG}-2")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAUMOI_ZALO_OA_ID", "388613280878808645")
    monkeypatch.setenv("DAUMOI_PUBLIC_URL", "https://oa.example.vn/")
    read = Settings()
    assert (read.zalo_oa_id, read.public_url) == ("388613280878808645", "https://oa.example.vn")


def test_a_secret_does_not_show_itself() -> None:
    assert STRONG not in repr(settings())
    assert isinstance(settings().secret_key, SecretStr)
