from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.directory.refusals import ImportRefused
from app.directory.sheet_shapes import CellKind, Sheet, column_letter
from app.directory.sheets import read_sheet
from tests.directory.files import text_file, xlsx_file


def texts(sheet: Sheet) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_is_read_whatever_stands_between_its_cells(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    lines = [["Mã", "Tên", "Địa chỉ"], ["VD01", "Đơn vị một", "1 Trần Phú"], ["VD02", "Đơn vị hai", ""]]
    file = text_file(tmp_path, "\r\n".join(delimiter.join(line) for line in lines), encoding)
    assert texts(read_sheet(file)) == lines


def test_commas_inside_cells_do_not_cut_a_file_of_semicolons(tmp_path: Path) -> None:
    file = text_file(tmp_path, 'Tên;Mã\nCông ty A, B, C và D;TA0001A\n"Công ty ""X""; chi nhánh";TA0002A\n')
    assert texts(read_sheet(file))[1:] == [
        ["Công ty A, B, C và D", "TA0001A"],
        ['Công ty "X"; chi nhánh', "TA0002A"],
    ]


def test_excels_own_word_on_the_delimiter_counts(tmp_path: Path) -> None:
    sheet = read_sheet(text_file(tmp_path, "sep=|\r\na|b,c,d\r\n"))
    assert [(row.number, [cell.text for cell in row.cells]) for row in sheet.rows] == [(2, ["a", "b,c,d"])]


def test_rows_are_numbered_as_excel_numbers_them(tmp_path: Path) -> None:
    sheet = read_sheet(text_file(tmp_path, 'a,b\n\n"hai\ndòng",c\n,\nd,e\n'))
    assert [row.number for row in sheet.rows] == [1, 3, 5]
    assert sheet.rows[1].cells[0].text == "hai\ndòng"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_with_the_way_out(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(ImportRefused, match=r"UTF-16.*CSV UTF-8"):
        read_sheet(text_file(tmp_path, "Mã,Tên\n", encoding))


def test_windows_1258_is_read_and_said(tmp_path: Path) -> None:
    sheet = read_sheet(text_file(tmp_path, "Ma\u0303,S\u00f4\u0301 đt\n", "cp1258"))
    assert texts(sheet) == [["Mã", "Số đt"]]
    assert [remark.place for remark in sheet.remarks] == ["Tệp"]
    assert "Windows-1258" in sheet.remarks[0].text


def test_bytes_that_are_no_vietnamese_in_any_encoding_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"M\xe3,T\xean\nVD01,\xfe\xfe\xfe \xf0\xf0\xf0 \xdf\xdf\n")
    with pytest.raises(ImportRefused, match="CSV UTF-8"):
        read_sheet(file)


def test_an_open_quote_does_not_swallow_the_rest_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="nháy kép"):
        read_sheet(text_file(tmp_path, 'a,b\nc,"d\ne,f\n'))


@pytest.mark.parametrize("name", ["list.xls", "list.ods", "list", "list.txt"])
def test_other_kinds_of_file_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportRefused, match=r"\.csv hoặc \.xlsx"):
        read_sheet(text_file(tmp_path, "a", name=name))


def test_a_file_that_is_not_there_or_empty_or_broken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="Không thấy tệp"):
        read_sheet(tmp_path / "nowhere.csv")
    with pytest.raises(ImportRefused, match="không có dữ liệu"):
        read_sheet(text_file(tmp_path, "\n,,\n"))
    with pytest.raises(ImportRefused, match="không có dữ liệu"):
        read_sheet(xlsx_file(tmp_path, []))
    with pytest.raises(ImportRefused, match="tệp hỏng"):
        read_sheet(text_file(tmp_path, "not a workbook", name="broken.xlsx"))


def test_composed_letters_single_spaces_and_no_invisible_signs(tmp_path: Path) -> None:
    decomposed = "Bie\u0302\u0309n  Xanh\u200b "
    assert texts(read_sheet(text_file(tmp_path, f"{decomposed},\u00a0x\n"))) == [["Biển Xanh", "x"]]
    assert texts(read_sheet(xlsx_file(tmp_path, [[decomposed]]))) == [["Biển Xanh"]]


def test_a_workbook_says_what_excel_made_of_each_cell(tmp_path: Path) -> None:
    row = read_sheet(xlsx_file(tmp_path, [["a", 912345678, 1.2e11, 1.5, date(2026, 3, 1), True]])).rows[0]
    assert [cell.text for cell in row.cells] == [
        "a",
        "912345678",
        "120000000000",
        "1.5",
        "2026-03-01",
        "TRUE",
    ]
    kinds = [CellKind.TEXT, CellKind.NUMBER, CellKind.NUMBER, CellKind.NUMBER, CellKind.DATE, CellKind.TEXT]
    assert [cell.kind for cell in row.cells] == kinds


def test_places_count_from_the_first_cell_of_the_workbook(tmp_path: Path) -> None:
    sheet = read_sheet(xlsx_file(tmp_path, [[], [], ["", "", "x"]], merged=["A5:B6"]))
    assert sheet.rows[0].number == 3
    assert sheet.rows[0].cell(2).text == "x"
    assert sheet.rows[0].cell(9).text == ""
    assert sheet.merged == ((5, 0, 6, 1),)


def test_hidden_sheets_are_not_read_and_other_visible_ones_are_named(tmp_path: Path) -> None:
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden["A1"] = "ẩn"
    for name in ("Đơn vị", "Cũ"):
        book.create_sheet(name)["A1"] = name
    hidden.sheet_state = "hidden"
    book.active = 1
    file = tmp_path / "list.xlsx"
    book.save(file)
    sheet = read_sheet(file)
    assert texts(sheet) == [["Đơn vị"]]
    assert sheet.other_names == ("Cũ",)


def test_letters_of_columns() -> None:
    assert [column_letter(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
