"""The composer over HTTP: the preview, what is wrong, drafts and files."""

from datetime import timedelta
from pathlib import Path

import pytest
import respx
from sqlalchemy import func, select

from app.audit.models import AuditLine
from app.broadcasts.models import Broadcast, BroadcastFile, Recipient
from app.credentials.ledger import Pair, store_pair
from app.kit.db import Database
from app.runtime import Runtime
from app.settings import Settings
from app.staff.rules import Role
from tests.console.broadcast_people import FORM, HOME, composed, make_people, value, words
from tests.console.conftest import NOW, SignIn

ANSWERS = Path(__file__).parents[1] / "wire" / "answers"
ZBS = "https://business.openapi.zalo.me"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"second_person_above": 2})


@pytest.fixture
def people(runtime: Runtime) -> list[int]:
    """Four liaisons: two wrote today, one five days ago, one a month ago."""
    return runtime.db.write_now(lambda tx: make_people(tx, runtime))


async def test_the_preview_counts_who_gets_it_what_it_costs_and_who_does_not(
    signed_in: SignIn, people: list[int]
) -> None:
    lead = signed_in(Role.LEAD)
    shown = words(await lead.post(f"{HOME}/moi/xem-truoc", data=FORM))
    assert "3 người nhận được" in shown
    assert "2 người: Trả lời miễn phí" in shown
    assert "1 người không gửi: Hơn 7 ngày chưa nhắn" in shown
    assert "Chi phí dự kiến 55 đồng" in shown
    assert "trước giờ nghỉ 22:00" in shown
    assert "Kính gửi Lê Thị Mai, Công ty Lá." in shown
    assert "Trên 2 người: cần một người khác duyệt" in shown


async def test_the_preview_shows_the_person_that_was_chosen(signed_in: SignIn, people: list[int]) -> None:
    shown = words(await signed_in(Role.LEAD).post(f"{HOME}/moi/xem-truoc", data=FORM | {"nguoi": "l:2"}))
    assert "Kính gửi Võ Văn Đức, Công ty Hoa." in shown


async def test_each_real_person_who_is_looked_at_is_recorded_once(
    signed_in: SignIn, people: list[int], db: Database
) -> None:
    lead = signed_in(Role.LEAD)
    for looked_at, wanted in (("", "l:1"), ("l:1", "l:1"), ("l:1", "l:2")):
        await lead.post(f"{HOME}/moi/xem-truoc", data=FORM | {"nguoi": wanted, "da_xem": looked_at})
    recorded = select(AuditLine.subject).where(AuditLine.action == "broadcast.preview")
    subjects = await db.read(lambda tx: list(tx.execute(recorded).scalars()))
    assert subjects == ["liaison:1", "liaison:2"]


