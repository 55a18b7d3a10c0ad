from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import pytest

from app.kit.clock import VIETNAM, FixedClock
from tests.sandbox.fake_bot import FakeBot, Served
from tests.sandbox.harness import Zalo, config


@pytest.fixture(scope="session")
def listening_bot() -> Iterator[FakeBot]:
    bot = FakeBot()
    with Served(bot) as base:
        bot.base = base
        yield bot


@pytest.fixture
def bot(listening_bot: FakeBot) -> FakeBot:
    listening_bot.move()
    return listening_bot


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM))


@pytest.fixture
async def zalo(bot: FakeBot, clock: FixedClock) -> AsyncIterator[Zalo]:
    zalo = Zalo(config(bot.url), clock)
    yield zalo
    await zalo.close()
