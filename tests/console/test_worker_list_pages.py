"""Pages of unregistered workers: own units only, marks with a way back, links, letters, all of it noted."""

import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from sqlalchemy import select, update

from app.audit.models import AuditLine
from app.console.gate import Pages
from app.directory.demo_data import load_demo, make_liaison
from app.directory.models import Contact, Employer, Liaison
from app.directory.units import find_units
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import UserId
from app.outbox.models import Delivery
from app.runtime import Runtime
from app.staff.rules import Role
from app.worker_lists.demo_data import load_demo_lists
from app.worker_lists.models import WorkerEntry, WorkerList, WorkerUnit
from app.worker_lists.worker_queries import list_workers
from app.zalo.messages import Buttons, OpenUrl, decode
from tests.console.conftest import NOW, Client, SignIn

LIAISON = UserId("7000000000000000001")
PLACE = "/console/chua-dang-ky"
SEEN, HIDDEN = "Công ty TNHH Biển Xanh", "Tiểu học Hoa Phượng"
"""A unit of officer one, and one of officer two."""


@pytest.fixture(autouse=True)
def listed(runtime: Runtime) -> None:
    """The invented directory with two lists, and one verified liaison."""
    sealer = runtime.sealer
    runtime.db.write_now(lambda tx: load_demo(tx, sealer, NOW))
    runtime.db.write_now(lambda tx: make_liaison(tx, sealer, LIAISON, NOW, verified=True))
    runtime.db.write_now(lambda tx: load_demo_lists(tx, sealer, NOW))


def unit_id(db: Database, code: str = "TA0001A") -> int:
    return db.read_now(lambda tx: find_units(tx, code))[0].id


def officer_of(db: Database, code: str = "TA0001A") -> int:
    unit = unit_id(db, code)
    found = db.read_now(
        lambda tx: tx.execute(select(Employer.officer_id).where(Employer.id == unit)).scalar()
    )
    assert found is not None
    return int(found)


def deliveries(runtime: Runtime) -> list[object]:
    sealed = runtime.db.read_now(lambda tx: list(tx.execute(select(Delivery.message)).scalars()))
    return [decode(runtime.sealer.open(one)) for one in sealed]


def trail(db: Database) -> list[tuple[str, str]]:
    lines = select(AuditLine.action, AuditLine.subject).order_by(AuditLine.id)
    return db.read_now(lambda tx: [(row.action, row.subject) for row in tx.execute(lines)])


def letter_rows(content: bytes) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(BytesIO(content))["Danh sách"].values)


def first_worker(runtime: Runtime, unit: int, state: str = "open") -> int:
    first = select(WorkerEntry.id).where(WorkerEntry.employer_id == unit, WorkerEntry.state == state)
    found = runtime.db.read_now(lambda tx: tx.execute(first.order_by(WorkerEntry.id).limit(1)).scalar())
    assert found is not None
    return int(found)


def state_of(db: Database, worker: int) -> str:
    of = select(WorkerEntry.state).where(WorkerEntry.id == worker)
    return str(db.read_now(lambda tx: tx.execute(of).scalar()))


