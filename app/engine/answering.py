"""An answer to what waits: a question, a review, a menu."""

from dataclasses import replace

from app.engine.bubbles import ask_buttons, fields_bubble, menu_buttons, offer_buttons
from app.engine.flow import Ask, Confirm, Node, Place
from app.engine.inputs import Shared
from app.engine.leaving import follow
from app.engine.matching import chosen, folded, hinted, number_in, says_one_of
from app.engine.slots import LONGEST_OF_ALL, Filled, Unsure, Wrong, options_of, read_answer, read_name
from app.engine.walking import Walk
from app.engine.wording import fill
from app.kit.phone import parse_phone
from app.kit.vietnamese import fold, nfc


def fits_question(walk: Walk, ask: Ask, text: str) -> bool:
    """Whether the text is an answer to the question."""
    words = walk.library.words
    if walk.session.offered and _offered(walk, text) is not None:
        return True
    if ask.skip is not None and says_one_of(text, (ask.skip,), words):
        return True
    return not isinstance(read_answer(ask, text, words), Wrong)


def answer_question(walk: Walk, place: Place, node: Node, ask: Ask, text: str) -> None:
    """Fills the slot and goes on, or says what does not fit; after the last try takes the way out."""
    words = walk.library.words
    offered = _offered(walk, text) if walk.session.offered else None
    if offered is not None:
        _fill_in(walk, place, node, ask, offered)
        return
    if ask.skip is not None and says_one_of(text, (ask.skip,), words):
        skip_question(walk, place, node, ask)
        return
    if says_one_of(text, (words.labels.more,), words) and options_of(ask, words):
        turn_page(walk, walk.session.page + 1)
        return
    reading = read_answer(ask, text, words)
    match reading:
        case Filled(value):
            _fill_in(walk, place, node, ask, value)
        case Unsure(readings):
            walk.session = replace(walk.session, offered=readings)
            question = fill(words.email_slip, {"suggestion": readings[0]}, walk.library)
            walk.say(question, offer_buttons(walk.library, place, readings))
        case Wrong():
            _refuse(walk, place, ask, reading)


def choose_option(walk: Walk, place: Place, node: Node, ask: Ask, number: int) -> None:
    _fill_in(walk, place, node, ask, options_of(ask, walk.library.words)[number].value)


def choose_offered(walk: Walk, place: Place, node: Node, ask: Ask, number: int) -> bool:
    """Takes one of the readings offered before; False when there is no such one."""
    if number >= len(walk.session.offered):
        return False
    _fill_in(walk, place, node, ask, walk.session.offered[number])
    return True


def skip_question(walk: Walk, place: Place, node: Node, ask: Ask) -> None:
    _fill_in(walk, place, node, ask, "")


def take_shared(walk: Walk, place: Place, node: Node, ask: Ask, shared: Shared) -> bool:
    """Fills the question and what else is still empty from Zalo's form; False when it holds no phone."""
    phone = parse_phone(shared.phone)
    if phone is None:
        return False
    slot, name = ask.fills.get("name"), read_name(nfc(shared.name[:LONGEST_OF_ALL]), walk.library.words)
    if slot is not None and name is not None and not walk.session.of(place.flow).get(slot):
        walk.session = walk.session.given(place.flow, {slot: name})
    _fill_in(walk, place, node, ask, phone)
    return True


def answer_review(walk: Walk, place: Place, confirm: Confirm, text: str) -> bool:
    """True when the text was an answer to the review."""
    if walk.session.picking:
        return _answer_which(walk, place, confirm, text)
    words, number = walk.library.words, number_in(text, walk.library.words)
    if number == 1 or says_one_of(text, (confirm.yes.label, *words.yes), words):
        accept(walk, place, confirm)
    elif number == 2 or says_one_of(text, (words.labels.correct, *words.correct, *words.no), words):
        ask_which(walk, place, confirm, 0)
    elif number == 3:
        drop(walk, place, confirm)
    else:
        return _names_field(walk, place, confirm, text)
    return True


def accept(walk: Walk, place: Place, confirm: Confirm) -> None:
    """From here on there is nothing unsaved."""
    walk.session = replace(walk.session, unsaved=None)
    walk.go(confirm.yes.goto, place)


def drop(walk: Walk, place: Place, confirm: Confirm) -> None:
    walk.session = walk.session.without(place.flow)
    walk.go(confirm.cancel, place)


def correct(walk: Walk, place: Place, confirm: Confirm, number: int) -> None:
    """Asks for one field anew; the answer leads back to the review."""
    question = Place(place.flow, confirm.fields[number].ask)
    walk.session = replace(walk.session, correcting=place, amending=question)
    walk.enter(question, back=True)


