"""During leave the stand-in sees and does what the absent officer would, by every address; then no more."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update
from starlette.requests import Request

from app.console.gate import Pages, recognise
from app.console.live import follow
from app.directory.contacts import touch
from app.directory.demo_data import load_demo
from app.directory.leave import call_off_leave, note_leave
from app.directory.liaisons import register
from app.directory.rules import Registration
from app.directory.units import find_units
from app.handover.requests import open_request
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import UserId
from app.runtime import Runtime
from app.staff.models import StaffSession
from app.staff.rules import Role
from app.worker_lists.demo_data import load_demo_lists
from tests.console.conftest import NOW, Client, SignIn
from tests.console.people import liaison
from tests.console.test_inbox_pages import ANSWER
from tests.console.test_worker_list_pages import first_worker, officer_of, state_of, trail, unit_id

CODE, UNIT, PERSON = "TC0004D", "Tiểu học Hoa Phượng", "Đỗ Thị Vắng"
"""A unit of the officer who goes on leave, and who speaks for it."""
CONTACT = UserId("7000000000000000777")
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def filled(runtime: Runtime, db: Database) -> None:
    """Two officers; the second one's unit has a list, and a liaison who waits for a person."""
    sealer = runtime.sealer

    def fill(tx: Connection) -> None:
        load_demo(tx, sealer, NOW)
        load_demo_lists(tx, sealer, NOW)
        touch(tx, CONTACT, NOW)
        said = Registration(PERSON, "0905000777", "", "hr", CODE, UNIT)
        register(tx, sealer, CONTACT, said, find_units(tx, CODE)[0], NOW)
        open_request(tx, sealer, CONTACT, "hỏi thay chị ấy", NOW)

    db.write_now(fill)


def away(db: Database, days: int = 0) -> int:
    """The second officer is on leave from today, the first stands in; the number of the leave."""
    absent, acting = officer_of(db, CODE), officer_of(db)
    assert absent != acting
    until = TODAY + timedelta(days=days)
    return db.write_now(lambda tx: note_leave(tx, absent, acting, TODAY, until, "staff:1", NOW))


def addresses(runtime: Runtime) -> dict[str, str]:
    """Where something of the unit is to be seen, and what."""
    unit = unit_id(runtime.db, CODE)
    person = liaison(runtime.db, PERSON).id
    worker = first_worker(runtime, unit)
    return {
        "/dau-moi": PERSON,
        "/dau-moi?q=vang": PERSON,
        f"/dau-moi/{person}": PERSON,
        "/doanh-nghiep": UNIT,
        f"/doanh-nghiep/{unit}": UNIT,
        f"/can-bo/{officer_of(runtime.db, CODE)}": UNIT,
        "/nguoi-nhan": PERSON,
        f"/nguoi-nhan/{CONTACT}": PERSON,
        "/hop-thu": "hỏi thay chị ấy",
        "/hop-thu/1": "hỏi thay chị ấy",
        "/": "hỏi thay chị ấy",
        "/chua-dang-ky": UNIT,
        f"/chua-dang-ky/{unit}": UNIT,
        f"/chua-dang-ky/{unit}/nguoi/{worker}": UNIT,
    }


async def seen(client: Client, runtime: Runtime) -> list[str]:
    """The addresses at which the other officer's unit is to be seen."""
    found = []
    for path, secret in addresses(runtime).items():
        answer = await client.get(f"/console{path}")
        if answer.status_code == 200 and secret in answer.text:
            found.append(path)
    return found


async def test_the_absent_officers_units_are_seen_everywhere_while_the_leave_lasts(
    runtime: Runtime, db: Database, signed_in: SignIn, clock: FixedClock
) -> None:
    acting = signed_in(Role.OFFICER, officer_id=officer_of(db))
    assert await seen(acting, runtime) == []
    away(db, days=0)
    assert await seen(acting, runtime) == list(addresses(runtime))
    assert "Anh/Chị đang thay" in (await acting.get("/console/")).text
    clock.set(NOW.replace(hour=16, minute=59))  # one minute before midnight in Việt Nam
    late = signed_in(Role.OFFICER, officer_id=officer_of(db))
    db.write_now(_sessions_as_of(clock))
    assert await seen(late, runtime) == list(addresses(runtime))
    clock.advance(timedelta(minutes=1))
    assert await seen(late, runtime) == []
    assert "Anh/Chị đang thay" not in (await late.get("/console/")).text


async def test_the_officer_on_leave_keeps_their_units_and_a_third_one_gets_nothing(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    away(db)
    absent = signed_in(Role.OFFICER, officer_id=officer_of(db, CODE))
    assert await seen(absent, runtime) == list(addresses(runtime))
    assert await seen(signed_in(Role.OFFICER), runtime) == []


async def test_leave_that_was_called_off_opens_nothing(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    acting, leave = signed_in(Role.OFFICER, officer_id=officer_of(db)), away(db, days=7)
    db.write_now(lambda tx: call_off_leave(tx, leave, "staff:1", NOW))
    assert await seen(acting, runtime) == []


async def test_the_stand_in_answers_marks_and_edits_for_the_absent_officer(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    acting, unit = signed_in(Role.OFFICER, officer_id=officer_of(db)), unit_id(db, CODE)
    worker = first_worker(runtime, unit)
    mark = {"danh_dau": f"{worker}.1.da-cai"}
    assert (await acting.post("/console/hop-thu/1/tra-loi", data=ANSWER)).status_code == 404
    assert (await acting.post(f"/console/chua-dang-ky/{unit}/danh-dau", data=mark)).status_code == 404
    away(db)
    assert (await acting.post("/console/hop-thu/1/tra-loi", data=ANSWER)).status_code == 303
    assert (await acting.post(f"/console/chua-dang-ky/{unit}/danh-dau", data=mark)).status_code == 303
    assert state_of(db, worker) == "installed"
    assert ("handover.answered", "request:1") in trail(db)


async def test_a_live_page_ends_when_other_units_are_looked_after(
    db: Database, signed_in: SignIn, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser then opens it anew, as the page of who they are now."""
    monkeypatch.setattr("app.console.live.LOOK_EVERY", 0)
    monkeypatch.setattr("app.console.live.LOOKS_PER_SESSION_CHECK", 2)
    acting, looks = signed_in(Role.OFFICER, officer_id=officer_of(db)), 0
    cookies = "; ".join(f"{name}={value}" for name, value in acting.cookies.items())
    scope = {"type": "http", "headers": [(b"cookie", cookies.encode())], "client": ("10.0.0.9", 1)}
    visit = await recognise(pages.desk, Request(scope))
    assert visit is not None

    def look(_: Connection, __: str) -> None:
        nonlocal looks
        looks += 1
        if looks == 6:
            away(db)

    assert [event async for event in follow(visit, "", look)] == []
    assert 6 <= looks <= 8


def _sessions_as_of(clock: FixedClock) -> Callable[[Connection], object]:
    at = clock.now()
    return lambda tx: tx.execute(update(StaffSession).values(opened_at=at, seen_at=at))
