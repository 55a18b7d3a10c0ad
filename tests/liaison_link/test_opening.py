"""The door: it opens for one account, for a while, with a code; to everybody else it looks the same."""

import asyncio
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.directory.models import LiaisonState
from app.worker_lists.models import LiaisonLink, LinkKnock
from app.worker_lists.rules import (
    CODE_LIVES,
    CODES_PER_WINDOW,
    FAILURES_PER_WINDOW,
    KNOCK_WINDOW,
    LINK_LIVES,
    MOST_CODES,
    MOST_WRONG_CODES,
    SESSION_LIVES,
)
from tests.liaison_link.door import LIAISON, OTHER, Office

UNIT = "Công ty TNHH Biển Xanh"


def made_up() -> str:
    return f"/ds/{secrets.token_urlsafe(32)}"


async def test_the_code_from_the_chat_opens_the_list(office: Office) -> None:
    phone, path = office.phone(), office.link()
    assert UNIT not in (await phone.see(path)).words
    opened = await phone.come_in(path)
    assert opened.status == 200
    assert UNIT in opened.words
    assert "(ví dụ) 00••••00" in opened.words


async def test_looking_alone_sends_no_code(office: Office) -> None:
    """Chats fetch a link to draw a preview of it."""
    await office.phone().see(office.link())
    assert office.codes() == []


async def test_the_code_goes_to_the_account_of_the_link_and_nowhere_else(office: Office) -> None:
    await office.phone().send(office.link(), viec="gui-ma")
    assert len(office.codes(LIAISON)) == 1
    assert office.codes(OTHER) == []


async def test_guesser_late_comer_and_wrong_account_see_the_same_as_the_liaison(office: Office) -> None:
    expired = office.link()
    office.clock.advance(LINK_LIVES)
    ended = office.link(OTHER)
    office.ends(OTHER)
    others, good = office.link(), office.link()
    for step in ({}, {"viec": "gui-ma"}, {"viec": "mo", "ma": "000000"}):
        seen = set()
        for path in (made_up(), expired, ended, others, good):
            phone = office.phone()
            shown = await (phone.send(path, **step) if step else phone.see(path))
            seen.add((shown.status, shown.html, shown.url.partition("?")[2]))
        assert len(seen) == 1, step


async def test_a_code_of_one_link_does_not_open_another(office: Office) -> None:
    mine, others, phone = office.link(), office.link(OTHER), office.phone()
    await phone.send(mine, viec="gui-ma")
    assert "Mã chưa đúng" in (await phone.send(others, viec="mo", ma=office.codes()[-1])).words


async def test_a_session_of_one_link_does_not_open_another(office: Office) -> None:
    mine, others, phone = office.link(), office.link(OTHER), office.phone()
    await phone.come_in(mine)
    assert "Nhập mã để mở danh sách" in (await phone.see(others)).words
    assert "Nhập mã để mở danh sách" in (await phone.see(office.link())).words
    assert UNIT in (await phone.see(mine)).words


async def test_the_address_without_the_cookie_shows_nothing(office: Office) -> None:
    path = office.link()
    await office.phone().come_in(path)
    assert UNIT not in (await office.phone().see(path)).words


async def test_a_code_is_good_once(office: Office) -> None:
    path = office.link()
    await office.phone().come_in(path)
    again = await office.phone().send(path, viec="mo", ma=office.codes()[-1])
    assert "Mã chưa đúng" in again.words


async def test_a_code_is_good_for_ten_minutes(office: Office) -> None:
    path, phone = office.link(), office.phone()
    await phone.send(path, viec="gui-ma")
    office.clock.advance(CODE_LIVES)
    assert "Mã chưa đúng" in (await phone.send(path, viec="mo", ma=office.codes()[-1])).words


async def test_a_newer_code_replaces_the_older(office: Office) -> None:
    path, phone = office.link(), office.phone()
    await phone.send(path, viec="gui-ma")
    await phone.send(path, viec="gui-ma")
    older, newer = office.codes()
    if older != newer:
        assert "Mã chưa đúng" in (await phone.send(path, viec="mo", ma=older)).words
    assert UNIT in (await phone.send(path, viec="mo", ma=newer)).words