def ask_which(walk: Walk, place: Place, confirm: Confirm, page: int) -> None:
    walk.session = replace(walk.session, page=page, picking=True)
    bubble = fields_bubble(walk.library, walk.session, place, confirm)
    walk.say(bubble.text, bubble.buttons)


def answer_menu(walk: Walk, place: Place, node: Node, text: str) -> bool:
    """True when the text chose something of the menu."""
    words = walk.library.words
    at = chosen(node.menu, text, words)
    if at is None and says_one_of(text, (words.labels.more,), words):
        turn_page(walk, walk.session.page + 1)
        return True
    if at is None:
        at = hinted(node.menu, text, words)
        # What changes something is not done on a hint.
        if at is None or _acts(walk, place, node.menu[at].goto):
            return False
    follow(walk, Place.parse(node.menu[at].goto, place.flow))
    return True


def turn_page(walk: Walk, page: int) -> None:
    """Shows further choices of the menu or the question, without its text."""
    place, node = walk.session.place, walk.waiting()
    walk.session = replace(walk.session, page=page)
    if place is None or node is None:
        walk.repeat()
    elif node.ask is not None:
        buttons = ask_buttons(walk.library, walk.session, place, node.ask)
        walk.say(walk.library.words.choose_below, buttons)
    else:
        walk.say(walk.library.words.choose_below, menu_buttons(walk.library, walk.session, place, node))


def _answer_which(walk: Walk, place: Place, confirm: Confirm, text: str) -> bool:
    """True when the text said which field to correct; a bare yes or no only shows it again."""
    words, number = walk.library.words, number_in(text, walk.library.words)
    if number is not None and 1 <= number <= len(confirm.fields):
        correct(walk, place, confirm, number - 1)
    elif says_one_of(text, (words.labels.more,), words):
        ask_which(walk, place, confirm, walk.session.page + 1)
    elif says_one_of(text, (confirm.yes.label,), words):
        accept(walk, place, confirm)
    elif says_one_of(text, (words.labels.correct, *words.correct), words):
        ask_which(walk, place, confirm, 0)
    elif says_one_of(text, (*words.yes, *words.no), words):
        walk.repeat()
    else:
        return _names_field(walk, place, confirm, text)
    return True


def _names_field(walk: Walk, place: Place, confirm: Confirm, text: str) -> bool:
    """Asks anew for the one field that is named in the text."""
    said = f" {fold(text)} "
    named = [at for at, field in enumerate(confirm.fields) if f" {folded(field.label)} " in said]
    if len(named) != 1:
        return False
    correct(walk, place, confirm, named[0])
    return True


def _acts(walk: Walk, place: Place, target: str) -> bool:
    node = walk.library.node(Place.parse(target, place.flow))
    return node is not None and node.do is not None


def _offered(walk: Walk, text: str) -> str | None:
    """The reading that a "yes", a "no" or a number means, of those that were offered."""
    words, offered = walk.library.words, walk.session.offered
    number = number_in(text, words)
    if number is not None:
        return offered[number - 1] if 1 <= number <= len(offered) else None
    if says_one_of(text, words.yes, words):
        return offered[0]
    return offered[1] if says_one_of(text, words.no, words) and len(offered) > 1 else None


def _fill_in(walk: Walk, place: Place, node: Node, ask: Ask, value: str) -> None:
    walk.session = walk.session.given(place.flow, {ask.slot: value})
    if walk.library.flows[place.flow].form:
        _note_unsaved(walk, place)
    if _amended(walk, place, node):
        review = walk.session.correcting
        if review is not None:
            walk.enter(review, back=True)
            return
    if node.goto is not None:
        walk.go(node.goto, place)


def _note_unsaved(walk: Walk, place: Place) -> None:
    """One form at a time is kept half-filled: the answers of another one go."""
    unsaved = walk.session.unsaved
    if unsaved is not None and unsaved.flow != place.flow:
        walk.session = walk.session.without(unsaved.flow)
    walk.session = replace(walk.session, unsaved=place)


def _amended(walk: Walk, place: Place, node: Node) -> bool:
    """True when the corrected answer stands by itself; one that an act looks up goes on to that act first."""
    if place != walk.session.amending or node.goto is None:
        return False
    return not _acts(walk, place, node.goto)


def _refuse(walk: Walk, place: Place, ask: Ask, wrong: Wrong) -> None:
    tries = walk.session.tries + 1
    walk.session = replace(walk.session, tries=tries, offered=())
    if tries >= ask.tries and ask.give_up is not None:
        walk.go(ask.give_up, place)
        return
    words = walk.library.words
    lines = [words.too_long if wrong.too_long else ask.wrong]
    if tries > 1 and ask.hint:
        lines.append(ask.hint)
    text = fill("\n".join(lines), walk.values(place), walk.library)
    walk.say(text, ask_buttons(walk.library, walk.session, place, ask, person=tries > 1))
