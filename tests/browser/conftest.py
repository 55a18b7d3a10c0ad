"""One Chromium for all; before it the console, or a pretend Zalo with the smallest of bots behind it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI, Request
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from pydantic import SecretStr

from app.kit.clock import ShiftedClock
from app.main import create_app
from app.runtime import open_runtime
from app.sandbox.config import SandboxConfig
from app.sandbox.demo_menus import DEMO_MENUS
from app.sandbox.pages import phone_app
from app.sandbox.sandbox import Sandbox, create_sandbox
from app.settings import Settings
from app.staff.demo_accounts import add_demo_accounts
from tests.browser.desk import Console, ask
from tests.browser.serving import open_port, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

TOKEN = "browser-token"


in_one_loop = pytest_asyncio.fixture(loop_scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of this folder share a loop, so that one browser serves them: starting one takes a second."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@in_one_loop
async def phone() -> AsyncIterator[str]:
    """The address of the phone page, with a bot that answers every message."""
    with open_port() as port:
        config = SandboxConfig(
            app_id="1",
            app_secret="app-secret",
            oa_id="2",
            oa_secret="oa-secret",
            webhook_url=f"{port.base}/bot",
            first_access_token=TOKEN,
            first_refresh_token="browser-refresh-token",
            menus=DEMO_MENUS,
        )
        sandbox = create_sandbox(config, ShiftedClock())
        async with serving(phone_with_bot(sandbox, port.base), port):
            yield f"{port.base}/sandbox/"


@in_one_loop
async def console(sqlite_migrated_url: str, content_read_once: None) -> AsyncIterator[Console]:
    """A running console with accounts of every role and one person who waits."""
    with open_port() as port:
        settings = Settings(
            demo=True,
            database_url=sqlite_migrated_url,
            public_url=port.base,
            secret_key=SecretStr("k" * 20),
            zalo_oa_id="2",
        )
        runtime = open_runtime(settings)
        runtime.db.write_now(lambda tx: add_demo_accounts(tx, runtime.clock.now()))
        ask(runtime, "246845883529197922", "sổ sai ngày sinh")
        async with serving(create_app(runtime, with_runner=False), port):
            yield f"{port.base}/console", runtime


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the phone was not looked at in a browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@in_one_loop
async def desk(chromium: Browser, phone: str) -> AsyncIterator[Page]:
    """A page on a desk; closed before the server stops, so that no stream is left open."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
    yield await context.new_page()
    await context.close()


@in_one_loop
async def pocket(chromium: Browser, phone: str) -> AsyncIterator[BrowserContext]:
    """A phone's own browser: 390 pixels wide, touched."""
    context = await chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    yield context
    await context.close()


def phone_with_bot(sandbox: Sandbox, base: str) -> FastAPI:
    """Bot, pretend Zalo and phone behind one port, as in the demo."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(trust_env=False) as http, asyncio.TaskGroup() as answers:
            app.state.answer = lambda event: answers.create_task(answer(http, base, event))
            yield
        await sandbox.close()

    app = FastAPI(lifespan=lifespan)
    app.mount("/sandbox/zalo", sandbox.zalo_routes())
    app.mount("/sandbox", phone_app(sandbox))

    @app.post("/bot")
    async def webhook(request: Request) -> None:
        event = await request.json()
        if event["event_name"] in ("user_send_text", "user_submit_info"):
            request.app.state.answer(event)

    return app


async def answer(http: httpx.AsyncClient, base: str, event: dict[str, object]) -> None:
    """Asks for details on "đăng ký"; otherwise repeats what was said, with one button of each kind."""
    sender, said = event["sender"], event.get("message", {})
    assert isinstance(sender, dict)
    assert isinstance(said, dict)
    text = str(said.get("text", "thông tin"))
    body = {"recipient": {"user_id": sender["id"]}, "message": reply_to(text)}
    url = f"{base}/sandbox/zalo/v3.0/oa/message/cs"
    answer = await http.post(url, json=body, headers={"access_token": TOKEN})
    assert answer.json()["error"] == 0, answer.text


def reply_to(text: str) -> dict[str, object]:
    if text == "đăng ký":
        card = {"title": "Đăng ký đầu mối", "subtitle": "Bấm để chia sẻ", "image_url": "https://x.vn/a.png"}
        payload: dict[str, object] = {"template_type": "request_user_info", "elements": [card]}
        return {"attachment": {"type": "template", "payload": payload}}
    buttons = [
        {"title": "Cài đặt VssID", "type": "oa.query.hide", "payload": "#dm/install"},
        {"title": "Mở cổng dịch vụ công", "type": "oa.open.url", "payload": {"url": "https://x.gov.vn"}},
        {"title": "Gọi tổng đài", "type": "oa.open.phone", "payload": {"phone_code": "84258352216"}},
    ]
    return {
        "text": f"Em đã nghe: {text}",
        "attachment": {"type": "template", "payload": {"buttons": buttons}},
    }
