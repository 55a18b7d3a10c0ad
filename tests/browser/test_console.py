"""The console in a real browser: sign-in, live queue, accessible, within policy, no wider than a hand."""

from playwright.async_api import Browser, expect

from tests.browser.desk import Console, ask, inside
from tests.browser.sight import CORNERS, violations, watch, width_of

PLACES = (
    "/", "/hop-thu", "/hop-thu/1", "/tai-khoan", "/tai-khoan/hai-lop", "/nhat-ky", "/nguoi-dung",
    "/nguoi-dung/1", "/zalo", "/suc-khoe", "/thiet-lap", "/thiet-lap/office_hours", "/cau-hoi",
    "/dang-nhap/doi-mat-khau", "/khong-co",
)  # fmt: skip


async def test_who_asks_for_a_person_appears_by_itself_and_is_answered(
    chromium: Browser, console: Console
) -> None:
    base, runtime = console
    async with inside(chromium, console[0]) as page:
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


async def test_twenty_loads_each_open_their_stream(chromium: Browser, console: Console) -> None:
    async with inside(chromium, console[0]) as page:
        for _ in range(20):
            async with page.expect_response("**/hop-thu/luong?*", timeout=8_000) as opened:
                await page.goto(f"{console[0]}/hop-thu/1")
            answer = await opened.value
            assert answer.status == 200
            assert answer.headers["content-type"].startswith("text/event-stream")


@CORNERS
async def test_every_page_is_accessible_within_policy_and_fits(
    chromium: Browser, console: Console, width: int, theme: str
) -> None:
    view = {"width": width, "height": 900}
    async with inside(chromium, console[0], viewport=view, color_scheme=theme) as page:
        complaints = watch(page)
        await expect(page.locator("html")).to_have_attribute("data-theme", theme)
        for place in PLACES:
            await page.goto(f"{console[0]}{place}")
            assert await violations(page) == [], place
            assert await width_of(page) == width, place
        assert [one for one in complaints if "404" not in one] == []


async def test_the_phone_has_a_bar_under_the_thumb_and_all_places_behind_more(
    chromium: Browser, console: Console
) -> None:
    async with inside(chromium, console[0], viewport={"width": 390, "height": 844}) as page:
        await expect(page.locator(".side")).to_be_hidden()
        await page.click(".thumb >> text=Thêm")
        await expect(page.locator("#more")).to_be_visible()
        await page.click("#more >> text=Nhật ký")
        await expect(page.locator("h1")).to_have_text("Nhật ký")


async def test_all_places_are_behind_more_without_scripts_too(chromium: Browser, console: Console) -> None:
    small = {"width": 390, "height": 844}
    async with inside(chromium, console[0], viewport=small, java_script_enabled=False) as page:
        await page.click(".thumb >> text=Thêm")
        await page.click("#more >> text=Đóng")
        await expect(page.locator("#more")).to_be_hidden()
        await page.click(".thumb >> text=Thêm")
        await page.click("#more >> text=Nhật ký")
        await expect(page.locator("h1")).to_have_text("Nhật ký")


async def test_keys_lead_to_places_and_help(chromium: Browser, console: Console) -> None:
    async with inside(chromium, console[0]) as page:
        await page.keyboard.press("?")
        await expect(page.locator("#shortcuts")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.keyboard.press("g")
        await page.keyboard.press("h")
        await expect(page.locator("h1")).to_have_text("Hộp thư")


async def test_everything_works_without_scripts(chromium: Browser, console: Console) -> None:
    base, _ = console
    async with inside(chromium, console[0], java_script_enabled=False) as page:
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


async def test_a_role_sees_its_own_places_only(chromium: Browser, console: Console) -> None:
    async with inside(chromium, console[0], "noidung") as page:
        await expect(page.locator(".side")).not_to_contain_text("Hộp thư")
        await page.goto(f"{console[0]}/nguoi-dung")
        await expect(page.locator("main")).to_contain_text("người có vai trò Quản trị")
