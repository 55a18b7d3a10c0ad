"""The list contract: what the address says is what is read, shown, kept and exported."""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

import httpx
import openpyxl
import pytest
from starlette.datastructures import QueryParams

from app.audit.queries import TrailFilter, read_page
from app.console import list_pages
from app.console.door import console_app
from app.console.gate import PLAIN_COOKIE
from app.console.listing import (
    Asked,
    BulkAct,
    Cell,
    Choice,
    Column,
    Day,
    Found,
    Listing,
    Row,
    Search,
    ShownList,
)
from app.console.pages import GROUPS
from app.runtime import Runtime
from app.staff.rules import Right, Role
from app.staff.sessions import Visitor
from tests.console.conftest import HOST, Client, token_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

NAMES = [f"Người thứ {number:03}" for number in range(120)]
BAD = "=HYPERLINK(1)"


def read(_db: "Connection", _visitor: Visitor, asked: Asked) -> Found:
    found = [name for name in [BAD, *NAMES] if asked.value("q") in name]
    if asked.value("chan"):
        found = [name for name in found if name[-1] in "02468"]
    found.sort(reverse=asked.descending)
    rows = [
        Row(str(number), {"name": Cell(name, href="/x", note="ghi chú"), "size": str(len(name))})
        for number, name in enumerate(found)
    ]
    return Found(rows[asked.offset : asked.offset + asked.limit], len(found))


PEOPLE = Listing(
    path="/dau-moi-thu",
    title="Danh sách thử",
    noun="người",
    columns=(
        Column("name", "Họ tên", sorts=True, place="head"),
        Column("size", "Độ dài", number=True),
        Column("spare", "Cột phụ", at_first=False),
    ),
    read=read,
    filters=(Search("Tên"), Choice("chan", "Chẵn", (("co", "Có"),)), Day("tu", "Từ ngày")),
    sort="name",
    bulk=(BulkAct("/dau-moi-thu/lam", "Làm", Right.EDIT_DIRECTORY),),
)


def asked(query: str) -> Asked:
    return PEOPLE.asked(QueryParams(query))


def shown(query: str) -> ShownList:
    found = asked(query)
    return ShownList(PEOPLE, found, Found((), 121), PEOPLE.filters)


def test_nonsense_in_an_address_is_left_out() -> None:
    nonsense = asked("q=&chan=xx&tu=2026-99-99&xep=password&trang=-3&cot=secret&other=1")
    assert (nonsense.filters, nonsense.sort, nonsense.page, nonsense.columns) == (
        {},
        "name",
        1,
        ("name", "size"),
    )


@pytest.mark.parametrize(("trang", "page"), [("2", 2), ("0", 1), ("²", 1), ("9" * 30, 100_000)])
def test_a_page_is_a_number_of_sane_size(trang: str, page: int) -> None:
    assert asked(f"trang={trang}").page == page


def test_an_address_holds_only_what_differs_and_leads_back_to_the_same_list() -> None:
    assert shown("").query == ""
    one = shown("q=lan&chan=co&xep=-name&cot=name&cot=spare&trang=2")
    assert PEOPLE.asked(QueryParams(one.query)) == asked("q=lan&chan=co&xep=-name&cot=name&cot=spare")
    assert PEOPLE.asked(QueryParams(one.at_page(3).lstrip("?"))).page == 3


def test_a_heading_sorts_then_turns_the_order_round() -> None:
    first = shown("").headings[0]
    assert (first.order, first.href) == ("ascending", "?xep=-name")
    assert shown("xep=-name").headings[0].order == "descending"
    assert shown("").headings[1].href == ""


@pytest.fixture
async def browse(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Sequence[Client]:
    """A console with the list in it: for one who may export and for one who may not."""

    def add(pages: object) -> None:
        list_pages.add_list(pages, PEOPLE, Right.SEE_DIRECTORY)  # type: ignore[arg-type]

    monkeypatch.setattr("app.console.door.GROUPS", (*GROUPS, add))
    app = console_app(runtime)
    clients = []
    for role in (Role.LEAD, Role.VIEWER):
        transport = httpx.ASGITransport(app, root_path="")
        client = httpx.AsyncClient(
            transport=transport, base_url=HOST, headers={"sec-fetch-site": "same-origin"}
        )
        client.cookies.set(PLAIN_COOKIE, token_of(runtime.db, role))
        clients.append(client)
    return clients


async def test_a_page_shows_fifty_rows_the_count_and_the_way_on(browse: Sequence[Client]) -> None:
    page = await browse[0].get("/dau-moi-thu")
    assert page.text.count('name="chon"') == 50
    assert "121 người · trang 1/3" in page.text
    assert 'href="?trang=2"' in page.text
    assert 'aria-sort="ascending"' in page.text
    assert "Chọn cả 121 kết quả" in page.text


async def test_nothing_found_says_so_and_how_to_go_on(browse: Sequence[Client]) -> None:
    page = await browse[0].get("/dau-moi-thu?q=khongco")
    assert "Không có người nào khớp" in page.text
    assert "Xóa bộ lọc" in page.text


async def test_who_may_not_export_or_change_sees_no_button_for_it(browse: Sequence[Client]) -> None:
    page = await browse[1].get("/dau-moi-thu")
    assert "Xuất Excel" not in page.text
    assert 'name="chon"' not in page.text
    assert (await browse[1].get("/dau-moi-thu/xuat-excel")).status_code == 403


async def test_the_file_holds_exactly_what_is_filtered_with_its_conditions(
    browse: Sequence[Client], runtime: Runtime
) -> None:
    answer = await browse[0].get("/dau-moi-thu/xuat-excel?chan=co&xep=-name&trang=2")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    rows = list(book["Danh sách"].values)
    assert rows[0] == ("Họ tên", "Độ dài")
    assert len(rows) == 1 + 60
    assert rows[1] == ("Người thứ 118 (ghi chú)", 13)
    conditions = {str(name): value for name, value in list(book["Điều kiện lọc"].values)[1:]}
    assert (conditions["Chẵn"], conditions["Số dòng"], conditions["Người xuất"]) == (
        "Có",
        "60",
        "Người Phụ trách",
    )
    lines = runtime.db.read_now(lambda tx: read_page(tx, TrailFilter(action="list.exported"))).lines
    assert [(line.subject, line.detail["rows"]) for line in lines] == [("dau-moi-thu", 60)]


async def test_a_name_that_looks_like_a_formula_stays_a_name(browse: Sequence[Client]) -> None:
    answer = await browse[0].get("/dau-moi-thu/xuat-excel")
    cell = openpyxl.load_workbook(BytesIO(answer.content))["Danh sách"]["A2"]
    assert (cell.value, cell.data_type) == (f"{BAD} (ghi chú)", "s")


async def test_a_list_too_long_for_a_file_is_refused_not_cut(
    browse: Sequence[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_pages, "MOST_EXPORTED", 100)
    answer = await browse[0].get("/dau-moi-thu/xuat-excel")
    assert answer.status_code == 413
    assert "thu hẹp bộ lọc" in answer.text
