"""What Excel does to lists, each on a workbook made for it: read right, or named with the cell."""

import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from app.directory.columns import SHAPES, Kind
from app.directory.headers import Guess, choose_sheet, find_header, told_header
from app.directory.listing import Listing, read_listing
from app.directory.refusals import ImportRefused
from app.directory.sheets import read_file, read_sheet
from app.directory.xlsx_sheets import check_extent
from app.kit.db import Database
from tests.directory.files import Value, counts, take_in, xlsx_file

HEAD: list[Value] = ["Họ và tên", "Số điện thoại", "Email", "Mã đơn vị"]
TWO: list[tuple[str, Value]] = [("Trần", 905000111.0), ("Lê", "905000112.0")]
LIAISONS = SHAPES[Kind.LIAISONS]


def listing(folder: Path, *rows: Sequence[Value], kind: Kind = Kind.LIAISONS) -> Listing:
    return read_listing(read_sheet(xlsx_file(folder, rows)), SHAPES[kind])


def found(read: Listing) -> list[str]:
    return [str(finding) for finding in read.findings]


def notes(read: Listing) -> list[str]:
    return [str(note) for note in read.notes]


def test_a_zero_that_excel_ate_is_put_back_and_said(tmp_path: Path) -> None:
    read = listing(tmp_path, HEAD, ["Trần Ví Dụ", 905000111, "", "TA0001A"])
    assert read.entries[0].get("phone") == "0905000111"
    assert notes(read) == ["B2 (Số điện thoại): đã thêm lại số 0 ở đầu mà Excel bỏ mất"]


def test_a_phone_that_became_a_float_is_a_phone(tmp_path: Path) -> None:
    rows: list[list[Value]] = [[f"{name} Ví Dụ", phone, "", "TA0001A"] for name, phone in TWO]
    read = listing(tmp_path, HEAD, *rows)

    assert [entry.get("phone") for entry in read.entries] == ["0905000111", "0905000112"]


def test_a_number_that_excel_shortened_is_named(tmp_path: Path) -> None:
    read = listing(tmp_path, HEAD, ["Trần Ví Dụ", "0905000111", "", "1.2E+11"])
    assert found(read)[0].startswith("D2 (Mã đơn vị): Excel đã viết gọn số này")


def test_dates_where_a_code_should_be_are_named(tmp_path: Path) -> None:
    read = listing(tmp_path, HEAD, ["Trần Ví Dụ", date(2026, 3, 1), "", "TA0001A"])
    assert found(read)[0].startswith("B2 (Số điện thoại): Excel đã đổi ô này thành ngày giờ")


def test_merged_cells_are_named_and_their_rows_left_out(tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        HEAD,
        ["Trần Ví Dụ", "0905000111", "", "TA0001A"],
        ["Lê Ví Dụ", "0905000112", "", ""],
    ]
    sheet = read_sheet(xlsx_file(tmp_path, rows, merged=["D2:D3"]))
    read = read_listing(sheet, LIAISONS)
    assert found(read)[0] == "D2:D3: các ô gộp: Anh/Chị bỏ gộp và điền đủ từng dòng"
    assert read.entries == ()


def test_decomposed_names_trailing_and_hard_spaces_are_tidied(tmp_path: Path) -> None:
    read = listing(tmp_path, HEAD, ["Trâ\u0300n\u00a0 Ví  Dụ ", " 0905 000 111\u00a0", "", " TA0001A "])
    entry = read.entries[0]
    assert (entry.get("name"), entry.get("phone"), entry.get("unit_code")) == (
        "Trần Ví Dụ",
        "0905000111",
        "TA0001A",
    )


def test_a_formula_that_nobody_computed_is_named(tmp_path: Path) -> None:
    read = listing(tmp_path, HEAD, ['="Trần"&" Ví Dụ"', "0905000111", "", "TA0001A"])
    assert found(read) == [
        "A2 (Họ và tên): công thức chưa được tính: Anh/Chị mở tệp bằng Excel, lưu lại rồi nhập"
    ]


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    file = xlsx_file(tmp_path, [HEAD, *(["Trần Ví Dụ", f"090500011{n}", "", "TA0001A"] for n in range(6))])
    book = load_workbook(file)
    for row in (3, 4, 6):
        book.worksheets[0].row_dimensions[row].hidden = True
    book.save(file)
    read = read_listing(read_sheet(file), LIAISONS)
    assert len(read.entries) == 6
    assert notes(read) == ["Tệp: 3 dòng đang bị ẩn trong Excel vẫn được đọc: 3–4, 6"]


