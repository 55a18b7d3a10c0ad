"""Free words: an answer that says what it took them for, topics to choose from, or an honest "not yet"."""

from collections.abc import Sequence
from dataclasses import replace

from app.engine.bubbles import standing_buttons
from app.engine.effects import Button, Choice, Say
from app.engine.flow import Place
from app.engine.leaving import go_or_ask, open_form
from app.engine.matching import Answer, Suggest, Topic
from app.engine.payloads import command, go_to
from app.engine.walking import Walk
from app.engine.wording import fill

OFFER_A_PERSON_AFTER = 2
"""Messages in a row that were not understood."""
MOST_TOPICS = 3
MOST_NEIGHBOURS = 2
"""Topics beside an answer, should it not be what was meant."""


def answer(walk: Walk, understood: Answer) -> None:
    """Goes to the answer, the topic repeated on top and its neighbours below."""
    walk.session = replace(walk.session, misses=0)
    if not understood.title or open_form(walk) is not None:
        go_or_ask(walk, understood.place)
        return
    words, begun = walk.library.words, walk.mark()
    topic = fill(words.understood, {"topic": understood.title}, walk.library)
    opening = f"{words.sorry_to_hear} {topic}" if understood.upset else topic
    neighbours = (*topic_buttons(walk, understood.others)[:MOST_NEIGHBOURS], _person(walk))
    go_or_ask(walk, understood.place)
    if walk.acts:
        # What the act answers comes later; the way out of a misunderstanding must stand before it.
        walk.put_before(begun, Say(f"{opening}\n{words.not_that}", neighbours))
    else:
        walk.introduce(begun, opening)
        walk.say(words.not_that, neighbours)


def suggest(walk: Walk, understood: Suggest) -> None:
    """Two or three topics by their names, a way to say that it is none of them, and a person."""
    words, topics = walk.library.words, topic_buttons(walk, understood.topics)[:MOST_TOPICS]
    if not topics:
        miss(walk)
        return
    walk.session = replace(walk.session, unclear=True)
    other = Choice(words.labels.other, command("other"))
    walk.say(understood.question or words.suggest, (*topics, other, _person(walk)))


def miss(walk: Walk) -> None:
    """Says that it was not understood, with an example; the second time in a row a person is offered."""
    words, first = walk.library.words, not has_begun(walk) and walk.session.misses == 0
    walk.session = replace(walk.session, misses=walk.session.misses + 1, unclear=True)
    if first:
        welcome(walk)
    elif walk.session.misses < OFFER_A_PERSON_AFTER:
        walk.remind(words.not_understood)
    else:
        walk.say(words.not_understood_again, (_person(walk), Choice(words.labels.menu, command("menu"))))


def say_otherwise(walk: Walk) -> None:
    """It was none of the topics: asks for other words; who is not understood then is offered a person."""
    walk.session = replace(walk.session, misses=OFFER_A_PERSON_AFTER - 1)
    walk.say(walk.library.words.say_otherwise, standing_buttons(walk.library, walk.session))


def has_begun(walk: Walk) -> bool:
    return walk.session.place is not None or bool(walk.session.trail)


def welcome(walk: Walk) -> None:
    """Greets; somebody in the middle of a form is only reminded of it."""
    if open_form(walk) is not None:
        walk.repeat()
        return
    walk.enter(Place.parse(walk.library.words.doors.welcome))


def topic_buttons(walk: Walk, topics: Sequence[Topic]) -> list[Button]:
    """A button for each topic that has a place today; of one place the likeliest topic."""
    named: dict[Place, str] = {}
    for topic in topics:
        if walk.library.node(topic.place) is not None:
            named.setdefault(topic.place, topic.title)
    return [Choice(title, go_to(place)) for place, title in named.items()]


def _person(walk: Walk) -> Choice:
    return Choice(walk.library.words.labels.person, command("person"))
