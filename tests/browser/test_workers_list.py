"""The liaison's list in a real browser: within its policy, accessible, no wider than the smallest phone."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from app.main import create_app
from app.runtime import open_runtime
from app.settings import Settings
from tests.browser.conftest import in_one_loop
from tests.browser.serving import open_port, serving
from tests.browser.sight import EVERY_CORNER, violations, watch, width_of
from tests.liaison_link.door import CLOCK_START, KEY, Office, StandingClock

SMALL, POCKET = 360, 390
PICTURES = os.environ.get("LIST_PICTURES", "")
"""A folder to keep pictures of every page in, for who wants to look at them."""


@in_one_loop
async def office(sqlite_migrated_url: str, content_read_once: None) -> AsyncIterator[Office]:
    """An office whose list is served on a port of its own."""
    with open_port() as port:
        settings = Settings.model_validate(
            {
                "database_url": sqlite_migrated_url,
                "secret_key": KEY,
                "public_url": port.base,
                "zalo_app_id": "1",
                "zalo_app_secret": KEY,
                "zalo_oa_id": "2",
                "zalo_oa_secret": KEY,
            }
        )
        runtime = open_runtime(settings, StandingClock(CLOCK_START))
        app = create_app(runtime, with_runner=False)
        async with serving(app, port):
            yield Office(runtime, app)


async def opened(browser: Browser, width: int, theme: str = "light", *, scripts: bool = True) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": 844},
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


@pytest.mark.parametrize(
    ("width", "theme"),
    [
        (1440, "light"),
        (POCKET, "dark"),
        (SMALL, "light"),
        *([(1440, "dark"), (POCKET, "light")] if EVERY_CORNER else []),
    ],
)
async def test_every_page_is_accessible_and_fits(
    chromium: Browser, office: Office, width: int, theme: str
) -> None:
    page = await opened(chromium, width, theme)
    complaints = watch(page)
    door = office.runtime.settings.public_url + office.link()

    async def is_well(name: str) -> None:
        await expect(page.locator("html")).to_have_attribute("data-theme", theme)
        assert await violations(page) == [], name
        assert await width_of(page) == width, name
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
    page = await opened(chromium, SMALL, scripts=scripts)
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
    page = await opened(chromium, POCKET)
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
    page = await opened(chromium, POCKET)
    told: list[str] = []
    page.on("request", lambda request: told.append(request.headers.get("referer", "")))
    url = await come_in(page, office)
    assert any(told)
    assert not any(url.rpartition("/")[2] in one for one in told)
    await page.context.close()
