"""The directory in the browser: lists, cards, decisions that are told, forms that clash, own units only."""

import re
from collections.abc import Iterable
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import Connection, insert, select, update

from app.audit.queries import TrailFilter, read_page
from app.console.gate import Pages
from app.directory import contacts
from app.directory.demo_data import load_demo
from app.directory.liaisons import announce, register
from app.directory.models import Employer, Liaison, LiaisonState, Merge, Officer, OfficerLeave
from app.directory.rules import Registration
from app.directory.units import find_units
from app.kit.db import Database
from app.kit.ids import UserId
from app.outbox.models import Delivery
from app.runtime import Runtime
from app.staff.rules import Role
from tests.console.conftest import NOW, Client, SignIn
from tests.console.test_gate import address

LAN, MINH, EXTRA = UserId("lan"), UserId("minh"), UserId("khach")
OURS, OTHERS = 1, 3
"""Units of the first officer and of the second."""
SECRET = ("Hợp tác xã Nho Núi Hồng", "Trần Văn Minh", "0905 000 222", "minh@vidu.vn", "TA0003C")
"""What belongs to the other officer's unit."""


@pytest.fixture
def peopled(runtime: Runtime) -> Database:
    """A liaison who waits in each officer's first unit, one without a unit, and one announced."""
    sealer = runtime.sealer

    def fill(tx: Connection) -> None:
        load_demo(tx, sealer, NOW)
        people = (
            (LAN, "Nguyễn Thị Lan", "0905000111", "lan@vidu.vn", "TA0001A"),
            (MINH, "Trần Văn Minh", "0905000222", "minh@vidu.vn", "TA0003C"),
            (EXTRA, "Phạm Lạ", "0905000333", "la@vidu.vn", ""),
        )
        for contact, name, phone, email, code in people:
            contacts.follow(tx, contact, NOW)
            unit = find_units(tx, code)[0] if code else None
            said = Registration(name, phone, email, "hr", code or "TX9999X", "Công ty Chưa Rõ")
            register(tx, sealer, contact, said, unit, NOW)
        announce(tx, sealer, OURS, Registration("Võ Ánh", "0905000444", "", "other"), NOW)

    runtime.db.write_now(fill)
    return runtime.db


def liaison(db: Database, name: str) -> Liaison:
    chosen = select(Liaison.__table__).where(Liaison.full_name == name)
    return db.read_now(lambda tx: tx.execute(chosen).one())  # type: ignore[return-value]


def actions(db: Database, subject: str = "") -> list[str]:
    page = db.read_now(lambda tx: read_page(tx, TrailFilter(subject=subject)))
    return [line.action for line in page.lines]


def deliveries(db: Database, contact: UserId) -> int:
    chosen = select(Delivery.id).where(Delivery.contact == contact)
    return len(db.read_now(lambda tx: tx.execute(chosen).all()))


async def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = await client.get(f"/console{path}")
    assert answer.status_code == status, (path, answer.status_code)
    return answer.text


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


# Duplicates


async def test_duplicates_stand_side_by_side_and_a_merge_is_taken_back(
    peopled: Database, signed_in: SignIn, runtime: Runtime
) -> None:
    said = Registration("Nguyễn Thị Lan", "0905000777", "lan2@vidu.vn", "hr")
    peopled.write_now(lambda tx: announce(tx, runtime.sealer, OURS, said, NOW))
    client, kept = signed_in(Role.LEAD), liaison_of(peopled, LAN)
    page = await text_of(client, "/dau-moi/trung")
    assert "cùng họ tên" in page
    assert "0905 000 777" in page
    other = peopled.read_now(
        lambda tx: (
            tx.execute(select(Liaison.id).where(Liaison.contact.is_(None)).order_by(Liaison.id.desc()))
            .scalars()
            .first()
        )
    )
    sent = {"loai": "liaison", "giu": str(kept), "bo": str(other)}
    await client.post("/console/dau-moi/trung/gop", data=sent)
    after = await text_of(client, "/dau-moi/trung")
    assert "Không có bản ghi nào trùng" in after
    merge = peopled.read_now(lambda tx: tx.execute(select(Merge.id)).scalar_one())
    assert f"/console/dau-moi/trung/{merge}/hoan-tac" in after
    await client.post(f"/console/dau-moi/trung/{merge}/hoan-tac")
    assert "0905 000 777" in await text_of(client, "/dau-moi/trung")


def liaison_of(db: Database, contact: UserId) -> int:
    chosen = select(Liaison.id).where(Liaison.contact == contact)
    return db.read_now(lambda tx: tx.execute(chosen).scalar_one())


# Units, officers, offices


