"""The directory in a real browser: accessible, within policy, no wider than a hand, and without scripts."""

import re

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import Connection

from app.directory import consents, contacts
from app.directory.demo_data import load_demo
from app.directory.invites import make_invite
from app.directory.leave import note_leave
from app.directory.liaisons import announce, register
from app.directory.rules import Registration
from app.directory.units import find_units
from app.kit.clock import VIETNAM
from app.kit.ids import UserId
from tests.browser.desk import Console, inside
from tests.browser.sight import CORNERS, violations, watch, width_of

PLACES = (
    "/dau-moi", "/dau-moi?q=khong-ai-ca", "/dau-moi/1", "/dau-moi/2?tim=hoa", "/dau-moi/2/sua",
    "/dau-moi/them", "/dau-moi/them?tim=hoa", "/dau-moi/trung", "/dau-moi/trung?loai=don-vi",
    "/doanh-nghiep", "/doanh-nghiep/1", "/doanh-nghiep/6", "/doanh-nghiep/them", "/doanh-nghiep/1/sua",
    "/doanh-nghiep/1/to-moi", "/doanh-nghiep/2/to-moi", "/can-bo", "/can-bo/1", "/can-bo/1/sua",
    "/co-quan", "/co-quan/1", "/co-quan/them", "/nguoi-nhan", "/nguoi-nhan/lan",
)  # fmt: skip


@pytest.fixture
def directory(console: Console) -> Console:
    """The invented directory with people who wait, one row twice, somebody on leave and a sheet to print."""
    runtime = console[1]
    sealer, now = runtime.sealer, runtime.clock.now()
    today = now.astimezone(VIETNAM).date()

    def fill(tx: Connection) -> None:
        load_demo(tx, sealer, now)
        for contact, code in (("lan", "TA0001A"), ("minh", "")):
            known = UserId(contact)
            contacts.follow(tx, known, now)
            consents.answer(tx, known, consents.LIAISON, "2026-11-24", now, given=True)
            said = Registration(f"Nguyễn Thị {contact.title()}", "0905000111", "", "hr", code, "Công ty Lạ")
            register(tx, sealer, known, said, find_units(tx, code)[0] if code else None, now)
        announce(tx, sealer, 1, Registration("Nguyễn Thị Lan", "0905000999", "lan@vidu.vn", "hr"), now)
        make_invite(tx, 1, "system", now)
        note_leave(tx, 1, 2, today, today, "system", now)

    runtime.db.write_now(fill)
    return console


@CORNERS
async def test_every_page_is_accessible_within_policy_and_fits(
    chromium: Browser, directory: Console, width: int, theme: str
) -> None:
    view = {"width": width, "height": 900}
    async with inside(chromium, directory[0], viewport=view, color_scheme=theme) as page:
        complaints = watch(page)
        for place in PLACES:
            answer = await page.goto(f"{directory[0]}{place}")
            assert answer is not None
            assert answer.status == 200, place
            assert await violations(page) == [], place
            assert await width_of(page) == width, place
        assert complaints == []


async def test_the_list_is_searched_while_one_types(chromium: Browser, directory: Console) -> None:
    async with inside(chromium, directory[0]) as page:
        await page.goto(f"{directory[0]}/dau-moi")
        await page.fill("#l-q", "minh")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await expect(page).to_have_url(re.compile(r"/dau-moi\?q=minh"))
        await page.reload()
        await expect(page.locator("tbody tr")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_liaison_is_verified_and_ended_and_a_unit_handed_out(
    chromium: Browser, directory: Console, scripts: bool
) -> None:
    base = directory[0]
    async with inside(chromium, directory[0], java_script_enabled=scripts) as page:
        await page.goto(f"{base}/dau-moi/2")
        await page.fill("#unit-text", "tieu hoc")
        await page.press("#unit-text", "Enter")
        await page.check("input[name=don_vi]")
        await page.get_by_role("button", name="Xác minh", exact=True).click()
        await expect(page.locator("#toasts")).to_contain_text("Đã xác minh")
        await page.goto(f"{base}/dau-moi/1")
        await page.get_by_role("button", name="Từ chối").click()
        if scripts:
            await page.click("#confirm-yes")
        await expect(page.locator("#toasts")).to_contain_text("Đã từ chối")
        await page.goto(f"{base}/doanh-nghiep/6")
        await page.select_option("#officer", label="Trần Văn Ví Dụ")
        await page.get_by_role("button", name="Giao", exact=True).click()
        await page.get_by_role("button", name="Giao 1 đơn vị cho Trần Văn Ví Dụ").click()
        await expect(page.locator("#toasts")).to_contain_text("Đã giao 1 đơn vị")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_unit_is_ended_and_the_line_that_says_so_takes_it_back(
    chromium: Browser, directory: Console, scripts: bool
) -> None:
    async with inside(chromium, directory[0], java_script_enabled=scripts) as page:
        await page.goto(f"{directory[0]}/doanh-nghiep/6")
        await page.click("text=Ngừng dùng đơn vị")
        await page.click("#toasts >> text=Hoàn tác")
        await expect(page.locator("#toasts")).to_contain_text("Đã dùng lại")


async def test_the_sheet_is_printed_alone(chromium: Browser, directory: Console) -> None:
    async with inside(chromium, directory[0]) as page:
        await page.goto(f"{directory[0]}/doanh-nghiep/1/to-moi")
        await expect(page.locator("[data-print]")).to_be_visible()
        await page.emulate_media(media="print")
        for away in (".side", ".top", ".page-head"):
            await expect(page.locator(away).first).to_be_hidden()
        await expect(page.locator(".sheet-word")).to_be_visible()
        assert await on_one_sheet(page)


async def on_one_sheet(page: Page) -> bool:
    """Whether it ends before an A4 page does, at 96 dots an inch."""
    box = await page.locator(".sheet").bounding_box()
    return box is not None and box["y"] + box["height"] < 297 / 25.4 * 96
