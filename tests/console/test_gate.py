"""Who gets through the gate: every route by every role, nobody without a session, no foreign form."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute

from app.console.door import console_app
from app.console.gate import PLAIN_COOKIE, Pages
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.look.headers import PAGE_HEADERS
from app.main import create_app
from app.runtime import Runtime, open_runtime
from app.settings import Settings
from app.staff.rules import IDLE, RIGHTS, Right, Role, may, roles_with
from tests.console.conftest import PASSWORD, Client, SignIn, browser_of, token_of
from tests.console.role_table import role_table

MOST_SCRIPT = 60 << 10
OPEN = {("GET", "/dang-nhap"), ("POST", "/dang-nhap"), ("POST", "/dang-xuat")}


def address(path: str) -> str:
    """The route's path with something in its holes."""
    return "/console" + "/".join("1" if part.startswith("{") else part for part in path.split("/"))


def test_every_route_declares_its_right(runtime: Runtime) -> None:
    """All routes come through `Pages`; beside them the app serves static files and nothing else."""
    app = console_app(runtime)
    pages = app.state.pages
    beside = [route for route in app.routes if isinstance(route, APIRoute)]
    assert [route.path for route in beside] == ["/static/{name:path}"]
    assert len(app.routes) == 2
    routes = [route for route in pages.router.routes if isinstance(route, APIRoute)]
    assert len(routes) == len(pages.router.routes)
    declared = pages.rights
    assert {(method, route.path) for route in routes for method in route.methods or ()} == set(declared)
    assert {route for route, right in declared.items() if right is None} == OPEN


async def test_without_a_session_every_route_leads_to_signing_in(pages: Pages, stranger: Client) -> None:
    for (method, path), right in pages.rights.items():
        if right is None:
            continue
        answer = await stranger.request(method, address(path))
        assert answer.status_code == 303, (method, path)
        assert answer.headers["location"].startswith("/console/dang-nhap"), (method, path)


async def test_a_role_without_the_right_is_told_whom_to_ask(
    pages: Pages, signed_in: SignIn, record_property: Callable[[str, object], None]
) -> None:
    """Every role on every route; the table of them goes into the report of the run (`--junit-xml`)."""
    record_property("roles and routes", role_table(pages))
    for role in Role:
        client = signed_in(role)
        for (method, path), right in pages.rights.items():
            if right is None or may(role, right):
                continue
            answer = await client.request(method, address(path))
            assert answer.status_code == 403, (role, method, path)
            assert roles_with(right)[-1].label in answer.text, (role, method, path)


async def test_whoever_has_the_right_gets_the_page(pages: Pages, signed_in: SignIn) -> None:
    for role in Role:
        client = signed_in(role)
        for (method, path), right in pages.rights.items():
            plain = method == "GET" and "{" not in path and path not in pages.streams
            if right is None or not plain or not may(role, right):
                continue
            answer = await client.get(address(path))
            assert answer.status_code in (200, 303), (role, path, answer.status_code)
            assert "/dang-nhap" not in answer.headers.get("location", ""), (role, path)


async def test_the_menu_shows_only_what_the_role_may_use(pages: Pages, signed_in: SignIn) -> None:
    editor = await signed_in(Role.EDITOR).get("/console/")
    admin = await signed_in(Role.ADMIN).get("/console/")
    for path, right in {path: right for (_, path), right in pages.rights.items()}.items():
        link = f'class="menu-place" href="/console{path}"'
        if link in admin.text and right is not None and not may(Role.EDITOR, right):
            assert link not in editor.text
    assert 'href="/console/nguoi-dung"' not in editor.text


