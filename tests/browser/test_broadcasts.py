"""A broadcast from its first word to its report, in a browser, against the pretend Zalo; and how it looks."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect
from playwright.async_api import Error as PlaywrightError
from sqlalchemy import insert, update

from app.broadcasts.content import ButtonKind, Content, Push
from app.broadcasts.models import Broadcast, Recipient
from app.broadcasts.planning import plan
from app.broadcasts.steering import NewBroadcast, write
from app.demo import SECRET_KEY, demo_app
from app.directory.models import Contact, Liaison
from app.kit.clock import SystemClock
from app.kit.db import Database, upsert
from app.kit.seal import Sealer
from app.kit.vietnamese import fold, sort_key
from app.mail.stop_link import stop_link
from app.runtime import open_ground
from app.settings import Settings
from tests.browser.conftest import in_one_loop
from tests.browser.desk import inside
from tests.browser.serving import open_port, serving
from tests.browser.sight import CORNERS, violations, watch, width_of

PEOPLE = 24
PICTURES = os.environ.get("BROADCAST_PICTURES", "")
"""A folder to keep pictures of every page in, for who wants to look at them."""
SETTINGS = {
    "SECOND_PERSON_ABOVE": "5",
    "SEND_HOURS": "00:00-24:00",
    "ZALO_RATE_PER_MINUTE": "150",
}


@dataclass(frozen=True, slots=True)
class Office:
    url: str
    database_url: str
    contacts: list[str]

    @property
    def console(self) -> str:
        return f"{self.url}/console"


@in_one_loop
async def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """The whole service with its pretend Zalo, and liaisons who have written to it."""
    database_url = f"sqlite:///{tmp_path / 'daumoi.db'}"
    monkeypatch.setenv("DAUMOI_DATABASE_URL", database_url)
    monkeypatch.setenv("DAUMOI_SPOOL_DIR", str(tmp_path / "spool"))
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"DAUMOI_{name}", value)
    with open_port() as port:
        async with serving(demo_app(port.number), port):
            contacts = await people_of(port.base)
            await asyncio.to_thread(make_liaisons, database_url, contacts)
            yield Office(port.base, database_url, contacts)


async def people_of(url: str) -> list[str]:
    """People who have just written, so that they can be written to."""
    async with httpx.AsyncClient(base_url=f"{url}/sandbox/api", trust_env=False, timeout=20) as zalo:
        contacts = []
        for number in range(PEOPLE):
            made = await zalo.post("/users", json={"display_name": f"Người Ví Dụ {number}"})
            contacts.append(str(made.json()["user_id"]))
            await zalo.post(f"/users/{contacts[-1]}/messages", json={"text": "chào"})
        return contacts


def make_liaisons(database_url: str, contacts: list[str]) -> None:
    db, sealer, now = Database(database_url), Sealer(SECRET_KEY), SystemClock().now()

    def make(tx: Any) -> None:
        for number, contact in enumerate(contacts):
            spoke = {"following": True, "last_interaction_at": now, "first_seen_at": now}
            tx.execute(upsert(tx, Contact).values(user_id=contact, **spoke).on_conflict_do_nothing())
            name, phone = f"Ví Dụ Số {number}", f"09050{number:05}"
            tx.execute(
                insert(Liaison).values(
                    contact=contact,
                    employer_id=1 + number % 3,
                    state="verified",
                    full_name=name,
                    name_folded=fold(name),
                    sort_key=sort_key(name),
                    phone=sealer.seal_text(phone),
                    email=sealer.seal_text(""),
                    phone_print=sealer.fingerprint(phone),
                    from_at=now,
                )
            )

    try:
        db.write_now(make)
    finally:
        db.close()


async def keep_picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def compose(page: Page, office: Office) -> None:
    """As somebody at a desk does it, looking at the preview as it changes."""
    async with page.expect_response("**/gui-tin/moi/xem-truoc"):  # whom it reaches is counted afterwards
        await page.goto(f"{office.console}/gui-tin/moi")
    await page.fill("#f-ten", "Nhắc cài VssID quý IV")
    async with page.expect_response("**/gui-tin/moi/xem-truoc"):
        await page.select_option("#f-danh_sach", "")
    await page.fill("#f-noi_dung", "Chào ")
    await page.click("text=+ họ tên")
    await expect(page.locator("#f-noi_dung")).to_have_value("Chào {họ tên}")
    await expect(page.locator("#preview .bubble")).to_contain_text("Chào Nguyễn Thị Ví Dụ")
    await page.type("#f-noi_dung", " {tên}")
    await expect(page.locator("#preview .checks")).to_contain_text("Không có trường {tên}")
    await page.fill("#f-noi_dung", "Chào {họ tên}, đơn vị còn người chưa cài VssID.")
    await expect(page.locator("#preview .checks")).to_contain_text(f"{PEOPLE + 1} người nhận được")
    await page.select_option("#f-nguoi", label="Ví Dụ Số 3 · " + await unit_of(page, "Ví Dụ Số 3"))
    await expect(page.locator("#preview .bubble")).to_contain_text("Chào Ví Dụ Số 3,")
    await keep_picture(page, "compose")
    await page.click("text=Lưu và lập danh sách nhận")
    await expect(page.locator("#live")).to_contain_text("người sẽ nhận", timeout=20_000)


async def unit_of(page: Page, name: str) -> str:
    shown = await page.locator("#f-nguoi option", has_text=f"{name} ·").first.inner_text()
    return shown.partition(" · ")[2]


async def test_compose_test_approve_send_pause_resume_report(chromium: Browser, office: Office) -> None:
    async with (
        inside(chromium, office.console, "phutrach") as author,
        inside(chromium, office.console, "quantri") as other,
    ):
        complaints = watch(author) + watch(other)
        await compose(author, office)
        address = author.url

        await author.fill("#f-tim", "0905000003")
        await author.press("#f-tim", "Enter")
        await author.check("input[name=nguoi]")
        await author.fill("#f-lo", "Thử cho mình")
        await author.click("text=Gửi thử ngay")
        await expect(author.locator(".tried")).to_contain_text("Thử cho mình", timeout=15_000)
        await expect(author.locator("#try")).to_be_visible(timeout=15_000)
        assert any("Chào Ví Dụ Số 3," in text for text in await arrived(office, office.contacts[3]))
        await expect(author.locator("#go")).to_be_visible()
        assert not await author.locator("#f-xac_nhan").count()

        await other.goto(address)
        await other.click("text=Duyệt đợt gửi")
        await other.click("#confirm-yes")
        await expect(other.locator("main")).to_contain_text("đã duyệt")

        # The author's page has noticed by itself.
        await expect(author.locator("#f-xac_nhan")).to_be_visible(timeout=15_000)
        await author.fill("#f-xac_nhan", f"GUI {PEOPLE}")
        await author.click(f"text=Gửi cho {PEOPLE} người")
        await expect(author.locator("main .panel .chip").first).to_contain_text("Đang gửi", timeout=15_000)
        await expect(author.locator("#live .share")).not_to_have_text("4,0%", timeout=20_000)
        await author.click("text=Tạm dừng")
        await expect(author.locator("main .panel .chip").first).to_contain_text("Tạm dừng", timeout=15_000)
        await author.wait_for_timeout(2_000)
        held = await author.locator("#live .share").inner_text()
        await keep_picture(author, "paused")
        await author.wait_for_timeout(2_500)
        await author.reload()
        assert await author.locator("#live .share").inner_text() == held != "100,0%"

        await author.click("text=Chạy tiếp")
        await expect(author.locator("main .panel .chip").first).to_contain_text("Đã xong", timeout=60_000)
        await expect(author.locator("#live .share")).to_have_text("100,0%")
        for contact in office.contacts:
            assert sum("còn người chưa cài" in text for text in await arrived(office, contact)) == 1
        async with author.expect_download() as file:
            await author.click("text=Tải kết quả Excel")
        assert (await file.value).suggested_filename.endswith(".xlsx")
        await keep_picture(author, "report")
        await author.click("text=Từng người nhận")
        await expect(author.locator("main")).to_contain_text(f"{PEOPLE + 1} người nhận")
        assert complaints == []


async def arrived(office: Office, contact: str) -> list[str]:
    """What the person's phone shows from the OA."""
    async with httpx.AsyncClient(trust_env=False) as zalo:
        thread = (await zalo.get(f"{office.url}/sandbox/api/users/{contact}/thread")).json()
    return [str(message["text"]) for message in thread if message["from"] == "oa"]


