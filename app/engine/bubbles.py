"""The bubbles of a waiting node: its words, its buttons, never more of them than Zalo shows."""

from collections.abc import Sequence
from typing import TypeVar

from app.engine.effects import AskUserInfo, Button, Choice, Link, Say, SayEffect
from app.engine.flow import Ask, Confirm, Guide, Library, Node, Place
from app.engine.payloads import at_place, command
from app.engine.session import Session
from app.engine.slots import options_of
from app.engine.wording import fill, shown_slots

MOST_BUTTONS = 5
"""Zalo's limit for one message."""
MOST_LINKS = 3
"""Guides beyond these are named in the text only."""

T = TypeVar("T")


def paged(items: Sequence[T], page: int, room: int = MOST_BUTTONS) -> tuple[list[tuple[int, T]], bool]:
    """The numbered items of a page, and whether a button for more follows; the last page wraps round."""
    numbered = list(enumerate(items))
    if len(numbered) <= room:
        return numbered, False
    size = max(room - 1, 1)
    start = page % -(-len(numbered) // size) * size
    return numbered[start : start + size], True


def next_page(session: Session) -> int:
    return (session.page + 1) % 100  # no menu has as many pages; a payload's number has three digits


def menu_bubbles(library: Library, session: Session, place: Place, node: Node, text: str) -> list[Say]:
    """The text over its links and choices; in two bubbles when they are too many for one."""
    links = link_buttons(library, node.guides)
    choices = menu_buttons(library, session, place, node)
    if links and len(links) + len(choices) > MOST_BUTTONS:
        return [Say(text, tuple(links)), Say(library.words.choose_below, choices)]
    return [Say(text, (*links, *choices))]


def menu_buttons(library: Library, session: Session, place: Place, node: Node) -> tuple[Button, ...]:
    """The choices of the open page, and the way to the next page if there are more."""
    items, more = paged(node.menu, session.page)
    buttons = [
        Choice(item.label, at_place(place, "c", at, str(Place.parse(item.goto, place.flow))))
        for at, item in items
    ]
    return (*buttons, *_more(library, session, place, more))


def ask_bubbles(library: Library, session: Session, place: Place, ask: Ask) -> list[SayEffect]:
    prompt = worded(library, session, place, ask.prompt)
    said: list[SayEffect] = [Say(prompt, ask_buttons(library, session, place, ask))]
    if ask.request_user_info is not None:
        said.append(AskUserInfo(ask.request_user_info.title, ask.request_user_info.subtitle))
    return said


def ask_buttons(
    library: Library, session: Session, place: Place, ask: Ask, *, person: bool = False
) -> tuple[Button, ...]:
    """Options first, in pages when they are many; then the ways out that still fit."""
    labels = library.words.labels
    items, more = paged(options_of(ask, library.words), session.page, MOST_BUTTONS - bool(ask.skip))
    options = [Choice(option.label, at_place(place, "o", at, option.value)) for at, option in items]
    ways_out = [Choice(ask.skip, at_place(place, "skip"))] if ask.skip else []
    ways_out += [Choice(labels.person, command("person"))] if person else []
    ways_out += [Choice(labels.cancel, command("cancel")), Choice(labels.back, command("back"))]
    return tuple([*options, *_more(library, session, place, more), *ways_out][:MOST_BUTTONS])


def offer_buttons(library: Library, place: Place, readings: Sequence[str]) -> tuple[Button, ...]:
    """The readings of an unclear answer, to be chosen by a tap."""
    offered = [Choice(reading[:100], at_place(place, "s", at)) for at, reading in enumerate(readings)]
    return tuple([*offered, Choice(library.words.labels.cancel, command("cancel"))][:MOST_BUTTONS])


def confirm_bubble(library: Library, session: Session, place: Place, confirm: Confirm) -> Say:
    prompt = worded(library, session, place, confirm.prompt)
    fields = filled_fields(library, session, place, confirm)
    return Say(f"{prompt}\n\n{fields}", confirm_buttons(library, place, confirm))


def confirm_buttons(library: Library, place: Place, confirm: Confirm) -> tuple[Button, ...]:
    labels = library.words.labels
    return (
        Choice(confirm.yes.label, at_place(place, "yes")),
        Choice(labels.correct, at_place(place, "fix")),
        Choice(labels.cancel, at_place(place, "no")),
    )


def filled_fields(library: Library, session: Session, place: Place, confirm: Confirm) -> str:
    """One line a field: its label and what was given."""
    shown = values_at(library, session, place)
    empty = library.words.empty_value
    return "\n".join(f"{field.label}: {shown.get(field.slot) or empty}" for field in confirm.fields)


def fields_bubble(library: Library, session: Session, place: Place, confirm: Confirm) -> Say:
    """Which field to correct, in pages when there are many."""
    items, more = paged(confirm.fields, session.page)
    fields = [Choice(field.label, at_place(place, "f", at, field.slot)) for at, field in items]
    further = [Choice(library.words.labels.more, at_place(place, "q", next_page(session)))] if more else []
    return Say(library.words.which_field, (*fields, *further))


def standing_buttons(library: Library, session: Session | None = None) -> tuple[Button, ...]:
    """What is offered when nothing waits; first of all the way back into a form left half-filled."""
    labels = library.words.labels
    unsaved = session is not None and session.unsaved is not None
    resume = [Choice(labels.stay, command("stay"))] if unsaved else []
    return (*resume, Choice(labels.menu, command("menu")), Choice(labels.person, command("person")))


def guides_of(library: Library, names: Sequence[str]) -> list[Guide]:
    return [guide for name in names if (guide := library.guides.get(name)) is not None]


def guide_lines(library: Library, names: Sequence[str]) -> str:
    """What is said of each guide: whose address it is, or what to do while it cannot be opened."""
    on_buttons = _with_buttons(library, names)
    return "\n".join(_guide_line(guide, guide in on_buttons) for guide in guides_of(library, names))


def link_buttons(library: Library, names: Sequence[str]) -> list[Link]:
    return [Link(guide.title[:100], guide.url) for guide in _with_buttons(library, names)]


def _with_buttons(library: Library, names: Sequence[str]) -> list[Guide]:
    return [guide for guide in guides_of(library, names) if guide.shown][:MOST_LINKS]


def values_at(library: Library, session: Session, place: Place) -> dict[str, str]:
    """What the texts of a node may name, as people read it."""
    return shown_slots(library.flows.get(place.flow), session.of(place.flow), library.words)


def worded(library: Library, session: Session, place: Place, text: str) -> str:
    return fill(text, values_at(library, session, place), library)


def _more(library: Library, session: Session, place: Place, more: bool) -> list[Choice]:
    return [Choice(library.words.labels.more, at_place(place, "p", next_page(session)))] if more else []


def _guide_line(guide: Guide, on_button: bool) -> str:
    """A link that has a button is named by its host: people learn to look whose it is before they tap."""
    section = f" ({guide.section})" if guide.section else ""
    where = (guide.host if on_button else guide.url) if guide.shown else guide.fallback
    return f"• {guide.title}{section}: {where}"
