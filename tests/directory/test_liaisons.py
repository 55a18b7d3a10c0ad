"""Registering, announcing, changing, handing over and ending; and lists of people to announce."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from app.directory.columns import Kind
from app.directory.liaisons import (
    Announcement,
    LiaisonCard,
    announce,
    change,
    end,
    foresee,
    hand_over,
    read_current,
    register,
    verify,
)
from app.directory.models import Liaison, LiaisonRole, LiaisonState
from app.directory.records import read_records
from app.directory.rules import Registration
from app.directory.units import find_units
from app.kit.db import Database
from app.kit.ids import UserId
from tests.directory.files import NOW, SEALER, counts, take_in_text

ME, COLLEAGUE = UserId("u1"), UserId("u2")
PHONE, OTHER_PHONE = "0905000111", "0905000222"
SAID = Registration("Nguyễn Thị Ví Dụ", PHONE, "vidu@example.vn", LiaisonRole.HR, "TA0001A", "Biển Xanh")


def registers(
    db: Database, contact: UserId = ME, phone: str = PHONE, code: str = "TA0001A", *, unit_known: bool = True
) -> LiaisonState:
    said = Registration("Nguyễn Thị Ví Dụ", phone, "vidu@example.vn", LiaisonRole.HR, code, "Biển Xanh")

    def work(tx: Connection) -> LiaisonState:
        units = find_units(tx, code) if unit_known else []
        return register(tx, SEALER, contact, said, units[0] if len(units) == 1 else None, NOW)

    return db.write_now(work)


def unit_id(db: Database, code: str = "TA0001A") -> int:
    return db.read_now(lambda tx: find_units(tx, code))[0].id


def card(db: Database, contact: UserId = ME) -> LiaisonCard | None:
    return db.read_now(lambda tx: read_current(tx, SEALER, contact))


def state(db: Database, contact: UserId = ME) -> LiaisonState | None:
    found = card(db, contact)
    return None if found is None else found.state


def announced(db: Database, phone: str = PHONE, code: str = "TA0001A") -> None:
    number = unit_id(db, code)
    said = Registration("Nguyễn Thị Ví Dụ", phone, "", LiaisonRole.OTHER)
    db.write_now(lambda tx: announce(tx, SEALER, number, said, NOW))


def states(db: Database) -> list[str]:
    return db.read_now(
        lambda tx: [row.state for row in tx.execute(select(Liaison.state).order_by(Liaison.id))]
    )


# Registering


def test_whom_nobody_announced_waits(filled: Database) -> None:
    assert registers(filled) is LiaisonState.PENDING
    found = card(filled)
    assert found is not None
    assert (found.full_name, found.phone, found.email, found.role) == (
        SAID.full_name,
        PHONE,
        SAID.email,
        LiaisonRole.HR,
    )
    assert found.unit is not None
    assert found.unit_name == "Công ty TNHH Biển Xanh (ví dụ)"


def test_a_unit_that_nobody_knows_keeps_the_name_it_was_given(filled: Database) -> None:
    registers(filled, code="TA0777A")
    found = card(filled)
    assert found is not None
    assert (found.unit, found.unit_name) == (None, "Biển Xanh")


def test_whom_the_office_announced_is_verified_at_once(filled: Database) -> None:
    announced(filled)
    assert registers(filled) is LiaisonState.VERIFIED
    assert states(filled) == ["verified"]


@pytest.mark.parametrize(("phone", "code"), [(OTHER_PHONE, "TA0001A"), (PHONE, "TA0002B")])
def test_another_phone_or_another_unit_is_not_whom_the_office_announced(
    filled: Database, phone: str, code: str
) -> None:
    announced(filled)
    assert registers(filled, phone=phone, code=code) is LiaisonState.PENDING


def test_an_announcement_counts_once(filled: Database) -> None:
    announced(filled)
    registers(filled)
    assert registers(filled, COLLEAGUE) is LiaisonState.PENDING


def test_phone_and_email_are_not_in_clear_at_rest(filled: Database) -> None:
    registers(filled)
    row = filled.read_now(lambda tx: tx.execute(select(Liaison.__table__)).one())
    for secret in (PHONE, SAID.email):
        assert secret not in repr(row)
        assert secret.encode() not in row.phone + row.email


def test_staff_verify_who_waits_and_only_once(filled: Database) -> None:
    registers(filled, code="TA0777A")
    number = unit_id(filled)
    assert filled.write_now(lambda tx: verify(tx, ME, number))
    found = card(filled)
    assert found is not None
    assert (found.state, found.unit and found.unit.id) == (LiaisonState.VERIFIED, number)
    assert not filled.write_now(lambda tx: verify(tx, ME, number))


# Changing, handing over, ending


def test_a_change_replaces_what_is_said_and_keeps_the_unit(filled: Database) -> None:
    registers(filled)
    new = Registration("Trần Ví Dụ", OTHER_PHONE, "", LiaisonRole.MANAGER)
    assert filled.write_now(lambda tx: change(tx, SEALER, ME, new))
    found = card(filled)
    assert found is not None
    assert (found.full_name, found.phone, found.email, found.role) == (
        "Trần Ví Dụ",
        OTHER_PHONE,
        "",
        "manager",
    )
    assert found.unit is not None
    assert not filled.write_now(lambda tx: change(tx, SEALER, COLLEAGUE, new))


def test_a_verified_liaisons_colleague_is_verified_on_registering(filled: Database) -> None:
    announced(filled)
    registers(filled)
    assert filled.write_now(lambda tx: hand_over(tx, SEALER, ME, "Trần Ví Dụ", OTHER_PHONE, NOW))
    assert card(filled) is None
    assert registers(filled, COLLEAGUE, OTHER_PHONE) is LiaisonState.VERIFIED


def test_a_colleague_who_waits_already_is_verified_by_the_hand_over(filled: Database) -> None:
    announced(filled)
    registers(filled)
    registers(filled, COLLEAGUE, OTHER_PHONE)
    filled.write_now(lambda tx: hand_over(tx, SEALER, ME, "Trần Ví Dụ", OTHER_PHONE, NOW))
    assert state(filled, COLLEAGUE) is LiaisonState.VERIFIED
    assert states(filled) == ["ended", "verified"]


def test_the_word_of_one_who_waits_announces_nobody(filled: Database) -> None:
    registers(filled)
    assert filled.write_now(lambda tx: hand_over(tx, SEALER, ME, "Trần Ví Dụ", OTHER_PHONE, NOW))
    assert registers(filled, COLLEAGUE, OTHER_PHONE) is LiaisonState.PENDING


def test_who_is_no_liaison_has_nothing_to_hand_over_or_to_end(filled: Database) -> None:
    assert not filled.write_now(lambda tx: hand_over(tx, SEALER, ME, "Trần Ví Dụ", OTHER_PHONE, NOW))
    assert not filled.write_now(lambda tx: end(tx, SEALER, ME, NOW))


def test_an_end_empties_what_was_kept_of_the_person(filled: Database) -> None:
    registers(filled)
    assert filled.write_now(lambda tx: end(tx, SEALER, ME, NOW))
    assert card(filled) is None
    row = filled.read_now(lambda tx: tx.execute(select(Liaison.__table__)).one())
    kept = [row.full_name, row.name_folded, row.sort_key]
    assert [*kept, SEALER.open_text(row.phone), SEALER.open_text(row.email)] == [""] * 5
    assert (row.phone_print, row.role, row.to_at is not None) == ("", LiaisonRole.OTHER, True)


def test_one_may_register_again_after_an_end(filled: Database) -> None:
    registers(filled)
    filled.write_now(lambda tx: end(tx, SEALER, ME, NOW))
    assert registers(filled) is LiaisonState.PENDING
    assert states(filled) == ["ended", "pending"]


# Announcing


def test_announcing_again_changes_nothing(filled: Database) -> None:
    announced(filled)
    announced(filled)
    assert states(filled) == ["expected"]


@pytest.mark.parametrize("code", ["TA0001A", "0123456789DNA03", "0123456789"])
def test_who_registered_before_the_unit_was_known_is_verified_when_announced(
    filled: Database, code: str
) -> None:
    registers(filled, code=code, unit_known=False)
    announced(filled)
    found = card(filled)
    assert found is not None
    assert found.state is LiaisonState.VERIFIED
    assert found.unit is not None


def test_two_contacts_with_one_phone_are_left_to_people(filled: Database) -> None:
    registers(filled)
    registers(filled, COLLEAGUE)
    announced(filled)
    assert states(filled) == ["pending", "pending", "expected"]


def test_what_is_foreseen_is_what_happens(filled: Database) -> None:
    number = unit_id(filled)

    def foreseen(name: str = "Nguyễn Thị Ví Dụ") -> Announcement:
        said = Registration(name, PHONE, "", LiaisonRole.OTHER)
        return filled.read_now(lambda tx: foresee(tx, SEALER, number, said))

    assert foreseen() is Announcement.NEW
    announced(filled)
    assert foreseen() is Announcement.KNOWN
    assert foreseen("Trần Ví Dụ") is Announcement.CHANGED
    registers(filled)
    assert foreseen("Trần Ví Dụ") is Announcement.KNOWN


# Lists

HEADER = "Họ tên,SĐT,Email,Mã đơn vị\n"


def test_a_list_announces_each_person_once(filled: Database, tmp_path: Path) -> None:
    rows = (
        HEADER
        + "Nguyễn Thị Ví Dụ,905000111,vidu@example.vn,TA0001A\nTrần Ví Dụ,0905 000 222,,0123456789DNA03\n"
    )
    report = take_in_text(filled, tmp_path, "liaisons", rows)
    assert counts(report) == (2, 0, 0)
    assert "B2 (SĐT): đã thêm lại số 0 ở đầu" in report.text
    assert counts(take_in_text(filled, tmp_path, "liaisons", rows)) == (0, 0, 2)
    assert registers(filled) is LiaisonState.VERIFIED
    assert counts(take_in_text(filled, tmp_path, "liaisons", rows)) == (0, 0, 2)
    assert states(filled) == ["verified", "expected"]


def test_a_list_verifies_who_waits_and_its_dry_run_does_not(filled: Database, tmp_path: Path) -> None:
    registers(filled)
    rows = HEADER + f"Nguyễn Thị Ví Dụ,{PHONE},,TA0001A\n"
    report = take_in_text(filled, tmp_path, "liaisons", rows, dry_run=True)
    assert counts(report) == (0, 1, 0)
    assert "Dòng 2: đầu mối đang chờ thành đã xác minh" in report.text
    assert state(filled) is LiaisonState.PENDING
    take_in_text(filled, tmp_path, "liaisons", rows)
    assert state(filled) is LiaisonState.VERIFIED


def test_a_list_with_wrong_cells_announces_nobody(filled: Database, tmp_path: Path) -> None:
    rows = HEADER + (
        "Nguyễn Thị Ví Dụ,0905000111,,TA0001A\n"
        "Nguyễn Thị Ví Dụ,0905000111,,0123456789\n"
        "Trần Ví Dụ,090500011,,TA0001A\n"
        "Trần Ví Dụ,0905000113,,TA0999A\n"
        "Trần Ví Dụ,0905000114,,1234567\n"
    )
    report = take_in_text(filled, tmp_path, "liaisons", rows)
    assert [str(finding) for finding in report.findings] == [
        "B4 (SĐT): thiếu chữ số",
        "B3 (SĐT): trùng số điện thoại và đơn vị với dòng 2",
        "D5 (Mã đơn vị): chưa có đơn vị nào mang mã TA0999A",
        "D6 (Mã đơn vị): 2 đơn vị dùng chung mã này: cần ghi mã đơn vị cũ hoặc mới",
    ]
    assert states(filled) == []


def test_a_name_tells_apart_the_units_of_one_budget_code(filled: Database, tmp_path: Path) -> None:
    rows = "Họ tên,SĐT,Mã đơn vị,Tên đơn vị\nTrần Ví Dụ,0905000114,1234567,tram y te Hoa Phuong (ví dụ)\n"
    assert counts(take_in_text(filled, tmp_path, "liaisons", rows)) == (1, 0, 0)
    employer = filled.read_now(lambda tx: tx.execute(select(Liaison.employer_id)).scalar_one())
    assert employer is not None
    known = filled.read_now(lambda tx: read_records(tx, Kind.EMPLOYERS))
    assert known[employer]["name"] == "Trạm Y tế Hoa Phượng (ví dụ)"
