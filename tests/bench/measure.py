"""Two loads: a quiet day, and as fast as it will go."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from tests.bench.knock import Knocker
from tests.bench.stub import Stub

MENU = "menu"
PEOPLE = 400
FIRST_PERSON = 10_000
POSTS_AT_ONCE = 32
PATIENCE = 120.0


@dataclass(slots=True)
class Samples:
    """Milliseconds."""

    ack: list[float] = field(default_factory=list)
    reply: list[float] = field(default_factory=list)

    def __iadd__(self, more: "Samples") -> Self:
        self.ack += more.ack
        self.reply += more.reply
        return self


def people() -> Iterator[str]:
    """The same people again and again: their chats are known, their caches warm."""
    while True:
        yield from (str(FIRST_PERSON + number) for number in range(PEOPLE))


async def warm_up(knocker: Knocker, stub: Stub) -> int:
    """Everyone says hello once; returns how many replies one more "menu" brings."""
    chosen = people()
    for _ in range(PEOPLE // 20):
        async with asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(knocker.say(next(chosen), MENU))
    await settled(stub)
    before = stub.total
    await knocker.say(str(FIRST_PERSON), MENU)
    await settled(stub)
    return stub.total - before


async def steady(knocker: Knocker, stub: Stub, per_second: int, seconds: float) -> Samples:
    """Events at an even pace; each reply's time runs from the moment its event was due to be posted."""
    samples, chosen = Samples(), people()
    begin = time.perf_counter() + 0.1
    async with asyncio.TaskGroup() as group:
        for number in range(int(per_second * seconds)):
            due = begin + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(_one(knocker, stub, next(chosen), due, samples))
    return samples


async def _one(knocker: Knocker, stub: Stub, person: str, due: float, samples: Samples) -> None:
    before = len(stub.replies[person])
    await knocker.say(person, MENU)
    samples.ack.append((time.perf_counter() - due) * 1000)
    await stub.wait_for(person, before + 1)
    samples.reply.append((stub.replies[person][before].at - due) * 1000)


async def saturated(knocker: Knocker, stub: Stub, events: int, replies_each: int) -> float:
    """Events per second from the first post to the last reply, with so many posts always in flight."""
    chosen, left = people(), iter(range(events))
    expected = stub.total + events * replies_each
    begin = time.perf_counter()

    async def keep_posting() -> None:
        for _ in left:
            await knocker.say(next(chosen), MENU)

    async with asyncio.TaskGroup() as group:
        for _ in range(POSTS_AT_ONCE):
            group.create_task(keep_posting())
    await stub.wait_for_total(expected, PATIENCE)
    return events / (time.perf_counter() - begin)


async def settled(stub: Stub) -> None:
    """Returns when no reply has come for a while, and those that came have long been answered."""
    known = -1
    while known != stub.total:
        known = stub.total
        await asyncio.sleep(0.5)
