"""A real Chromium in front of a pretend Zalo with the smallest of bots behind it."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from app.kit.clock import ShiftedClock
from app.sandbox.config import SandboxConfig
from app.sandbox.demo_menus import DEMO_MENUS
from app.sandbox.pages import phone_app
from app.sandbox.sandbox import Sandbox, create_sandbox

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

TOKEN = "browser-token"

EVERY_CORNER = "EVERY_CORNER" in os.environ
"""`EVERY_CORNER=1 make test` looks at each page in both widths and themes; without it at opposite corners."""
CORNERS = pytest.mark.parametrize(
    ("width", "theme"),
    [(1440, "light"), (390, "dark"), *([(1440, "dark"), (390, "light")] if EVERY_CORNER else [])],
)


@pytest.fixture
async def phone() -> AsyncIterator[str]:
    """The address of the phone page, with a bot that answers every message."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = SandboxConfig(
            app_id="1",
            app_secret="app-secret",
            oa_id="2",
            oa_secret="oa-secret",
            webhook_url=f"{base}/bot",
            first_access_token=TOKEN,
            first_refresh_token="browser-refresh-token",
            menus=DEMO_MENUS,
        )
        sandbox = create_sandbox(config, ShiftedClock())
        settings = uvicorn.Config(
            served(sandbox, base), log_level="warning", ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(settings)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await _started(server)
        yield f"{base}/sandbox/"
        server.should_exit = True
        await serving


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: the phone was not looked at in a browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def desk(chromium: Browser, phone: str) -> AsyncIterator[Page]:
    """A page on a desk; closed before the server stops, so that no stream is left open."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def pocket(chromium: Browser, phone: str) -> AsyncIterator[BrowserContext]:
    """A phone's own browser: 390 pixels wide, touched."""
    context = await chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    yield context
    await context.close()


def served(sandbox: Sandbox, base: str) -> FastAPI:
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


async def _started(server: uvicorn.Server) -> None:
    while not server.started:  # noqa: ASYNC110  uvicorn has no event to wait for
        await asyncio.sleep(0.01)