async def test_after_five_wrong_codes_the_link_is_dead_even_for_the_right_one(office: Office) -> None:
    path = office.link()
    await office.phone().send(path, viec="gui-ma")
    right = office.codes()[-1]
    for number in range(MOST_WRONG_CODES):
        wrong = f"{(int(right) + 1 + number) % 1_000_000:06}"
        await office.phone().send(path, viec="mo", ma=wrong)  # each from another address
    assert "Mã chưa đúng" in (await office.phone().send(path, viec="mo", ma=right)).words
    await office.phone().send(path, viec="gui-ma")
    assert len(office.codes()) == 1
    assert "liaison_link.locked" in {action for _, action, _, _ in office.trail()}
    assert UNIT in (await office.phone().come_in(office.link())).words


async def test_a_right_code_wipes_the_slate(office: Office) -> None:
    path, phone = office.link(), office.phone()
    for _ in range(2):
        await phone.send(path, viec="gui-ma")
        right = office.codes()[-1]
        for number in range(MOST_WRONG_CODES - 1):
            await phone.send(path, viec="mo", ma=f"{(int(right) + 1 + number) % 1_000_000:06}")
        assert UNIT in (await phone.send(path, viec="mo", ma=right)).words


async def test_the_link_is_good_for_three_days_and_a_session_no_longer_than_the_link(office: Office) -> None:
    path, phone = office.link(), office.phone()
    office.clock.advance(LINK_LIVES - timedelta(minutes=1))
    assert UNIT in (await phone.come_in(path)).words
    office.clock.advance(timedelta(minutes=1))
    assert UNIT not in (await phone.see(path)).words


async def test_a_session_ends_after_two_hours_and_by_leaving(office: Office) -> None:
    path, phone = office.link(), office.phone()
    await phone.come_in(path)
    office.clock.advance(SESSION_LIVES)
    assert UNIT not in (await phone.see(path)).words
    await phone.come_in(path)
    kept = dict(phone.http.cookies)
    assert "đã thoát" in (await phone.send(path, viec="ra")).words
    phone.http.cookies.update(kept)
    assert UNIT not in (await phone.see(path)).words


@pytest.mark.parametrize("state", [LiaisonState.PENDING, LiaisonState.ENDED])
async def test_who_is_no_longer_verified_is_shut_out_in_the_middle(
    office: Office, state: LiaisonState
) -> None:
    path, phone = office.link(), office.phone()
    opened = await phone.come_in(path)
    office.changes_liaison(state=state)
    assert UNIT not in (await phone.see(path)).words
    before = office.numbers()
    await phone.send(path, viec="danh-dau", dau=opened.buttons("da-cai")[0])
    assert office.numbers() == before


async def test_a_liaison_who_moved_to_another_unit_does_not_see_the_old_one(office: Office) -> None:
    path, phone = office.link(), office.phone()
    await phone.come_in(path)
    office.changes_liaison(employer_id=office.unit_id("TA0003C"))
    assert "Nhập mã để mở danh sách" in (await phone.see(path)).words


async def test_guessing_from_one_address_is_stopped_and_others_go_on(office: Office) -> None:
    guesser, path = office.phone("10.9.9.9"), office.link()
    for _ in range(FAILURES_PER_WINDOW):
        assert (await guesser.see(made_up())).status == 200
    assert (await guesser.see(made_up())).status == 429
    assert (await guesser.see(path)).status == 429
    assert (await guesser.send(path, viec="gui-ma")).status == 429
    assert UNIT in (await office.phone().come_in(path)).words
    office.clock.advance(KNOCK_WINDOW)
    assert (await guesser.see(made_up())).status == 200


async def test_who_is_inside_is_not_shut_out_by_a_guesser_beside_them(office: Office) -> None:
    path, phone = office.link(), office.phone("10.9.9.9")
    await phone.come_in(path)
    for _ in range(FAILURES_PER_WINDOW + 1):
        await office.phone("10.9.9.9").see(made_up())
    assert UNIT in (await phone.see(path)).words


