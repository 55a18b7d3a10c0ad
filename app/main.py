"""Assembles the web app: the webhook, health, metrics and the console."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from app.broadcasts.attachments import Attachments
from app.broadcasts.calling import Caller
from app.broadcasts.reconciling import Reconciler
from app.broadcasts.reminders import TIMER as REMINDERS
from app.broadcasts.reminders import Reminders
from app.broadcasts.sending import BroadcastSender
from app.console.desk import BASE
from app.console.door import console_app, console_routes
from app.conversations.catching_up import CatchUp
from app.health import health_routes
from app.importing.recurring import Imports
from app.importing.uploading import TIMER as IMPORTS
from app.liaison_link.routes import liaison_link_routes
from app.look.assets import LOOK_STATIC
from app.mail.sending import Mailer, read_server
from app.runner import Runner
from app.runtime import Runtime, open_ground, spool_folder
from app.settings import Settings
from app.stop_link.routes import stop_link_routes
from app.webhook.reception import Reception
from app.webhook.routes import Door, WithDoor
from app.webhook.spool import Spool
from app.worker_lists.tidying import Tidying
from app.zalo.client import ZaloClient

Closer = Callable[[], Awaitable[None]]


def create_app(runtime: Runtime, *, with_runner: bool = True, closers: tuple[Closer, ...] = ()) -> FastAPI:
    """The web process; with a runner inside unless runners are processes of their own.

    It closes the runtime when it ends, and then `closers`, for what was mounted beside.
    """

    spool = Spool(spool_folder(runtime.settings))
    reception = open_reception(runtime, spool)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        runner = open_runner(runtime) if with_runner else None
        if runner is not None:
            await runner.start()
            runtime.runner = runner
        bringing_back = asyncio.create_task(reception.bring_back())
        try:
            yield
        finally:
            bringing_back.cancel()
            runtime.runner = None
            if runner is not None:
                await runner.stop()
            await runtime.close()
            spool.close()
            for close in closers:
                await close()

    app = WithDoor(title="Đầu Mối", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.door = Door(reception)
    app.include_router(health_routes(runtime))
    app.include_router(console_routes())
    app.mount(BASE, console_app(runtime))
    app.include_router(liaison_link_routes(runtime))
    app.include_router(stop_link_routes(runtime))
    app.mount("/static", StaticFiles(directory=LOOK_STATIC))
    return app


def open_reception(runtime: Runtime, spool: Spool) -> Reception:
    """The reception of this process; it hands chats to the process's own runner, when there is one."""
    settings = runtime.settings
    return Reception(
        runtime.db,
        runtime.sealer,
        runtime.clock,
        settings.zalo_app_id,
        settings.oa_secrets,
        spool,
        lambda: runtime.runner,
    )


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
        {
            "token": runtime.tokens.renew_if_due,
            "catch-up": open_catch_up(runtime).look,
            IMPORTS: Imports(runtime.db, runtime.sealer, runtime.clock).look,
            REMINDERS: Reminders(
                runtime.db, open_ground(runtime.settings, runtime.sealer), runtime.clock
            ).look,
            "worker-lists": Tidying(runtime.db, runtime.clock).look,
        },
        alone=runtime.db.is_sqlite,
        broadcasts=open_broadcasts(runtime),
        its_turn=runtime.pace.reply,
    )


def open_broadcasts(runtime: Runtime) -> BroadcastSender:
    """What sends broadcasts in this process; its calls are paid from the bulk share of the rate."""
    settings = runtime.settings
    client = ZaloClient(runtime.http, settings.zalo_api_url, settings.zalo_zbs_url)
    caller = Caller(
        client,
        runtime.tokens,
        open_mailer(settings),
        runtime.sealer,
        runtime.pace,
        runtime.clock,
        settings.public_url,
        Attachments(runtime.db, client, runtime.clock),
    )
    reconciler = Reconciler(runtime.db, client, runtime.tokens, runtime.sealer)
    ground = open_ground(settings, runtime.sealer)
    return BroadcastSender(runtime.db, ground, caller, reconciler, runtime.pace, runtime.clock)


def open_mailer(settings: Settings) -> Mailer | None:
    if not settings.smtp_url:
        return None
    return Mailer(read_server(settings.smtp_url), settings.mail_from)


def open_catch_up(runtime: Runtime) -> CatchUp:
    settings = runtime.settings
    return CatchUp(
        runtime.db,
        runtime.client,
        runtime.tokens,
        runtime.sealer,
        runtime.clock,
        settings.zalo_app_id,
        settings.zalo_oa_id,
    )
