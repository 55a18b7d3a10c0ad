"""A list goes in: dropped, looked at, put right, accepted, approved by a second person, taken back."""

import re

import pytest
from sqlalchemy import func, select

from app.console.gate import Pages
from app.directory.models import Office
from app.importing.checking import check_all
from app.importing.moment import Moment
from app.kit.db import Database
from app.runtime import Runtime
from app.staff.rules import Role
from tests.console.conftest import NOW, Client, SignIn
from tests.console.people import actions

LIST = (
    "Mã cơ quan BHXH;Tên cơ quan BHXH;Số điện thoại\n"
    "KH01;BHXH cơ sở Nha Trang (ví dụ);0258 3 123 456\n"
    "KH02;BHXH cơ sở Cam Ranh (ví dụ);\n"
)
ONE_WRONG = LIST + "KH03;;\n"


async def dropped(client: Client, text: str = LIST, name: str = "co-quan.csv", kind: str = "offices") -> str:
    files = {"tep": (name, text.encode(), "text/csv")}
    answer = await client.post("/console/nhap-excel", data={"loai": kind}, files=files)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def read_all(runtime: Runtime) -> None:
    """What the runner does in the background."""
    check_all(runtime.db, Moment(runtime.sealer, NOW, "system"))


async def looked_at(client: Client, address: str) -> str:
    answer = await client.get(address)
    assert answer.status_code == 200
    return answer.text


def offices(db: Database) -> int:
    return db.read_now(lambda tx: tx.execute(select(func.count()).select_from(Office)).scalar_one())