def test_the_sheet_with_the_list_is_found_among_others(tmp_path: Path) -> None:
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "Hướng dẫn"
    cover["A1"] = "Điền từ dòng 2"
    hidden = book.create_sheet("Ẩn & cũ")
    hidden.append(HEAD)
    hidden.sheet_state = "hidden"
    wanted = book.create_sheet("Danh sách <1>")
    wanted.append(HEAD)
    wanted.append(["Trần Ví Dụ", "0905000111", "", "TA0001A"])
    file = tmp_path / "list.xlsx"
    book.save(file)
    sheet, header = choose_sheet(read_file(file), LIAISONS)
    assert (sheet.name, header.row, sheet.other_names) == ("Danh sách <1>", 1, ("Hướng dẫn",))


def test_a_header_in_two_rows_is_read_as_one(tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        ["DANH SÁCH ĐƠN VỊ"],
        ["STT", "Tên đơn vị", "Mã đơn vị", ""],
        ["", "", "Cũ", "Mới"],
        [1, "Công ty Mới (ví dụ)", "TA0100A", "4200000001DNA03"],
    ]
    sheet = read_sheet(xlsx_file(tmp_path, rows, merged=["A2:A3", "B2:B3", "C2:D2"]))
    header = find_header(sheet, SHAPES[Kind.EMPLOYERS])
    assert (header.row, dict(header.columns)) == (3, {"name": 1, "old_code": 2, "new_code": 3})
    (entry,) = read_listing(sheet, SHAPES[Kind.EMPLOYERS]).entries
    assert (entry.get("old_code"), entry.get("new_code")) == ("TA0100A", "4200000001DNA03")


def test_staff_can_say_which_row_and_columns_are_meant(tmp_path: Path) -> None:
    sheet = read_sheet(xlsx_file(tmp_path, [["A", "B", "C"], ["TA0001A", "Trần Ví Dụ", "0905000111"]]))
    with pytest.raises(ImportRefused):
        find_header(sheet, LIAISONS)
    header = told_header(sheet, LIAISONS, Guess(sheet.name, 1, {"name": 1, "phone": 2, "unit_code": 0}))
    (entry,) = read_listing(sheet, LIAISONS, header).entries
    assert entry.get("name") == "Trần Ví Dụ"
    with pytest.raises(ImportRefused, match="Chưa chọn cột: Số điện thoại"):
        told_header(sheet, LIAISONS, Guess(sheet.name, 1, {"name": 1, "unit_code": 0}))


def test_empty_rows_are_passed_over_and_repeated_ones_named(filled: Database, tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        HEAD,
        ["Trần Ví Dụ", "0905000111", "", "TA0001A"],
        ["", " ", "\u00a0", ""],
        ["Trần Ví Dụ", "0905000111", "", "TA0001A"],
    ]
    report = take_in(filled, "liaisons", xlsx_file(tmp_path, rows))
    assert [str(finding) for finding in report.findings] == [
        "B4 (Số điện thoại): trùng số điện thoại và đơn vị với dòng 2"
    ]


def test_a_very_long_cell_is_named(tmp_path: Path) -> None:
    read = listing(tmp_path, HEAD, ["Trần " * 400, "0905000111", "", "TA0001A"])
    assert found(read) == ["A2 (Họ và tên): dài quá 200 ký tự"]