def test_rights_grow_from_viewer_to_administrator() -> None:
    assert RIGHTS[Role.VIEWER] < RIGHTS[Role.OFFICER] < RIGHTS[Role.LEAD] < RIGHTS[Role.ADMIN]
    assert RIGHTS[Role.EDITOR] < RIGHTS[Role.ADMIN]
    assert not may(Role.OFFICER, Right.SEND)
    assert all(roles_with(right) for right in Right)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://console.test"}, 303),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_a_form_of_another_site_is_refused(
    runtime: Runtime, headers: dict[str, str], status: int
) -> None:
    async with browser_of(create_app(runtime, with_runner=False)) as client:
        del client.headers["sec-fetch-site"]
        client.cookies.set(PLAIN_COOKIE, token_of(runtime.db, Role.VIEWER))
        answer = await client.post("/console/dang-xuat", headers=headers)
        assert answer.status_code == status


async def test_a_form_that_says_nothing_and_has_no_cookie_may_sign_in(runtime: Runtime) -> None:
    async with browser_of(create_app(runtime, with_runner=False)) as client:
        del client.headers["sec-fetch-site"]
        answer = await client.post("/console/dang-nhap", data={"ten": "ai", "mat_khau": "gì đó"})
        assert answer.status_code == 403
        assert "chưa đúng" in answer.text


async def test_every_answer_carries_the_policy(stranger: Client, signed_in: SignIn) -> None:
    answers = [
        await stranger.get("/console/dang-nhap"),
        await stranger.get("/console/"),
        await stranger.post("/console/dang-nhap", headers={"sec-fetch-site": "cross-site"}),
        await signed_in(Role.VIEWER).get("/console/khong-co"),
        await signed_in(Role.VIEWER).get("/console/"),
    ]
    for answer in answers:
        for name, value in PAGE_HEADERS.items():
            assert answer.headers[name] == value


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "9" * 40])
async def test_a_number_too_large_for_any_row_is_not_found(
    pages: Pages, signed_in: SignIn, number: str
) -> None:
    client = signed_in(Role.ADMIN)
    for method, path in pages.rights:
        if "{" in path and path not in pages.streams:
            answer = await client.request(method, address(path).replace("/1", f"/{number}"))
            assert answer.status_code == 404, (method, path)


async def test_a_missing_page_says_so_in_vietnamese(stranger: Client, signed_in: SignIn) -> None:
    for client in (stranger, signed_in(Role.VIEWER)):
        answer = await client.get("/console/khong-co-dau")
        assert answer.status_code == 404
        assert "Không có trang này" in answer.text


async def test_signing_in_walks_on_to_the_page_that_was_wanted(stranger: Client, db: Database) -> None:
    token_of(db, Role.VIEWER)
    login = await _login_of(db)
    away = await stranger.get("/console/dang-nhap/doi-mat-khau?xem=1")
    assert away.headers["location"] == "/console/dang-nhap?tiep=%2Fdang-nhap%2Fdoi-mat-khau%3Fxem%3D1"
    sent = {"ten": login, "mat_khau": PASSWORD, "tiep": "/dang-nhap/doi-mat-khau?xem=1"}
    inside = await stranger.post("/console/dang-nhap", data=sent)
    assert (inside.status_code, inside.headers["location"]) == (303, "/console/dang-nhap/doi-mat-khau?xem=1")
    cookie = inside.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await stranger.get("/console/")).status_code == 200


@pytest.mark.parametrize("wanted", ["//evil.test/", "https://evil.test/", "/\\evil.test", "evil"])
async def test_signing_in_never_leads_to_another_site(stranger: Client, db: Database, wanted: str) -> None:
    token_of(db, Role.VIEWER)
    sent = {"ten": await _login_of(db), "mat_khau": PASSWORD, "tiep": wanted}
    inside = await stranger.post("/console/dang-nhap", data=sent)
    assert inside.headers["location"] == "/console/"


async def test_a_wrong_password_is_refused_and_never_shown_again(stranger: Client) -> None:
    answer = await stranger.post("/console/dang-nhap", data={"ten": "ai", "mat_khau": "SaiMatKhau"})
    assert answer.status_code == 403
    assert "SaiMatKhau" not in answer.text
    assert 'value="ai"' in answer.text


