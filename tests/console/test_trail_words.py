"""Every deed that any room records, and what it tells of it, has words for the page that shows it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import app
from app.console.trail_words import ACTIONS, DETAILS, detail_words, subject_words

_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_RECORDS = re.compile(r"entry|record|note", re.IGNORECASE)


def recorded() -> Iterator[tuple[str, str]]:
    """Where an action is named in a call that writes the trail, and the action."""
    for file in sorted(Path(app.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _RECORDS.search(_name(node.func)):
                for given in node.args:
                    if isinstance(given, ast.Constant) and _ACTION.fullmatch(str(given.value)):
                        yield f"{file.name}:{node.lineno}", str(given.value)


def told_details() -> Iterator[tuple[str, str]]:
    """Where a detail is given in a call that writes the trail, and its name."""
    for file in sorted(Path(app.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or _name(node.func) not in ("entry", "Entry", "_record"):
                continue
            names = [one.arg for one in node.keywords if _name(node.func) == "entry"]
            names += [
                str(key.value)
                for given in node.args
                if isinstance(given, ast.Dict)
                for key in given.keys
                if isinstance(key, ast.Constant)
            ]
            yield from ((f"{file.name}:{node.lineno}", name) for name in names if name is not None)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_every_action_has_words() -> None:
    found = list(recorded())
    assert len(found) > 40
    assert [f"{place} {action}" for place, action in found if action not in ACTIONS] == []


def test_every_detail_has_words() -> None:
    found = list(told_details())
    assert len(found) > 20
    assert [f"{place} {name}" for place, name in found if name not in DETAILS] == []


def test_details_are_told_as_people_say_them() -> None:
    assert detail_words({"from": "2026-11-26", "stand_in": 2}) == "từ: 26/11/2026, người thay: 2"
    assert detail_words({"fields": "name, tax_code"}) == "đã đổi: tên, mã số thuế"
    assert detail_words({"to_edit": True, "page": 1, "was": None}) == "mở để sửa: có, trang: 1"
    assert subject_words("fact:office_hours", {}) == "thông tin cơ quan: giờ tiếp người dân"
    assert subject_words("duplicates", {}) == "bản ghi trùng"
