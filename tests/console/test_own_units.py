"""An officer sees and touches own units only, by whatever address."""

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import Connection, insert, select, update

from app.console.gate import Pages
from app.directory.models import Employer, Liaison, Merge, Officer, OfficerLeave
from app.handover.requests import open_request
from app.importing.checking import check_all
from app.importing.moment import Moment
from app.kit.db import Database
from app.runtime import Runtime
from app.staff.rules import Role
from app.worker_lists.models import WorkerEntry
from tests.console.conftest import NOW, Client, SignIn
from tests.console.people import (
    EXTRA,
    LAN,
    MINH,
    OTHERS,
    SECRET,
    liaison,
    officer_of,
    text_of,
)
from tests.console.test_gate import address


def hide_the_rest(db: Database) -> None:
    """Rows of every kind for the other officer's unit, so that there is something to leak."""

    def fill(tx: Connection) -> None:
        tx.execute(
            insert(Merge).values(
                kind="employer", kept_id=OTHERS, dropped_id=6, merged_at=NOW, before=b"", state="done"
            )
        )
        tx.execute(update(Employer).where(Employer.id == 6).values(officer_id=2))

    db.write_now(fill)


async def test_no_address_shows_an_officer_another_unit(
    pages: Pages, peopled: Database, signed_in: SignIn
) -> None:
    """Every route that can be opened, with every number that there is, and every list with every filter."""
    hide_the_rest(peopled)
    client = signed_in(Role.OFFICER, officer_id=1)
    numbers = [*range(1, 9), *(str(contact) for contact in (LAN, MINH, EXTRA))]
    kinds = ("/dau-moi", "/doanh-nghiep", "/can-bo", "/co-quan", "/nguoi-nhan")
    opened = 0
    for method, path in pages.rights:
        if method != "GET" or not path.startswith(kinds) or path.endswith("xuat-excel"):
            continue
        queries = (
            "",
            "?q=nho",
            "?q=minh",
            "?can_bo=2",
            "?co_quan=2",
            "?tim=nho",
            "?don_vi=3",
            "?loai=don-vi",
        )
        for number in numbers if "{" in path else [""]:
            for query in queries:
                filled = address(path).replace("/1", f"/{number}", 1) if number else address(path)
                answer = await client.get(filled + query)
                opened += answer.status_code == 200
                for secret in SECRET:
                    # What was typed comes back in its own field and nowhere else.
                    assert secret not in answer.text, (filled, query, secret)
    assert opened > 60


async def test_no_other_page_names_what_belongs_to_another_unit(
    pages: Pages, peopled: Database, signed_in: SignIn, runtime: Runtime
) -> None:
    """Board, inbox, sends, reminders, imports of a colleague, one's own account: with every number too."""
    hide_the_rest(peopled)
    runtime.db.write_now(lambda tx: open_request(tx, runtime.sealer, MINH, "Hỏi việc của Minh", NOW))
    await drop_list(signed_in(Role.LEAD), runtime, "liaisons", LISTS["liaisons"])
    client = signed_in(Role.OFFICER, officer_id=1)
    for method, path in pages.rights:
        if method != "GET" or path in pages.streams:
            continue
        for number in (1, OTHERS) if "{" in path else (1,):
            answer = await client.get(address(path).replace("/1", f"/{number}"))
            for secret in (*SECRET, "Hỏi việc của Minh", "danh-sach.csv"):
                assert secret not in answer.text, (path, number, secret)


async def test_an_export_of_an_officer_holds_own_units_only(peopled: Database, signed_in: SignIn) -> None:
    client = signed_in(Role.OFFICER, officer_id=1)
    for path in ("/dau-moi", "/doanh-nghiep", "/nguoi-nhan"):
        columns = "?cot=name&cot=phone&cot=unit&cot=email" if path == "/dau-moi" else ""
        answer = await client.get(f"/console{path}/xuat-excel{columns}")
        book = openpyxl.load_workbook(BytesIO(answer.content))
        cells = " ".join(str(cell) for row in book.worksheets[0].values for cell in row)
        assert not any(secret in cells for secret in SECRET), path
        assert len(list(book.worksheets[0].values)) > 1, path


