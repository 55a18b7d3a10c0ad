"""What the pages borrow is what the manifest says, and nothing that a template names is missing."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from app.look.vendor import ICON_LIST, VENDOR, NotInstalled, Packages, icon_names, lay_out

ROOT = Path(__file__).parents[2]
TEMPLATES = [path for path in (ROOT / "app").rglob("*.html") if "templates" in path.parts]


def manifest() -> list[dict[str, object]]:
    path = VENDOR / "manifest.json"
    if not path.exists():
        pytest.fail("the vendor files are not laid out: run `make install`")
    listed: list[dict[str, object]] = json.loads(path.read_text())
    return listed


def test_every_vendor_file_is_listed_with_its_true_hash() -> None:
    for entry in manifest():
        content = (VENDOR / str(entry["file"])).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert len(content) == entry["bytes"]


def test_no_vendor_file_is_unlisted() -> None:
    listed = {str(entry["file"]) for entry in manifest()}
    assert {path.name for path in VENDOR.iterdir()} == listed | {"manifest.json"}


def test_every_package_brings_its_licence_text() -> None:
    packages = {entry["package"] for entry in manifest()}
    licensed = {entry["package"] for entry in manifest() if str(entry["file"]).startswith("LICENCE")}
    assert licensed == packages
    assert {entry["licence"] for entry in manifest()} == {"0BSD", "OFL-1.1", "MIT"}


def test_htmx_and_its_stream_extension_are_one_file() -> None:
    joined = (VENDOR / "htmx-sse.min.js").read_text()
    assert joined.index("registerExtension") < joined.index("hx-sse")


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text()))
    assert drawn == set(icon_names(ICON_LIST.read_text()))
    for path in TEMPLATES:
        named = re.findall(r"icon\('([a-z0-9-]+)'", path.read_text())
        assert set(named) <= drawn, path


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert "http" not in lock
    packages = json.loads(lock)["packages"]
    assert all(about.get("integrity") for name, about in packages.items() if name)


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match=r"htmx\.org.*npm ci"):
        lay_out(Packages(tmp_path), ["send"], tmp_path / "out")