async def write_some(office: Office) -> None:
    """One that waits, one that is done with everything that can become of a recipient."""
    settings = Settings(database_url=office.database_url, demo=True)
    db, clock = Database(office.database_url), SystemClock()
    ground, now = open_ground(settings, Sealer(SECRET_KEY)), clock.now()
    buttons = (Push(ButtonKind.GUIDE, target="https://khanhhoa.gov.vn"), Push(ButtonKind.DONE))
    new = NewBroadcast("Nhắc danh sách tháng 11", "role=liaison", Content("Chào {họ tên}.", buttons))
    db.open()
    try:
        for _ in range(2):
            number = await db.write(lambda tx: write(tx, new, "staff:2", now))
            await plan(db, ground, number, "staff:2", clock)
        done = {"state": "done", "started_at": now - timedelta(hours=9), "ended_at": now}
        await db.write(
            lambda tx: tx.execute(update(Broadcast).where(Broadcast.id == 2).values(**done)) and None
        )
        for number in range(PEOPLE):
            seen = now - timedelta(hours=8 - number % 9)
            values: dict[str, object] = {"state": "seen", "delivered_at": seen, "seen_at": seen}
            if number % 3 == 0:
                values |= {"answer": "done", "answered_at": seen}
            if number % 7 == 6:
                values = {"state": "failed", "reason": "refused", "error_code": -230}
            if number % 7 == 5:
                values = {"state": "unknown", "reason": "in_doubt"}
            mine = update(Recipient).where(
                Recipient.broadcast_id == 2, Recipient.contact == office.contacts[number]
            )
            await db.write(lambda tx: tx.execute(mine.values(**values)) and None)  # noqa: B023
    finally:
        db.close()


