"""An app on a port of its own, in the loop of the test."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Port:
    """Taken already, so that an app can be built that knows its own address."""

    listening: socket.socket
    number: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.number}"


@contextmanager
def open_port() -> Iterator[Port]:
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        yield Port(listening, int(listening.getsockname()[1]))


@asynccontextmanager
async def serving(app: FastAPI, port: Port) -> AsyncIterator[None]:
    config = uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[port.listening]))
    while not server.started and not running.done():  # noqa: ASYNC110  uvicorn has no event to wait for
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await running
