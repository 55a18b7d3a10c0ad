"""The phone over plain HTTP: what a browser without scripts gets, and what the stream carries."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from app.kit.clock import FixedClock
from app.look.assets import LOOK_STATIC, Assets
from app.look.headers import CONTENT_SECURITY_POLICY
from app.sandbox.clock_desk import ClockDesk, next_late_evening
from app.sandbox.config import SandboxConfig
from app.sandbox.demo_menus import DEMO_MENUS
from app.sandbox.faults import FaultName
from app.sandbox.pages import PRESETS, STATIC, phone_app
from app.sandbox.people import NEW_LIAISON, STRANGER, VERIFIED_LIAISON
from app.sandbox.phone_show import PhoneShow
from app.sandbox.sandbox import Sandbox, create_sandbox
from app.sandbox.thread import Button, ButtonType, Kind, Sender, ThreadMessage

NOW = datetime(2026, 11, 23, 1, 19, tzinfo=UTC)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    config = SandboxConfig(app_id="1", app_secret="s", oa_id="2", oa_secret="o", menus=DEMO_MENUS, seed=1)
    made = create_sandbox(config, FixedClock(NOW))
    yield made
    await made.close()


@pytest.fixture
async def browser(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=phone_app(sandbox), root_path="/sandbox")
    async with httpx.AsyncClient(transport=transport, base_url="http://desk/sandbox") as client:
        yield client


def show_of(sandbox: Sandbox) -> PhoneShow:
    return PhoneShow(sandbox.world, Assets([LOOK_STATIC, STATIC], "static"), ClockDesk(sandbox))


def answered(sandbox: Sandbox, text: str, *buttons: Button) -> ThreadMessage:
    message = ThreadMessage(
        sandbox.world.new_message_id(), NEW_LIAISON, Sender.OA, Kind.TEXT, text, NOW, buttons=buttons
    )
    sandbox.world.put(message)
    return message


async def test_the_page_stands_under_the_strict_policy_with_nothing_inline(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "style=" not in page.text
    assert "<script>" not in page.text
    assert "onclick" not in page.text


async def test_every_file_that_the_page_names_is_served_and_kept(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    names = {part.split('"')[0].split("#")[0] for part in page.text.split('="static/')[1:]}
    assert len(names) > 8
    for name in names:
        answer = await browser.get(f"/static/{name}")
        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["cache-control"]


async def test_a_plain_form_returns_to_the_page_with_the_message_in_it(
    browser: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sent = await browser.post(f"/people/{NEW_LIAISON}/text", data={"text": " đăng ký đầu mối "})
    assert sent.status_code == 303
    assert sent.headers["location"] == f"/sandbox/?u={NEW_LIAISON}"
    assert [message.text for message in sandbox.thread(NEW_LIAISON)] == ["đăng ký đầu mối"]
    assert "đăng ký đầu mối" in (await browser.get("/", params={"u": NEW_LIAISON})).text


async def test_with_scripts_a_form_needs_no_answer(browser: httpx.AsyncClient) -> None:
    sent = await browser.post(
        f"/people/{NEW_LIAISON}/text", data={"text": "menu"}, headers={"HX-Request": "true"}
    )
    assert sent.status_code == 204


async def test_a_form_of_another_site_is_refused(browser: httpx.AsyncClient, sandbox: Sandbox) -> None:
    sent = await browser.post(
        f"/people/{NEW_LIAISON}/text", data={"text": "menu"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert sent.status_code == 403
    assert sandbox.thread(NEW_LIAISON) == []


async def test_a_tap_presses_the_button_of_that_message(browser: httpx.AsyncClient, sandbox: Sandbox) -> None:
    older = answered(sandbox, "Chọn giúp", Button("Có", ButtonType.QUERY_SHOW, "#dm/a/yes"))
    answered(sandbox, "Chọn lại", Button("Có", ButtonType.QUERY_SHOW, "#dm/b/yes"))
    await browser.post(
        f"/people/{NEW_LIAISON}/tap/{older.msg_id}", data={"payload": "#dm/a/yes", "title": "Có"}
    )
    assert sandbox.thread(NEW_LIAISON)[-1].text == "#dm/a/yes"


@pytest.mark.parametrize("kind", ["photo", "sticker", "file", "location", "contact"])
async def test_everything_a_phone_can_attach_shows_in_the_chat(
    browser: httpx.AsyncClient, sandbox: Sandbox, kind: str
) -> None:
    await browser.post(f"/people/{NEW_LIAISON}/attach", data={"kind": kind})
    message = sandbox.thread(NEW_LIAISON)[-1]
    assert f"m-{message.msg_id}" in (await browser.get("/", params={"u": NEW_LIAISON})).text


async def test_shared_details_are_shown_in_words(browser: httpx.AsyncClient, sandbox: Sandbox) -> None:
    given = {"name": "Lê Quang Huy", "phone": "0905 000 102", "address": ""}
    await browser.post(f"/people/{NEW_LIAISON}/share", data=given)
    assert dict(sandbox.thread(NEW_LIAISON)[-1].rows)["phone"] == "84905000102"
    assert "<dt>Họ và tên</dt>" in (await browser.get("/", params={"u": NEW_LIAISON})).text


async def test_a_stranger_is_offered_to_follow(browser: httpx.AsyncClient, sandbox: Sandbox) -> None:
    assert "chưa quan tâm trang này" in (await browser.get("/", params={"u": STRANGER})).text
    await browser.post(f"/people/{STRANGER}/follow")
    assert sandbox.person(STRANGER).following
    assert "chưa quan tâm trang này" not in (await browser.get("/", params={"u": STRANGER})).text


async def test_an_added_person_is_shown_at_once(browser: httpx.AsyncClient) -> None:
    added = await browser.post("/people", data={"display_name": "Chị <Bảy>"})
    page = await browser.get("/" + added.headers["location"].partition("/sandbox/")[2])
    assert "Chị &lt;Bảy&gt;" in page.text


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/people/1/text", {"text": "menu"}, 404),
        (f"/people/{NEW_LIAISON}/text", {"text": "   "}, 400),
        (f"/people/{NEW_LIAISON}/tap/none", {"payload": "không có"}, 409),
        (f"/people/{NEW_LIAISON}/attach", {"kind": "bomb"}, 400),
        (f"/people/{NEW_LIAISON}/erase", {}, 404),
        ("/faults/preset", {"preset": "sunday"}, 400),
        ("/clock", {"move": "1000y"}, 400),
        ("/people", {"display_name": "  "}, 400),
    ],
)
async def test_what_cannot_be_done_is_refused(
    browser: httpx.AsyncClient, path: str, data: dict[str, str], status: int
) -> None:
    assert (await browser.post(path, data=data)).status_code == status


async def test_faults_change_only_where_the_choice_changed(
    browser: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sandbox.set_faults({"hang": {"next": 7}})
    await browser.post("/faults", data={"rate_limit": "every:2", "hang": "custom", "night": "off"})
    assert sandbox.faults.rules()["rate_limit"] == {"every": 2}
    assert sandbox.faults.rules()["hang"] == {"next": 7}


@pytest.mark.parametrize("preset", PRESETS)
async def test_a_preset_puts_every_fault_in_its_place(
    browser: httpx.AsyncClient, sandbox: Sandbox, preset: str
) -> None:
    sandbox.set_faults({"cut": "always"})
    await browser.post("/faults/preset", data={"preset": preset})
    on = {name for name, rule in sandbox.faults.rules().items() if rule != "off"}
    assert on == {str(name) for name in PRESETS[preset]}


async def test_every_fault_has_words(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/", params={"panel": "faults"})).text
    for name in FaultName:
        assert f"<b>{name}</b>" not in page


async def test_the_clock_jumps_stops_and_comes_back(browser: httpx.AsyncClient, sandbox: Sandbox) -> None:
    await browser.post("/clock", data={"move": "8d"})
    assert (sandbox.clock.now() - NOW).days == 8
    await browser.post("/clock", data={"speed": "0"})
    assert "Đang dừng" in (await browser.get("/", params={"panel": "clock"})).text
    await browser.post("/clock", data={"move": "now"})
    assert abs((sandbox.clock.now() - datetime.now(UTC)).total_seconds()) < 5


def test_late_evening_is_today_until_it_is_past() -> None:
    first = next_late_evening(NOW)
    assert first.isoformat() == "2026-11-23T22:30:00+07:00"
    assert next_late_evening(first).isoformat() == "2026-11-24T22:30:00+07:00"


async def test_what_happens_between_page_and_stream_is_not_lost(sandbox: Sandbox) -> None:
    cursor = sandbox.feed.cursor
    answered(sandbox, "Chào Anh/Chị")
    stream = show_of(sandbox).changes(NEW_LIAISON, cursor)
    seen, html = await anext(stream)
    assert seen == cursor + 1
    assert 'hx-target="#log" hx-swap="beforeend"' in html
    assert "Chào Anh/Chị" in html


async def test_a_stream_tells_nothing_of_other_people(sandbox: Sandbox) -> None:
    stream = show_of(sandbox).changes(VERIFIED_LIAISON, sandbox.feed.cursor)
    answered(sandbox, "chỉ cho người khác")
    sandbox.set_faults({"hang": "always"})
    _, html = await anext(stream)
    assert "fault-board" in html


async def test_a_page_older_than_the_process_is_told_everything_anew(sandbox: Sandbox) -> None:
    answered(sandbox, "Chào Anh/Chị")
    _, html = await anext(show_of(sandbox).changes(NEW_LIAISON, 999_999))
    assert 'hx-target="#log" hx-swap="innerHTML"' in html
    assert "Chào Anh/Chị" in html


async def test_a_receipt_hangs_on_the_own_last_message_until_it_is_answered(
    browser: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    await browser.post(f"/people/{NEW_LIAISON}/text", data={"text": "menu"})
    assert 'class="chat-receipt' in (await browser.get("/", params={"u": NEW_LIAISON})).text
    answered(sandbox, "Chào Anh/Chị")
    assert 'class="chat-receipt' not in (await browser.get("/", params={"u": NEW_LIAISON})).text


async def test_a_fresh_start_empties_every_chat(browser: httpx.AsyncClient, sandbox: Sandbox) -> None:
    answered(sandbox, "Chào Anh/Chị")
    cursor = sandbox.feed.cursor
    await browser.post("/reset", params={"u": NEW_LIAISON})
    assert sandbox.thread(NEW_LIAISON) == []
    _, html = await anext(show_of(sandbox).changes(NEW_LIAISON, cursor))
    assert "xóa trắng" in html


async def test_an_upload_is_shown_only_if_it_is_a_picture(
    browser: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    sent = sandbox.phone.send_media(
        NEW_LIAISON, Kind.IMAGE, name="a.svg", mime="image/svg+xml", content=b"<svg onload='alert(1)'/>"
    )
    upload = await browser.get(f"/media/{sent.attachments[0].media_id}")
    assert upload.headers["content-disposition"] == "attachment"
    assert upload.headers["x-content-type-options"] == "nosniff"
    assert (await browser.get("/media/none")).status_code == 404