async def test_an_officer_touches_own_units_only(
    peopled: Database, signed_in: SignIn, runtime: Runtime
) -> None:
    hide_the_rest(peopled)
    client, minh = signed_in(Role.OFFICER, officer_id=1), liaison(peopled, "Trần Văn Minh")
    lan = liaison(peopled, "Nguyễn Thị Lan")
    version = {"phien": str(minh.version)}
    person = {"name": "Kẻ Lạ", "phone": "0905000123", "email": ""}
    tried = [
        (f"/dau-moi/{minh.id}/xac-minh", version | {"don_vi": "1"}),
        (f"/dau-moi/{minh.id}/tu-choi", version),
        (f"/dau-moi/{minh.id}/ket-thuc", version),
        (f"/dau-moi/{minh.id}/sua", version | person),
        (f"/dau-moi/{lan.id}/xac-minh", {"phien": str(lan.version), "don_vi": str(OTHERS)}),
        ("/dau-moi/xac-minh", {"chon": str(minh.id), "dieu-kien": ""}),
        ("/dau-moi/xac-minh", {"tat-ca": "1", "dieu-kien": "q=minh"}),
        ("/dau-moi/them", person | {"don_vi": str(OTHERS)}),
        ("/dau-moi/trung/gop", {"loai": "liaison", "giu": str(lan.id), "bo": str(minh.id)}),
        ("/dau-moi/trung/gop", {"loai": "employer", "giu": "1", "bo": str(OTHERS)}),
        ("/dau-moi/trung/1/hoan-tac", {}),
        (f"/doanh-nghiep/{OTHERS}/sua", {"name": "Tên Lạ", "old_code": "TA0003C", "phien": "1"}),
        (f"/doanh-nghiep/{OTHERS}/ngung", {"phien": "1"}),
        (f"/doanh-nghiep/{OTHERS}/to-moi", {}),
        (
            "/doanh-nghiep/1/sua",
            {"name": "Công ty A", "old_code": "TA0001A", "phien": "9", "officer": "CQ02"},
        ),
        ("/doanh-nghiep/giao", {"chon": str(OTHERS), "can_bo": "1", "dong_y": "1"}),
        ("/can-bo/2/sua", {"name": "Tên Lạ", "code": "CQ02", "office": "VD02", "phien": "1"}),
        ("/can-bo/2/nghi", {"nguoi_thay": "1", "tu": "2026-11-24", "den": "2026-11-24"}),
    ]
    before = peopled.read_now(everything)
    for path, sent in tried:
        answer = await client.post(f"/console{path}", data=sent)
        assert answer.status_code in (303, 403, 404, 409, 422), (path, answer.status_code)
        assert peopled.read_now(everything) == before, path


def everything(tx: Connection) -> list[object]:
    return [tx.execute(select(table.__table__)).all() for table in (Liaison, Employer, Officer, OfficerLeave)]


async def test_a_unit_that_an_officer_adds_is_their_own(peopled: Database, signed_in: SignIn) -> None:
    client = signed_in(Role.OFFICER, officer_id=1)
    sent = {"name": "Công ty Của Tôi", "old_code": "TX7777A", "officer": "CQ02", "office": "VD02"}
    card = (await client.post("/console/doanh-nghiep/them", data=sent)).headers["location"]
    assert officer_of(peopled, int(card.rpartition("/")[2])) == 1
    assert "Công ty Của Tôi" in (await client.get(card)).text


