"""kill -9 at bad moments: nobody's answer is lost, and none comes twice."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from app.content.transcript import Doing, Says, Taps
from app.outbox.models import Delivery, DeliveryState
from tests.journeys.people import Bubble, Person
from tests.journeys.processes import Stage, stage, until
from tests.journeys.scripts import REGISTERS

SENDS = "message/cs"
KILLS = 10
SEED = 20261124
RATE = 120.0
"""Half a minute for an hour; Zalo's second try of a webhook, after 30 seconds and 5 minutes, comes soon."""

AFTERWARDS: tuple[Doing, ...] = (
    Says("dữ liệu của tôi"),
    Taps("Xem dữ liệu của tôi"),
    Says("menu"),
    Says("cai vssid"),
    Says("1"),
    Taps("Đã có"),
    Says("đơn vị của tôi"),
    Says("gặp sự cố"),
    Says("cảm ơn"),
)
THE_HOUR = (*REGISTERS, *AFTERWARDS * 2)
DATED = "bản thông báo"
"""Stands in the one answer that names a time of day: it is the same answer whatever the hour."""


def in_state(running: Stage, state: DeliveryState) -> int:
    counted = select(func.count()).where(Delivery.state == state)
    return running.database.read_now(lambda db: db.execute(counted).scalar_one())


def a_message_is_in_flight(running: Stage) -> None:
    until(lambda: in_state(running, DeliveryState.CLAIMED), "a message is in flight", 5)
    time.sleep(0.15)  # claimed is written down before the call: let it leave


def test_a_form_is_filled_on_after_a_kill_in_the_middle_of_it(fast_stage: Stage) -> None:
    undisturbed = Person.new(fast_stage).walk(REGISTERS)
    person = Person.new(fast_stage)
    heard = person.walk(REGISTERS[:6])
    fast_stage.restart_bot()
    assert heard + person.walk(REGISTERS[6:]) == undisturbed


def test_what_zalo_had_not_taken_at_the_kill_is_sent_after_it_once(fast_stage: Stage) -> None:
    expected = Person.new(fast_stage).say("menu")
    person = Person.new(fast_stage)
    with fast_stage.faults(hang={"next": 1, "path": SENDS, "seconds": 1}):
        person.begin(Says("menu"))
        a_message_is_in_flight(fast_stage)
        fast_stage.bot.kill()
        fast_stage.call("POST", "/settle")
    assert person.everything() == []
    fast_stage.bot.start()
    fast_stage.settle()
    assert person.everything() == expected


def test_what_zalo_had_taken_when_the_bot_died_before_its_answer_is_not_sent_again(
    fast_stage: Stage,
) -> None:
    expected = Person.new(fast_stage).say("menu")
    person = Person.new(fast_stage)
    with fast_stage.faults(hang={"next": 1, "path": SENDS, "seconds": 1}):
        person.begin(Says("menu"))
        a_message_is_in_flight(fast_stage)
        fast_stage.bot.freeze()  # keeps the line open and hears neither answer nor echo
        until(person.everything, "the message stands in the chat", 5)
        fast_stage.bot.kill()
    fast_stage.bot.start()
    fast_stage.settle()
    assert person.everything() == expected


@dataclass(slots=True)
class Typist:
    """Types on once the last line is answered, after a pause; knows what answers there should be."""

    person: Person
    script: Sequence[Doing]
    owed: Sequence[int]
    """How many answers there should be after each line, all together."""
    chance: random.Random
    done: int = 0
    rests_until: float = field(default=0.0)

    def go_on(self) -> bool:
        """Does the next thing if it is time; False at the end of the script."""
        if self.done and len(self.person.everything()) < self.owed[self.done - 1]:
            return True
        if self.done == len(self.script):
            return False
        if self.rests_until == 0.0:
            self.rests_until = time.monotonic() + self.chance.uniform(0.0, 0.7)
        if time.monotonic() >= self.rests_until:
            self.person.begin(self.script[self.done])
            self.done, self.rests_until = self.done + 1, 0.0
        return True


def said(bubble: Bubble) -> tuple[str, tuple[str, ...]]:
    text = bubble.text
    if DATED in text:
        text = "".join(letter for letter in text if not letter.isdigit())
    return text, bubble.buttons


@pytest.fixture
def hour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("hour"), rate=RATE) as running:
        yield running


@pytest.mark.timeout(300)
def test_ten_kills_in_a_busy_hour_lose_no_answer_and_double_none(hour: Stage) -> None:
    chance = random.Random(SEED)  # noqa: S311  it chooses moments
    teacher = Person.new(hour)
    lessons = [teacher.do(doing) for doing in THE_HOUR]
    expected = [said(bubble) for lesson in lessons for bubble in lesson]
    owed = [sum(map(len, lessons[: line + 1])) for line in range(len(lessons))]
    typists = [Typist(Person.new(hour), THE_HOUR, owed, chance) for _ in range(5)]

    in_flight = []
    with hour.faults(hang={"every": 2, "path": SENDS, "seconds": 0.2}):
        for _ in range(KILLS):
            moment = time.monotonic() + chance.uniform(0.3, 3.0)
            while time.monotonic() < moment:
                type_on(typists)
            hour.bot.kill()
            in_flight.append(in_state(hour, DeliveryState.CLAIMED))
            type_on(typists)  # people do not know that the bot is away
            hour.bot.start()
            let_zalo_call_again(hour)
    until(lambda: not type_on(typists), "everybody has been answered to the end", 150)
    hour.settle()

    lost, doubled = Counter[str](), Counter[str]()
    for typist in typists:
        heard = [said(bubble) for bubble in typist.person.everything()]
        lost += Counter(text for text, _ in expected) - Counter(text for text, _ in heard)
        doubled += Counter(text for text, _ in heard) - Counter(text for text, _ in expected)
        if not lost and not doubled:
            assert heard == expected, "answers came in another order"
    print(  # noqa: T201  the figures are the point
        f"{KILLS} kills, messages in flight at each: {in_flight}; "
        f"{len(typists) * len(expected)} answers owed, {lost.total()} lost, {doubled.total()} doubled"
    )
    assert not lost, lost
    assert not doubled, doubled


def let_zalo_call_again(hour: Stage) -> None:
    """As whoever runs the bot does once Zalo has let go of it, after six vain tries of one webhook.

    On a busy machine the bot takes so long to start that it is down at all six; what Zalo then does not
    bring any more, the bot finds in its list.
    """
    hour.call("PUT", "/webhook", {"enabled": True})


def type_on(typists: Sequence[Typist]) -> bool:
    """One round; whether anybody still has something to type or to hear."""
    time.sleep(0.02)
    busy = [typist.go_on() for typist in typists]
    return any(busy)
