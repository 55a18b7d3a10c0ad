"""What a phone of 2018 (Chrome 69) can read: the page's own style sheet uses nothing younger."""

import re
from pathlib import Path

import pytest

from app.liaison_link import pages

STYLE = (Path(pages.__file__).parent / "static" / "list.css").read_text(encoding="utf-8")
RULES = re.sub(r"/\*.*?\*/", "", STYLE, flags=re.DOTALL)

YOUNGER = [
    r"(?<!grid-)\bgap\s*:",  # in flex lines since 84
    r"\binset\s*:",
    r":(is|where|has|not)\([^)]*,",
    r"\b(min|max|clamp)\(",
    r"aspect-ratio|accent-color|color-mix|light-dark|@layer|@container|@supports selector",
    r"\d(dvh|svh|lvh)\b",
]


@pytest.mark.parametrize("feature", YOUNGER)
def test_the_style_sheet_uses_nothing_younger_than_the_phone(feature: str) -> None:
    assert re.findall(feature, re.sub(r"minmax\(", "", RULES)) == []


def test_no_rule_stands_inside_another_but_under_a_width() -> None:
    depth, deepest = 0, 0
    without_media = re.sub(r"@media[^{]+\{((?:[^{}]*\{[^{}]*\})*)\s*\}", r"\1", RULES)
    for sign in re.findall(r"[{}]", without_media):
        depth += 1 if sign == "{" else -1
        deepest = max(deepest, depth)
    assert (depth, deepest) == (0, 1)


def test_the_pages_bring_no_script_that_they_could_not_do_without() -> None:
    templates = Path(pages.__file__).parent / "templates" / "list"
    said = "".join(file.read_text(encoding="utf-8") for file in templates.glob("*.html"))
    assert sorted(re.findall(r"static\('([\w./-]+\.js)'\)", said)) == ["switches.js", "theme.js"]
    assert not re.search(r"\son\w+=|style=|hx-", said)
