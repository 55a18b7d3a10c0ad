"""Buttons: fresh ones answer what waits, old ones still lead somewhere, forged ones nowhere unsafe."""

from dataclasses import replace

from app.engine.answering import (
    accept,
    ask_which,
    choose_offered,
    choose_option,
    correct,
    drop,
    skip_question,
    turn_page,
)
from app.engine.bubbles import standing_buttons
from app.engine.commands import obey
from app.engine.effects import Choice
from app.engine.flow import Ask, Confirm, Node, Place
from app.engine.leaving import follow, go_or_ask
from app.engine.payloads import AtPlace, Command, GoTo, at_place, numbered, read_payload
from app.engine.slots import options_of
from app.engine.walking import Walk


def tap(walk: Walk, payload: str) -> None:
    walk.session = replace(walk.session, misses=0)
    tapped = read_payload(payload)
    match tapped:
        case Command(name) if obey(walk, name):
            return
        case GoTo(place) if _is_safe_entrance(walk, place):
            go_or_ask(walk, place)
        case AtPlace(place=place):
            node = walk.library.node(place)
            if node is None or not _tap_at(walk, tapped, node):
                _old_button(walk)
        case _:
            _old_button(walk)


def _tap_at(walk: Walk, tapped: AtPlace, node: Node) -> bool:
    if node.menu and tapped.kind in {"c", "a"}:
        at = numbered(tapped, [str(Place.parse(item.goto, tapped.place.flow)) for item in node.menu])
        return at is not None and _choose(walk, tapped, node, at)
    if tapped.place != walk.session.place:
        return False
    walk.session = replace(walk.session, wants=None)
    if node.confirm is not None:
        return _tap_review(walk, tapped, node.confirm)
    if node.ask is not None:
        return _tap_question(walk, tapped, node, node.ask)
    if tapped.kind == "p":
        turn_page(walk, tapped.number)
        return True
    return False


def _choose(walk: Walk, tapped: AtPlace, node: Node, at: int) -> bool:
    """Follows a choice: at once where it waits; from an old message only where that does no harm."""
    home, item = tapped.place, node.menu[at]
    target = Place.parse(item.goto, home.flow)
    if home == walk.session.place:
        follow(walk, target)
        return True
    if _is_inside_form(walk, target):
        return _choose_in_form(walk, target)
    if _changes_something(walk, target) and tapped.kind != "a":
        again = Choice(item.label, at_place(home, "a", at, str(target)))
        question = walk.library.words.old_act.replace("{label}", item.label)
        walk.say(question, (again, *standing_buttons(walk.library, walk.session)))
        return True
    go_or_ask(walk, target)
    return True


def _choose_in_form(walk: Walk, target: Place) -> bool:
    """Inside a form only its own questions lead on; from outside one begins at its beginning."""
    here = walk.session.place
    if here is not None and here.flow == target.flow:
        return False
    go_or_ask(walk, Place(target.flow, walk.library.flows[target.flow].start))
    return True


def _tap_review(walk: Walk, tapped: AtPlace, confirm: Confirm) -> bool:
    match tapped.kind:
        case "yes":
            accept(walk, tapped.place, confirm)
        case "no":
            drop(walk, tapped.place, confirm)
        case "fix":
            ask_which(walk, tapped.place, confirm, 0)
        case "q":
            ask_which(walk, tapped.place, confirm, tapped.number)
        case "f":
            at = numbered(tapped, [field.slot for field in confirm.fields])
            if at is None:
                return False
            correct(walk, tapped.place, confirm, at)
        case _:
            return False
    return True


def _tap_question(walk: Walk, tapped: AtPlace, node: Node, ask: Ask) -> bool:
    match tapped.kind:
        case "o":
            at = numbered(tapped, [option.value for option in options_of(ask, walk.library.words)])
            if at is None:
                return False
            choose_option(walk, tapped.place, node, ask, at)
        case "s":
            return choose_offered(walk, tapped.place, node, ask, tapped.number)
        case "skip" if ask.skip is not None:
            skip_question(walk, tapped.place, node, ask)
        case "p":
            turn_page(walk, tapped.number)
        case _:
            return False
    return True


def _old_button(walk: Walk) -> None:
    walk.remind(walk.library.words.old_button)


def _is_safe_entrance(walk: Walk, place: Place) -> bool:
    """Anybody can type a payload: it opens what words open as well, and what only talks."""
    node = walk.library.node(place)
    if node is None:
        return False
    known = place in walk.library.phrases.values() or place.node == walk.library.flows[place.flow].start
    return known or not (_is_inside_form(walk, place) or _changes_something(walk, place))


def _is_inside_form(walk: Walk, place: Place) -> bool:
    flow = walk.library.flows.get(place.flow)
    if flow is None or not flow.form:
        return False
    return place.node != flow.start and place not in walk.library.phrases.values()


def _changes_something(walk: Walk, place: Place) -> bool:
    """Whether an act stands there; the act at the start of a flow only looks up what the flow is about."""
    node = walk.library.node(place)
    return node is not None and node.do is not None and place.node != walk.library.flows[place.flow].start