async def test_an_officer_who_is_nobody_in_the_directory_sees_no_unit(
    peopled: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.OFFICER)
    assert "Nguyễn Thị Lan" not in await text_of(client, "/dau-moi")
    assert "Biển Xanh (ví dụ)" not in await text_of(client, "/doanh-nghiep")
    await text_of(client, f"/dau-moi/{liaison(peopled, 'Nguyễn Thị Lan').id}", 404)


async def test_the_menu_counts_those_of_own_units_who_wait(peopled: Database, signed_in: SignIn) -> None:
    def waiting(page: str) -> str:
        found = re.search(r'href="/console/dau-moi".*?class="count">(\d+)', page, re.DOTALL)
        assert found
        return found[1]

    assert waiting(await text_of(signed_in(Role.LEAD), "/")) == "3"
    assert waiting(await text_of(signed_in(Role.OFFICER, officer_id=1), "/")) == "1"


LISTS = {
    "offices": "Mã cơ quan BHXH;Tên cơ quan BHXH\nVD02;Tên Lạ\n",
    "officers": "Mã cán bộ;Họ và tên;Mã cơ quan BHXH\nCQ02;Tên Lạ;VD02\n",
    "employers": "Mã đơn vị cũ;Tên đơn vị;Mã cán bộ\nTA0003C;Tên Lạ;CQ01\nTA0001A;Tên;CQ02\nTX1;Mới;CQ02\n",
    "liaisons": "Họ và tên;Số điện thoại;Mã đơn vị\nTrần Văn Minh;0905000222;TA0003C\n",
    "workers": "Họ và tên;Mã số BHXH;Mã đơn vị\nAn (ví dụ);0001000001;TA0003C\n",
}


async def drop_list(client: Client, runtime: Runtime, kind: str, text: str) -> str:
    """The page of the import, read and taken without its wrong rows."""
    files = {"tep": ("danh-sach.csv", text.encode(), "text/csv")}
    address = (await client.post("/console/nhap-excel", data={"loai": kind}, files=files)).headers["location"]
    check_all(runtime.db, Moment(runtime.sealer, NOW, "system"))
    await client.post(f"{address}/nhan", data={"bo_dong_loi": "1"})
    return address


@pytest.mark.parametrize("kind", LISTS)
async def test_a_list_that_an_officer_drops_touches_own_units_only(
    peopled: Database, signed_in: SignIn, runtime: Runtime, kind: str
) -> None:
    """Nor does its dry run tell what is known of others, or hand units out."""
    hide_the_rest(peopled)
    client = signed_in(Role.OFFICER, officer_id=1)
    before = peopled.read_now(everything)
    address = await drop_list(client, runtime, kind, LISTS[kind])
    assert peopled.read_now(everything) == before
    assert peopled.read_now(lambda tx: tx.execute(select(WorkerEntry.id)).all()) == []
    page = await text_of(client, address.removeprefix("/console"))
    assert "0905 000 222" not in page
    assert "minh@vidu.vn" not in page
    assert "Hợp tác xã Nho Núi Hồng" not in page
    assert any(why in page for why in ("không thuộc các đơn vị Anh/Chị quản lý", "do người phụ trách nhập"))


async def test_a_list_about_own_units_is_taken_in_and_a_new_unit_is_the_officers(
    peopled: Database, signed_in: SignIn, runtime: Runtime
) -> None:
    client = signed_in(Role.OFFICER, officer_id=1)
    rows = "TA0001A;Biển Xanh (tên mới);CQ01\nTX7777A;Công ty Của Tôi;CQ01\nTX8888A;Không Của Ai;\n"
    await drop_list(client, runtime, "employers", "Mã đơn vị cũ;Tên đơn vị;Mã cán bộ\n" + rows)
    found = peopled.read_now(lambda tx: tx.execute(select(Employer.name, Employer.officer_id)).all())
    assert ("Biển Xanh (tên mới)", 1) in found
    assert ("Công ty Của Tôi", 1) in found
    assert "Không Của Ai" not in [row.name for row in found]
