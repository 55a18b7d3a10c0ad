"""The phone in a real browser: alive, accessible, within its policy, and no wider than a hand."""

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.sight import CORNERS, violations, watch, width_of


async def say(page: Page, text: str) -> None:
    await page.fill("#message", text)
    await page.press("#message", "Enter")


async def test_a_message_is_answered_and_a_button_is_tapped(desk: Page, phone: str) -> None:
    complaints = watch(desk)
    await desk.goto(phone)
    await say(desk, "chao co")
    await expect(desk.locator("#log")).to_contain_text("Em đã nghe: chao co")
    await expect(desk.locator("#message")).to_have_value("")
    await desk.locator(".bubble-buttons button", has_text="Cài đặt VssID").click()
    await expect(desk.locator("#log")).to_contain_text("Em đã nghe: #dm/install")
    await expect(desk.locator("#events .event:not(.is-report)").first).to_be_visible()
    await expect(desk.locator("#receipt")).to_be_empty()
    assert complaints == []


async def test_the_menu_of_the_office_speaks_for_the_person(desk: Page, phone: str) -> None:
    await desk.goto(phone)
    await desk.locator(".oa-menu summary", has_text="Hỗ trợ").click()
    await desk.locator(".oa-menu button", has_text="Gặp cán bộ").click()
    await expect(desk.locator("#log")).to_contain_text("Em đã nghe: gặp cán bộ")
    await expect(desk.locator(".oa-menu details[open]")).to_have_count(0)


async def test_details_are_shared_by_the_card(desk: Page, phone: str) -> None:
    await desk.goto(phone)
    await say(desk, "đăng ký")
    await desk.locator(".bubble-buttons a", has_text="Chia sẻ thông tin").click()
    await desk.locator("#share button", has_text="Đồng ý chia sẻ").click()
    await expect(desk.locator("#log")).to_contain_text("Số điện thoại")
    await expect(desk.locator("#share")).to_be_hidden()


async def test_two_tabs_are_two_people(desk: Page, phone: str) -> None:
    await desk.goto(phone)
    other = await desk.context.new_page()
    await other.goto(phone)
    await other.locator(".people a", has_text="Phan Văn Tư").click()
    await say(other, "toi la Tu")
    await expect(other.locator("#log")).to_contain_text("Em đã nghe: toi la Tu")
    await expect(desk.locator("#log")).not_to_contain_text("toi la Tu")


async def test_twenty_loads_each_open_their_stream(desk: Page, phone: str) -> None:
    for _ in range(20):
        async with desk.expect_response("**/stream?*", timeout=5_000) as opened:
            await desk.goto(phone)
        answer = await opened.value
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/event-stream")


async def test_faults_and_clock_answer_at_once(desk: Page, phone: str) -> None:
    complaints = watch(desk)
    await desk.goto(phone)
    await desk.click("#tab-faults")
    await desk.select_option('select[name="rate_limit"]', "every:2")
    await expect(desk.locator(".fault.is-on")).to_have_count(1)
    await desk.keyboard.press("Tab")
    await desk.click("#tab-clock")
    await desk.click("text=Dừng")
    await expect(desk.locator("#clock .chip")).to_contain_text("Đang dừng")
    assert complaints == []


async def test_a_phone_has_sheets_and_no_sideways_scroll(pocket: BrowserContext, phone: str) -> None:
    page = await pocket.new_page()
    complaints = watch(page)
    await page.goto(phone)
    await say(page, "x" * 300 + " https://dichvucong.gov.vn/" + "a" * 200)
    await expect(page.locator("#log")).to_contain_text("Em đã nghe")
    for sheet in ("people", "instruments"):
        await page.click(f'[data-sheet="{sheet}"]')
        await expect(page.locator(f"#{sheet}")).to_be_visible()
        assert await width_of(page) == 390
        await page.keyboard.press("Escape")
        await expect(page.locator(f"#{sheet}")).to_be_hidden()
        await expect(page.locator(f'[data-sheet="{sheet}"]')).to_be_focused()
    assert complaints == []


async def test_everything_works_without_scripts(pocket: BrowserContext, phone: str) -> None:
    browser = pocket.browser
    assert browser is not None
    plain = await browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = await plain.new_page()
    await page.goto(phone)
    await say(page, "chao co")
    await expect(page.locator("#log")).to_contain_text("chao co")
    await page.reload()
    await page.locator(".bubble-buttons button", has_text="Cài đặt VssID").click()
    await page.click('[data-sheet="instruments"]')
    await page.click("#tab-clock")
    await page.click("text=+1 ngày")
    await expect(page.locator("#panel-clock")).to_be_visible()
    await plain.close()


@CORNERS
async def test_axe_finds_nothing(desk: Page, phone: str, width: int, theme: str) -> None:
    await desk.set_viewport_size({"width": width, "height": 900})
    await desk.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    await desk.goto(phone)
    await say(desk, "chao co")
    await expect(desk.locator("#log")).to_contain_text("Em đã nghe")
    await expect(desk.locator("html")).to_have_attribute("data-theme", theme)
    for place in ("", "#people", "#instruments", "#share"):
        await desk.goto(f"{phone}{place}" if place else f"{phone}?panel=events")
        for tab in ("events", "faults", "clock") if place == "#instruments" else ():
            await desk.click(f"#tab-{tab}")
            assert await violations(desk) == []
        assert await violations(desk) == [], place
