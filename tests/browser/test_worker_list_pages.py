"""Pages of unregistered workers in a real browser: accessible, live, within policy, also without scripts."""

import re

import pytest
from playwright.async_api import Browser, expect

from app.directory.demo_data import load_demo
from app.worker_lists.demo_data import load_demo_lists
from app.worker_lists.marking import mark
from app.worker_lists.models import WorkerState
from app.worker_lists.worker_queries import list_workers
from tests.browser.desk import Console, inside
from tests.browser.sight import CORNERS, violations, watch, width_of

UNIT = "/chua-dang-ky/1"
PLACES = (
    "/chua-dang-ky", "/chua-dang-ky?q=khong+co", "/chua-dang-ky/lo", UNIT, f"{UNIT}?q=khong+co",
    f"{UNIT}/nguoi/5", f"{UNIT}/lan/2", "/nhap-excel",
)  # fmt: skip
BROKEN_DATES = """() => {
  const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const broken = [];
  while (texts.nextNode()) {
    for (const found of texts.currentNode.data.matchAll(/\\d\\d\\/\\d\\d\\/\\d{4}/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, found.index);
      range.setEnd(texts.currentNode, found.index + 10);
      if (range.getClientRects().length > 1) broken.push(found[0]);
    }
  }
  return broken;
}"""


@pytest.fixture
def listed(console: Console) -> Console:
    """The console with the invented directory and its two lists."""
    runtime = console[1]
    sealer, now = runtime.sealer, runtime.clock.now()
    runtime.db.write_now(lambda tx: load_demo(tx, sealer, now, verified_contact="246845883529197922"))  # type: ignore[arg-type]
    runtime.db.write_now(lambda tx: load_demo_lists(tx, sealer, now))
    return console


@CORNERS
async def test_every_page_is_accessible_within_policy_and_fits(
    chromium: Browser, listed: Console, width: int, theme: str
) -> None:
    view = {"width": width, "height": 900}
    async with inside(chromium, listed[0], viewport=view, color_scheme=theme) as page:
        complaints = watch(page)
        for place in PLACES:
            answer = await page.goto(f"{listed[0]}{place}")
            assert answer is not None
            assert answer.status == 200, place
            assert await violations(page) == [], place
            assert await width_of(page) == width, place
        assert complaints == []


@pytest.mark.parametrize("width", [1440, 1024, 390])
async def test_no_date_is_broken_over_two_lines(chromium: Browser, listed: Console, width: int) -> None:
    async with inside(chromium, listed[0], viewport={"width": width, "height": 900}) as page:
        for place in PLACES:
            await page.goto(f"{listed[0]}{place}")
            assert await page.evaluate(BROKEN_DATES) == [], place


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_worker_is_marked_and_the_mark_taken_back(
    chromium: Browser, listed: Console, scripts: bool
) -> None:
    async with inside(chromium, listed[0], java_script_enabled=scripts) as page:
        await page.goto(f"{listed[0]}{UNIT}?tt=chua-cai")
        name = await page.locator(".workers tbody a").first.inner_text()
        await page.locator(".mark.is-warn").first.click()
        await expect(page.locator("#toasts")).to_contain_text(f"{name}: cần hỗ trợ")
        await expect(page.locator(".workers")).not_to_contain_text(name)
        await page.click("#toasts >> text=Hoàn tác")
        await expect(page.locator(".workers")).to_contain_text(name)


async def test_what_a_liaison_marks_shows_by_itself(chromium: Browser, listed: Console) -> None:
    base, runtime = listed
    async with inside(chromium, listed[0]) as page:
        async with page.expect_response(re.compile("/luong")):
            await page.goto(f"{base}{UNIT}")
        await expect(page.locator("#counters a").first).to_contain_text("4")
        workers = runtime.db.read_now(
            lambda tx: list_workers(tx, runtime.sealer, 1, state=WorkerState.OPEN, size=1).workers
        )
        now = runtime.clock.now()
        runtime.db.write_now(lambda tx: mark(tx, 1, workers[0].id, WorkerState.INSTALLED, "liaison:1", now))
        await expect(page.locator("#standing")).to_contain_text("5 đã cài", timeout=10_000)
        await expect(page.locator("#fresh")).to_contain_text("Vừa có đánh dấu mới")


async def test_units_are_ticked_and_their_liaisons_sent_the_link(chromium: Browser, listed: Console) -> None:
    async with inside(chromium, listed[0]) as page:
        await page.goto(f"{listed[0]}/chua-dang-ky")
        await page.check("[data-tick-all]")
        await page.click("text=Gửi đường dẫn danh sách")
        await expect(page.locator("#toasts")).to_contain_text("3 đơn vị chưa có đầu mối")
