"""Thiết lập: what counts and where it is set; what the office says of itself counts from the next message."""

from app.kit.db import Database
from app.runtime import Runtime
from app.staff.rules import Role
from tests.console.conftest import SignIn
from tests.console.people import actions
from tests.console.test_inbox_pages import owed, say

PLACE = "/console/thiet-lap"
ADDRESS = {"gia_tri": "Số 1 đường Ví Dụ, phường Nha Trang", "ngay": "2026-11-24"}


async def test_every_value_stands_there_with_where_it_is_set(signed_in: SignIn) -> None:
    page = (await signed_in(Role.ADMIN).get(PLACE)).text
    for words in (
        "3 chưa biết",
        "kiểm tra ngày 23/11/2026",
        "DAUMOI_SEND_HOURS",
        "trên 500 người nhận",
        "DAUMOI_IMPORT_APPROVAL_ROWS",
        "01/01/2027",
    ):
        assert words in page, words


async def test_what_the_office_says_counts_from_the_next_message_until_it_is_taken_back(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.ADMIN)
    say(runtime, "địa chỉ bhxh", 1)
    assert ADDRESS["gia_tri"] not in " ".join(owed(runtime))
    assert (await client.post(f"{PLACE}/office_address", data=ADDRESS)).status_code == 303
    say(runtime, "địa chỉ bhxh", 2)
    assert ADDRESS["gia_tri"] in " ".join(owed(runtime))
    page = (await client.get(PLACE)).text
    assert "2 chưa biết" in page
    assert "Người Quản trị sửa" in page
    before = len(owed(runtime))
    await client.post(f"{PLACE}/office_address/bo")
    say(runtime, "địa chỉ bhxh", 3)
    assert ADDRESS["gia_tri"] not in " ".join(owed(runtime)[before:])
    assert actions(db, "fact:office_address") == ["office.fact_dropped", "office.fact_changed"]


async def test_what_cannot_be_said_is_refused_beside_the_field(signed_in: SignIn) -> None:
    client = signed_in(Role.ADMIN)
    for wrong in (
        {"gia_tri": "xem https://vidu.example"},
        {"gia_tri": "ở {full_name}"},
        {"gia_tri": ""},
        {"ngay": "2026-11-25"},
        {"ngay": "hôm qua"},
    ):
        assert (await client.post(f"{PLACE}/office_address", data=ADDRESS | wrong)).status_code == 422, wrong
    assert (await client.post(f"{PLACE}/no_such_fact", data=ADDRESS)).status_code == 404
