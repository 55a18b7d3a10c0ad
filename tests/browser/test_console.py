"""The console in a real browser: sign-in, live queue, accessible, within policy, no wider than a hand."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, expect
from pydantic import SecretStr

from app.directory.contacts import touch
from app.handover.requests import open_request
from app.kit.ids import UserId
from app.main import create_app
from app.runtime import Runtime, open_runtime
from app.schema import upgrade
from app.settings import Settings
from app.staff.demo_accounts import PASSWORD, add_demo_accounts
from tests.browser.conftest import CORNERS
from tests.browser.test_phone import violations, watch

PLACES = (
    "/", "/hop-thu", "/hop-thu/1", "/tai-khoan", "/tai-khoan/hai-lop", "/nhat-ky", "/nguoi-dung",
    "/nguoi-dung/1", "/zalo", "/suc-khoe", "/dang-nhap/doi-mat-khau", "/khong-co",
)  # fmt: skip


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[tuple[str, Runtime]]:
    """A running console with accounts of every role and one person who waits."""
    url = f"sqlite:///{tmp_path / 'daumoi.db'}"
    upgrade(url)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = Settings(
            demo=True, database_url=url, public_url=base, secret_key=SecretStr("k" * 20), zalo_oa_id="2"
        )
        runtime = open_runtime(settings)
        runtime.db.write_now(lambda tx: add_demo_accounts(tx, runtime.clock.now()))
        ask(runtime, "246845883529197922", "sổ sai ngày sinh")
        app = create_app(runtime, with_runner=False)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1)
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110  uvicorn has no event to wait for
            await asyncio.sleep(0.01)
        yield f"{base}/console", runtime
        server.should_exit = True
        await serving


def ask(runtime: Runtime, contact: str, wording: str) -> None:
    now = runtime.clock.now()
    runtime.db.write_now(lambda tx: touch(tx, UserId(contact), now))
    runtime.db.write_now(lambda tx: open_request(tx, runtime.sealer, UserId(contact), wording, now))


@asynccontextmanager
async def inside(
    chromium: Browser, console: tuple[str, Runtime], login: str = "quantri", **context: object
) -> AsyncIterator[tuple[Page, BrowserContext]]:
    """A browser that has signed in."""
    opened = await chromium.new_context(**{"viewport": {"width": 1440, "height": 900}} | context)  # type: ignore[arg-type]
    page = await opened.new_page()
    await page.goto(f"{console[0]}/dang-nhap")
    await page.fill("#f-ten", login)
    await page.fill("#f-mat_khau", PASSWORD)
    await page.click("text=Đăng nhập >> nth=-1")
    await expect(page.locator("h1")).to_contain_text("Chào")
    await page.wait_for_load_state()  # keys and dialogs are the scripts' work
    yield page, opened
    await opened.close()


async def test_who_asks_for_a_person_appears_by_itself_and_is_answered(
    chromium: Browser, console: tuple[str, Runtime]
) -> None:
    base, runtime = console
    async with inside(chromium, console) as (page, _):
        complaints = watch(page)
        async with page.expect_response("**/hop-thu/luong?*"):
            await page.goto(f"{base}/hop-thu")
        ask(runtime, "246845883529197933", "hỏi về thẻ BHYT")
        await expect(page.locator("#queue")).to_contain_text("hỏi về thẻ BHYT", timeout=10_000)
        await page.click("#queue a >> nth=0")
        await page.fill("#f-noi_dung", "Dạ, em xem ngay ạ.")
        await page.click(".inbox-foot button.is-main")
        await expect(page.locator("#thread")).to_contain_text("Dạ, em xem ngay ạ.")
        await expect(page.locator("#thread > li").last).to_be_in_viewport()
        await page.click(".inbox-acts >> text=Xong")
        await expect(page.locator("#toasts")).to_contain_text("Đã xong")
        assert complaints == []


async def test_twenty_loads_each_open_their_stream(chromium: Browser, console: tuple[str, Runtime]) -> None:
    async with inside(chromium, console) as (page, _):
        for _ in range(20):
            async with page.expect_response("**/hop-thu/luong?*", timeout=8_000) as opened:
                await page.goto(f"{console[0]}/hop-thu/1")
            answer = await opened.value
            assert answer.status == 200
            assert answer.headers["content-type"].startswith("text/event-stream")


@CORNERS
async def test_every_page_is_accessible_within_policy_and_fits(
    chromium: Browser, console: tuple[str, Runtime], width: int, theme: str
) -> None:
    view = {"width": width, "height": 900}
    async with inside(chromium, console, viewport=view, color_scheme=theme) as (page, _):
        complaints = watch(page)
        await expect(page.locator("html")).to_have_attribute("data-theme", theme)
        for place in PLACES:
            await page.goto(f"{console[0]}{place}")
            assert await violations(page) == [], place
            assert await page.evaluate("document.documentElement.scrollWidth") == width, place
        assert [one for one in complaints if "404" not in one] == []


async def test_the_phone_has_a_bar_under_the_thumb_and_all_places_behind_more(
    chromium: Browser, console: tuple[str, Runtime]
) -> None:
    async with inside(chromium, console, viewport={"width": 390, "height": 844}) as (page, _):
        await expect(page.locator(".side")).to_be_hidden()
        await page.click(".thumb >> text=Thêm")
        await expect(page.locator("#more")).to_be_visible()
        await page.click("#more >> text=Nhật ký")
        await expect(page.locator("h1")).to_have_text("Nhật ký")


async def test_all_places_are_behind_more_without_scripts_too(
    chromium: Browser, console: tuple[str, Runtime]
) -> None:
    small = {"width": 390, "height": 844}
    async with inside(chromium, console, viewport=small, java_script_enabled=False) as (page, _):
        await page.click(".thumb >> text=Thêm")
        await page.click("#more >> text=Đóng")
        await expect(page.locator("#more")).to_be_hidden()
        await page.click(".thumb >> text=Thêm")
        await page.click("#more >> text=Nhật ký")
        await expect(page.locator("h1")).to_have_text("Nhật ký")


async def test_keys_lead_to_places_and_help(chromium: Browser, console: tuple[str, Runtime]) -> None:
    async with inside(chromium, console) as (page, _):
        await page.keyboard.press("?")
        await expect(page.locator("#shortcuts")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("g")
        await page.keyboard.press("h")
        await expect(page.locator("h1")).to_have_text("Hộp thư")


async def test_everything_works_without_scripts(chromium: Browser, console: tuple[str, Runtime]) -> None:
    base, _ = console
    async with inside(chromium, console, java_script_enabled=False) as (page, _):
        await page.goto(f"{base}/hop-thu/1")
        await page.click('.inbox-acts button:text-is("Nhận")')
        await expect(page.locator("#toasts")).to_contain_text("Anh/Chị đã nhận")
        await page.fill("#f-noi_dung", "Dạ, Anh chờ em một lát ạ.")
        await page.click(".inbox-foot button.is-main")
        await expect(page.locator("#thread")).to_contain_text("Anh chờ em một lát")
        await page.goto(f"{base}/nguoi-dung")
        await page.fill("#f-ho_ten", "Trần Thị Mới")
        await page.click("text=Thêm và cấp mật khẩu đầu")
        await expect(page.locator(".code")).to_have_count(1)
        await page.click("text=Cấp mật khẩu mới")
        await expect(page.locator(".code")).to_have_count(1)
        await page.goto(f"{base}/nhat-ky")
        await page.select_option("#viec", "handover.answered")
        await page.click(".bar >> text=Lọc")
        await expect(page.locator(".table tbody tr")).to_have_count(1)
        await page.click("text=Kiểm tra chuỗi")
        await expect(page.locator("main")).to_contain_text("Chuỗi nguyên vẹn")
        await page.click(".top summary")
        await page.click(".top >> text=Đăng xuất")
        await expect(page.locator("h1")).to_have_text("Đăng nhập")


async def test_a_role_sees_its_own_places_only(chromium: Browser, console: tuple[str, Runtime]) -> None:
    async with inside(chromium, console, "noidung") as (page, _):
        await expect(page.locator(".side")).not_to_contain_text("Hộp thư")
        await page.goto(f"{console[0]}/nguoi-dung")
        await expect(page.locator("main")).to_contain_text("người có vai trò Quản trị")
