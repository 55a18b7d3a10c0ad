"""What is wrong with the phrases: two meanings for one wording, too few of them, test lines among them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.engine.flow import Library, Place
from app.kit.redact import scrub
from app.understanding.catalogue import Catalogue
from app.understanding.normalise import words_of

FEWEST_PHRASES = 20
SHORT = 3
"""Words; so short a wording is nobody's own."""

_INVENTED = re.compile(r"\b0900000\d{3}\b")


class Remark(NamedTuple):
    is_error: bool
    message: str

    def __str__(self) -> str:
        return f"{'error' if self.is_error else 'warning'}: {self.message}"


def lint(catalogue: Catalogue, library: Library, tests: Iterable[str] = ()) -> list[Remark]:
    """All remarks, errors first; `tests` are messages that must not be trained on."""
    remarks = (
        *_led_nowhere(catalogue, library),
        *_said_of_two(catalogue),
        *_copied(catalogue, tests),
        *_personal(catalogue),
        *_unknown_in_pairs(catalogue),
        *_too_few(catalogue),
    )
    return sorted(remarks, key=lambda remark: not remark.is_error)


def wording(text: str, catalogue: Catalogue) -> str:
    return " ".join(word.plain for word in words_of(text, catalogue.spelling))


def is_personal(text: str) -> bool:
    """Whether it holds a number or an address of somebody; invented numbers all begin with 0900000."""
    without = _INVENTED.sub("", text)
    return scrub(without) != without


def _led_nowhere(catalogue: Catalogue, library: Library) -> Iterator[Remark]:
    for name, intent in catalogue.intents.items():
        if intent.leads_to and library.node(Place.parse(intent.leads_to)) is None:
            yield Remark(True, f"{name} leads to {intent.leads_to}, which does not exist")
        for part in intent.parts:
            if library.node(Place.parse(part.leads_to)) is None:
                yield Remark(True, f"{name} leads to {part.leads_to}, which does not exist")
            if part.concept not in catalogue.concepts.names:
                yield Remark(True, f"{name}: there is no concept {part.concept}")
        if not intent.leads_to and not intent.outside:
            yield Remark(True, f"{name} leads nowhere")


def _said_of_two(catalogue: Catalogue) -> Iterator[Remark]:
    seen: dict[str, str] = {}
    for phrase in catalogue.phrases():
        said = wording(phrase.text, catalogue)
        if not said:
            yield Remark(True, f"{phrase.intent}: `{phrase.text}` has no words")
        elif seen.setdefault(said, phrase.intent) != phrase.intent:
            yield Remark(True, f"`{phrase.text}` is said of {seen[said]} and of {phrase.intent}")


def _copied(catalogue: Catalogue, tests: Iterable[str]) -> Iterator[Remark]:
    kept_apart = {wording(text, catalogue) for text in tests}
    for phrase in catalogue.phrases():
        said = wording(phrase.text, catalogue)
        if said in kept_apart and len(said.split()) > SHORT:
            yield Remark(True, f"{phrase.intent}: `{phrase.text}` is a line of the test")


def _personal(catalogue: Catalogue) -> Iterator[Remark]:
    for phrase in catalogue.phrases():
        if is_personal(phrase.text):
            yield Remark(True, f"{phrase.intent}: a phrase of {phrase.author} holds a number or an address")


def _unknown_in_pairs(catalogue: Catalogue) -> Iterator[Remark]:
    for pair in catalogue.pairs:
        for name in sorted(pair - catalogue.intents.keys()):
            yield Remark(True, f"pairs.yaml: there is no intent {name}")


def _too_few(catalogue: Catalogue) -> Iterator[Remark]:
    counted = Counter(phrase.intent for phrase in catalogue.phrases())
    for name in catalogue.intents:
        count = counted[name]
        if count < FEWEST_PHRASES:
            yield Remark(False, f"{name} has {count} phrases; {FEWEST_PHRASES} are the least that carries")
