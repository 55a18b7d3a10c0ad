"""Any list, and those of offices and officers."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from app.directory.columns import Kind
from app.directory.models import Employer, Officer
from app.directory.records import read_records
from app.directory.refusals import ImportRefused
from app.importing.at_once import import_file
from app.kit.db import Database
from app.kit.vietnamese import sort_key
from tests.directory.files import NOW, SEALER, Value, counts, take_in, take_in_text, text_file, xlsx_file

OFFICES = (
    "Mã cơ quan BHXH,Tên cơ quan BHXH,Số điện thoại\n"
    "VD01,BHXH cơ sở Một,0258 3822 822\n"
    "VD02,BHXH cơ sở Hai,\n"
)
OFFICERS = "Mã chuyên quản,Họ và tên,Điện thoại,Mã cơ quan BHXH\nCQ01,Lê Thị Ví Dụ,905000101,VD01\n"


def names(db: Database, kind: Kind) -> list[str]:
    return [record["name"] for record in db.read_now(lambda tx: read_records(tx, kind)).values()]


def test_a_list_goes_in_once(db: Database, tmp_path: Path) -> None:
    report = take_in_text(db, tmp_path, "offices", OFFICES)
    assert counts(report) == (2, 0, 0)
    assert report.text == "Đã lưu: 2 mới, 0 thay đổi, 0 giữ nguyên."
    assert counts(take_in_text(db, tmp_path, "offices", OFFICES)) == (0, 0, 2)
    assert names(db, Kind.OFFICES) == ["BHXH cơ sở Một", "BHXH cơ sở Hai"]


def test_a_dry_run_says_what_would_change_and_saves_nothing(filled: Database, tmp_path: Path) -> None:
    report = take_in_text(filled, tmp_path, "offices", OFFICES, dry_run=True)
    assert counts(report) == (0, 2, 0)
    assert report.text.startswith("Chạy thử, chưa lưu gì: 0 mới, 2 thay đổi, 0 giữ nguyên.\nThay đổi:\n")
    assert "  Dòng 2: Tên cơ quan BHXH: BHXH cơ sở Biển Xanh (ví dụ) → BHXH cơ sở Một" in report.text
    assert "BHXH cơ sở Một" not in names(filled, Kind.OFFICES)


def test_columns_that_the_file_lacks_keep_what_is_there(filled: Database, tmp_path: Path) -> None:
    take_in_text(filled, tmp_path, "offices", OFFICES)
    office = next(iter(filled.read_now(lambda tx: read_records(tx, Kind.OFFICES)).values()))
    assert office["address"] == "1 đường Ví Dụ, phường Biển Xanh (ví dụ)"
    assert office["phone"] == "02583822822"


def test_an_officer_is_kept_with_office_and_order_of_names(filled: Database, tmp_path: Path) -> None:
    report = take_in_text(filled, tmp_path, "officers", OFFICERS.replace("CQ01", "CQ09"))
    assert counts(report) == (1, 0, 0)
    assert [str(note) for note in report.notes] == ["C2 (Điện thoại): đã thêm lại số 0 ở đầu mà Excel bỏ mất"]
    row = filled.read_now(
        lambda tx: tx.execute(select(Officer.__table__).where(Officer.code == "CQ09")).one()
    )
    assert (row.phone, row.sort_key) == ("0905000101", sort_key("Lê Thị Ví Dụ"))


def test_every_wrong_cell_is_named_and_nothing_is_saved(filled: Database, tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        ["Danh sách cán bộ"],
        [],
        ["STT", "Mã chuyên quản", "Họ và tên", "Số điện thoại", "Email", "Mã cơ quan BHXH"],
        [1, "CQ07", "Phạm Thị Ví Dụ", "0905000107", "", "VD01"],
        [2, "CQ08", "", "090500010", "a@b", "VD99"],
        [3, "CQ07", "Đỗ Văn Ví Dụ", 905000108, "", "VD02"],
        [4, "CQ09", "Đỗ Văn Ví Dụ", "0905000109", "", "VD77"],
    ]
    report = take_in(filled, "officers", xlsx_file(tmp_path, rows))
    assert not report.accepted
    assert [str(finding) for finding in report.findings] == [
        "C5 (Họ và tên): ô này còn trống",
        "D5 (Số điện thoại): thiếu chữ số",
        "E5 (Email): không phải một địa chỉ email",
        "B6 (Mã chuyên quản): trùng với dòng 4",
        "F7 (Mã cơ quan BHXH): chưa có cơ quan BHXH nào mang mã VD77",
    ]
    assert report.text.splitlines()[:2] == [
        "Chưa lưu gì: tệp có 5 chỗ cần sửa.",
        "  C5 (Họ và tên): ô này còn trống",
    ]
    assert len(names(filled, Kind.OFFICERS)) == 2


def test_thousands_of_wrong_cells_do_not_fill_the_screen(db: Database, tmp_path: Path) -> None:
    rows = "".join(f"VD{number:04},\n" for number in range(1000))
    report = take_in_text(db, tmp_path, "offices", "Mã,Tên\n" + rows)
    assert len(report.findings) == 1000
    assert len(report.text.splitlines()) == 52
    assert report.text.endswith("  … và 950 chỗ khác")


def test_merged_cells_among_the_data_are_refused(filled: Database, tmp_path: Path) -> None:
    rows = [["Danh sách"], ["Mã", "Họ tên", "Mã cơ quan"], ["C1", "An Ví", "VD01"], ["C2", "Bình Ví"]]
    report = take_in(filled, "officers", xlsx_file(tmp_path, rows, merged=["A1:C1", "C3:C4"]))
    assert "C3:C4: các ô gộp: Anh/Chị bỏ gộp và điền đủ từng dòng" in report.text
    assert "A1:C1" not in report.text


def test_numbers_of_columns_under_the_header_are_no_data(db: Database, tmp_path: Path) -> None:
    report = take_in_text(db, tmp_path, "offices", "Mã;Tên\n(1);(2)\nVD01;BHXH cơ sở Một\n")
    assert counts(report) == (1, 0, 0)


def test_a_list_without_rows_is_not_accepted(db: Database, tmp_path: Path) -> None:
    report = take_in_text(db, tmp_path, "offices", "Mã,Tên\n")
    assert [str(finding) for finding in report.findings] == ["Dòng 1: dưới dòng tiêu đề không có dòng nào"]


def test_columns_that_are_not_used_are_named(db: Database, tmp_path: Path) -> None:
    report = take_in_text(db, tmp_path, "offices", "STT,Mã,Tên,Ghi chú\n1,VD01,BHXH cơ sở Một,x\n")
    assert "Dòng 1: không dùng các cột: STT, Ghi chú" in report.text


def test_an_unknown_kind_is_refused(db: Database, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="offices, officers, employers, liaisons, workers"):
        take_in_text(db, tmp_path, "dogs", OFFICES)


def test_an_error_while_saving_takes_back_the_whole_list(filled: Database, tmp_path: Path) -> None:
    file = text_file(tmp_path, "Tên đơn vị,Mã đơn vị cũ\nCông ty Mới (ví dụ),TA0100A\n")

    def broken(tx: Connection) -> None:
        assert import_file(tx, SEALER, "employers", file, NOW, dry_run=False).new == 1
        raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        filled.write_now(broken)
    found = filled.read_now(
        lambda tx: tx.execute(select(Employer.id).where(Employer.old_code == "TA0100A")).all()
    )
    assert found == []