async def test_nothing_is_saved_until_it_is_accepted_and_undoing_takes_all_of_it_back(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    address = await dropped(client)
    assert "Đang kiểm tra" in await looked_at(client, address)
    read_all(runtime)
    page = await looked_at(client, address)
    assert "BHXH cơ sở Cam Ranh (ví dụ)" in page
    assert "Chưa lưu gì" in page
    assert offices(db) == 0
    assert (await client.post(f"{address}/nhan")).status_code == 303
    assert offices(db) == 2
    assert "Hoàn tác cả lần nhập" in await looked_at(client, address)
    await client.post(f"{address}/hoan-tac")
    assert offices(db) == 0
    assert "Đã hoàn tác" in await looked_at(client, address)


async def test_a_wrong_cell_is_named_and_can_be_put_right_in_place(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    address = await dropped(client, ONE_WRONG)
    read_all(runtime)
    page = await looked_at(client, address)
    assert "B4" in page
    row, column = (re.search(rf'name="{name}" value="(\d+)"', page) for name in ("dong", "cot"))
    assert row
    assert column
    refused = await client.post(f"{address}/nhan")
    assert refused.status_code == 303
    assert "có lỗi" in await looked_at(client, address), "said once, on the next page"
    fields = {"dong": row[1], "cot": column[1], "gia_tri": "BHXH cơ sở Ninh Hòa (ví dụ)"}
    await client.post(f"{address}/o", data=fields)
    read_all(runtime)
    await client.post(f"{address}/nhan")
    assert offices(db) == 3


async def test_the_right_rows_can_be_taken_without_the_wrong_ones(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    address = await dropped(client, ONE_WRONG)
    read_all(runtime)
    await client.post(f"{address}/nhan", data={"bo_dong_loi": "1"})
    assert offices(db) == 2


async def test_who_looks_at_the_rows_of_a_file_is_in_the_trail(runtime: Runtime, signed_in: SignIn) -> None:
    client = signed_in(Role.LEAD)
    address = await dropped(client)
    await looked_at(client, address)
    assert "import.viewed" not in actions(runtime.db, "import:1"), "no row is shown yet"
    read_all(runtime)
    await looked_at(client, address)
    await looked_at(client, f"{address}/cot")
    await client.get(f"{address}/tep-loi")
    assert actions(runtime.db, "import:1")[:3] == ["import.errors_exported", "import.viewed", "import.viewed"]


async def test_the_wrong_rows_can_be_taken_home_as_a_workbook(runtime: Runtime, signed_in: SignIn) -> None:
    client = signed_in(Role.LEAD)
    address = await dropped(client, ONE_WRONG)
    read_all(runtime)
    answer = await client.get(f"{address}/tep-loi")
    assert answer.content.startswith(b"PK")
    assert "loi-co-quan.xlsx" in answer.headers["content-disposition"]


async def test_a_long_list_waits_for_somebody_else(runtime: Runtime, db: Database, signed_in: SignIn) -> None:
    first, second = signed_in(Role.LEAD), signed_in(Role.LEAD)
    many = "Mã cơ quan BHXH;Tên cơ quan BHXH\n" + "".join(f"C{n};Cơ quan {n}\n" for n in range(600))
    address = await dropped(first, many)
    read_all(runtime)
    await first.post(f"{address}/nhan")
    assert "nhờ một đồng nghiệp duyệt" in await looked_at(first, address)
    await first.post(f"{address}/duyet")
    assert offices(db) == 0
    assert "Duyệt và nhập" in await looked_at(second, address)
    await second.post(f"{address}/duyet")
    assert offices(db) == 600


async def test_columns_can_be_told_when_their_names_say_nothing(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    address = await dropped(client, "cột một;cột hai\nKH01;BHXH Nha Trang (ví dụ)\n")
    read_all(runtime)
    assert "Chưa đọc được" in await looked_at(client, address)
    layout = await looked_at(client, f"{address}/cot")
    assert "BHXH Nha Trang (ví dụ)" in layout
    sheet = re.search(r'name="trang" value="([^"]*)"', layout)
    assert sheet
    told = {"trang": sheet[1], "dong": "1", "cot-code": "0", "cot-name": "1"}
    assert (await client.post(f"{address}/cot", data=told)).headers["location"] == address
    read_all(runtime)
    await client.post(f"{address}/nhan")
    assert offices(db) == 1


@pytest.mark.parametrize(
    ("name", "content"), [("rác.xlsx", "not a workbook"), ("rỗng.csv", ""), ("ảnh.png", "x")]
)
async def test_what_is_no_list_is_refused_in_words(
    runtime: Runtime, signed_in: SignIn, name: str, content: str
) -> None:
    client = signed_in(Role.LEAD)
    files = {"tep": (name, content.encode())}
    answer = await client.post("/console/nhap-excel", data={"loai": "offices"}, files=files)
    if answer.status_code == 303:
        read_all(runtime)
        assert "Chưa đọc được" in await looked_at(client, answer.headers["location"])
    else:
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


async def test_a_form_without_a_file_says_so(signed_in: SignIn) -> None:
    answer = await signed_in(Role.OFFICER).post("/console/nhap-excel", data={"loai": "offices"})
    assert answer.status_code == 422
    assert "chọn một tệp" in answer.text


async def test_an_import_that_is_not_there_is_not_found(signed_in: SignIn) -> None:
    assert (await signed_in(Role.OFFICER).get("/console/nhap-excel/99")).status_code == 404


async def test_a_list_of_workers_is_asked_for_its_day_and_its_due_date(
    runtime: Runtime, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    text = "Họ và tên;Mã số BHXH;Mã đơn vị\nAn (ví dụ);0001000001;KH0001\n"
    files = {"tep": ("lao-dong.csv", text.encode(), "text/csv")}
    fields = {"loai": "workers", "ngay": "2026-11-20", "han": "2026-12-05"}
    answer = await client.post("/console/nhap-excel", data=fields, files=files)
    read_all(runtime)
    page = await looked_at(client, answer.headers["location"])
    assert 'value="2026-11-20"' in page
    assert 'value="2026-12-05"' in page
    changed = await client.post(f"{answer.headers['location']}/ngay", data={"ngay": "2026-11-21", "han": ""})
    assert changed.status_code == 303
    read_all(runtime)
    assert 'value="2026-11-21"' in await looked_at(client, answer.headers["location"])
    refused = await client.post("/console/nhap-excel", data=fields | {"han": "2026-11-01"}, files=files)
    assert refused.status_code == 422
    assert "trước ngày của danh sách" in refused.text
    assert 'value="2026-11-20"' in refused.text, "nobody types it twice"


async def test_an_officer_sees_only_the_files_they_dropped(
    runtime: Runtime, db: Database, signed_in: SignIn, pages: Pages
) -> None:
    """A file holds people of any unit: to another officer an import is not there, whatever is asked of it."""
    lead, owner, other = signed_in(Role.LEAD), signed_in(Role.OFFICER), signed_in(Role.OFFICER)
    people = "Họ và tên;Số điện thoại;Mã đơn vị\nAn (ví dụ);0905000111;KH0001\n"
    address = await dropped(owner, people, "dau-moi.csv", "liaisons")
    read_all(runtime)
    routes = [route for route in pages.rights if "/nhap-excel/{number}" in route[1]]
    assert len(routes) >= 9
    for method, path in routes:
        answer = await other.request(
            method, "/console" + path.replace("{number}", "1"), data={"dong": "2", "cot": "1", "gia_tri": "x"}
        )
        if path in pages.streams:
            assert answer.text == "", "a stream that says nothing and ends"
        else:
            expected = 403 if "duyet" in path else 404
            assert answer.status_code == expected, (method, path, answer.status_code)
    assert "dau-moi.csv" not in await looked_at(other, "/console/nhap-excel")
    assert 'class="count' not in (await other.get("/console/nhap-excel")).text
    for who in (owner, lead):
        assert "dau-moi.csv" in await looked_at(who, "/console/nhap-excel")
        assert "Chưa lưu gì" in await looked_at(who, address)
