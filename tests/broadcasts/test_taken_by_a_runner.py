"""Any runner takes a broadcast that is due, stops with it in order, and another goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import time

from app.broadcasts import steering
from app.broadcasts.rules import SendHours
from app.conversations.means import Means
from app.outbox.pace import Pace, Rate
from app.runner import Runner
from app.runtime import load_means
from app.settings import Settings
from tests.broadcasts.stage import STAFF, Stage

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


async def test_a_pause_is_heard_by_the_runner_within_two_seconds(stage: Stage) -> None:
    stage.clock.run_at(1)
    stage.set_ground(hours=ALWAYS)
    await stage.liaisons(40)
    stage.pace = Pace(stage.db, stage.clock, "app", Rate(300))
    number = await stage.planned()
    running = runner(stage, load_means(Settings(demo=True)))
    await running.start()
    await stage.press_send(number)

    async def some_are_out() -> bool:
        return "sent" in await stage.states(number)

    await until(some_are_out)
    await stage.db.write(lambda tx: steering.pause(tx, number, STAFF, stage.clock.now()))

    async def nothing_is_under_way() -> bool:
        return "claimed" not in await stage.states(number)

    async with asyncio.timeout(2):
        await until(nothing_is_under_way)
    assert set(await stage.states(number)) == {"sent", "planned"}
    await stage.db.write(lambda tx: steering.stop(tx, number, STAFF, stage.clock.now()))
    await running.stop()
    assert set(await stage.states(number)) == {"sent", "skipped"}
