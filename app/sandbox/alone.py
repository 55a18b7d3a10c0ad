"""`daumoi sandbox`: the pretend Zalo as a server of its own, for any Zalo project."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.kit.clock import Clock, ShiftedClock
from app.sandbox.config import SandboxConfig
from app.sandbox.pages import phone_routes
from app.sandbox.sandbox import create_sandbox


def standalone_app(config: SandboxConfig, clock: Clock | None = None) -> FastAPI:
    """Zalo's paths (one base for all three hosts) and the phone at the root, the control API under /api."""
    sandbox = create_sandbox(config, clock or ShiftedClock())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await sandbox.close()

    app = FastAPI(title="Zalo (mô phỏng)", openapi_url=None, lifespan=lifespan)
    app.state.sandbox = sandbox
    app.mount("/api", sandbox.control_routes())
    app.include_router(phone_routes(sandbox))
    app.mount("/", sandbox.zalo_routes())
    return app
