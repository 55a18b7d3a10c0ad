"""Words and buttons that work wherever a contact is."""

from dataclasses import replace

from app.engine.bubbles import filled_fields
from app.engine.flow import Confirm, Place
from app.engine.leaving import go_or_ask, leave, open_form, stay
from app.engine.topics import say_otherwise
from app.engine.walking import Walk


def obey(walk: Walk, name: str) -> bool:
    """Does what the word says; False when there is no such word."""
    doors = walk.library.words.doors
    walk.session = replace(walk.session, misses=0)
    match name:
        case "menu":
            _to_menu(walk, Place.parse(doors.menu))
        case "person":
            walk.enter(Place.parse(doors.person))
        case "stop":
            walk.enter(Place.parse(doors.stop))
        case "my_data":
            walk.enter(Place.parse(doors.my_data))
        case "back":
            _go_back(walk)
        case "cancel":
            _cancel(walk)
        case "show":
            _show(walk)
        case "other":
            say_otherwise(walk)
        case "stay":
            stay(walk)
        case "leave":
            leave(walk)
        case _:
            return False
    return True


def _to_menu(walk: Walk, menu: Place) -> None:
    """Said twice, it is meant: the question whether to leave a form is not asked again."""
    if walk.session.wants == menu:
        leave(walk)
    else:
        go_or_ask(walk, menu)


def _go_back(walk: Walk) -> None:
    trail = walk.session.trail
    if not trail:
        walk.remind(walk.library.words.nothing_before)
        return
    walk.session = replace(walk.session, trail=trail[:-1], place=None)
    walk.enter(trail[-1], back=True)


def _cancel(walk: Walk) -> None:
    """Drops what is being filled in, the way its form says; a menu is simply left."""
    words, place, node = walk.library.words, walk.session.place, walk.waiting()
    if place is None or node is None:
        unsaved = walk.session.unsaved
        if unsaved is not None:
            walk.session = walk.session.without(unsaved.flow)
        walk.give_up(words.nothing_to_cancel if unsaved is None else words.cancelled)
        return
    gives = node.ask is not None or node.confirm is not None or open_form(walk) is not None
    confirm = node.confirm or _review_of(walk)
    walk.session = walk.session.without(place.flow)
    if gives and confirm is not None:
        walk.go(confirm.cancel, place)
    else:
        walk.give_up(words.cancelled if gives else words.stopped_here)


def _show(walk: Walk) -> None:
    """What the form has so far, then the question again."""
    place, confirm = walk.session.place, _review_of(walk)
    if place is None or confirm is None:
        walk.remind(walk.library.words.nothing_filled)
        return
    walk.remind(filled_fields(walk.library, walk.session, place, confirm))


def _review_of(walk: Walk) -> Confirm | None:
    """The review that the form leads to."""
    flow = walk.flow_here()
    if flow is None or not flow.form:
        return None
    reviews = [node.confirm for node in flow.nodes.values() if node.confirm is not None]
    return next((review for review in reviews if _asks_here(walk, review)), next(iter(reviews), None))


def _asks_here(walk: Walk, review: Confirm) -> bool:
    place = walk.session.place
    return place is not None and place.node in {field.ask for field in review.fields}