@pytest.mark.parametrize("exists", [True, False])
async def test_codes_are_asked_for_three_times_and_then_not_for_a_while(office: Office, exists: bool) -> None:
    path = office.link() if exists else made_up()
    for _ in range(CODES_PER_WINDOW):
        assert (await office.phone().send(path, viec="gui-ma")).status == 200
    assert (await office.phone().send(path, viec="gui-ma")).status == 429
    assert len(office.codes()) == (CODES_PER_WINDOW if exists else 0)
    office.clock.advance(KNOCK_WINDOW)
    assert (await office.phone().send(path, viec="gui-ma")).status == 200


async def test_a_link_sends_ten_codes_in_its_life(office: Office) -> None:
    path = office.link()
    for _ in range(MOST_CODES + 3):
        await office.phone().send(path, viec="gui-ma")
        office.clock.advance(KNOCK_WINDOW)
    assert len(office.codes()) == MOST_CODES


async def test_the_database_holds_neither_token_nor_code_nor_session_nor_address(office: Office) -> None:
    path, phone = office.link(), office.phone("10.7.7.7")
    await phone.send(path, viec="gui-ma")
    await phone.send(path, viec="mo", ma="1")
    tables = (LiaisonLink.__table__, LinkKnock.__table__)
    held = office.runtime.db.read_now(lambda tx: repr([tx.execute(select(one)).all() for one in tables]))
    for secret in (path.removeprefix("/ds/"), office.codes()[-1], "10.7.7.7"):
        assert secret not in held
    await phone.come_in(path)
    held = office.runtime.db.read_now(lambda tx: repr(tx.execute(select(LiaisonLink.__table__)).all()))
    assert phone.http.cookies["daumoi_ds"] not in held


async def test_the_page_hands_its_address_to_nobody(office: Office) -> None:
    path, phone = office.link(), office.phone()
    for shown in (await phone.see(path), await phone.come_in(path)):
        assert shown.headers["referrer-policy"] == "strict-origin"
        assert shown.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        assert path.removeprefix("/ds/") not in shown.html


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_paths(office: Office) -> None:
    path, phone = office.link(), office.phone()
    await phone.send(path, viec="gui-ma")
    answer = await phone.http.post(
        path, data={"viec": "mo", "ma": office.codes()[-1]}, follow_redirects=False
    )
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/ds"))


async def test_a_form_of_another_site_is_refused(office: Office) -> None:
    path, phone = office.link(), office.phone()
    opened = await phone.come_in(path)
    mark = {"viec": "danh-dau", "dau": opened.buttons("da-cai")[0]}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}):
        assert (await phone.send_from(path, headers, **mark)).status == 403
    assert (await phone.send_from(path, {"origin": "http://bot"}, **mark)).status == 200


async def test_every_visit_is_on_the_trail_with_its_address(office: Office) -> None:
    path, phone = office.link(), office.phone("10.5.5.5")
    await phone.come_in(path)
    await phone.see(f"{path}?tt=chua-cai&trang=2")
    mine = [(action, address) for _, action, _, address in office.trail() if address]
    assert mine == [
        ("worker_list.opened", "10.5.5.5"),
        ("worker_list.viewed", "10.5.5.5"),
        ("worker_list.viewed", "10.5.5.5"),
    ]
    assert {subject for _, action, subject, _ in office.trail() if action == "worker_list.viewed"} == {
        f"employer:{office.unit_id()}"
    }


@pytest.mark.parametrize("path", ["/ds/x", "/ds/%00", "/ds/" + "a" * 5000, "/ds/ấy", "/ds/%2e%2e"])
async def test_odd_addresses_get_the_same_page(office: Office, path: str) -> None:
    assert "Nhập mã để mở danh sách" in (await office.phone().see(path)).words


async def test_guesses_at_the_same_moment_count_one_by_one(office: Office) -> None:
    path = office.link()
    await office.phone().send(path, viec="gui-ma")
    right = office.codes()[-1]
    wrong = [f"{(int(right) + 1 + number) % 1_000_000:06}" for number in range(12)]
    shown = await asyncio.gather(*(office.phone().send(path, viec="mo", ma=one) for one in wrong))
    assert all("Mã chưa đúng" in one.words for one in shown)
    counted = [action for _, action, _, _ in office.trail() if action.startswith("liaison_link.")]
    assert counted.count("liaison_link.wrong_code") == MOST_WRONG_CODES - 1
    assert counted.count("liaison_link.locked") == 1
