from pathlib import Path

import pytest

from app.directory.columns import Kind
from app.directory.records import Record, read_records
from app.directory.units import find_units
from app.kit.db import Database
from tests.directory.files import Value, counts, take_in, take_in_text, xlsx_file

HEADER = "Tên đơn vị;Mã đơn vị cũ;Mã đơn vị mới;Mã số thuế / mã QHNS;Mã cơ quan BHXH;Mã chuyên quản\n"


def unit(db: Database, **key: str) -> Record:
    records = db.read_now(lambda tx: read_records(tx, Kind.EMPLOYERS)).values()
    return next(record for record in records if key.items() <= record.items())


def findings(db: Database, folder: Path, rows: str, header: str = HEADER) -> list[str]:
    report = take_in_text(db, folder, "employers", header + rows)
    assert not report.accepted
    return [str(finding) for finding in report.findings]


def test_a_new_unit_is_found_by_each_of_its_codes(filled: Database, tmp_path: Path) -> None:
    rows = "Công ty Mới (ví dụ);TA0100A;4200000001DNA03;4200000001;VD01;CQ01\n"
    assert counts(take_in_text(filled, tmp_path, "employers", HEADER + rows)) == (1, 0, 0)
    codes = ("TA0100A", "4200000001DNA03", "4200000001")
    cards = filled.read_now(lambda tx: [card for code in codes for card in find_units(tx, code)])
    found = ("Công ty Mới (ví dụ)", "BHXH cơ sở Biển Xanh (ví dụ)")
    assert [(card.name, card.office_name) for card in cards] == [found] * 3
    assert counts(take_in_text(filled, tmp_path, "employers", HEADER + rows)) == (0, 0, 1)


def test_the_tax_code_inside_a_new_code_need_not_be_written_again(filled: Database, tmp_path: Path) -> None:
    take_in_text(filled, tmp_path, "employers", "Tên đơn vị;Mã mới\nCông ty Mới (ví dụ);4200000001DNA03\n")
    assert unit(filled, new_code="4200000001DNA03")["tax_code"] == "4200000001"


def test_a_column_that_says_only_unit_code_takes_every_kind(filled: Database, tmp_path: Path) -> None:
    rows = "Một (ví dụ),TA0101A\nHai (ví dụ),4200000002DNA03\nBa (ví dụ),4200000003\nBốn (ví dụ),7654321\n"
    assert counts(take_in_text(filled, tmp_path, "employers", "Tên đơn vị,Mã đơn vị\n" + rows)) == (4, 0, 0)
    assert unit(filled, name="Một (ví dụ)")["old_code"] == "TA0101A"
    assert unit(filled, name="Hai (ví dụ)")["new_code"] == "4200000002DNA03"
    assert unit(filled, name="Ba (ví dụ)")["tax_code"] == "4200000003"
    assert unit(filled, name="Bốn (ví dụ)")["budget_code"] == "7654321"
    assert counts(take_in_text(filled, tmp_path, "employers", "Tên đơn vị,Mã đơn vị\n" + rows)) == (0, 0, 4)


def test_a_unit_known_by_its_old_code_learns_the_new_one(filled: Database, tmp_path: Path) -> None:
    rows = "Công ty CP May Hoa Biển (ví dụ);TA0002B;0123456787DNA03;;;\n"
    report = take_in_text(filled, tmp_path, "employers", HEADER + rows, dry_run=True)
    assert "Dòng 2: Mã đơn vị mới: (trống) → 0123456787DNA03" in report.text
    assert "Dòng 2: Mã chuyên quản: CQ01 → (trống)" in report.text
    assert "Mã số thuế" not in report.text.split("\n", 1)[1]


def test_a_unit_with_the_same_tax_code_and_name_is_the_same_unit(filled: Database, tmp_path: Path) -> None:
    rows = "CÔNG TY CP MAY HOA BIỂN (VÍ DỤ);0123456787DNA03\n"
    report = take_in_text(filled, tmp_path, "employers", "Tên đơn vị;Mã đơn vị mới\n" + rows)
    assert counts(report) == (0, 1, 0)
    assert unit(filled, old_code="TA0002B")["new_code"] == "0123456787DNA03"


def test_an_empty_cell_takes_no_code_away_but_does_take_the_officer(filled: Database, tmp_path: Path) -> None:
    rows = "Công ty TNHH Biển Xanh (ví dụ);TA0001A;;;VD01;\n"
    assert counts(take_in_text(filled, tmp_path, "employers", HEADER + rows)) == (0, 1, 0)
    kept = unit(filled, old_code="TA0001A")
    assert (kept["new_code"], kept["tax_code"], kept["officer"]) == ("0123456789DNA03", "0123456789", "")


