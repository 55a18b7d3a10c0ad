"""Any runner takes a broadcast that is due, stops with it in order, and another goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import time
from typing import TypeVar

from app.broadcasts import steering
from app.broadcasts.rules import SendHours
from app.conversations.means import Means
from app.outbox.pace import Pace, Rate
from app.runner import Runner
from app.runtime import load_means
from app.settings import Settings
from tests.broadcasts.stage import STAFF, Stage

T = TypeVar("T")
PATIENCE = 20.0
ALWAYS = SendHours(time(0), time.max)


def runner(stage: Stage, means: Means) -> Runner:
    return Runner(
        stage.db,
        stage.clock,
        means,
        stage.client,
        stage.tokens,
        {},
        alone=stage.db.is_sqlite,
        broadcasts=stage.sender(),
    )


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110  what is waited for stands in the database
            await asyncio.sleep(0.02)


async def test_one_runner_stops_in_the_middle_and_the_next_one_ends_it(stage: Stage) -> None:
    stage.clock.run_at(1)
    stage.set_ground(hours=ALWAYS)
    people = await stage.liaisons(40)
    slow = Pace(stage.db, stage.clock, "app", Rate(1500))
    stage.pace = slow
    number = await stage.planned()
    means = load_means(Settings(demo=True))
    first = runner(stage, means)
    await first.start()
    await stage.press_send(number)

    async def some_are_out() -> bool:
        return "sent" in await stage.states(number)

    await until(some_are_out)
    await first.stop()
    assert set(await stage.states(number)) <= {"sent", "planned"}
    second = runner(stage, means)
    await second.start()

    async def all_are_out() -> bool:
        return set(await stage.states(number)) == {"sent"}

    await until(all_are_out)
    await second.stop()
    assert (await stage.broadcast(number)).state == "done"
    assert all(len(stage.arrived(person)) == 1 for person in people)


async def test_pause_resume_and_stop_are_heard_by_the_runner_within_two_seconds(stage: Stage) -> None:
    stage.clock.run_at(1)
    stage.set_ground(hours=ALWAYS)
    await stage.liaisons(60)
    stage.pace = Pace(stage.db, stage.clock, "app", Rate(300))
    number = await stage.planned()
    running = runner(stage, load_means(Settings(demo=True)))
    await running.start()
    await stage.press_send(number)

    async def sent() -> int:
        return (await stage.states(number)).count("sent")

    async def more_are_out_than(known: int) -> None:
        await until(lambda: _is(sent(), lambda count: count > known))

    async def press(verb: Callable[..., object]) -> None:
        await stage.db.write(lambda tx: verb(tx, number, STAFF, stage.clock.now()) and None)

    async def nothing_is_under_way() -> bool:
        return "claimed" not in await stage.states(number)

    await more_are_out_than(0)
    await press(steering.pause)
    async with asyncio.timeout(2):
        await until(nothing_is_under_way)
    held = await sent()
    assert set(await stage.states(number)) == {"sent", "planned"}
    await asyncio.sleep(1)
    assert await sent() == held

    await press(steering.resume)
    async with asyncio.timeout(2):
        await more_are_out_than(held)
    await press(steering.stop)
    async with asyncio.timeout(2):
        await until(nothing_is_under_way)
    ended = await sent()
    await asyncio.sleep(1)
    assert set(await stage.states(number)) == {"sent", "skipped"}
    assert await sent() == ended < 60
    await running.stop()


async def test_a_small_broadcast_does_not_wait_for_the_end_of_a_large_one(stage: Stage) -> None:
    stage.clock.run_at(1)
    stage.set_ground(hours=ALWAYS, second_person_above=1000)
    for number in range(200):
        await stage.liaison(f"Người Thứ {number}", employer=1)
    for number in range(10):
        await stage.liaison(f"Người Khác {number}", employer=2)
    stage.pace = Pace(stage.db, stage.clock, "app", Rate(3000))  # forty in a second
    large, small = (
        await stage.planned("role=liaison office=KH01"),
        await stage.planned("role=liaison office=KH02"),
    )
    running = runner(stage, load_means(Settings(demo=True)))
    await running.start()
    await stage.press_send(large)
    await until(lambda: _is(stage.states(large), lambda states: "sent" in states))
    await stage.press_send(small)
    await until(lambda: _is(stage.states(small), lambda states: set(states) == {"sent"}))
    assert (await stage.states(large)).count("planned") > 50
    await stage.db.write(lambda tx: steering.stop(tx, large, STAFF, stage.clock.now()))
    await running.stop()


async def _is(found: Awaitable[T], right: Callable[[T], bool]) -> bool:
    return right(await found)
