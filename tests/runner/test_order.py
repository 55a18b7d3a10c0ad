"""Each person's answers come once and in order, whatever Zalo, the clock and the runners do."""

import asyncio
import random
from datetime import UTC, datetime

from app.kit.ids import UserId
from app.zalo.answers import SentMessage
from app.zalo.errors import NoAnswer, NotSent
from app.zalo.messages import Message, plain_text
from tests.runner.office import LINES, Office, PretendZalo

SEED = 20261124
PEOPLE, LINES_EACH = 6, 5


class MoodyZalo(PretendZalo):
    """Slow or quick; one call in eight fails: refused, never arrived, or arrived with its answer lost."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    async def send(self, token: str, contact: UserId, message: Message) -> SentMessage:
        self.calls += 1
        await asyncio.sleep(self._chance.expovariate(100))
        match self._chance.randrange(24):
            case 0:
                raise NotSent("refused before it was read")
            case 1:
                raise NoAnswer("never arrived")
            case 2:
                self.put(contact, plain_text(message))
                raise NoAnswer("arrived, the answer did not")
        return SentMessage(self.put(contact, plain_text(message)), datetime.now(UTC), None)


async def told_to_a_patient_person(office: Office) -> list[str]:
    runner = await office.hire()
    for number in range(LINES_EACH):
        await office.hear("patient", LINES[number % len(LINES)], runner)
        await office.idle()
    await runner.stop()
    return office.zalo.told("patient")


async def test_one_runner_keeps_order_and_number_in_any_weather(office: Office) -> None:
    await all_are_told_once_in_order(office, 1, random.Random(SEED))  # noqa: S311  it makes weather


async def test_two_runners_keep_order_and_number_in_any_weather(big_office: Office) -> None:
    await all_are_told_once_in_order(big_office, 2, random.Random(SEED))  # noqa: S311  it makes weather


async def all_are_told_once_in_order(office: Office, runners: int, chance: random.Random) -> None:
    expected = await told_to_a_patient_person(office)
    zalo = MoodyZalo(chance)
    hired = [await office.hire(zalo) for _ in range(runners)]
    people = [f"person-{number}" for number in range(PEOPLE)]

    async def write(person: str) -> None:
        for number in range(LINES_EACH):
            await asyncio.sleep(chance.expovariate(50))
            await office.hear(person, LINES[number % len(LINES)], chance.choice([*hired, None]))

    await asyncio.gather(*(write(person) for person in people))
    await office.idle()
    assert {person: zalo.told(person) for person in people} == dict.fromkeys(people, expected)
    assert zalo.calls > len(expected) * PEOPLE, "the weather was too fine to prove anything"
