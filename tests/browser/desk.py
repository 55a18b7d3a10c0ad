"""The console at an office's desk: a running service, and a browser that has signed in to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page, expect

from app.directory.contacts import touch
from app.handover.requests import open_request
from app.kit.ids import UserId
from app.runtime import Runtime
from app.staff.demo_accounts import PASSWORD

Console = tuple[str, Runtime]
"""Its address, and the service behind it."""


def ask(runtime: Runtime, contact: str, wording: str) -> None:
    """Somebody asks for a person."""
    now = runtime.clock.now()
    runtime.db.write_now(lambda tx: touch(tx, UserId(contact), now))
    runtime.db.write_now(lambda tx: open_request(tx, runtime.sealer, UserId(contact), wording, now))


@asynccontextmanager
async def inside(
    chromium: Browser, console: str, login: str = "quantri", **context: Any
) -> AsyncIterator[Page]:
    """A browser that has signed in, its scripts running."""
    opened = await chromium.new_context(
        **{"viewport": {"width": 1440, "height": 900}, "locale": "vi-VN"} | context
    )
    page = await opened.new_page()
    await page.goto(f"{console}/dang-nhap")
    await page.fill("#f-ten", login)
    await page.fill("#f-mat_khau", PASSWORD)
    await page.click("text=Đăng nhập >> nth=-1")
    await expect(page.locator("h1")).to_contain_text("Chào")
    await page.wait_for_load_state()
    yield page
    await opened.close()
