"""The floor: what FastAPI and an aiohttp client can do at all, with nothing proved and nothing kept."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from fastapi import FastAPI, Request

SENDS_AT_ONCE = 32


def floor_app(zalo: str) -> FastAPI:
    sends = asyncio.Semaphore(SENDS_AT_ONCE)
    running: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as http:
            app.state.http = http
            yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    async def reply(user: str) -> None:
        message = {"recipient": {"user_id": user}, "message": {"text": "Anh/Chị cần giúp việc gì ạ?"}}
        async with sends, app.state.http.post(f"{zalo}/v3.0/oa/message/cs", json=message) as answer:
            await answer.read()

    @app.post("/webhook/zalo")
    async def receive(request: Request) -> None:
        event = await request.json()
        task = asyncio.create_task(reply(event["sender"]["id"]))
        running.add(task)
        task.add_done_callback(running.discard)

    @app.get("/healthz")
    async def lives() -> dict[str, str]:
        return {"status": "ok"}

    return app


if __name__ == "__main__":
    uvicorn.run(
        floor_app(os.environ["FLOOR_ZALO"]),
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
    )
