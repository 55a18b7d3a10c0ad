"""Wordings that would be understood in two ways, and placeholders that nobody fills."""

from collections.abc import Iterator

from app.content.complaint import Complaint, at_node
from app.content.graph import nodes
from app.content.names import labels_of, texts_of
from app.engine.acts import ActSpecs
from app.engine.flow import Library, MenuChoice, Node, Place
from app.engine.matching import plain
from app.engine.wording import PLACEHOLDER
from app.engine.words import Words
from app.kit.vietnamese import fold

FILLED = {"email_slip": {"suggestion"}, "old_act": {"label"}, "understood": {"topic"}}
"""The engine's own sentences that name a value; all others are said as they stand."""


MAY_BE_NARROWED = "my_data"
"""A menu may understand this word in its own narrower sense; all others mean the same everywhere."""


def clashes(library: Library, _acts: ActSpecs) -> Iterator[Complaint]:
    commands = _commands(library.words)
    yield from _two_commands(library.words)
    yield from _unfilled(library.words)
    for phrase, place in library.phrases.items():
        name = commands.get(plain(phrase))
        if name is not None and _door(library.words, name) != place:
            message = f"`{phrase}` is the always-available word for `{name}`, the phrase is never reached"
            yield Complaint("phrases", ("phrases", str(place)), message, "Delete the phrase")
    for place, node in nodes(library):
        yield from _in_menu(library, place, node, commands)
        yield from _unfilled_labels(place, node)
        yield from _odd_braces(place, node)


def _in_menu(library: Library, place: Place, node: Node, commands: dict[str, str]) -> Iterator[Complaint]:
    seen: dict[str, str] = {}
    for number, choice in enumerate(node.menu):
        for wording in _wordings(choice):
            first = seen.setdefault(wording, choice.label)
            if first != choice.label:
                message = f"`{wording}` means `{first}` and `{choice.label}`"
                yield at_node(place, message, "Keep it at one of them", "menu", number)
            name = commands.get(wording)
            if name not in {None, MAY_BE_NARROWED} and _door(library.words, name) != Place.parse(
                choice.goto, place.flow
            ):
                message = (
                    f"`{wording}` is the always-available word for `{name}`, it has to mean the same here"
                )
                yield at_node(place, message, "Use another wording", "menu", number)


def _wordings(choice: MenuChoice) -> set[str]:
    return {plain(fold(wording)) for wording in (choice.label, *choice.also)}


def _commands(words: Words) -> dict[str, str]:
    """Folded wording → the command it gives; the first one that has it wins."""
    named: dict[str, str] = {}
    for name, spellings in words.commands:
        for spelling in spellings:
            named.setdefault(plain(fold(spelling)), str(name))
    return named


def _two_commands(words: Words) -> Iterator[Complaint]:
    named = _commands(words)
    for name, spellings in words.commands:
        for number, spelling in enumerate(spellings):
            first = named[plain(fold(spelling))]
            if first != name:
                steps = ("commands", str(name), number)
                yield Complaint(
                    "words", steps, f"`{spelling}` already means `{first}`", "Keep it at one of them"
                )


def _unfilled(words: Words) -> Iterator[Complaint]:
    for name, text in words:
        if not isinstance(text, str):
            continue
        for placeholder in set(PLACEHOLDER.findall(text)) - FILLED.get(name, set()):
            yield Complaint("words", (name,), f"nothing gives {{{placeholder}}} a value", "Take it out")


def _unfilled_labels(place: Place, node: Node) -> Iterator[Complaint]:
    """Buttons are shown as they are written."""
    for label, steps in labels_of(node):
        for placeholder in PLACEHOLDER.findall(label):
            message = f"{{{placeholder}}} stands on a button, where nothing fills it"
            yield at_node(place, message, "Say it in the text above", *steps)


def _odd_braces(place: Place, node: Node) -> Iterator[Complaint]:
    """Braces around what cannot be the name of a value: people would read them as they are."""
    for text, steps in texts_of(node):
        if {"{", "}"} & set(PLACEHOLDER.sub("", text)):
            yield at_node(place, "a brace without a name in it", "Write {name}, or take it out", *steps)


def _door(words: Words, name: str) -> Place | None:
    """Where a command leads, when it leads to a node."""
    target = dict(words.doors).get(name)
    return None if target is None else Place.parse(target)
