"""An answer to what waits: a question, a review, a menu."""

from dataclasses import replace

from app.engine.bubbles import ask_buttons, fields_bubble, pages
from app.engine.flow import Ask, Confirm, Node, Place
from app.engine.inputs import Shared
from app.engine.matching import chosen
from app.engine.slots import Filled, Wrong, read_answer
from app.engine.walking import Walk
from app.engine.wording import fill
from app.kit.phone import parse_phone
from app.kit.vietnamese import fold, nfc


def answer_question(walk: Walk, place: Place, node: Node, ask: Ask, text: str) -> None:
    """Fills the slot and goes on, or says what does not fit; after the last try takes the way out."""
    if ask.skip is not None and fold(text) == fold(ask.skip):
        skip_question(walk, place, node, ask)
        return
    reading = read_answer(ask, text, walk.library.words)
    if isinstance(reading, Filled):
        walk.session = walk.session.given(place.flow, {ask.slot: reading.value})
        _go_on(walk, place, node)
        return
    _refuse(walk, place, ask, reading)


def choose_option(walk: Walk, place: Place, node: Node, ask: Ask, number: int) -> None:
    if not 0 <= number < len(ask.choices):
        walk.repeat()
        return
    walk.session = walk.session.given(place.flow, {ask.slot: ask.choices[number].value})
    _go_on(walk, place, node)


def skip_question(walk: Walk, place: Place, node: Node, ask: Ask) -> None:
    walk.session = walk.session.given(place.flow, {ask.slot: ""})
    _go_on(walk, place, node)


def take_shared(walk: Walk, place: Place, node: Node, ask: Ask, shared: Shared) -> bool:
    """Fills the question and what else is still empty from Zalo's form; False when it holds no phone."""
    phone = parse_phone(shared.phone)
    if phone is None:
        return False
    empty = {slot: nfc(shared.name) for what, slot in ask.fills.items() if what == "name" and shared.name}
    known = walk.session.of(place.flow)
    extra = {slot: value for slot, value in empty.items() if not known.get(slot)}
    walk.session = walk.session.given(place.flow, {**extra, ask.slot: phone})
    _go_on(walk, place, node)
    return True


def answer_review(walk: Walk, place: Place, confirm: Confirm, text: str) -> bool:
    """True when the text was an answer to the review."""
    words, said = walk.library.words, fold(text)
    if said in {fold(confirm.yes.label), "1", *map(fold, words.yes)}:
        walk.go(confirm.yes.goto, place)
    elif said in {fold(words.labels.correct), "2", "sua", *map(fold, words.no)}:
        _ask_which(walk, place, confirm, 0)
    elif said in {fold(words.labels.cancel), "3"}:
        walk.go(confirm.cancel, place)
    else:
        named = [at for at, field in enumerate(confirm.fields) if fold(field.label) in said]
        if len(named) != 1:
            return False
        correct(walk, place, confirm, named[0])
    return True


def tap_review(walk: Walk, place: Place, confirm: Confirm, kind: str, number: int) -> bool:
    match kind:
        case "yes":
            walk.go(confirm.yes.goto, place)
        case "no":
            walk.go(confirm.cancel, place)
        case "fix":
            _ask_which(walk, place, confirm, 0)
        case "q":
            _ask_which(walk, place, confirm, number)
        case "f" if number < len(confirm.fields):
            correct(walk, place, confirm, number)
        case _:
            return False
    return True


def correct(walk: Walk, place: Place, confirm: Confirm, number: int) -> None:
    """Asks for one field anew; the answer leads back to the review."""
    walk.enter(Place(place.flow, confirm.fields[number].ask), back=True)
    walk.session = replace(walk.session, correcting=place)


def answer_menu(walk: Walk, place: Place, node: Node, text: str) -> bool:
    """True when the text chose something of the menu."""
    fillers = frozenset(fold(word) for word in walk.library.words.fillers)
    if fold(text) == fold(walk.library.words.labels.more) and pages(node, walk.library) > 1:
        turn_page(walk, walk.session.page + 1)
        return True
    at = chosen(node.menu, text, fillers)
    if at is None:
        return False
    walk.go(node.menu[at].goto, place)
    return True


def turn_page(walk: Walk, page: int) -> None:
    node = walk.waiting()
    if node is not None:
        walk.session = replace(walk.session, page=page % pages(node, walk.library))
    walk.repeat()


def _go_on(walk: Walk, place: Place, node: Node) -> None:
    review = walk.session.correcting
    if review is not None and review.flow == place.flow:
        walk.session = replace(walk.session, correcting=None)
        walk.enter(review, back=True)
    elif node.goto is not None:
        walk.go(node.goto, place)


def _refuse(walk: Walk, place: Place, ask: Ask, wrong: Wrong) -> None:
    tries = walk.session.tries + 1
    walk.session = replace(walk.session, tries=tries)
    if tries >= ask.tries and ask.give_up is not None:
        walk.go(ask.give_up, place)
        return
    values = {**walk.values(place), "suggestion": wrong.suggestion or ""}
    words = walk.library.words
    lines = [words.too_long if wrong.too_long else ask.wrong]
    if wrong.suggestion:
        lines.append(words.email_slip)
    if tries > 1 and ask.hint:
        lines.append(ask.hint)
    walk.say(fill("\n".join(lines), values, walk.library), ask_buttons(walk.library, place, ask))


def _ask_which(walk: Walk, place: Place, confirm: Confirm, page: int) -> None:
    bubble = fields_bubble(walk.library, place, confirm, page)
    walk.say(bubble.text, bubble.buttons)