async def text(client: Client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


async def test_every_unit_stands_there_with_its_numbers(signed_in: SignIn) -> None:
    page = await text(signed_in(Role.LEAD), PLACE)
    assert SEEN in page
    assert HIDDEN in page
    assert "Gửi đường dẫn danh sách" in page
    row = page[page.index(SEEN) :]
    assert re.search(r'data-title="Tổng">64<.*?data-title="Còn lại">58<', row, re.DOTALL)


async def test_the_filters_let_through_what_they_say(db: Database, signed_in: SignIn) -> None:
    client = signed_in(Role.LEAD)
    assert SEEN not in await text(client, f"{PLACE}?tinh-trang=khong-dau-moi")
    assert HIDDEN in await text(client, f"{PLACE}?tinh-trang=khong-dau-moi")
    assert "Không có đơn vị nào khớp" in await text(client, f"{PLACE}?tinh-trang=qua-han")
    assert "Không có đơn vị nào khớp" in await text(client, f"{PLACE}?tinh-trang=da-xong")
    assert HIDDEN not in await text(client, f"{PLACE}?q=bien+xanh")
    assert HIDDEN not in await text(client, f"{PLACE}?can-bo={officer_of(db)}")
    late = NOW.date() - timedelta(days=1)
    db.write_now(lambda tx: tx.execute(update(WorkerUnit).values(due_on=late)))
    assert "quá hạn" in await text(client, f"{PLACE}?tinh-trang=qua-han")


async def test_units_are_put_in_the_order_that_is_asked_for(signed_in: SignIn) -> None:
    client = signed_in(Role.LEAD)
    most_first, fewest_first = await text(client, PLACE), await text(client, f"{PLACE}?xep=con")
    names = ("Hoa Biển", "Nho Núi Hồng")
    assert most_first.index(names[0]) < most_first.index(names[1])
    assert fewest_first.index(names[1]) < fewest_first.index(names[0])


async def test_an_officer_reaches_their_own_units_and_no_others_by_any_address(
    runtime: Runtime, db: Database, pages: Pages, signed_in: SignIn
) -> None:
    """Every route with a unit in it, whatever it does, is not there for another officer's unit."""
    client = signed_in(Role.OFFICER, officer_id=officer_of(db))
    mine, foreign = unit_id(db), unit_id(db, "TC0004D")
    worker = first_worker(runtime, foreign)
    listed = await text(client, PLACE)
    assert SEEN in listed
    assert HIDDEN not in listed
    assert HIDDEN not in await text(client, f"{PLACE}?q=hoa+phuong&can-bo={officer_of(db, 'TC0004D')}")
    assert SEEN in await text(client, f"{PLACE}/{mine}")
    routes = [route for route in pages.rights if "/chua-dang-ky/{unit:int}" in route[1]]
    assert len(routes) >= 8
    before = deliveries(runtime)
    for method, path in routes:
        address = path.replace("{unit:int}", str(foreign)).replace("{number:int}", str(worker))
        address = "/console" + address.replace("{version:int}", "1")
        answer = await client.request(method, address, data={"danh_dau": f"{worker}.1.da-cai"})
        if path in pages.streams:
            assert answer.text == "", "a stream that says nothing and ends"
        else:
            assert answer.status_code == 404, (method, address, answer.status_code)
    assert state_of(db, worker) == "open"
    assert deliveries(runtime) == before


async def test_a_worker_is_not_reached_through_another_unit(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.OFFICER, officer_id=officer_of(db))
    worker = first_worker(runtime, unit_id(db, "TC0004D"))
    address = f"{PLACE}/{unit_id(db)}/nguoi/{worker}"
    assert (await client.get(address)).status_code == 404
    await client.post(f"{PLACE}/{unit_id(db)}/danh-dau", data={"danh_dau": f"{worker}.1.da-cai"})
    assert state_of(db, worker) == "open"


async def test_ticking_another_officers_unit_sends_and_exports_nothing(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.OFFICER, officer_id=officer_of(db, "TC0004D"))
    foreign = str(unit_id(db))
    for data in ({"chon": foreign}, {"tat-ca": "1", "dieu-kien": f"can-bo={officer_of(db)}"}):
        await client.post(f"{PLACE}/gui-duong-dan", data=data)
    assert deliveries(runtime) == []
    letters = await client.post(f"{PLACE}/thu", data={"chon": str(unit_id(db, "TA0002B"))})
    assert letters.status_code == 303


async def test_an_account_that_is_nobody_in_the_directory_sees_no_unit(signed_in: SignIn) -> None:
    page = await text(signed_in(Role.OFFICER), PLACE)
    assert "Chưa có danh sách nào" in page
    assert HIDDEN not in page


async def test_numbers_are_masked_and_every_view_is_noted(db: Database, signed_in: SignIn) -> None:
    unit = unit_id(db)
    page = await text(signed_in(Role.VIEWER), f"{PLACE}/{unit}")
    assert "••••" in page
    assert not re.search(r"\b000\d{7}\b", page)
    assert "danh-dau" not in page, "who may only look has no buttons"
    assert trail(db)[-1] == ("list.viewed", f"employer:{unit}")


async def test_workers_are_found_by_state_and_by_part_of_a_name(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client, unit = signed_in(Role.LEAD), unit_id(db)
    helped = await text(client, f"{PLACE}/{unit}?tt=can-ho-tro")
    assert helped.count('class="mark-row"') == 1
    names = runtime.db.read_now(lambda tx: list_workers(tx, runtime.sealer, unit)).workers
    one = names[0].name
    found = await text(client, f"{PLACE}/{unit}?q={one[:8].lower()}")
    assert one in found
    nobody = await text(client, f"{PLACE}/{unit}?q=khong+co+ai")
    assert "Không có ai khớp" in nobody
    assert "khong co ai" not in str(trail(db)), "what was searched for is nobody's business"


async def test_a_mark_by_staff_can_be_taken_back_once(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client, unit = signed_in(Role.LEAD), unit_id(db)
    worker = first_worker(runtime, unit)
    address = f"{PLACE}/{unit}/nguoi/{worker}"
    pressed = {"danh_dau": f"{worker}.1.da-cai", "ve": "tt=chua-cai&trang=1"}
    done = await client.post(f"{PLACE}/{unit}/danh-dau", data=pressed)
    assert done.headers["location"] == f"{PLACE}/{unit}?tt=chua-cai"
    assert state_of(db, worker) == "installed"
    said = await text(client, done.headers["location"])
    undo = re.search(r"/hoan-tac/(\d+)", said)
    assert undo
    assert "Người Phụ trách" in await text(client, address)
    await client.post(f"{address}/hoan-tac/{undo[1]}")
    assert state_of(db, worker) == "open"
    await client.post(f"{address}/hoan-tac/{undo[1]}")
    assert state_of(db, worker) == "open", "the same undo a second time changes nothing"


async def test_a_mark_on_what_a_colleague_has_changed_meanwhile_is_refused(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client, unit = signed_in(Role.LEAD), unit_id(db)
    worker = first_worker(runtime, unit)
    address = f"{PLACE}/{unit}/danh-dau"
    await client.post(address, data={"danh_dau": f"{worker}.1.sai"})
    answer = await client.post(address, data={"danh_dau": f"{worker}.1.da-cai"})
    assert state_of(db, worker) == "wrong"
    assert "Vừa có người đánh dấu" in await text(client, answer.headers["location"])
    for nonsense in ("", "1", f"{worker}.2.?", "x.2.sai", f"{worker}.².sai"):
        assert (await client.post(address, data={"danh_dau": nonsense})).status_code == 422


async def test_who_registered_between_two_lists_is_named(db: Database, signed_in: SignIn) -> None:
    client, unit = signed_in(Role.LEAD), unit_id(db)
    page = await text(client, f"{PLACE}/{unit}")
    assert "3 người đã đăng ký từ danh sách trước" in page
    link = re.search(r'href="([^"]*/lan/\d+)"', page)
    assert link
    step = await text(client, link[1])
    assert step.count('data-title="Họ và tên"') == 3
    assert (await client.get(f"{PLACE}/{unit}/lan/999")).status_code == 404


async def test_the_link_goes_to_the_liaison_once(
    runtime: Runtime, db: Database, clock: FixedClock, signed_in: SignIn
) -> None:
    client, unit = signed_in(Role.OFFICER, officer_id=officer_of(db)), unit_id(db)
    answer = await client.post(f"{PLACE}/{unit}/gui")
    (message,) = deliveries(runtime)
    assert isinstance(message, Buttons)
    assert SEEN in message.text
    assert isinstance(message.buttons[0], OpenUrl)
    assert "/ds/" in message.buttons[0].url
    assert "Đã gửi đường dẫn cho 1 đơn vị" in await text(client, answer.headers["location"])
    await client.post(f"{PLACE}/{unit}/gui")
    assert len(deliveries(runtime)) == 1, "pressed twice, sent once"


async def test_a_link_is_not_sent_to_who_cannot_or_will_not_get_it(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    long_ago = {"last_interaction_at": NOW - timedelta(days=8)}
    for values, told in ((long_ago, "lâu không nhắn"), ({"stopped_at": NOW}, "dừng nhận tin")):
        db.write_now(lambda tx, values=values: tx.execute(update(Contact).values(**values)))  # type: ignore[misc]
        answer = await client.post(f"{PLACE}/gui-duong-dan", data={"tat-ca": "1"})
        said = await text(client, answer.headers["location"])
        assert told in said
        assert "3 đơn vị chưa có đầu mối" in said
    assert deliveries(runtime) == []


async def test_letters_for_units_without_a_liaison_come_in_one_file(
    runtime: Runtime, db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.LEAD)
    answer = await client.post(f"{PLACE}/thu", data={"tat-ca": "1"})
    zipped = ZipFile(BytesIO(answer.content))
    assert len(zipped.namelist()) == 3
    rows = letter_rows(zipped.read(zipped.namelist()[0]))
    cells = [str(cell) for row in rows for cell in row if cell]
    assert any("Kính gửi" in cell for cell in cells)
    exported = [subject for action, subject in trail(db) if action == "list.exported"]
    assert len(exported) == 3
    assert f"employer:{unit_id(db)}" not in exported
    told = await client.post(f"{PLACE}/thu", data={"chon": str(unit_id(db))})
    assert "đều có đầu mối" in await text(client, told.headers["location"])


async def test_a_letter_names_who_still_waits(runtime: Runtime, db: Database, signed_in: SignIn) -> None:
    client, unit = signed_in(Role.LEAD), unit_id(db, "TA0003C")
    answer = await client.get(f"{PLACE}/{unit}/thu")
    numbered = [row[0] for row in letter_rows(answer.content) if isinstance(row[0], int)]
    assert numbered == [1, 2, 3]
    assert trail(db)[-1] == ("list.exported", f"employer:{unit}")


async def test_what_the_page_shows_goes_to_excel(db: Database, signed_in: SignIn) -> None:
    client, unit = signed_in(Role.LEAD), unit_id(db)
    answer = await client.get(f"{PLACE}/{unit}/xuat-excel?tt=can-ho-tro")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    assert book["Danh sách"].max_row == 2
    assert ("Tình trạng", "Cần hỗ trợ") in list(book["Điều kiện lọc"].values)
    units = openpyxl.load_workbook(BytesIO((await client.get(f"{PLACE}/xuat-excel?q=bien")).content))
    assert units["Danh sách"].max_row == 3
    assert (await signed_in(Role.VIEWER).get(f"{PLACE}/{unit}/xuat-excel")).status_code == 403


async def test_the_due_date_of_a_list_moves_for_all_its_units(db: Database, signed_in: SignIn) -> None:
    client = signed_in(Role.LEAD)
    newest = db.read_now(
        lambda tx: tx.execute(select(WorkerList.id).order_by(WorkerList.id.desc()).limit(1)).scalar_one()
    )
    assert "Danh sách chưa đăng ký VssID tháng này" in await text(client, f"{PLACE}/lo")
    await client.post(f"{PLACE}/lo/{newest}/han", data={"han": "2026-12-20"})
    dues = db.read_now(lambda tx: set(tx.execute(select(WorkerUnit.due_on)).scalars()))
    assert {str(due) for due in dues} == {"2026-12-20"}
    assert trail(db)[-1] == ("worker_list.due_changed", f"list:{newest}")
    early = await client.post(f"{PLACE}/lo/{newest}/han", data={"han": "2020-01-01"})
    assert early.status_code == 422
    assert "không thể trước ngày của danh sách" in early.text
    officer = signed_in(Role.OFFICER, officer_id=officer_of(db))
    assert (await officer.post(f"{PLACE}/lo/{newest}/han", data={"han": ""})).status_code == 403
    assert 'name="han"' not in await text(officer, f"{PLACE}/lo")


async def test_the_menu_counts_late_units_of_ones_own(db: Database, signed_in: SignIn) -> None:
    late = NOW.date() - timedelta(days=1)
    db.write_now(lambda tx: tx.execute(update(WorkerUnit).values(due_on=late)))
    everybody = await text(signed_in(Role.LEAD), PLACE)
    own = await text(signed_in(Role.OFFICER, officer_id=officer_of(db)), PLACE)
    counted = r'href="/console/chua-dang-ky".*?class="count[^"]*">(\d+)<'
    many, few = (re.search(counted, page, re.DOTALL) for page in (everybody, own))
    assert many
    assert few
    assert (many[1], few[1]) == ("4", "2")


def test_a_liaison_of_the_demo_speaks_for_one_unit(db: Database) -> None:
    """The other tests rest on it."""
    of = select(Liaison.employer_id).where(Liaison.contact == LIAISON)
    assert db.read_now(lambda tx: tx.execute(of).scalar()) == unit_id(db)
