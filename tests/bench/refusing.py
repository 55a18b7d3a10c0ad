"""A Zalo that refuses in every way it knows, loses answers, and remembers what it delivered to whom."""

import hashlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from aiohttp import web

FOR_EVER = (-201, -213, -217, -218, -222, -227, -230, -232, -233, -244, -305, -311, -9999)
"""What refuses this person or this text for good, a code that nobody knows among them."""
FOR_ONCE = (-200, -214)
TOO_MANY_AT = 3001
"""This call is one too many for the minute (-32)."""
LOST = "lost"
"""Taken, and the connection is cut before the answer."""


def fate(user: str) -> int | str:
    """What awaits the message to this person: the same after every restart. 0 is delivered."""
    number = int.from_bytes(hashlib.sha256(user.encode()).digest()[:4]) % 1000
    if number < 130:
        return FOR_EVER[number // 10]
    if number < 170:
        return FOR_ONCE[number % 2]
    return LOST if number < 200 else 0


class RefusingZalo:
    def __init__(self) -> None:
        self.url = ""
        self.delivered: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
        self.refused: Counter[int] = Counter()
        self.lost = self.rate_limited = 0
        self._failed_once: set[str] = set()
        self._calls = 0
        self._numbers = count(1)

    def doubles(self) -> int:
        return sum(len(messages) > 1 for messages in self.delivered.values())

    async def send(self, request: web.Request) -> web.StreamResponse:
        sent = await request.json()
        user, text = sent["recipient"]["user_id"], sent["message"]["text"]
        self._calls += 1
        if self._calls == TOO_MANY_AT:
            self.rate_limited += 1
            return _refuse(-32)
        awaits = fate(user)
        if isinstance(awaits, int) and awaits and not (awaits in FOR_ONCE and user in self._failed_once):
            self._failed_once.add(user)
            self.refused[awaits] += 1
            return _refuse(awaits)
        message_id = f"{next(self._numbers):020x}"
        now = int(time.time() * 1000)
        self.delivered[user].append({"message_id": message_id, "message": text, "time": now})
        if awaits == LOST and request.transport is not None:
            self.lost += 1
            request.transport.close()
        quota = {"quota_type": "reply"}
        data = {"message_id": message_id, "user_id": user, "sent_time": str(now), "quota": quota}
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def conversation(self, request: web.Request) -> web.StreamResponse:
        """The truth, newest first."""
        asked = json.loads(request.query["data"])
        user = asked["user_id"]
        listed = [
            {**one, "src": 0, "type": "text", "from_id": "oa", "to_id": user}
            for one in reversed(self.delivered[user])
        ]
        data = listed[asked["offset"] : asked["offset"] + asked["count"]]
        return web.json_response({"error": 0, "message": "Success", "data": data})

    async def anything(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": 0, "message": "Success", "data": []})


def _refuse(code: int) -> web.Response:
    return web.json_response({"error": code, "message": "refused", "data": {}})


@asynccontextmanager
async def refusing_zalo() -> AsyncIterator[RefusingZalo]:
    zalo = RefusingZalo()
    app = web.Application()
    app.router.add_post("/v3.0/oa/message/cs", zalo.send)
    app.router.add_get("/v2.0/oa/conversation", zalo.conversation)
    app.router.add_route("*", "/{rest:.*}", zalo.anything)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    zalo.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield zalo
    finally:
        await runner.cleanup()
