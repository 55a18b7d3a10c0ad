"""Duplicates, units, officers and offices: merged, handed out, on leave, added, edited, ended, used again."""

import re

import pytest
from sqlalchemy import select

from app.directory.liaisons import announce
from app.directory.models import Liaison, Merge, OfficerLeave
from app.directory.rules import Registration
from app.kit.db import Database
from app.kit.ids import UserId
from app.runtime import Runtime
from app.staff.rules import Role
from tests.console.conftest import NOW, SignIn
from tests.console.people import (
    LAN,
    OURS,
    officer_of,
    text_of,
)

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
