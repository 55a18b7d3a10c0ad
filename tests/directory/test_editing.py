"""Records written by hand: checked like a list, guarded by their version, ended and brought back."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.directory.columns import Kind
from app.directory.editing import add, edit, end_record, restore_record
from app.directory.models import Employer
from app.directory.records import read_records
from app.directory.refusals import EditClash, EditRefused, WrongFields
from app.directory.units import find_units
from app.kit.db import Database
from tests.directory.files import NOW, take_in_text

LAN = "staff:1"
NEW = {
    "name": "Công ty Mới (ví dụ)",
    "old_code": "TA0100A",
    "tax_code": "0123456789",
    "budget_code": "1234567",
}


def test_a_unit_may_have_a_tax_code_and_a_budget_code(filled: Database) -> None:
    number = filled.write_now(lambda tx: add(tx, Kind.EMPLOYERS, NEW, LAN, NOW))
    kept = filled.read_now(lambda tx: read_records(tx, Kind.EMPLOYERS))[number]
    assert (kept["tax_code"], kept["budget_code"]) == ("0123456789", "1234567")
    for code in ("0123456789", "1234567"):
        assert number in {unit.id for unit in filled.read_now(lambda tx, code=code: find_units(tx, code))}  # type: ignore[misc]


def test_wrong_fields_are_named_in_the_words_of_a_list(filled: Database) -> None:
    wrong = NEW | {"old_code": "TA0001A", "office": "VD99", "tax_code": "12"}
    with pytest.raises(WrongFields) as refused:
        filled.write_now(lambda tx: add(tx, Kind.EMPLOYERS, wrong, LAN, NOW))
    assert set(refused.value.fields) == {"old_code", "office", "tax_code"}
    assert refused.value.fields["old_code"] == "đã có bản ghi khác mang mã này"


def test_who_was_slower_sees_both_values(filled: Database) -> None:
    number = filled.write_now(lambda tx: add(tx, Kind.EMPLOYERS, NEW, LAN, NOW))
    filled.write_now(lambda tx: edit(tx, Kind.EMPLOYERS, number, 1, {"name": "Tên của Lan"}, LAN, NOW))
    with pytest.raises(EditClash) as clash:
        filled.write_now(
            lambda tx: edit(tx, Kind.EMPLOYERS, number, 1, {"name": "Tên của Hoa"}, "staff:2", NOW)
        )
    assert clash.value.fields == {"Tên đơn vị": ("Tên của Lan", "Tên của Hoa")}
    filled.write_now(lambda tx: edit(tx, Kind.EMPLOYERS, number, 2, {"name": "Tên của Hoa"}, "staff:2", NOW))
    assert filled.read_now(lambda tx: read_records(tx, Kind.EMPLOYERS))[number]["name"] == "Tên của Hoa"


def test_an_ended_unit_is_out_of_sight_and_comes_back(filled: Database) -> None:
    number = filled.write_now(lambda tx: add(tx, Kind.EMPLOYERS, NEW, LAN, NOW))
    version = filled.write_now(lambda tx: end_record(tx, Kind.EMPLOYERS, number, 1, LAN, NOW))
    assert filled.read_now(lambda tx: find_units(tx, "TA0100A")) == []
    filled.write_now(lambda tx: restore_record(tx, Kind.EMPLOYERS, number, version, LAN, NOW))
    assert [unit.id for unit in filled.read_now(lambda tx: find_units(tx, "TA0100A"))] == [number]


def test_an_ended_units_code_is_not_given_to_another(filled: Database, tmp_path: Path) -> None:
    number = filled.write_now(lambda tx: add(tx, Kind.EMPLOYERS, NEW, LAN, NOW))
    filled.write_now(lambda tx: end_record(tx, Kind.EMPLOYERS, number, 1, LAN, NOW))
    with pytest.raises(WrongFields):
        filled.write_now(lambda tx: add(tx, Kind.EMPLOYERS, NEW, LAN, NOW))
    report = take_in_text(filled, tmp_path, "employers", "Tên đơn vị,Mã đơn vị cũ\nKhác,TA0100A\n")
    assert "đã ngừng dùng" in report.text


def test_an_office_with_officers_cannot_end(filled: Database) -> None:
    with pytest.raises(EditRefused, match="còn cán bộ"):
        filled.write_now(lambda tx: end_record(tx, Kind.OFFICES, 1, 1, LAN, NOW))


def test_an_edit_that_changes_nothing_is_no_change(filled: Database) -> None:
    number = filled.read_now(
        lambda tx: tx.execute(select(Employer.id).where(Employer.old_code == "TA0001A")).scalar_one()
    )
    filled.write_now(
        lambda tx: edit(tx, Kind.EMPLOYERS, number, 1, {"name": "Công ty TNHH Biển Xanh (ví dụ)"}, LAN, NOW)
    )
    version = filled.read_now(
        lambda tx: tx.execute(select(Employer.version).where(Employer.id == number)).scalar_one()
    )
    assert version == 1