@pytest.mark.parametrize(
    ("field", "typed", "fault"),
    [
        ("noi_dung", "Chào {tên}", "Không có trường {tên}"),
        ("noi_dung", "", "chưa có nội dung"),
        ("noi_dung", "a" * 2001, "Zalo chỉ nhận 2000"),
        ("ten", " ", "đặt tên cho đợt gửi"),
        ("quy_tac", "role=liaison, xoá", "Không hiểu"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    signed_in: SignIn, people: list[int], db: Database, field: str, typed: str, fault: str
) -> None:
    answer = await signed_in(Role.LEAD).post(f"{HOME}/moi", data=FORM | {field: typed})
    assert answer.status_code == 422
    assert fault in answer.text
    assert 'value="Nhắc cài VssID"' in answer.text or field == "ten"
    assert await value(db, func.count(Broadcast.id)) == 0


async def test_a_rule_whose_office_is_gone_means_nobody(signed_in: SignIn, people: list[int]) -> None:
    rule = {"quy_tac": "role=liaison office=KH99"}
    shown = words(await signed_in(Role.LEAD).post(f"{HOME}/moi/xem-truoc", data=FORM | rule))
    assert "Không còn trong danh bạ: office=KH99" in shown


async def test_without_scripts_the_form_shows_its_preview_by_a_button(
    signed_in: SignIn, people: list[int], db: Database
) -> None:
    answer = await signed_in(Role.LEAD).post(f"{HOME}/moi", data=FORM | {"viec": "xem"})
    assert answer.status_code == 200
    assert "3 người nhận được" in words(answer)
    assert await value(db, func.count(Broadcast.id)) == 0


async def test_a_draft_is_opened_again_as_it_was_written_and_changed(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database
) -> None:
    lead = signed_in(Role.LEAD)
    asked = {
        "co_quan": "KH01",
        "lan_cuoi": "<7d",
        "nut_huong_dan": "1",
        "huong_dan_link": "https://x.gov.vn/a",
    }
    page = await composed(lead, runtime, **asked)
    form = (await lead.get(f"{page}/sua")).text
    assert '<option value="KH01" selected>' in form
    assert '<option value="&lt;7d" selected>' in form
    assert 'value="https://x.gov.vn/a"' in form
    changed = await lead.post(f"{page}/sua", data=FORM | {"noi_dung": "Lời mới", "viec": "nhap"})
    assert changed.status_code == 303
    assert await value(db, Broadcast.state) == "draft"
    assert await value(db, func.count(Recipient.id)) == 0
    assert "Lời mới" in (await lead.get(page)).text


async def test_a_picture_is_kept_with_the_draft_and_a_wrong_file_is_refused(
    signed_in: SignIn, people: list[int], db: Database
) -> None:
    lead = signed_in(Role.LEAD)
    form = FORM | {"viec": "xem"}
    shown = await lead.post(f"{HOME}/moi", data=form, files={"tep": ("poster.png", b"PNG", "image/png")})
    assert 'name="tep_so" value="1"' in shown.text
    assert "poster.png" in shown.text
    await lead.post(f"{HOME}/moi", data=FORM | {"viec": "nhap", "tep_so": "1"})
    assert await value(db, Broadcast.attachment_id) == 1
    wrong = await lead.post(f"{HOME}/moi", data=FORM, files={"tep": ("virus.exe", b"MZ", "")})
    assert wrong.status_code == 422
    assert "Zalo không nhận “virus.exe”" in words(wrong)
    assert await value(db, func.count(BroadcastFile.id)) == 1


async def test_templates_are_brought_over_from_zalo_and_then_chosen_and_filled_in(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database
) -> None:
    lead, tokens = signed_in(Role.LEAD), Pair("access", "refresh")
    unlinked = await lead.post(f"{HOME}/mau/lay")
    assert unlinked.status_code == 303
    assert "Chưa có mẫu tin nào" in words(await lead.get(f"{HOME}/mau"))
    await db.write(lambda tx: store_pair(tx, runtime.sealer, "2", tokens, timedelta(hours=25), NOW))
    await runtime.tokens.look_again()
    with respx.mock:
        for path in ("all", "info/v2"):
            body = (ANSWERS / f"template_{path.partition('/')[0]}.json").read_bytes()
            respx.get(f"{ZBS}/template/{path}").respond(content=body)
        await lead.post(f"{HOME}/mau/lay")
    shown = words(await lead.get(f"{HOME}/mau"))
    assert "Nhắc danh sách" in shown
    assert "200 đồng qua tài khoản Zalo; 300 đồng qua số điện thoại" in shown
    assert "ten (tới 60 ký tự), han (tới 20 ký tự, không bắt buộc)" in shown
    assert "Mẫu cũ" not in shown
    form = FORM | {"mau": "300101", "cach_template": "1", "viec": "xem"}
    assert "Mẫu Nhắc danh sách còn thiếu: ten." in words(await lead.post(f"{HOME}/moi", data=form))
    filled = words(await lead.post(f"{HOME}/moi", data=form | {"ts_ten": "{họ tên}"}))
    assert "1 người: Tin theo mẫu qua tài khoản Zalo" in filled
    assert "Chi phí dự kiến 255 đồng" in filled
    assert "han (không bắt buộc)" in filled
    assert "ten (không bắt buộc)" not in filled
    assert (await signed_in(Role.VIEWER).post(f"{HOME}/mau/lay")).status_code == 403
