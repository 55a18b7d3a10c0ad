"""The console over HTTP without a network: a running service in demo mode, and people of every role."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Protocol

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.routing import Mount

from app.console.desk import BASE
from app.console.gate import PLAIN_COOKIE, Pages
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.main import create_app
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from app.staff.accounts import By, add_account
from app.staff.passwords import hash_password
from app.staff.rules import Role
from app.staff.sessions import new_token, open_session
from tests.console.people import fill_directory

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOST = "http://console.test"
PASSWORD = "sáu con mèo trắng"
HASHED = hash_password(PASSWORD)

Client = httpx.AsyncClient


class SignIn(Protocol):
    """Opens an account of a role and gives back its browser, signed in."""

    def __call__(self, role: Role, *, must_change: bool = ..., officer_id: int | None = ...) -> Client: ...


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def settings(sqlite_migrated_url: str) -> Settings:
    return Settings(
        demo=True,
        database_url=sqlite_migrated_url,
        secret_key=SecretStr("a key for tests that is long enough"),
        public_url=HOST,
        zalo_app_id="1",
        zalo_app_secret=SecretStr("app-secret-for-tests"),
        zalo_oa_id="2",
        zalo_oa_secret=SecretStr("oa-secret-for-tests-1"),
    )


@pytest.fixture
async def runtime(
    settings: Settings, clock: FixedClock, content_read_once: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Runtime]:
    # Over httpx's own transport, which respx can stand in for.
    monkeypatch.setattr("app.runtime.open_http", lambda: httpx.AsyncClient(trust_env=False))
    runtime = open_runtime(settings, clock)
    yield runtime
    await runtime.close()


@pytest.fixture
def db(runtime: Runtime) -> Database:
    return runtime.db


@pytest.fixture
def peopled(runtime: Runtime) -> Database:
    """The invented directory with people who wait, of two officers' units and of none."""
    fill_directory(runtime, NOW)
    return runtime.db


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return create_app(runtime, with_runner=False)


@pytest.fixture
def pages(app: FastAPI) -> Pages:
    mounted = next(route for route in app.routes if isinstance(route, Mount) and route.path == BASE)
    assert isinstance(mounted.app, FastAPI)
    found = mounted.app.state.pages
    assert isinstance(found, Pages)
    return found


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[Client]:
    """A browser of nobody's."""
    async with browser_of(app) as client:
        yield client


@pytest.fixture
async def signed_in(runtime: Runtime, app: FastAPI) -> AsyncIterator[SignIn]:
    """Opens an account of a role and gives back its browser, signed in."""
    opened: list[Client] = []

    def sign_in(role: Role, *, must_change: bool = False, officer_id: int | None = None) -> Client:
        client = browser_of(app)
        client.cookies.set(
            PLAIN_COOKIE, token_of(runtime.db, role, must_change=must_change, officer_id=officer_id)
        )
        opened.append(client)
        return client

    yield sign_in
    for client in opened:
        await client.aclose()


def browser_of(app: FastAPI) -> Client:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=True, client=("10.0.0.9", 1)),
        base_url=HOST,
        headers={"sec-fetch-site": "same-origin", "user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130"},
    )


def token_of(db: Database, role: Role, *, must_change: bool = False, officer_id: int | None = None) -> str:
    """A session of a fresh account, without the slow part of signing in."""
    token, login = new_token(), f"{role} {new_token()[:8]}"

    def open_one(tx: object) -> None:
        staff_id = add_account(
            tx,  # type: ignore[arg-type]
            f"Người {role.label}",
            role,
            HASHED,
            By("system"),
            NOW,
            login=login,
            must_change=must_change,
            officer_id=officer_id,
        )
        open_session(tx, staff_id, token, "Chrome trên Windows", "10.0.0.9", NOW, code_given=True)  # type: ignore[arg-type]

    db.write_now(open_one)
    return token
