"""The pretend Zalo with its addresses, to be mounted into another app or to stand alone."""

from fastapi import FastAPI

from app.kit.clock import Clock
from app.sandbox.by_phone import PhoneTemplates
from app.sandbox.config import SandboxConfig
from app.sandbox.control_routes import control_app
from app.sandbox.gate import Gate
from app.sandbox.oa_routes import oa_routes
from app.sandbox.oauth_routes import oauth_routes
from app.sandbox.pretend_zalo import PretendZalo
from app.sandbox.reading import Reading
from app.sandbox.zbs_routes import zbs_routes


class Sandbox(PretendZalo):
    """Everything that `PretendZalo` does, over HTTP."""

    def zalo_routes(self) -> FastAPI:
        """All three hosts of Zalo in one app; in the demo mounted at /sandbox/zalo."""
        gate = Gate(self.world)
        app = FastAPI(title="Zalo (mô phỏng)", openapi_url=None)
        app.include_router(oauth_routes(self.world, gate))
        app.include_router(oa_routes(self.world, gate, self.sending, Reading(self.world, self.sending)))
        app.include_router(zbs_routes(self.world, gate, PhoneTemplates(self.world)))
        return app

    def control_routes(self) -> FastAPI:
        """The control API; in the demo mounted at /sandbox/api."""
        return control_app(self)


def create_sandbox(config: SandboxConfig, clock: Clock) -> Sandbox:
    """A new pretend Zalo; `close` it where the app that mounts it ends."""
    return Sandbox(config, clock)
