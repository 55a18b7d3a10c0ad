"""What was written while we were gone, and Zalo has stopped repeating, is answered once."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from app.content.transcript import Says
from app.conversations.catching_up import TOO_LATE
from app.inbox.models import EventState, InboxEvent
from tests.journeys.people import Person
from tests.journeys.processes import Stage, until


@contextmanager
def away(stage: Stage) -> Iterator[None]:
    """The bot is down, and Zalo gives up on what it would have sent."""
    stage.bot.kill()
    stage.call("PUT", "/webhook", {"enabled": False})
    try:
        yield
    finally:
        stage.call("PUT", "/webhook", {"enabled": True})
        stage.bot.start()


def notes(stage: Stage, person: Person) -> list[tuple[str, str | None]]:
    rows = select(InboxEvent.state, InboxEvent.note).where(
        InboxEvent.contact == person.user_id, InboxEvent.event_name.startswith("user_send")
    )
    return stage.database.read_now(lambda db: [(row.state, row.note) for row in db.execute(rows)])


def test_what_was_missed_is_found_and_answered_once_in_order(fast_stage: Stage) -> None:
    patient, person = Person.new(fast_stage), Person.new(fast_stage)
    person.say("menu")
    expected = [patient.say(line) for line in ("menu", "cài vssid", "menu")][1:]
    told = len(person.everything())
    with away(fast_stage):
        person.begin(Says("cài vssid"))
        person.begin(Says("menu"))
    person.until_told(told + sum(map(len, expected)))
    fast_stage.settle()
    assert person.read() == [bubble for bubbles in expected for bubble in bubbles]
    fast_stage.restart_bot()  # looks again, and finds nothing new
    person.say("cài vssid")
    assert notes(fast_stage, person) == [(EventState.SETTLED, None)] * 4


def test_what_a_colleague_has_answered_meanwhile_is_kept_but_not_answered_again(fast_stage: Stage) -> None:
    person = Person.new(fast_stage)
    person.say("menu")
    with away(fast_stage):
        person.begin(Says("cho hỏi nộp hồ sơ ở đâu"))
        person.is_answered_by_colleague("Dạ anh tới quầy số 2 giúp em nhé")
    until(lambda: len(notes(fast_stage, person)) == 2, "the message is found")
    fast_stage.settle()
    assert [bubble.admin_id is not None for bubble in person.read()] == [True]
    assert notes(fast_stage, person)[1] == (EventState.SETTLED, TOO_LATE)
