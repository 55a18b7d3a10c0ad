"""Broadcasts over HTTP: composed, planned, tried out, approved by another, sent, held, told; reminders."""

from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from app.audit.models import AuditLine
from app.broadcasts.models import Broadcast, Recipient, Reminder
from app.directory.leave import note_leave
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.runtime import Runtime
from app.settings import Settings
from app.staff.rules import Role
from tests.console.broadcast_people import FORM, HOME, change, composed, make_people, value, words
from tests.console.conftest import NOW, SignIn


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"second_person_above": 2})


@pytest.fixture
def people(runtime: Runtime) -> list[int]:
    """Four liaisons: two wrote today, one five days ago, one a month ago."""
    return runtime.db.write_now(lambda tx: make_people(tx, runtime))


async def test_another_person_approves_and_only_then_it_goes(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database
) -> None:
    author, other = signed_in(Role.LEAD), signed_in(Role.LEAD)
    page = await composed(author, runtime)
    assert "3 người sẽ nhận" in words(await author.get(page))
    early = await author.post(f"{page}/gui", data={"xac_nhan": "GUI 3"})
    assert early.status_code == 409
    assert "một người khác duyệt" in words(early)
    assert '<span class="count">1' in (await other.get(HOME)).text
    assert '<span class="count">1' not in (await author.get(HOME)).text
    await author.post(f"{page}/duyet")
    assert await value(db, Broadcast.approved_by) is None
    await other.post(f"{page}/duyet")
    wrong = await author.post(f"{page}/gui", data={"xac_nhan": "GUI 4"})
    assert wrong.status_code == 409
    assert "đúng số người nhận: 3" in words(wrong)
    sent = await author.post(f"{page}/gui", data={"xac_nhan": "gửi 3"})
    assert sent.status_code == 303
    assert await value(db, Broadcast.state) == "scheduled"


async def test_a_time_for_sending_is_vietnamese_wall_time_within_the_hours(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database
) -> None:
    lead = signed_in(Role.LEAD)
    page = await composed(lead, runtime, lan_cuoi="<48h")
    past = await lead.post(f"{page}/gui", data={"xac_nhan": "GUI 2", "luc": "2026-11-24T08:00"})
    assert past.status_code == 422
    assert "Giờ này đã qua" in words(past)
    await lead.post(f"{page}/gui", data={"xac_nhan": "GUI 2", "luc": "2026-11-24T23:30"})
    assert "06:00 Thứ Tư, 25/11/2026" in words(await lead.get(page))


async def test_a_test_goes_to_those_who_were_picked_and_to_who_is_not_meant(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database
) -> None:
    lead = signed_in(Role.LEAD)
    page = await composed(lead, runtime, don_vi="", quy_tac="role=liaison officer=CB01")
    found = words(await lead.get(page, params={"tim": "le thi mai"}))
    assert "ngoài danh sách, sẽ được thêm vào" in found
    nobody = await lead.post(f"{page}/thu", data={"lo": "Lô 1"})
    assert nobody.status_code == 409
    tested = await lead.post(f"{page}/thu", data={"lo": "Lô 1", "nguoi": ["l:1", "l:2"]})
    assert tested.status_code == 303
    assert await value(db, Broadcast.state) == "testing"
    picked = select(func.count(Recipient.id)).where(Recipient.batch == "Lô 1")
    assert await db.read(lambda tx: tx.execute(picked).scalar()) == 2
    assert "Lô 1" in (await lead.get(page)).text


async def test_who_cannot_be_reached_is_no_test(
    signed_in: SignIn, people: list[int], runtime: Runtime
) -> None:
    page = await composed(signed_in(Role.LEAD), runtime)
    refused = await signed_in(Role.LEAD).post(f"{page}/thu", data={"nguoi": "l:4"})
    assert refused.status_code == 409
    assert "Hơn 7 ngày chưa nhắn" in words(refused)