@pytest.mark.parametrize("font", ["C«ng ty Míi (vÝ dô)", "Coâng ty Môùi (ví duï)"])
def test_old_fonts_are_converted_and_said(filled: Database, tmp_path: Path, font: str) -> None:
    rows: list[list[Value]] = [["Tên đơn vị", "Mã đơn vị cũ"], [font, "TA0100A"]]
    report = take_in(filled, "employers", xlsx_file(tmp_path, rows))
    assert counts(report) == (1, 0, 0)
    assert any("phông" in str(note) and str(note).startswith("Cột A") for note in report.notes)
    again = take_in(filled, "employers", xlsx_file(tmp_path, [rows[0], ["Công ty Mới (ví dụ)", "TA0100A"]]))
    assert counts(again) == (0, 0, 1)


def test_a_csv_with_semicolons_and_a_mark_and_one_in_windows_1258(filled: Database, tmp_path: Path) -> None:
    text = "Tên đơn vị;Mã đơn vị cũ\nCông ty Mới (ví dụ);TA0100A\n"
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode("utf-8-sig"))
    assert counts(take_in(filled, "employers", file)) == (1, 0, 0)
    file.write_bytes(windows_1258(text))
    report = take_in(filled, "employers", file)
    assert counts(report) == (0, 0, 1)
    assert "Windows-1258" in str(report.notes[0])


def windows_1258(text: str) -> bytes:
    """As Windows writes it: some vowels whole, every tone behind its letter."""
    out = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = [part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        out.append(base + "".join(tones))
    return "".join(out).encode("cp1258")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("list.xlsx", b"Ma,Ten\n1,2\n", "tệp hỏng hoặc không phải .xlsx"),
        ("list.xlsx", b"PK\x03\x04 and then nothing", "tệp hỏng"),
        ("list.xls", b"\xd0\xcf\x11\xe0", r"Chỉ nhập được tệp \.csv hoặc \.xlsx"),
        ("list.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"kiểu Excel cũ \(\.xls\)"),
        (
            "list.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "có mật khẩu",
        ),
    ],
)
def test_what_is_no_readable_list_is_refused_with_the_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ImportRefused, match=reason):
        read_file(file)


def test_a_workbook_that_is_called_csv_is_read_and_said(tmp_path: Path) -> None:
    file = xlsx_file(tmp_path, [HEAD, ["Trần Ví Dụ", "0905000111", "", "TA0001A"]])
    file = file.rename(tmp_path / "list.csv")

    read = read_listing(read_sheet(file), LIAISONS)
    assert len(read.entries) == 1
    assert notes(read) == ["Tệp: tên là .csv nhưng bên trong là .xlsx"]


def test_a_workbook_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is shared out among the parts."""
    monkeypatch.setattr("app.directory.xlsx_sheets._LARGEST_UNPACKED", 10_000)
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        for number in range(3):
            parts.writestr(f"xl/worksheets/sheet{number}.xml", b" " * 4_000)
    file = tmp_path / "list.xlsx"
    file.write_bytes(content.getvalue())
    with pytest.raises(ImportRefused, match="quá lớn khi mở ra"):
        read_file(file)


FAR_AWAY = "XFD1048576"


def test_a_word_far_away_from_the_list_is_refused_before_all_cells_up_to_it_are_laid_out(
    tmp_path: Path,
) -> None:
    """A few kB that would take 550 GB of memory, and the whole service with them."""
    file = xlsx_file(tmp_path, [HEAD, ["Trần Ví Dụ", "0905000111", "", "TA0001A"]])
    book = load_workbook(file)
    book.worksheets[0][FAR_AWAY] = "x"
    book.save(file)
    with pytest.raises(ImportRefused, match=f"đến ô {FAR_AWAY}"):
        read_file(file)


@pytest.mark.parametrize("cells", [b'<c r="XFD1"><v>1</v></c>', b'<x:c s="1" r="XFD1" ><x:v>1</x:v></x:c>'])
def test_a_cell_without_its_name_is_as_far_away_as_its_row(cells: bytes) -> None:
    far = b'<row r="1">' + cells + b'</row><row r="1048576"><c><v>1</v></c></row>'
    with pytest.raises(ImportRefused, match=f"đến ô {FAR_AWAY}"):
        check_extent("list.xlsx", far)


def test_empty_cells_that_only_have_a_border_count_for_nothing() -> None:
    check_extent("list.xlsx", b'<row r="1048576"><c r="XFD1048576" s="1"/></row>')