def test_a_unit_follows_its_officer_to_the_office(filled: Database, tmp_path: Path) -> None:
    rows = "Công ty Mới (ví dụ);TA0100A;CQ02\n"
    take_in_text(filled, tmp_path, "employers", "Tên đơn vị;Mã cũ;Mã chuyên quản\n" + rows)
    assert unit(filled, old_code="TA0100A")["office"] == "VD02"


def test_a_list_without_officers_leaves_offices_and_officers_alone(filled: Database, tmp_path: Path) -> None:
    rows = "Tên đơn vị;Mã cũ\nCông ty TNHH Biển Xanh (ví dụ);TA0001A\n"
    assert counts(take_in_text(filled, tmp_path, "employers", rows)) == (0, 0, 1)


def test_excel_numbers_in_code_columns_are_read_back(filled: Database, tmp_path: Path) -> None:
    rows: list[list[Value]] = [["Tên đơn vị", "Mã số thuế"], ["Công ty Mới (ví dụ)", 312345678]]
    report = take_in(filled, "employers", xlsx_file(tmp_path, rows))
    assert counts(report) == (1, 0, 0)
    assert "B2 (Mã số thuế): đã thêm lại số 0 ở đầu" in report.text
    assert unit(filled, name="Công ty Mới (ví dụ)")["tax_code"] == "0312345678"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("A (ví dụ);;;;VD01;\n", "Dòng 2: cần ít nhất một trong các mã: "),
        ("A (ví dụ);TA0100A;;;VD09;\n", "E2 (Mã cơ quan BHXH): chưa có cơ quan BHXH nào mang mã VD09"),
        ("A (ví dụ);TA0100A;;;;CQ09\n", "F2 (Mã chuyên quản): chưa có cán bộ chuyên quản nào mang mã CQ09"),
        (
            "A (ví dụ);TA0100A;;;VD02;CQ01\n",
            "F2 (Mã chuyên quản): cán bộ này thuộc cơ quan VD01, không phải VD02",
        ),
        (
            "A (ví dụ);;4200000001DNA03;4200000009;;\n",
            "D2 (Mã số thuế / mã QHNS): không khớp với mã đơn vị mới 4200000001DNA03 của cùng dòng",
        ),
        (
            "A (ví dụ);TA0002B;0123456789DNA03;;;\n",
            "C2 (Mã đơn vị mới): mã mới này và mã cũ TA0002B là của hai đơn vị khác nhau trong danh bạ",
        ),
        ("A (ví dụ);TA0100A;;;;\nB (ví dụ);TA0100A;;;;\n", "B3 (Mã đơn vị cũ): trùng với dòng 2"),
        (
            "A (ví dụ);TA0001A;;;;\nA (ví dụ);;0123456789DNA03;;;\n",
            "A3 (Tên đơn vị): cùng một đơn vị với dòng 2",
        ),
        (
            "A (ví dụ);;;4200000001;;\na (vi du);;;4200000001;;\n",
            "D3 (Mã số thuế / mã QHNS): trùng mã và tên với dòng 2: cần ghi mã đơn vị",
        ),
    ],
)
def test_codes_that_cannot_be_are_named(filled: Database, tmp_path: Path, rows: str, said: str) -> None:
    found = findings(filled, tmp_path, rows)
    assert len(found) == 1
    assert found[0].startswith(said)


def test_two_codes_of_one_kind_in_a_row_contradict_each_other(filled: Database, tmp_path: Path) -> None:
    header = "Tên đơn vị;Mã đơn vị;Mã đơn vị cũ\n"
    assert findings(filled, tmp_path, "A (ví dụ);TA0100A;TA0100B\n", header) == [
        "B2 (Mã đơn vị): không khớp với mã TA0100B của cùng dòng"
    ]


def test_several_units_of_one_budget_code_and_name_need_a_code(filled: Database, tmp_path: Path) -> None:
    twins = "Trường Đôi (ví dụ);TC0100A;;7654321;;\nTrường Đôi (ví dụ);TC0100B;;7654321;;\n"
    assert counts(take_in_text(filled, tmp_path, "employers", HEADER + twins)) == (2, 0, 0)
    assert (
        "nhiều đơn vị trùng cả mã này lẫn tên"
        in findings(filled, tmp_path, "Trường Đôi (ví dụ);;;7654321;;\n")[0]
    )
