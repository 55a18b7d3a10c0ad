"""Addresses change when files do; only the right address may be kept."""

from pathlib import Path

import pytest

from app.look.assets import ASK_AGAIN, LOOK_STATIC, YEAR, AssetMissing, Assets
from app.look.headers import CONTENT_SECURITY_POLICY, comes_from_our_page


def test_an_address_carries_the_hash_of_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = Assets([tmp_path], "static").url("a.css")
    (tmp_path / "a.css").write_text("b{}")
    assert before.startswith("static/a.css?v=")
    assert Assets([tmp_path], "static").url("a.css") != before


def test_only_the_right_version_is_kept_for_a_year(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    asset = Assets([tmp_path], "").find("a.js")
    assert asset is not None
    assert asset.headers(asset.version)["Cache-Control"] == YEAR
    assert asset.headers("old")["Cache-Control"] == ASK_AGAIN
    assert asset.media_type.startswith("text/javascript")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing, match=r"b\.css"):
        Assets([tmp_path], "").url("b.css")


def test_one_file_cannot_hide_another(tmp_path: Path) -> None:
    (tmp_path / "theme.js").write_text("1")
    with pytest.raises(ValueError, match=r"theme\.js"):
        Assets([LOOK_STATIC, tmp_path], "")


def test_no_style_sheet_uses_what_old_office_browsers_lack() -> None:
    """Windows 7 stops at Chrome 109."""
    for sheet in LOOK_STATIC.rglob("*.css"):
        text = sheet.read_text()
        assert "light-dark(" not in text, sheet
        assert "color-mix(" not in text, sheet
        assert "subgrid" not in text, sheet


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://a", "host": "a"}, False),
        ({"origin": "http://10.0.0.5:8000", "host": "10.0.0.5:8000"}, True),
        ({"origin": "http://evil.vn", "host": "10.0.0.5:8000"}, False),
        ({"origin": "null", "host": "10.0.0.5:8000"}, False),
        ({"host": "10.0.0.5:8000"}, True),
    ],
)
def test_a_form_must_come_from_our_own_page(headers: dict[str, str], ours: bool) -> None:
    assert comes_from_our_page(headers) is ours
