"""Demo mode: bot and pretend Zalo in one process, with invented data and secrets that are worth nothing."""

import secrets
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from pydantic import SecretStr

from app.credentials.ledger import Pair, store_pair
from app.directory.demo_data import load_demo
from app.kit.clock import ShiftedClock
from app.kit.db import Database
from app.kit.seal import Sealer
from app.main import create_app
from app.runtime import open_runtime
from app.sandbox.config import SandboxConfig
from app.sandbox.demo_menus import DEMO_MENUS
from app.sandbox.pages import phone_routes
from app.sandbox.people import VERIFIED_LIAISON
from app.sandbox.sandbox import create_sandbox
from app.schema import upgrade
from app.settings import Settings
from app.staff.demo_accounts import PASSWORD, PEOPLE, add_demo_accounts
from app.worker_lists.demo_data import load_demo_lists

SECRET_KEY = "demo-key-that-seals-only-invented-data"  # noqa: S105 - nothing real is behind it
DATABASE = "sqlite:///data/demo.db"
APP_ID, OA_ID = "360846524940903967", "388613280878808645"


def demo_app(port: int) -> FastAPI:
    """The whole service on one port, talking to its sandbox over HTTP as it would to Zalo."""
    base = f"http://127.0.0.1:{port}"
    tokens = Pair(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    settings = demo_settings(base)
    prepare_database(settings, tokens)
    clock = ShiftedClock()
    sandbox = create_sandbox(demo_sandbox(settings, tokens, base), clock)
    app = create_app(open_runtime(settings, clock), closers=(sandbox.close,))
    app.mount("/sandbox/zalo", sandbox.zalo_routes())
    app.mount("/sandbox/api", sandbox.control_routes())
    app.include_router(phone_routes(sandbox), prefix="/sandbox")
    return app


def demo_settings(base: str) -> Settings:
    zalo, given = f"{base}/sandbox/zalo", Settings()
    return Settings(
        demo=True,
        database_url=given.database_url if "database_url" in given.model_fields_set else DATABASE,
        secret_key=SecretStr(SECRET_KEY),
        public_url=base,
        zalo_app_id=APP_ID,
        zalo_app_secret=SecretStr(secrets.token_hex(16)),
        zalo_oa_id=OA_ID,
        zalo_oa_secret=SecretStr(secrets.token_hex(16)),
        zalo_oauth_url=zalo,
        zalo_api_url=zalo,
        zalo_zbs_url=zalo,
    )


def prepare_database(settings: Settings, tokens: Pair) -> None:
    """Tables, demo directory, and the tokens of this start: the sandbox forgets older ones."""
    upgrade(settings.database_url)
    db, sealer, now = Database(settings.database_url), Sealer(SECRET_KEY), datetime.now(UTC)
    try:
        db.write_now(lambda tx: load_demo(tx, sealer, now, verified_contact=VERIFIED_LIAISON))
        db.write_now(lambda tx: load_demo_lists(tx, sealer, now))
        db.write_now(lambda tx: store_pair(tx, sealer, OA_ID, tokens, timedelta(hours=25), now))
        db.write_now(lambda tx: add_demo_accounts(tx, now))
    finally:
        db.close()


def demo_sandbox(settings: Settings, tokens: Pair, base: str) -> SandboxConfig:
    return SandboxConfig(
        app_id=APP_ID,
        app_secret=settings.zalo_app_secret.get_secret_value(),
        oa_id=OA_ID,
        oa_secret=settings.zalo_oa_secret.get_secret_value(),
        webhook_url=f"{base}/webhook/zalo",
        first_access_token=tokens.access_token,
        first_refresh_token=tokens.refresh_token,
        menus=DEMO_MENUS,
    )


def greeting(port: int) -> str:
    base = f"http://127.0.0.1:{port}"
    others = ", ".join(login for login in PEOPLE if login != "quantri")
    return (
        f"Console        {base}/console/   log-in: quantri   password: {PASSWORD}\n"
        f"               same password for {others}\n"
        f"Sandbox phone  {base}/sandbox\n"
        f"Health         {base}/healthz · {base}/readyz · {base}/metrics"
    )