async def test_a_form_sent_after_the_session_ended_is_not_dropped_in_silence(
    signed_in: SignIn, clock: FixedClock
) -> None:
    client = signed_in(Role.VIEWER)
    clock.advance(IDLE + timedelta(seconds=1))
    answer = await client.post("/console/bo-loc", data={"ten": "x"})
    assert answer.headers["location"] == "/console/dang-nhap?mat-phien=1"
    assert "chưa được lưu" in (await client.get(answer.headers["location"])).text


async def test_htmx_is_told_to_leave_the_page(stranger: Client) -> None:
    answer = await stranger.get("/console/", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/console/dang-nhap")


async def test_a_handed_out_password_is_changed_before_anything_else(signed_in: SignIn) -> None:
    client = signed_in(Role.VIEWER, must_change=True)
    assert (await client.get("/console/")).headers["location"] == "/console/dang-nhap/doi-mat-khau"
    wrong = {"hien_tai": PASSWORD, "moi": "bảy con mèo đen", "nhac_lai": "bảy con mèo nâu"}
    answer = await client.post("/console/dang-nhap/doi-mat-khau", data=wrong)
    assert answer.status_code == 422
    assert "chưa giống nhau" in answer.text
    right = wrong | {"nhac_lai": "bảy con mèo đen"}
    assert (await client.post("/console/dang-nhap/doi-mat-khau", data=right)).status_code == 303
    inside = await client.get("/console/")
    assert inside.status_code == 200
    assert "Đã đổi mật khẩu" in inside.text
    assert "Đã đổi mật khẩu" not in (await client.get("/console/")).text


async def test_signing_out_ends_the_session_itself(signed_in: SignIn) -> None:
    client = signed_in(Role.VIEWER)
    token = client.cookies[PLAIN_COOKIE]
    await client.post("/console/dang-xuat")
    client.cookies.set(PLAIN_COOKIE, token)
    assert (await client.get("/console/")).status_code == 303


async def test_pages_are_compressed(signed_in: SignIn) -> None:
    answer = await signed_in(Role.ADMIN).get("/console/", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


async def test_no_page_brings_more_script_than_a_slow_line_bears(pages: Pages, signed_in: SignIn) -> None:
    """Unpacked, as the browser has to read it."""
    client = signed_in(Role.ADMIN)
    weights: dict[str, int] = {}
    for (method, path), right in pages.rights.items():
        if right is None or method != "GET" or "{" in path or path in pages.streams:
            continue
        page = (await client.get(address(path))).text
        scripts = set(re.findall(r'<script[^>]*\ssrc="([^"]+)"', page))
        for script in scripts - weights.keys():
            weights[script] = len((await client.get(script)).content)
        assert sum(weights[script] for script in scripts) <= MOST_SCRIPT, path
    assert sum(weights.values()) > 10_000


async def test_the_front_door_leads_to_the_console(stranger: Client) -> None:
    assert (await stranger.get("/")).headers["location"] == "/console/"
    assert (await stranger.get("/console")).headers["location"].endswith("/console/")


async def _login_of(db: Database) -> str:
    from app.staff.queries import read_accounts

    return db.read_now(read_accounts)[0].login


async def test_forms_beyond_measure_are_refused(stranger: Client, signed_in: SignIn) -> None:
    large = {"ten": "x" * 70_000, "mat_khau": "x"}
    assert (await stranger.post("/console/dang-nhap", data=large)).status_code == 413
    sent = await signed_in(Role.VIEWER).post("/console/bo-loc", data={"ten": "x" * 70_000, "trang": "/"})
    assert sent.status_code == 303


async def test_over_https_the_cookie_is_bound_to_the_host(settings: Settings, clock: FixedClock) -> None:
    secure = settings.model_copy(update={"public_url": "https://console.test"})
    runtime = open_runtime(secure, clock)
    token_of(runtime.db, Role.VIEWER)
    async with browser_of(create_app(runtime, with_runner=False)) as client:
        sent = {"ten": await _login_of(runtime.db), "mat_khau": PASSWORD}
        cookie = (await client.post("/console/dang-nhap", data=sent)).headers["set-cookie"]
    await runtime.close()
    assert cookie.startswith("__Host-daumoi_session=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie
    assert "Domain" not in cookie
