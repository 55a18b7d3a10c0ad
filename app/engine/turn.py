"""One turn: what the contact did, given where the contact stands, becomes a new standing and effects."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from app.engine.answering import (
    answer_menu,
    answer_question,
    answer_review,
    choose_option,
    skip_question,
    take_shared,
    tap_review,
    turn_page,
)
from app.engine.bubbles import filled_fields, place_buttons, standing_buttons
from app.engine.effects import Choice
from app.engine.flow import Library, Node, Place
from app.engine.inputs import ActDone, Followed, Input, Media, Opened, Shared, Tapped, Typed
from app.engine.matching import Answer, Matcher, PhraseMatcher, Suggest, plain
from app.engine.payloads import AtPlace, Command, GoTo, command, read_payload
from app.engine.session import Session
from app.engine.walking import Turn, Walk
from app.kit.vietnamese import fold

IDLE_AFTER = timedelta(hours=24)
"""After a day a menu is simply shown anew, and a half-filled form is asked about."""
OFFER_A_PERSON_AFTER = 2
"""Messages in a row that were not understood."""

__all__ = ["Turn", "take_turn"]


def take_turn(
    library: Library, session: Session, given: Input, now: datetime, matcher: Matcher | None = None
) -> Turn:
    """The next standing and what is to be said. Defined for every input and every session, however old."""
    walk = Walk(library, session, now)
    if isinstance(given, ActDone):
        _go_on_after_act(walk, given)
        return walk.turn()
    walk.session = replace(walk.session, awaiting=None)
    if session.place is not None and library.node(session.place) is None:
        walk.session = walk.session.resting()
        walk.say(library.words.node_gone)
        walk.enter(Place.parse(library.words.doors.menu))
        return walk.turn()
    if now - session.touched_at > IDLE_AFTER and _has_grown_cold(walk, given):
        return walk.turn()
    _respond(walk, given, matcher or PhraseMatcher(library))
    return walk.turn()


def _respond(walk: Walk, given: Input, matcher: Matcher) -> None:
    match given:
        case Typed(text, secrets) if secrets:
            _warn(walk, secrets)
        case Typed(text):
            _hear(walk, text, matcher)
        case Tapped(payload):
            _tap(walk, payload)
        case Shared():
            _take_shared(walk, given)
        case Followed() | Opened():
            walk.enter(Place.parse(walk.library.words.doors.welcome))
        case Media():
            walk.say(walk.library.words.media)
            walk.repeat()
        case ActDone():
            raise AssertionError("handled before")
        case _:
            assert_never(given)


def _go_on_after_act(walk: Walk, done: ActDone) -> None:
    place = walk.session.awaiting
    node = None if place is None else walk.library.node(place)
    target = None if node is None else node.on.get(done.outcome)
    if place is None or target is None:
        walk.give_up(walk.library.words.went_wrong)
        return
    walk.session = walk.session.given(place.flow, done.values)
    walk.go(target, place)


def _has_grown_cold(walk: Walk, given: Input) -> bool:
    """After a long pause asks about a half-filled form, forgets a menu. True when that ends the turn."""
    form = _open_form(walk)
    if form is None:
        walk.session = Session.fresh(walk.now)
        return False
    if isinstance(given, (Tapped, Followed, Opened)):
        return False
    _ask_about_form(walk, walk.library.words.form_expired, None)
    return True


def _warn(walk: Walk, secrets: frozenset[str]) -> None:
    """Says why such things do not belong here, without repeating them, and asks again what was asked."""
    for kind in sorted(secrets):
        if kind in walk.library.words.secrets:
            walk.say(walk.library.words.secrets[kind])
    walk.repeat()


def _hear(walk: Walk, text: str, matcher: Matcher) -> None:
    name = _command(walk, text)
    if name is not None:
        _obey(walk, name)
        return
    place, node = walk.session.place, walk.waiting()
    if walk.session.wants is not None or _is_answer_about_form(walk, text):
        _answer_about_form(walk, text)
        return
    if place is not None and node is not None and _answered(walk, place, node, text):
        walk.session = replace(walk.session, misses=0)
        return
    _understand(walk, text, matcher)


def _answered(walk: Walk, place: Place, node: Node, text: str) -> bool:
    if node.ask is not None:
        answer_question(walk, place, node, node.ask, text)
        return True
    if node.confirm is not None:
        return answer_review(walk, place, node.confirm, text)
    return answer_menu(walk, place, node, text)


def _understand(walk: Walk, text: str, matcher: Matcher) -> None:
    understood = matcher.understand(text, walk.session.place)
    match understood:
        case Answer(place):
            walk.session = replace(walk.session, misses=0)
            _go_or_ask(walk, place)
        case Suggest(places):
            buttons = (*place_buttons(walk.library, places[:3]), *standing_buttons(walk.library))
            walk.say(walk.library.words.suggest, buttons)
        case None:
            _miss(walk)
        case _:
            assert_never(understood)


def _miss(walk: Walk) -> None:
    words = walk.library.words
    misses = walk.session.misses + 1
    walk.session = replace(walk.session, misses=misses)
    if misses >= OFFER_A_PERSON_AFTER:
        person, menu = (
            Choice(words.labels.person, command("person")),
            Choice(words.labels.menu, command("menu")),
        )
        walk.say(words.not_understood_again, (person, menu))
        return
    walk.say(words.not_understood)
    if walk.session.place is None:
        walk.offer_ways()
    else:
        walk.repeat()


def _command(walk: Walk, text: str) -> str | None:
    """The always-available word that makes up the whole message, if it is one."""
    words = walk.library.words
    said = fold(text).strip(".!? ")
    bare = plain(said, frozenset(fold(word) for word in words.fillers))
    for name, spellings in words.commands:
        if {said, bare} & {fold(spelling) for spelling in spellings}:
            return str(name)
    return None


def _obey(walk: Walk, name: str) -> None:
    words = walk.library.words
    walk.session = replace(walk.session, misses=0)
    match name:
        case "menu":
            _go_or_ask(walk, Place.parse(words.doors.menu))
        case "person" | "stop" | "my_data":
            walk.enter(Place.parse(getattr(words.doors, name)))
        case "back":
            _go_back(walk)
        case "cancel":
            _cancel(walk)
        case "show":
            _show(walk)
        case "stay":
            walk.session = replace(walk.session, wants=None)
            walk.repeat()
        case "leave":
            _leave(walk)
        case _:
            walk.give_up(words.old_button)


def _go_back(walk: Walk) -> None:
    trail = walk.session.trail
    if not trail:
        walk.say(walk.library.words.nothing_before)
        walk.repeat()
        return
    walk.session = replace(walk.session, trail=trail[:-1], place=None, correcting=None)
    walk.enter(trail[-1], back=True)


def _cancel(walk: Walk) -> None:
    place, node = walk.session.place, walk.waiting()
    if place is None or node is None:
        walk.give_up(walk.library.words.nothing_to_cancel)
        return
    walk.session = walk.session.without(place.flow)
    if node.confirm is not None:
        walk.go(node.confirm.cancel, place)
        return
    walk.give_up(walk.library.words.cancelled)


def _show(walk: Walk) -> None:
    """What the form has so far."""
    place = walk.session.place
    flow = None if place is None else walk.library.flows.get(place.flow)
    reviews = [] if flow is None else [node.confirm for node in flow.nodes.values() if node.confirm]
    if place is None or not reviews:
        walk.say(walk.library.words.nothing_filled)
    else:
        walk.say(filled_fields(walk.library, walk.session, place, reviews[0]))
    walk.repeat()


def _open_form(walk: Walk) -> Place | None:
    """The place in a form that has been begun: some answer was given, or a question waits."""
    place, node = walk.session.place, walk.waiting()
    if place is None or node is None or not walk.library.flows[place.flow].form:
        return None
    asking = node.ask is not None or node.confirm is not None
    return place if asking else None


def _go_or_ask(walk: Walk, place: Place) -> None:
    """Goes there, unless that would throw a half-filled form away without a word."""
    form = _open_form(walk)
    if form is None or form.flow == place.flow:
        walk.enter(place)
        return
    _ask_about_form(walk, walk.library.words.form_open, place)


def _ask_about_form(walk: Walk, question: str, wants: Place | None) -> None:
    walk.session = replace(walk.session, wants=wants or Place.parse(walk.library.words.doors.menu))
    labels = walk.library.words.labels
    walk.say(question, (Choice(labels.stay, command("stay")), Choice(labels.leave, command("leave"))))


def _is_answer_about_form(walk: Walk, text: str) -> bool:
    labels = walk.library.words.labels
    return fold(text) in {fold(labels.stay), fold(labels.leave)}


def _answer_about_form(walk: Walk, text: str) -> None:
    words, said = walk.library.words, fold(text)
    if said in {fold(words.labels.leave), *map(fold, words.no)}:
        _leave(walk)
        return
    walk.session = replace(walk.session, wants=None)
    if said in {fold(words.labels.stay), *map(fold, words.yes)}:
        walk.repeat()
        return
    _hear(walk, text, PhraseMatcher(walk.library))  # an answer to the form's own question is one to stay


def _leave(walk: Walk) -> None:
    place, wants = walk.session.place, walk.session.wants
    if place is not None:
        walk.session = walk.session.without(place.flow)
    walk.enter(wants or Place.parse(walk.library.words.doors.menu))


def _tap(walk: Walk, payload: str) -> None:
    walk.session = replace(walk.session, misses=0)
    match read_payload(payload):
        case Command(name):
            _obey(walk, name)
        case GoTo(place) if walk.library.node(place) is not None:
            _go_or_ask(walk, place)
        case AtPlace(place, kind, number):
            _tap_at(walk, place, kind, number)
        case _:
            _old_button(walk)


def _tap_at(walk: Walk, place: Place, kind: str, number: int) -> None:
    node = walk.library.node(place)
    if node is None:
        _old_button(walk)
    elif kind == "c" and number < len(node.menu):
        target = Place.parse(node.menu[number].goto, place.flow)
        if place == walk.session.place:
            walk.enter(target)
        else:
            _go_or_ask(walk, target)
    elif place != walk.session.place or not _tapped_here(walk, place, node, kind, number):
        _old_button(walk)


def _tapped_here(walk: Walk, place: Place, node: Node, kind: str, number: int) -> bool:
    if node.confirm is not None:
        return tap_review(walk, place, node.confirm, kind, number)
    if node.menu and kind == "p":
        turn_page(walk, number)
        return True
    if node.ask is not None and kind == "o":
        choose_option(walk, place, node, node.ask, number)
        return True
    if node.ask is not None and kind == "skip" and node.ask.skip is not None:
        skip_question(walk, place, node, node.ask)
        return True
    return False


def _old_button(walk: Walk) -> None:
    walk.say(walk.library.words.old_button)
    walk.repeat()


def _take_shared(walk: Walk, shared: Shared) -> None:
    place, node = walk.session.place, walk.waiting()
    if place is not None and node is not None and node.ask is not None and node.ask.request_user_info:
        if take_shared(walk, place, node, node.ask, shared):
            return
        walk.say(node.ask.wrong)
        walk.repeat()
        return
    walk.say(walk.library.words.shared_unasked)
    walk.repeat()
