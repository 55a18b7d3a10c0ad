"""One turn: what the contact did, given where the contact stands, becomes a new standing and effects."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from app.engine.answering import answer_menu, answer_question, answer_review, fits_question, take_shared
from app.engine.commands import obey
from app.engine.flow import Ask, Library, Node, Place, SlotType
from app.engine.inputs import ActDone, Followed, Input, Media, Opened, Shared, Tapped, Typed
from app.engine.leaving import answers_about_form, go_or_ask, has_grown_cold
from app.engine.matching import Answer, Matcher, PhraseMatcher, Suggest, chosen, command_in, phrase_in
from app.engine.session import Session
from app.engine.tapping import tap
from app.engine.topics import answer, has_begun, miss, suggest, welcome
from app.engine.walking import Turn, Walk
from app.engine.wording import secret_warning

LONGEST_HEARD = 4000
"""Characters of a message that are looked at; Zalo lets people send 2,000."""

__all__ = ["Turn", "take_turn"]


def take_turn(
    library: Library, session: Session, given: Input, now: datetime, matcher: Matcher | None = None
) -> Turn:
    """The next standing and what is to be said. Defined for every input and every session, however old.

    There is always something to say, but for one case: a contact already in conversation who opens the chat.
    """
    walk = Walk(library, session, now)
    if isinstance(given, ActDone):
        _go_on_after_act(walk, given)
        return walk.turn()
    walk.session = replace(walk.session, awaiting=None, unclear=False)
    if session.unsaved is not None and not _still_waits(library, session.unsaved):
        walk.session = walk.session.without(session.unsaved.flow)
    if session.place is not None and not _still_waits(library, session.place):
        walk.session = walk.session.resting()
        walk.say(library.words.node_gone)
        walk.enter(Place.parse(library.words.doors.menu))
        return walk.turn()
    if has_grown_cold(walk, given):
        return walk.turn()
    _respond(walk, given, matcher or PhraseMatcher(library))
    return walk.turn()


def _still_waits(library: Library, place: Place) -> bool:
    node = library.node(place)
    return node is not None and node.waits


def _respond(walk: Walk, given: Input, matcher: Matcher) -> None:
    match given:
        case Typed(text, secrets) if secrets:
            _warn(walk, text[:LONGEST_HEARD], secrets, matcher)
        case Typed(text):
            _hear(walk, text[:LONGEST_HEARD], matcher)
        case Tapped(payload):
            tap(walk, payload)
        case Shared():
            _take_shared(walk, given)
        case Followed():
            welcome(walk)
        case Opened():
            if not has_begun(walk):
                welcome(walk)
        case Media():
            walk.remind(walk.library.words.media)
        case ActDone():
            raise AssertionError("handled before")
        case _:
            assert_never(given)


def _go_on_after_act(walk: Walk, done: ActDone) -> None:
    place = walk.session.awaiting
    node = None if place is None else walk.library.node(place)
    target = None if node is None else node.on.get(done.outcome)
    if done.forget:
        walk.session = walk.session.forgetful()
    if place is None or target is None:
        walk.give_up(walk.library.words.went_wrong)
        return
    walk.session = walk.session.told(place, done.values)
    walk.go(target, place)


def _warn(walk: Walk, text: str, secrets: frozenset[str], matcher: Matcher) -> None:
    """Says why such things do not belong here; then answers the rest, or asks again what was asked."""
    warning, node = secret_warning(walk.library.words, secrets), walk.waiting()
    gives = node is not None and not node.menu
    understood = None if gives else matcher.understand(text, walk.session.place)
    if isinstance(understood, Answer) and understood.title:
        walk.say(warning)
        answer(walk, understood)
        return
    walk.remind(warning)


def _hear(walk: Walk, text: str, matcher: Matcher) -> None:
    name = command_in(text, walk.library.words)
    if name is not None and not _names_a_choice(walk, text):
        obey(walk, name)
        return
    if _minds_a_form(walk) and answers_about_form(walk, text):
        return
    place, node = walk.session.place, walk.waiting()
    if place is not None and node is not None and _answered(walk, place, node, text):
        walk.session = replace(walk.session, misses=0)
        return
    _understand(walk, text, matcher)


def _names_a_choice(walk: Walk, text: str) -> bool:
    """What stands on a button in front of the contact means that button."""
    node = walk.waiting()
    return node is not None and bool(node.menu) and chosen(node.menu, text, walk.library.words) is not None


def _minds_a_form(walk: Walk) -> bool:
    return walk.session.wants is not None or walk.session.unsaved is not None


def _answered(walk: Walk, place: Place, node: Node, text: str) -> bool:
    if node.ask is not None:
        aside = _said_aside(walk, node.ask, text)
        if aside is not None:
            _turn_aside(walk, aside)
        else:
            answer_question(walk, place, node, node.ask, text)
        return True
    if node.confirm is not None:
        return answer_review(walk, place, node.confirm, text)
    return answer_menu(walk, place, node, text)


def _said_aside(walk: Walk, ask: Ask, text: str) -> Place | None:
    """What is asked for instead of answering; a question for free words takes any words."""
    if ask.type is SlotType.TEXT:
        return None
    place = phrase_in(text, walk.library)
    if place is None or (ask.type is not SlotType.PERSON_NAME and fits_question(walk, ask, text)):
        return None
    return place


def _turn_aside(walk: Walk, place: Place) -> None:
    """A greeting or thanks in the middle of a form is no wish to leave it."""
    if place.flow == Place.parse(walk.library.words.doors.welcome).flow:
        walk.repeat()
    else:
        go_or_ask(walk, place)


def _understand(walk: Walk, text: str, matcher: Matcher) -> None:
    understood = matcher.understand(text, walk.session.place)
    match understood:
        case Answer():
            answer(walk, understood)
        case Suggest():
            suggest(walk, understood)
        case None:
            miss(walk)
        case _:
            assert_never(understood)


def _take_shared(walk: Walk, shared: Shared) -> None:
    place, node = walk.session.place, walk.waiting()
    if place is None or node is None or node.ask is None or node.ask.type is not SlotType.PHONE:
        walk.remind(walk.library.words.shared_unasked)
    elif not take_shared(walk, place, node, node.ask, shared):
        walk.remind(node.ask.wrong)
