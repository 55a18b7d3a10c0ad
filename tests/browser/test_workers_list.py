"""The liaison's list in a real browser: within its policy, accessible, no wider than the smallest phone."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page, expect

from app.main import create_app
from app.runtime import open_runtime
from app.schema import upgrade
from app.settings import Settings
from tests.browser.test_phone import RULES, watch
from tests.liaison_link.door import CLOCK_START, KEY, Office, StandingClock

WIDTHS = {"small": (360, 740), "pocket": (390, 844), "desk": (1440, 900)}
PICTURES = os.environ.get("LIST_PICTURES", "")
"""A folder to keep pictures of every page in, for who wants to look at them."""


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    """An office whose list is served on a port of its own."""
    upgrade(sqlite_url)
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        here = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings.model_validate(
            {
                "database_url": sqlite_url,
                "secret_key": KEY,
                "public_url": here,
                "zalo_app_id": "1",
                "zalo_app_secret": KEY,
                "zalo_oa_id": "2",
                "zalo_oa_secret": KEY,
            }
        )
        runtime = open_runtime(settings, StandingClock(CLOCK_START))
        app = create_app(runtime, with_runner=False)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event to wait for
            await asyncio.sleep(0.01)
        yield Office(runtime, app)
        server.should_exit = True
        await serving


async def opened(browser: Browser, width: str, theme: str = "light", *, scripts: bool = True) -> Page:
    wide, high = WIDTHS[width]
    context = await browser.new_context(
        viewport={"width": wide, "height": high},
        color_scheme="dark" if theme == "dark" else "light",
        locale="vi-VN",
        java_script_enabled=scripts,
    )
    return await context.new_page()


async def come_in(page: Page, office: Office) -> str:
    url = office.runtime.settings.public_url + office.link()
    await page.goto(url)
    await page.click("button[value=gui-ma]")
    await expect(page.locator(".note")).to_contain_text("đã được gửi")
    await page.fill("#code", office.codes()[-1])
    await page.press("#code", "Enter")
    await expect(page.locator(".workers")).to_be_visible()
    return url


async def fits(page: Page) -> bool:
    wide = await page.evaluate("document.documentElement.scrollWidth")
    view = page.viewport_size
    return view is not None and wide <= view["width"]


async def violations(page: Page) -> list[str]:
    found = await Axe().run(page, options=RULES)
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found.response["violations"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_every_page_is_accessible_and_fits(
    chromium: Browser, office: Office, width: str, theme: str
) -> None:
    page = await opened(chromium, width, theme)
    complaints = watch(page)
    door = office.runtime.settings.public_url + office.link()

    async def is_well(name: str) -> None:
        await expect(page.locator("html")).to_have_attribute("data-theme", theme)
        assert await violations(page) == [], name
        assert await fits(page), name
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}.png")

    await page.goto(door)
    await is_well("door")
    await page.goto(f"{door}?tb=chua-dung")
    await page.click("summary")
    await is_well("wrong")
    url = await come_in(page, office)
    await is_well("list")
    await page.locator(".mark.is-da-cai").first.click()
    await expect(page.locator(".told")).to_be_visible()
    await is_well("marked")
    await page.goto(f"{url}?tim=zzz")
    await is_well("nobody")
    await page.goto(f"{url}?tat-ca")
    await is_well("all")
    assert complaints == []
    await page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_liaison_marks_filters_and_takes_back(
    chromium: Browser, office: Office, scripts: bool
) -> None:
    page = await opened(chromium, "small", scripts=scripts)
    await come_in(page, office)
    before = office.numbers()
    first = page.locator(".worker:not(.is-marked)").first
    name = await first.locator(".who b").inner_text()
    await first.locator("button", has_text="Cần hỗ trợ").click()
    await expect(page.locator(".told")).to_contain_text(name)
    assert office.numbers().needs_help == before.needs_help + 1
    await page.locator(".filters a", has_text="Cần hỗ trợ").click()
    await expect(page.locator(".worker")).to_have_count(2)
    await page.locator(".worker", has_text=name).locator("button", has_text="Đánh dấu lại").click()
    await expect(page.locator(".worker")).to_have_count(1)
    assert office.numbers() == before
    await page.fill("#find", "khong co ai")
    await page.press("#find", "Enter")
    await expect(page.locator(".empty")).to_be_visible()
    await page.context.close()


async def test_all_are_marked_after_a_question_and_taken_back(chromium: Browser, office: Office) -> None:
    page = await opened(chromium, "pocket")
    await come_in(page, office)
    before = office.numbers()
    await page.click("text=Tất cả đã cài…")
    await page.click("text=Đúng,")
    await expect(page.locator(".told")).to_contain_text("tất cả đã cài")
    assert office.numbers().open == 0
    await page.locator(".told button").click()
    await expect(page.locator(".told")).to_contain_text("Đã hoàn tác")
    assert office.numbers() == before
    await page.context.close()


async def test_the_page_asks_its_own_files_without_telling_its_address(
    chromium: Browser, office: Office
) -> None:
    page = await opened(chromium, "pocket")
    told: list[str] = []
    page.on("request", lambda request: told.append(request.headers.get("referer", "")))
    url = await come_in(page, office)
    assert any(told)
    assert not any(url.rpartition("/")[2] in one for one in told)
    await page.context.close()
