"""Half-filled forms: not left by accident, asked about after a pause, kept while a contact is elsewhere."""

from dataclasses import replace
from datetime import timedelta

from app.engine.effects import Choice
from app.engine.flow import Place
from app.engine.inputs import Followed, Input, Opened, Tapped, Typed
from app.engine.matching import number_in, says_one_of
from app.engine.payloads import AtPlace, Command, command, read_payload
from app.engine.session import Session
from app.engine.walking import Walk
from app.engine.wording import secret_warning

IDLE_AFTER = timedelta(hours=24)
"""After a day a menu is forgotten, and a half-filled form is asked about."""
FORM_KEPT_FOR = timedelta(days=7)
"""What nobody came back to in a week is personal data without a purpose."""


def open_form(walk: Walk) -> Place | None:
    """Where the contact stands in a form with answers that are not saved yet."""
    place, unsaved = walk.session.place, walk.session.unsaved
    return place if place is not None and unsaved is not None and place.flow == unsaved.flow else None


def go_or_ask(walk: Walk, place: Place) -> None:
    """Goes there, unless that would throw a half-filled form away without a word."""
    here = open_form(walk)
    if here is not None and here.flow != place.flow:
        _ask(walk, walk.library.words.form_open, place)
        return
    follow(walk, place)


def follow(walk: Walk, place: Place) -> None:
    """Goes where what waits leads, unless that begins a form anew that is half-filled already."""
    unsaved, here = walk.session.unsaved, open_form(walk)
    if here is None and unsaved is not None and unsaved.flow == place.flow:
        _ask(walk, walk.library.words.form_open, place)
        return
    walk.enter(place)


def has_grown_cold(walk: Walk, given: Input) -> bool:
    """After a long pause asks about a half-filled form, forgets anything else. True if that is the turn."""
    pause = walk.now - walk.session.touched_at
    if pause <= IDLE_AFTER:
        return False
    if walk.session.unsaved is None or pause > FORM_KEPT_FOR:
        walk.session = Session.fresh(walk.now)
        return False
    if isinstance(given, (Followed, Opened)) or (isinstance(given, Tapped) and _continues(walk, given)):
        return False
    if isinstance(given, Typed) and given.secrets:
        walk.say(secret_warning(walk.library.words, given.secrets))
    _ask(walk, walk.library.words.form_expired, Place.parse(walk.library.words.doors.menu))
    return True


def answers_about_form(walk: Walk, text: str) -> bool:
    """True when the text said whether to stay in the form or to leave it, and that was done."""
    words = walk.library.words
    asked = walk.session.wants is not None
    number = number_in(text, words) if asked else None
    if number == 2 or says_one_of(text, (words.labels.leave, *(words.no if asked else ())), words):
        leave(walk)
        return True
    if number == 1 or says_one_of(text, (words.labels.stay, *(words.yes if asked else ())), words):
        stay(walk)
        return True
    # Anything else is an answer to the form itself: who answers has stayed.
    walk.session = replace(walk.session, wants=None)
    return False


def stay(walk: Walk) -> None:
    """Asks again what the form was asking."""
    unsaved, here = walk.session.unsaved, open_form(walk)
    walk.session = replace(walk.session, wants=None)
    if unsaved is None or here is not None:
        walk.repeat()
        return
    walk.enter(unsaved, back=True)


def leave(walk: Walk) -> None:
    """Forgets the form's answers and goes where the contact wanted to go."""
    unsaved, wants = walk.session.unsaved, walk.session.wants
    if unsaved is not None:
        walk.session = walk.session.without(unsaved.flow)
    walk.session = walk.session.resting()
    walk.enter(wants or Place.parse(walk.library.words.doors.menu))


def _ask(walk: Walk, question: str, wants: Place) -> None:
    walk.session = replace(walk.session, wants=wants)
    labels = walk.library.words.labels
    walk.say(question, (Choice(labels.stay, command("stay")), Choice(labels.leave, command("leave"))))


def _continues(walk: Walk, tapped: Tapped) -> bool:
    """Whether the button belongs to what waits, so that there is nothing to ask."""
    match read_payload(tapped.payload):
        case Command("stay" | "leave" | "cancel"):
            return True
        case AtPlace(place):
            return place == walk.session.place
        case _:
            return False
