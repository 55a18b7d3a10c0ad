"""The bubbles of a waiting node: its words, its buttons, never more of them than Zalo shows."""

from collections.abc import Sequence

from app.engine.effects import AskUserInfo, Button, Choice, Link, Say, SayEffect
from app.engine.flow import Ask, Confirm, Guide, Library, MenuChoice, Node, Place
from app.engine.payloads import at_place, command, go_to
from app.engine.session import Session
from app.engine.wording import fill, shown_slots

MOST_BUTTONS = 5
"""Zalo's limit for one message."""
MOST_LINKS = 3
"""Guides beyond these are named in the text only, so that a menu keeps room."""


def menu_bubble(library: Library, session: Session, place: Place, node: Node, text: str) -> Say:
    """The text over the choices of the page that is open, and a way to the next page if there are more."""
    links = link_buttons(library, node.guides)
    room = MOST_BUTTONS - len(links)
    shown, more = _page(node.menu, session.page, room)
    buttons: list[Button] = [*links, *(Choice(item.label, at_place(place, "c", at)) for at, item in shown)]
    if more:
        buttons.append(Choice(library.words.labels.more, at_place(place, "p", session.page + 1)))
    return Say(text, tuple(buttons))


def pages(node: Node, library: Library) -> int:
    """How many pages the menu of this node has."""
    room = MOST_BUTTONS - len(link_buttons(library, node.guides))
    if len(node.menu) <= room:
        return 1
    return -(-len(node.menu) // (room - 1))


def _page(menu: Sequence[MenuChoice], page: int, room: int) -> tuple[Sequence[tuple[int, MenuChoice]], bool]:
    numbered = list(enumerate(menu))
    if len(menu) <= room:
        return numbered, False
    size = room - 1
    start = (page * size) % (-(-len(menu) // size) * size)
    return numbered[start : start + size], True


def ask_bubbles(library: Library, session: Session, place: Place, ask: Ask) -> list[SayEffect]:
    said: list[SayEffect] = [
        Say(worded(library, session, place, ask.prompt), ask_buttons(library, place, ask))
    ]
    if ask.request_user_info is not None:
        said.append(AskUserInfo(ask.request_user_info.title, ask.request_user_info.subtitle))
    return said


def ask_buttons(library: Library, place: Place, ask: Ask) -> tuple[Button, ...]:
    """Options first; then the ways out that still fit."""
    options = [Choice(option.label, at_place(place, "o", at)) for at, option in enumerate(ask.choices)]
    labels = library.words.labels
    ways_out = [Choice(ask.skip, at_place(place, "skip"))] if ask.skip else []
    ways_out.append(Choice(labels.cancel, command("cancel")))
    ways_out.append(Choice(labels.back, command("back")))
    return tuple([*options, *ways_out][:MOST_BUTTONS])


def confirm_bubble(library: Library, session: Session, place: Place, confirm: Confirm) -> Say:
    labels = library.words.labels
    buttons = (
        Choice(confirm.yes.label, at_place(place, "yes")),
        Choice(labels.correct, at_place(place, "fix")),
        Choice(labels.cancel, at_place(place, "no")),
    )
    prompt = worded(library, session, place, confirm.prompt)
    return Say(f"{prompt}\n\n{filled_fields(library, session, place, confirm)}", buttons)


def filled_fields(library: Library, session: Session, place: Place, confirm: Confirm) -> str:
    """One line a field: its label and what was given."""
    shown = values_at(library, session, place)
    empty = library.words.empty_value
    return "\n".join(f"{field.label}: {shown.get(field.slot) or empty}" for field in confirm.fields)


def fields_bubble(library: Library, place: Place, confirm: Confirm, page: int) -> Say:
    """Which field to correct, in pages when there are many."""
    numbered = list(enumerate(confirm.fields))
    buttons: list[Button] = []
    if len(numbered) > MOST_BUTTONS:
        size = MOST_BUTTONS - 1
        start = (page * size) % (-(-len(numbered) // size) * size)
        numbered = numbered[start : start + size]
        buttons = [Choice(library.words.labels.more, at_place(place, "q", page + 1))]
    fields: list[Button] = [Choice(field.label, at_place(place, "f", at)) for at, field in numbered]
    return Say(library.words.which_field, tuple(fields + buttons))


def standing_buttons(library: Library) -> tuple[Button, ...]:
    """What is offered when a flow has come to its end."""
    words = library.words
    return (
        Choice(words.labels.menu, command("menu")),
        Choice(words.labels.person, command("person")),
    )


def place_buttons(library: Library, places: Sequence[Place]) -> list[Button]:
    """A button for each suggested place, by the title of its flow."""
    return [Choice(library.flows[place.flow].title, go_to(place)) for place in places]


def guides_of(library: Library, names: Sequence[str]) -> list[Guide]:
    return [guide for name in names if (guide := library.guides.get(name)) is not None]


def guide_lines(library: Library, names: Sequence[str]) -> str:
    """What is said of each guide: where it is, or what to do while it cannot be opened."""
    return "\n".join(_guide_line(guide) for guide in guides_of(library, names))


def link_buttons(library: Library, names: Sequence[str]) -> list[Link]:
    shown = [guide for guide in guides_of(library, names) if guide.shown]
    return [Link(guide.title[:100], guide.url) for guide in shown[:MOST_LINKS]]


def _guide_line(guide: Guide) -> str:
    section = f" ({guide.section})" if guide.section else ""
    if not guide.shown:
        return f"• {guide.title}{section}: {guide.fallback}"
    return f"• {guide.title}{section}: {guide.url}"


def values_at(library: Library, session: Session, place: Place) -> dict[str, str]:
    """What the texts of a node may name, as people read it."""
    return shown_slots(library.flows.get(place.flow), session.of(place.flow))


def worded(library: Library, session: Session, place: Place, text: str) -> str:
    return fill(text, values_at(library, session, place), library)
