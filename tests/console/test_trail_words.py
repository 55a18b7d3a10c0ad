"""Every deed that any room records has words for the page that shows it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import app
from app.console.trail_words import ACTIONS

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


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_every_action_has_words() -> None:
    found = list(recorded())
    assert len(found) > 40
    assert [f"{place} {action}" for place, action in found if action not in ACTIONS] == []