async def test_units_without_officer_are_counted_in_red_and_handed_out_after_a_preview(
    peopled: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    assert "1 đơn vị chưa có cán bộ phụ trách" in await text_of(client, "/can-bo")
    gaps = {"tat-ca": "1", "dieu-kien": "thieu=can-bo"}
    asked = await client.post("/console/doanh-nghiep/giao", data=gaps)
    assert "Trường Mầm non Sao Biển (ví dụ)" in asked.text
    told = await client.post("/console/doanh-nghiep/giao", data=gaps | {"can_bo": "2"})
    assert "Giao 1 đơn vị cho Trần Văn Ví Dụ" in told.text
    assert "Thuộc cơ quan khác" in told.text
    assert officer_of(peopled, 6) is None, "a preview changes nothing"
    done = await client.post("/console/doanh-nghiep/giao", data=gaps | {"can_bo": "2", "dong_y": "1"})
    assert done.headers["location"] == "/console/can-bo/2"
    assert officer_of(peopled, 6) == 2
    assert "chưa có cán bộ phụ trách" not in await text_of(client, "/can-bo")


def officer_of(db: Database, unit: int) -> int | None:
    return db.read_now(lambda tx: tx.execute(select(Employer.officer_id).where(Employer.id == unit)).scalar())


async def test_a_unit_shows_who_stands_in_today(peopled: Database, signed_in: SignIn) -> None:
    client = signed_in(Role.LEAD)
    sent = {"nguoi_thay": "2", "tu": "2026-11-20", "den": "2026-11-30"}
    assert (await client.post("/console/can-bo/1/nghi", data=sent)).status_code == 303
    assert "Đang thay Lê Thị Ví Dụ nghỉ" in await text_of(client, "/doanh-nghiep/1")
    assert "Trần Văn Ví Dụ thay" in await text_of(client, "/can-bo")
    again = await client.post("/console/can-bo/1/nghi", data=sent)
    assert again.status_code == 409
    assert "đã có lịch nghỉ" in again.text
    leave = peopled.read_now(lambda tx: tx.execute(select(OfficerLeave.id)).scalar_one())
    await client.post(f"/console/can-bo/1/nghi/{leave}/bo")
    assert "Đang thay" not in await text_of(client, "/doanh-nghiep/1")


async def test_a_sheet_invites_to_the_unit_with_a_word_of_its_own(
    peopled: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.OFFICER, officer_id=1)
    assert "Chưa có mã mời" in await text_of(client, "/doanh-nghiep/1/to-moi")
    await client.post("/console/doanh-nghiep/1/to-moi")
    page = await text_of(client, "/doanh-nghiep/1/to-moi")
    assert re.search(r"DV [A-Z]\d{5}", page)
    assert "<svg" in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("place", "sent", "shown"),
    [
        ("doanh-nghiep", {"name": "Công ty Mới", "old_code": "TX1234A", "office": "VD01"}, "TX1234A"),
        ("can-bo", {"name": "Đỗ Mới", "code": "CQ09", "office": "VD02"}, "CQ09"),
        ("co-quan", {"name": "BHXH cơ sở Mới", "code": "VD09"}, "VD09"),
    ],
)
async def test_a_record_is_added_edited_ended_and_used_again(
    peopled: Database, signed_in: SignIn, place: str, sent: dict[str, str], shown: str
) -> None:
    client = signed_in(Role.LEAD)
    wrong = await client.post(f"/console/{place}/them", data={"name": ""})
    assert wrong.status_code == 422
    assert "field-fault" in wrong.text
    added = await client.post(f"/console/{place}/them", data=sent)
    assert added.status_code == 303, added.text
    card = added.headers["location"]
    assert shown in (await client.get(card)).text
    saved = await client.post(f"{card}/sua", data=sent | {"name": "Tên Đã Sửa", "phien": "1"})
    assert saved.status_code == 303, saved.text
    late = await client.post(f"{card}/sua", data=sent | {"name": "Tên Muộn", "phien": "1"})
    assert late.status_code == 409
    assert "Tên Đã Sửa" in late.text
    assert 'value="Tên Muộn"' in late.text
    await client.post(f"{card}/ngung", data={"phien": "2"})
    after = (await client.get(card)).text
    assert "đã ngừng dùng" in after
    undo = re.search(rf'action="({card}/dung-lai\?phien=3)"', after)
    assert undo
    await client.post(undo[1])
    assert "đã ngừng dùng" not in (await client.get(card)).text


async def test_an_officer_with_units_cannot_be_ended(peopled: Database, signed_in: SignIn) -> None:
    client = signed_in(Role.LEAD)
    await client.post("/console/can-bo/1/ngung", data={"phien": "1"})
    assert "còn phụ trách đơn vị" in await text_of(client, "/can-bo/1")


# Own units only


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
