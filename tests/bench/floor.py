"""The floor: the same menu turn in bare FastAPI from memory: proved, taken once, answered, and nothing kept.

What Python can do at all on this machine, with aiohttp or with plain httpx as the client.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import httpx
import orjson
import uvicorn
from fastapi import FastAPI, Request, Response

from tests.bench.knock import OA_SECRET, SIGNATURE, sign
from tests.bench.menu import ASK, CHOICES, Seen, answer_to, choice

SENDS_AT_ONCE = 32

Post = Callable[[dict[str, Any]], Awaitable[None]]


class Bot:
    """A menu of five choices, in a dictionary."""

    def __init__(self) -> None:
        self._chosen: dict[str, str] = {}

    def answer(self, user: str, text: str) -> dict[str, Any]:
        chosen = choice(text)
        if user in self._chosen and chosen:
            self._chosen[user] = chosen
            return {"text": answer_to(chosen)}
        self._chosen[user] = ""
        buttons = [
            {"title": title, "type": "oa.query.hide", "payload": f"#floor/{at}"}
            for at, title in enumerate(CHOICES)
        ]
        return {"text": ASK, "attachment": {"type": "template", "payload": {"buttons": buttons}}}


def floor_app(zalo: str, client: str) -> FastAPI:
    sends = asyncio.Semaphore(SENDS_AT_ONCE)
    running: set[asyncio.Task[None]] = set()
    bot, seen = Bot(), Seen()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened = _by_httpx(zalo) if client == "httpx" else _by_aiohttp(zalo)
        async with opened as app.state.post:
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    async def reply(user: str, text: str) -> None:
        async with sends:
            await app.state.post({"recipient": {"user_id": user}, "message": bot.answer(user, text)})

    @app.post("/webhook/zalo")
    async def receive(request: Request) -> Response:
        body = await request.body()
        if request.headers.get(SIGNATURE) != sign(body):
            return Response(status_code=401)
        event = orjson.loads(body)
        if not seen.is_repeat(event["message"]["msg_id"]):
            task = asyncio.create_task(reply(event["sender"]["id"], event["message"]["text"]))
            running.add(task)
            task.add_done_callback(running.discard)
        return Response()

    @app.get("/healthz")
    async def lives() -> dict[str, str]:
        return {"status": "ok"}

    return app


@asynccontextmanager
async def _by_aiohttp(zalo: str) -> AsyncIterator[Post]:
    async with aiohttp.ClientSession(headers={"access_token": OA_SECRET}) as http:

        async def post(message: dict[str, Any]) -> None:
            headers = {"content-type": "application/json"}
            url = f"{zalo}/v3.0/oa/message/cs"
            async with http.post(url, data=orjson.dumps(message), headers=headers) as answer:
                orjson.loads(await answer.read())

        yield post


@asynccontextmanager
async def _by_httpx(zalo: str) -> AsyncIterator[Post]:
    async with httpx.AsyncClient(headers={"access_token": OA_SECRET}) as http:

        async def post(message: dict[str, Any]) -> None:
            headers = {"content-type": "application/json"}
            answer = await http.post(
                f"{zalo}/v3.0/oa/message/cs", content=orjson.dumps(message), headers=headers
            )
            answer.json()

        yield post


if __name__ == "__main__":
    uvicorn.run(
        floor_app(os.environ["FLOOR_ZALO"], os.environ["FLOOR_CLIENT"]),
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
    )
