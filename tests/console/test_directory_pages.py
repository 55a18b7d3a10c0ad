"""The lists of liaisons and one liaison: filters, masks, exports, decisions that are told, clashes."""

import re
from collections.abc import Iterable
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from app.directory.models import Liaison, LiaisonState
from app.kit.db import Database
from app.staff.rules import Role
from tests.console.conftest import SignIn
from tests.console.people import (
    EXTRA,
    LAN,
    actions,
    deliveries,
    liaison,
    text_of,
)

# The list


@pytest.mark.parametrize(
    ("query", "found", "missed"),
    [
        ("q=nguyen+lan", "Nguyễn Thị Lan", "Trần Văn Minh"),
        ("q=0905+000+222", "Trần Văn Minh", "Nguyễn Thị Lan"),
        ("q=nho+nui+hong", "Trần Văn Minh", "Nguyễn Thị Lan"),
        ("trang_thai=expected", "Võ Ánh", "Nguyễn Thị Lan"),
        ("co_quan=2", "Trần Văn Minh", "Nguyễn Thị Lan"),
        ("can_bo=1", "Nguyễn Thị Lan", "Trần Văn Minh"),
        ("don_vi=chua-ro", "Phạm Lạ", "Nguyễn Thị Lan"),
        ("theo_doi=co", "Nguyễn Thị Lan", "Võ Ánh"),
    ],
)
async def test_filters_in_the_address_choose_the_rows(
    peopled: Database, signed_in: SignIn, query: str, found: str, missed: str
) -> None:
    page = await text_of(signed_in(Role.LEAD), f"/dau-moi?{query}")
    assert found in page
    assert missed not in page


