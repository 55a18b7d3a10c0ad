"""Texts with their values put in, and slots as people read them."""

import re
from collections.abc import Mapping

from app.engine.flow import Flow, Library, SlotType

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def fill(text: str, values: Mapping[str, str], library: Library) -> str:
    """The text with every {name} replaced by its value; nothing in a value is ever looked at again."""
    empty = library.words.empty_value
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or library.facts.get(found[1]) or empty, text)


def shown_slots(flow: Flow | None, slots: Mapping[str, str]) -> dict[str, str]:
    """Slots as people read them: a choice by its label, a phone in groups."""
    asks = {} if flow is None else {node.ask.slot: node.ask for node in flow.nodes.values() if node.ask}
    shown = dict(slots)
    for slot, value in slots.items():
        ask = asks.get(slot)
        if ask is None:
            continue
        labels = {option.value: option.label for option in ask.choices}
        if ask.type is SlotType.PHONE and len(value) == 10:
            shown[slot] = f"{value[:4]} {value[4:7]} {value[7:]}"
        else:
            shown[slot] = labels.get(value, value)
    return shown