async def test_pause_resume_stop_and_retry_follow_the_state(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database
) -> None:
    lead = signed_in(Role.LEAD)
    page = await composed(lead, runtime)
    await change(db, update(Broadcast).values(state="sending", started_at=NOW, scheduled_at=NOW))
    for act, state in (("tam-dung", "paused"), ("chay-tiep", "sending"), ("dung", "stopped")):
        await lead.post(f"{page}/{act}")
        assert await value(db, Broadcast.state) == state
    await lead.post(f"{page}/tam-dung")
    refused = words(await lead.get(page))
    assert "Đợt gửi đang ở trạng thái “Đã dừng hẳn”" in refused
    await change(
        db, update(Recipient).where(Recipient.person == "l:1").values(state="failed", reason="refused")
    )
    assert "Gửi lại 1 người chưa gửi được" in words(await lead.get(page))
    await lead.post(f"{page}/gui-lai")
    assert await value(db, Broadcast.state) == "sending"


async def test_the_report_tells_states_reasons_costs_and_answers_over_time(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database
) -> None:
    lead = signed_in(Role.LEAD)
    page = await composed(lead, runtime)
    await change(db, update(Broadcast).values(state="done", started_at=NOW, ended_at=NOW))
    seen = {"state": "seen", "delivered_at": NOW, "seen_at": NOW + timedelta(hours=1)}
    answered = {"answer": "done", "answered_at": NOW + timedelta(hours=2)}
    await change(db, update(Recipient).where(Recipient.person == "l:1").values(**seen, **answered))
    failed = {"state": "failed", "reason": "refused", "error_code": -230}
    await change(db, update(Recipient).where(Recipient.person == "l:2").values(**failed))
    shown = await lead.get(page)
    told = words(shown)
    assert "Mọi cách đều bị từ chối" in told
    assert "Zalo -230" in told
    assert "Có thể bấm “gửi lại” sau khi xử lý nguyên nhân" in told
    assert "Báo đã xong 1" in told
    assert "<svg" in shown.text
    assert "style=" not in shown.text
    listed = words(await lead.get(f"{page}/nguoi-nhan", params={"tt": "loi"}))
    assert "Võ Văn Đức" in listed
    assert "Lê Thị Mai" not in listed