async def test_people_stand_by_given_name_and_the_order_can_be_turned(
    peopled: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    names = ["Võ Ánh", "Phạm Lạ", "Nguyễn Thị Lan", "Trần Văn Minh"]
    assert in_order(await text_of(client, "/dau-moi"), names)
    assert in_order(await text_of(client, "/dau-moi?xep=-name"), reversed(names))


def in_order(page: str, names: Iterable[str]) -> bool:
    places = [page.index(f">{name}<") for name in names]
    return places == sorted(places)


async def test_phones_are_masked_until_asked_for_and_asking_is_recorded(
    peopled: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    page = await text_of(client, "/dau-moi")
    assert "0905 ••• 111" in page
    assert "0905 000 111" not in page
    assert "directory.viewed" not in actions(peopled)
    assert "0905 000 111" in await text_of(client, "/dau-moi?cot=name&cot=phone")
    assert actions(peopled)[0] == "directory.viewed"


async def test_the_export_holds_what_the_filter_shows(peopled: Database, signed_in: SignIn) -> None:
    answer = await signed_in(Role.LEAD).get("/console/dau-moi/xuat-excel?q=lan&cot=name&cot=phone")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    rows = [list(row) for row in book.worksheets[0].values]
    assert rows == [["Họ và tên", "Điện thoại đủ số"], ["Nguyễn Thị Lan", "0905 000 111"]]
    assert actions(peopled)[0] == "list.exported"


async def test_an_empty_list_says_why(peopled: Database, signed_in: SignIn) -> None:
    page = await text_of(signed_in(Role.LEAD), "/dau-moi?q=khong-ai-ca")
    assert "Không có đầu mối nào khớp" in page
    assert "Xóa bộ lọc" in page


async def test_many_are_verified_at_once_and_each_is_told(peopled: Database, signed_in: SignIn) -> None:
    client = signed_in(Role.LEAD)
    assert "3 người chờ xác minh" in await text_of(client, "/dau-moi")
    await client.post("/console/dau-moi/xac-minh", data={"tat-ca": "1", "dieu-kien": "q="})
    assert liaison(peopled, "Nguyễn Thị Lan").state == LiaisonState.VERIFIED
    assert liaison(peopled, "Trần Văn Minh").state == LiaisonState.VERIFIED
    assert liaison(peopled, "Phạm Lạ").state == LiaisonState.PENDING, "nobody knows the unit"
    assert deliveries(peopled, LAN) == 1
    said = await text_of(client, "/dau-moi")
    assert "Đã xác minh 2 đầu mối" in said
    assert "Còn 1 người" in said


async def test_verifying_takes_only_the_ticked_rows_of_the_filter(
    peopled: Database, signed_in: SignIn
) -> None:
    client, lan = signed_in(Role.LEAD), liaison(peopled, "Nguyễn Thị Lan")
    await client.post("/console/dau-moi/xac-minh", data={"chon": str(lan.id), "dieu-kien": ""})
    assert liaison(peopled, "Nguyễn Thị Lan").state == LiaisonState.VERIFIED
    assert liaison(peopled, "Trần Văn Minh").state == LiaisonState.PENDING
    await client.post("/console/dau-moi/xac-minh", data={"dieu-kien": ""})
    assert "đánh dấu ít nhất một" in await text_of(client, "/dau-moi")


# One liaison


async def test_a_card_shows_the_person_and_the_view_is_recorded(peopled: Database, signed_in: SignIn) -> None:
    lan = liaison(peopled, "Nguyễn Thị Lan")
    page = await text_of(signed_in(Role.VIEWER), f"/dau-moi/{lan.id}")
    for shown in ("0905 000 111", "lan@vidu.vn", "Công ty TNHH Biển Xanh (ví dụ)", "Lê Thị Ví Dụ"):
        assert shown in page
    assert "Từ chối" not in page, "a viewer decides nothing"
    assert actions(peopled, f"liaison:{lan.id}") == ["liaison.viewed"]


async def test_a_liaison_without_a_unit_is_verified_with_the_one_that_is_chosen(
    peopled: Database, signed_in: SignIn
) -> None:
    client, stranger = signed_in(Role.LEAD), liaison(peopled, "Phạm Lạ")
    page = await text_of(client, f"/dau-moi/{stranger.id}?tim=hoa+phuong")
    assert "Trường Tiểu học Hoa Phượng (ví dụ)" in page
    assert "Trạm Y tế Hoa Phượng (ví dụ)" in page
    path = f"/console/dau-moi/{stranger.id}/xac-minh"
    await client.post(path, data={"phien": str(stranger.version)})
    assert "chọn đơn vị" in await text_of(client, f"/dau-moi/{stranger.id}")
    await client.post(path, data={"phien": str(stranger.version), "don_vi": "4"})
    now = liaison(peopled, "Phạm Lạ")
    assert (now.state, now.employer_id) == (LiaisonState.VERIFIED, 4)
    assert deliveries(peopled, EXTRA) == 1


@pytest.mark.parametrize(("act", "why"), [("tu-choi", "rejected"), ("ket-thuc", "ended_by_staff")])
async def test_rejecting_or_ending_empties_the_person_and_tells_them(
    peopled: Database, signed_in: SignIn, act: str, why: str
) -> None:
    client, lan = signed_in(Role.LEAD), liaison(peopled, "Nguyễn Thị Lan")
    await client.post(f"/console/dau-moi/{lan.id}/{act}", data={"phien": "999"})
    assert liaison(peopled, "Nguyễn Thị Lan").state == LiaisonState.PENDING, "an older page decides nothing"
    await client.post(f"/console/dau-moi/{lan.id}/{act}", data={"phien": str(lan.version)})
    chosen = select(Liaison.__table__).where(Liaison.id == lan.id)
    row = peopled.read_now(lambda tx: tx.execute(chosen).one())
    assert (row.state, row.ended_why, row.full_name) == (LiaisonState.ENDED, why, "")
    assert deliveries(peopled, LAN) == 1
    page = await text_of(client, f"/dau-moi/{lan.id}")
    assert "Vai trò đã kết thúc" in page


async def test_two_who_edit_one_liaison_see_both_values(peopled: Database, signed_in: SignIn) -> None:
    one, other, lan = signed_in(Role.LEAD), signed_in(Role.LEAD), liaison(peopled, "Nguyễn Thị Lan")
    sent = {"name": "Nguyễn Thị Lan", "phone": "0905000999", "email": "", "role": "hr"}
    path = f"/console/dau-moi/{lan.id}/sua"
    first = await one.post(path, data=sent | {"phien": str(lan.version)})
    assert first.status_code == 303
    late = await other.post(path, data=sent | {"phone": "0905000888", "phien": str(lan.version)})
    assert late.status_code == 409
    assert "Người khác vừa sửa" in late.text
    assert "0905000999" in late.text
    assert 'value="0905000888"' in late.text, "nothing that was typed is lost"
    version = re.search(r'name="phien" value="(\d+)"', late.text)
    assert version
    again = await other.post(path, data=sent | {"phone": "0905000888", "phien": version[1]})
    assert again.status_code == 303
    assert "0905 000 888" in await text_of(other, f"/dau-moi/{lan.id}")


async def test_what_is_wrong_is_said_beside_the_field(peopled: Database, signed_in: SignIn) -> None:
    client, lan = signed_in(Role.LEAD), liaison(peopled, "Nguyễn Thị Lan")
    sent = {"name": "Lan 7", "phone": "12", "email": "x", "phien": str(lan.version)}
    answer = await client.post(f"/console/dau-moi/{lan.id}/sua", data=sent)
    assert answer.status_code == 422
    assert answer.text.count("field-fault") == 3
    assert 'value="Lan 7"' in answer.text


async def test_an_announced_liaison_is_added_for_a_unit_and_taken_back(
    peopled: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    assert "Hợp tác xã Nho" in await text_of(client, "/dau-moi/them?tim=nho")
    sent = {"don_vi": "3", "name": "Bùi Mới", "phone": "0905 000 555", "email": "", "role": "hr"}
    answer = await client.post("/console/dau-moi/them", data=sent)
    assert answer.status_code == 303
    added = liaison(peopled, "Bùi Mới")
    assert (added.state, added.employer_id) == (LiaisonState.EXPECTED, 3)
    card = (await client.get(answer.headers["location"])).text
    again = await client.post("/console/dau-moi/them", data=sent)
    assert "đã có đầu mối mang số này" in again.text
    undo = re.search(r'action="(/console/dau-moi/\d+/ket-thuc\?phien=1)"', card)
    assert undo
    await client.post(undo[1])
    assert "Bùi Mới" not in await text_of(client, "/dau-moi")
