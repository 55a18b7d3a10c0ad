"""Texts with their values put in, and slots as people read them."""

import re
from collections.abc import Collection, Mapping

from app.engine.flow import Ask, Flow, Library, SlotType
from app.engine.slots import options_of, shown_date
from app.engine.words import Words

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def fill(text: str, values: Mapping[str, str], library: Library) -> str:
    """The text with every {name} replaced by its value; nothing in a value is ever looked at again."""
    empty = library.words.empty_value
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or library.facts.get(found[1]) or empty, text)


def secret_warning(words: Words, kinds: Collection[str]) -> str:
    """Why such things do not belong here; what they were is not said again."""
    known = [words.secrets[kind] for kind in sorted(kinds) if kind in words.secrets]
    return "\n\n".join(known or [words.went_wrong])


def shown_slots(flow: Flow | None, slots: Mapping[str, str], words: Words) -> dict[str, str]:
    """Slots as people read them: a choice by its label, a phone in groups, a date as it is written here."""
    asks = {} if flow is None else {node.ask.slot: node.ask for node in flow.nodes.values() if node.ask}
    return {
        slot: _shown(asks[slot], value, words) if slot in asks and value else value
        for slot, value in slots.items()
    }


def _shown(ask: Ask, value: str, words: Words) -> str:
    if ask.type is SlotType.PHONE and len(value) == 10:
        return f"{value[:4]} {value[4:7]} {value[7:]}"
    if ask.type is SlotType.DATE:
        return shown_date(value)
    return {option.value: option.label for option in options_of(ask, words)}.get(value, value)
