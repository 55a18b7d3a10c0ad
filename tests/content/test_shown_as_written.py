"""What the check finds in texts that people read exactly as they are written, and in what Zalo cuts off."""

from datetime import date
from pathlib import Path

import pytest

from app.content.check import check_flows
from tests.content.acts import ACTS
from tests.content.folder import lay_out, spoil

TODAY = date(2026, 11, 24)
LONG = "dài " * 30


def findings(folder: Path) -> list[tuple[str, str, str]]:
    """File, the line's text, and what is said of it."""
    return [
        (finding.file, _line(folder / finding.file, finding.line), finding.message)
        for finding in check_flows(folder, ACTS, TODAY)
    ]


def _line(file: Path, number: int) -> str:
    return file.read_text(encoding="utf-8").splitlines()[number - 1].strip()


@pytest.mark.parametrize(
    ("file", "before", "after", "on_line", "message"),
    [
        ("course.yaml", "label: Đúng rồi", "label: 'Đúng {unit_name}'", "- {label", "{unit_name} stands on"),
        ("course.yaml", "skip: Không có mã", "skip: 'Bỏ {phone}'", "ask: {slot: unit", "{phone} stands on"),
        ("help.yaml", "say: Đây là việc hai.", "say: 'Việc {Hai}.'", "say: 'Việc", "a brace without a name"),
        ("help.yaml", "say: Đây là việc hai.", "say: 'Việc hai}.'", "say: 'Việc", "a brace without a name"),
        ("help.yaml", "title: Hướng dẫn", f"title: {LONG}", "title:", "the title has 119 characters"),
        ("guides.yaml", "title: Google Play", f"title: {LONG}", "store:", "the title has 119 characters"),
        ("help.yaml", "say: Đây là việc hai.", "say: Mở bit.ly/vssid nhé.", "say: Mở", "bit.ly is not on"),
        (
            "help.yaml",
            "say: Đây là việc hai.",
            "say: Vào VssID.com.vn.",
            "say: Vào",
            "VssID.com.vn is not on",
        ),
    ],
)
def test_it_is_found_on_its_line(
    tmp_path: Path, file: str, before: str, after: str, on_line: str, message: str
) -> None:
    folder = lay_out(tmp_path)
    spoil(folder, file, before, after)
    found = findings(folder)
    assert len(found) == 1, found
    assert found[0][0] == file
    assert on_line in found[0][1]
    assert message in found[0][2]


@pytest.mark.parametrize(
    "said",
    ["Gõ dichvucong.gov.vn nhé.", "Viết ten@congty.vn nhé.", "Xong.Anh/Chị đợi ạ.", "Phiên bản 2.1.6."],
)
def test_what_only_looks_like_a_foreign_address_is_let_be(tmp_path: Path, said: str) -> None:
    folder = lay_out(tmp_path)
    spoil(folder, "help.yaml", "say: Đây là việc hai.", f"say: {said}")
    assert findings(folder) == []


def test_every_kind_of_secret_has_its_warning(tmp_path: Path) -> None:
    folder = lay_out(tmp_path)
    spoil(folder, "words.yaml", "  id_number:", "  number:")
    assert findings(folder) == [("words.yaml", "secrets:", "secrets: there is no warning for id_number")]


def test_a_file_with_a_byte_order_mark_is_read_all_the_same(tmp_path: Path) -> None:
    folder = lay_out(tmp_path)
    text = (folder / "help.yaml").read_bytes()
    (folder / "help.yaml").write_bytes(b"\xef\xbb\xbf" + text)
    assert findings(folder) == []