async def test_the_excel_holds_what_is_shown_and_is_recorded(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database, tmp_path: Any
) -> None:
    lead = signed_in(Role.LEAD)
    page = await composed(lead, runtime)
    file = tmp_path / "a.xlsx"
    file.write_bytes((await lead.get(f"{page}/nguoi-nhan/xuat-excel", params={"q": "mai"})).content)
    rows = list(load_workbook(file)["Danh sách"].iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Họ tên", "Lê Thị Mai"]
    recorded = select(AuditLine.subject).where(AuditLine.action == "list.exported")
    assert await db.read(lambda tx: tx.execute(recorded).scalar()) == "broadcast:1"


async def test_the_excel_tells_when_each_was_sent_seen_and_answered_and_why_others_got_nothing(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database, tmp_path: Any
) -> None:
    lead = signed_in(Role.LEAD)
    page = await composed(lead, runtime)
    later = {"settled_at": NOW + timedelta(hours=1), "seen_at": NOW + timedelta(hours=1)}
    seen = {"state": "seen", "claimed_at": NOW, "delivered_at": NOW, **later}
    answered = {"answer": "done", "answered_at": NOW + timedelta(hours=2)}
    await change(db, update(Recipient).where(Recipient.person == "l:1").values(**seen, **answered))
    refused = {
        "state": "failed",
        "claimed_at": NOW,
        "settled_at": NOW,
        "reason": "refused",
        "error_code": -230,
    }
    await change(db, update(Recipient).where(Recipient.person == "l:2").values(**refused))
    file = tmp_path / "a.xlsx"
    columns = {"cot": ["ten", "ly_do", "gui", "nhan", "xem", "tra_loi"]}
    file.write_bytes((await lead.get(f"{page}/nguoi-nhan/xuat-excel", params=columns)).content)
    rows = [list(row) for row in load_workbook(file)["Danh sách"].iter_rows(values_only=True)]
    by_name = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    mai, duc, y = by_name["Lê Thị Mai"], by_name["Võ Văn Đức"], by_name["Đỗ Ý"]
    assert (mai["Gửi lúc"], mai["Nhận lúc"], mai["Xem lúc"]) == (
        "09:00 24/11/2026",
        "09:00 24/11/2026",
        "10:00 24/11/2026",
    )
    assert mai["Trả lời"] == "Đã xong, 11:00 24/11/2026"
    assert not duc["Gửi lúc"]
    assert "Zalo -230" in str(duc["Lý do"])
    assert str(y["Lý do"]).startswith("Hơn 7 ngày chưa nhắn cho OA")


async def test_an_officer_sees_the_recipients_of_their_own_units_only(
    signed_in: SignIn, people: list[int], runtime: Runtime
) -> None:
    page = await composed(signed_in(Role.LEAD), runtime)
    listed = words(await signed_in(Role.OFFICER, officer_id=1).get(f"{page}/nguoi-nhan"))
    assert "Võ Văn Đức" in listed
    assert "Lê Thị Mai" not in listed


async def test_a_stand_in_sees_the_recipients_of_the_absent_officers_units_too(
    signed_in: SignIn, people: list[int], runtime: Runtime, db: Database
) -> None:
    page = await composed(signed_in(Role.LEAD), runtime)
    acting, today = signed_in(Role.OFFICER, officer_id=1), NOW.date()
    db.write_now(lambda tx: note_leave(tx, 2, 1, today, today, "staff:1", NOW))
    listed = words(await acting.get(f"{page}/nguoi-nhan"))
    assert "Võ Văn Đức" in listed
    assert "Lê Thị Mai" in listed


async def test_a_viewer_reads_but_has_no_buttons(
    signed_in: SignIn, people: list[int], runtime: Runtime
) -> None:
    page = await composed(signed_in(Role.LEAD), runtime)
    viewer = signed_in(Role.VIEWER)
    shown = words(await viewer.get(page))
    assert "3 người sẽ nhận" in shown
    assert "Dừng hẳn" not in shown
    assert (await viewer.get(f"{HOME}/moi")).status_code == 403
    assert (await viewer.post(f"{page}/gui", data={"xac_nhan": "GUI 3"})).status_code == 403


async def test_the_list_is_filtered_by_state_and_searched_without_accents(
    signed_in: SignIn, people: list[int], runtime: Runtime
) -> None:
    lead = signed_in(Role.LEAD)
    await composed(lead, runtime)
    await lead.post(f"{HOME}/moi", data=FORM | {"ten": "Thư mời tập huấn", "viec": "nhap"})
    drafts = words(await lead.get(HOME, params={"tt": "nhap"}))
    assert "Thư mời tập huấn" in drafts
    assert "Nhắc cài VssID" not in drafts
    assert "Nhắc cài VssID" in words(await lead.get(HOME, params={"q": "nhac cai"}))


async def test_a_reminder_is_written_by_one_switched_on_by_another_and_off_again(
    signed_in: SignIn, people: list[int], db: Database, clock: FixedClock
) -> None:
    author, other = signed_in(Role.LEAD), signed_in(Role.ADMIN)
    rhythm = {"thu": "0", "gio": "09:00", "toi_da": "2", "trong_ngay": "14", "viec": "luu"}
    wrong = await author.post(f"{HOME}/nhac/moi", data=FORM | rhythm | {"toi_da": "0", "gio": "9h"})
    assert wrong.status_code == 422
    assert "Giờ viết như 09:00" in words(wrong)
    assert (await author.post(f"{HOME}/nhac/moi", data=FORM | rhythm)).status_code == 303
    await author.post(f"{HOME}/nhac/1/bat")
    assert await value(db, Reminder.state) == "paused"
    assert '<span class="count">1' in (await other.get(HOME)).text
    await other.post(f"{HOME}/nhac/1/bat")
    shown = words(await other.get(f"{HOME}/nhac"))
    assert "Thứ Hai hằng tuần, 09:00; nhiều nhất 2 lần trong 14 ngày" in shown
    assert "09:00 Thứ Hai, 30/11/2026" in shown
    await author.post(f"{HOME}/nhac/1/tat")
    assert await value(db, Reminder.state) == "paused"
    await author.post(f"{HOME}/nhac/1/ket-thuc")
    assert "Đã kết thúc" in words(await author.get(f"{HOME}/nhac"))


async def test_what_is_not_there_is_not_found(signed_in: SignIn) -> None:
    lead = signed_in(Role.LEAD)
    for path in (f"{HOME}/9", f"{HOME}/9/sua", f"{HOME}/9/nguoi-nhan", f"{HOME}/abc"):
        assert (await lead.get(path)).status_code == 404
    for path in (f"{HOME}/9/duyet", f"{HOME}/9/dung", f"{HOME}/nhac/9/bat"):
        assert (await lead.post(path)).status_code == 404