@CORNERS
async def test_the_pages_are_accessible_within_policy_and_fit(
    chromium: Browser, office: Office, width: int, theme: str
) -> None:
    await write_some(office)
    stop = f"{office.url}{stop_link('', Sealer(SECRET_KEY), 'mai@vidu.vn')}"
    places = ["", "/moi", "/1", "/2", "/2/nguoi-nhan", "/1/sua", "/nhac", "/nhac/moi", "/mau"]
    view = {"width": width, "height": 900}
    async with inside(chromium, office.console, "quantri", viewport=view, color_scheme=theme) as page:
        complaints = watch(page)
        for url in [*(f"{office.console}/gui-tin{place}" for place in places), stop]:
            await page.goto(url)
            assert await violations(page) == [], url
            assert await width_of(page) == width, url
            shown = "stop" if url == stop else url.partition("/gui-tin")[2].replace("/", "-")
            await keep_picture(page, f"page{shown}-{width}-{theme}")
        assert complaints == []


async def test_the_preview_and_the_list_show_what_was_typed_last_however_slow_the_office_is(
    chromium: Browser, office: Office
) -> None:
    async def slowly(route: Route) -> None:
        await asyncio.sleep(2)
        with suppress(PlaywrightError):  # given up for a newer one
            await route.continue_()

    await write_some(office)
    async with inside(chromium, office.console, "phutrach") as page:
        async with page.expect_response("**/gui-tin/moi/xem-truoc"):
            await page.goto(f"{office.console}/gui-tin/moi")
        await page.route("**/gui-tin/moi/xem-truoc", slowly)
        for count in range(1, 4):
            await page.fill("#f-noi_dung", f"Lời thứ {count}")
            await page.wait_for_timeout(500)  # longer than the form waits for the next letter
        await expect(page.locator("#preview .bubble")).to_contain_text("Lời thứ 3")

        await page.goto(f"{office.console}/gui-tin")
        await page.route("**/gui-tin?*", slowly)
        for text in ("nh", "nhac danh", "khong co"):
            await page.fill("#l-q", text)
            await page.wait_for_timeout(400)
        await expect(page.locator("#listing")).not_to_contain_text("Nhắc danh sách tháng 11")


async def test_the_composer_works_without_scripts(chromium: Browser, office: Office) -> None:
    async with inside(chromium, office.console, "phutrach", java_script_enabled=False) as page:
        await page.goto(f"{office.console}/gui-tin/moi")
        await page.fill("#f-ten", "Không có JavaScript")
        await page.select_option("#f-danh_sach", "")
        await page.fill("#f-noi_dung", "Chào {họ tên}.")
        await page.click("text=Xem trước >> nth=-1")
        await expect(page.locator("#preview .checks")).to_contain_text(f"{PEOPLE + 1} người nhận được")
        await page.click("text=Lưu nháp")
        await expect(page.locator("#toasts")).to_contain_text("Đã lưu bản nháp")
        await page.click("text=Lập danh sách nhận")
        await expect(page.locator("h1")).to_have_text("Không có JavaScript")
