"""A Zalo that answers after a moment and notes when each reply came: the other end of every measurement."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from aiohttp import web

from tests.bench.platforms import answer_other_platforms


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    at: float


class Stub:
    """Speaks as much of Zalo's HTTP as a bot needs that only answers."""

    def __init__(self, takes: float) -> None:
        self.url = ""
        self._takes = takes
        self.replies: defaultdict[str, list[Reply]] = defaultdict(list)
        self.total = 0
        self._numbers = count(1)
        self._came = asyncio.Event()

    def forget(self) -> None:
        self.replies.clear()
        self.total = 0

    async def wait_for(self, user: str, replies: int, patience: float = 10.0) -> None:
        """Returns once that many replies to this person have come; raises `TimeoutError`."""
        await self._wait(lambda: len(self.replies[user]) >= replies, patience)

    async def wait_for_total(self, replies: int, patience: float) -> None:
        await self._wait(lambda: self.total >= replies, patience)

    async def _wait(self, arrived: Callable[[], bool], patience: float) -> None:
        async with asyncio.timeout(patience):
            while not arrived():
                self._came.clear()
                await self._came.wait()

    async def note(self, user: str, text: str, at: float) -> None:
        """Returns when it is time to answer."""
        self.replies[user].append(Reply(text, at))
        self.total += 1
        self._came.set()
        await asyncio.sleep(self._takes)

    async def take_message(self, request: web.Request) -> web.Response:
        at = time.perf_counter()
        sent = await request.json()
        user = sent["recipient"]["user_id"]
        await self.note(user, text_of(sent["message"]), at)
        answer = {
            "message_id": f"{next(self._numbers):020x}",
            "user_id": user,
            "sent_time": str(int(time.time() * 1000)),
            "quota": {"quota_type": "reply", "remain": "0", "total": "0"},
        }
        return web.json_response({"error": 0, "message": "Success", "data": answer})

    async def take_anything(self, _request: web.Request) -> web.Response:
        return web.json_response({"error": 0, "message": "Success", "data": {}})


def text_of(message: dict[str, object]) -> str:
    """What the person reads; the outline of messages without text."""
    return str(message.get("text") or message.get("attachment") or message)


@asynccontextmanager
async def running_stub(takes: float = 0.0) -> AsyncIterator[Stub]:
    """`takes` seconds until each answer."""
    stub = Stub(takes)
    app = web.Application()
    app.router.add_post("/v3.0/oa/message/cs", stub.take_message)
    answer_other_platforms(app.router, stub.note)
    app.router.add_route("*", "/{rest:.*}", stub.take_anything)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stub
    finally:
        await runner.cleanup()
