"""A writer's labelled lines become phrases, in `intents/told/<writer>.yaml`; what spoils them stays out."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from app.kit.vietnamese import nfc
from app.understanding.catalogue import Catalogue, told_file
from app.understanding.lint import SHORT, is_personal, wording
from app.understanding.scoring import Labelled

_HEAD = "# Told by one writer from situations, labelled by somebody else. Intent → lines as typed.\n"


class Taken(NamedTuple):
    lines: Mapping[str, list[str]]
    """By intent, in the order they came."""
    left_out: list[str]
    """Why each of the other lines stays out."""


def choose(labelled: Iterable[Labelled], catalogue: Catalogue, tests: Iterable[str] = ()) -> Taken:
    """The lines to train on: none of a test, of another intent, with personal data, none twice."""
    said_of = {wording(phrase.text, catalogue): phrase.intent for phrase in catalogue.phrases()}
    kept_aside = {said for text in tests if len((said := wording(text, catalogue)).split()) > SHORT}
    lines: dict[str, list[str]] = {}
    left_out: list[str] = []
    for line in labelled:
        said = wording(line.text, catalogue)
        reason = _objection(line, said, catalogue, kept_aside, said_of)
        if reason is None:
            said_of[said] = line.intent
            lines.setdefault(line.intent, []).append(nfc(line.text))
        elif reason:
            left_out.append(f"`{line.text}` ({line.intent}): {reason}")
    return Taken(lines, left_out)


def write_told(flows: Path, writer: str, lines: Mapping[str, Iterable[str]]) -> Path:
    """A JSON string is a quoted YAML one: no line is ever read as a number, a comment or a name."""
    path = told_file(flows, writer)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = [_HEAD]
    for intent in sorted(lines):
        text.append(f"{intent}:\n")
        text += [f"  - {json.dumps(line, ensure_ascii=False)}\n" for line in lines[intent]]
    path.write_text("".join(text), encoding="utf-8")
    return path


def _objection(
    line: Labelled, said: str, catalogue: Catalogue, kept_aside: set[str], said_of: Mapping[str, str]
) -> str | None:
    """None when there is none; an empty one when the line only repeats what is known."""
    if line.intent not in catalogue.intents:
        return "there is no such intent"
    if not said:
        return "it has no words"
    if said in kept_aside:
        return "it is a line of a test"
    if is_personal(line.text):
        return "it holds a number or an address of somebody"
    known = said_of.get(said)
    if known is None:
        return None
    return "" if known == line.intent else f"it is said of {known} already"
