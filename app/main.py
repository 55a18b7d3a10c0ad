"""Assembles the web app: the webhook, health, metrics and, in demo mode, the sandbox."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from app.health import health_routes
from app.look.assets import LOOK_STATIC
from app.runner import Runner
from app.runtime import Runtime
from app.webhook.routes import webhook_routes

Closer = Callable[[], Awaitable[None]]


def create_app(runtime: Runtime, *, with_runner: bool = True, closers: tuple[Closer, ...] = ()) -> FastAPI:
    """The web process; with a runner inside unless runners are processes of their own.

    It closes the runtime when it ends, and then `closers`, for what was mounted beside.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        runner = open_runner(runtime) if with_runner else None
        if runner is not None:
            await runner.start()
            runtime.runner = runner
        try:
            yield
        finally:
            runtime.runner = None
            if runner is not None:
                await runner.stop()
            await runtime.close()
            for close in closers:
                await close()

    app = FastAPI(title="Đầu Mối", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(webhook_routes(runtime))
    app.include_router(health_routes(runtime))
    app.mount("/static", StaticFiles(directory=LOOK_STATIC))
    return app


async def run_runner(runtime: Runtime) -> None:
    """A background process: works until it is told to stop (SIGTERM, SIGINT)."""
    runner = open_runner(runtime)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await runner.start()
    await stop.wait()
    await runner.stop()
    await runtime.close()


def open_runner(runtime: Runtime) -> Runner:
    """The runner of this process, with its recurring work."""
    return Runner(
        runtime.db,
        runtime.clock,
        runtime.means,
        runtime.client,
        runtime.tokens,
        {"token": runtime.tokens.renew_if_due},
        alone=runtime.db.is_sqlite,
    )
