"""The workbook for a unit without a liaison: headed, dated, masked, and no cell is a formula."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.kit.db import Database
from app.worker_lists.letters import COLUMNS, Letterhead, letter_workbook
from tests.worker_lists.lists import AN, BINH, progress, take_in, workers

FORMULA = "=HYPERLINK(0) (ví dụ)"
ON = date(2026, 11, 5)


@pytest.fixture
def sheet(filled: Database) -> Worksheet:
    take_in(filled, AN, BINH, (FORMULA, "0001000008"), due_on=date(2026, 12, 1))
    content = letter_workbook(Letterhead(), progress(filled), tuple(workers(filled)), ON)
    found = load_workbook(BytesIO(content)).active
    assert isinstance(found, Worksheet)
    return found


def texts(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_letter_is_headed_addressed_and_dated(sheet: Worksheet) -> None:
    said = texts(sheet)
    assert "BẢO HIỂM XÃ HỘI TỈNH KHÁNH HÒA" in said
    assert "Khánh Hòa, ngày 05 tháng 11 năm 2026" in said
    assert "Kính gửi: Công ty TNHH Biển Xanh (ví dụ)" in said
    assert any("trước ngày 01/12/2026" in text for text in said)
    assert "Lê Thị Ví Dụ" in said


def test_the_table_has_one_masked_row_for_each_worker(sheet: Worksheet) -> None:
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [row[:3] for row in rows] == [
        (1, AN[0], "00••••0001"),
        (2, BINH[0], "00••••0002"),
        (3, FORMULA, "00••••0008"),
    ]
    assert all(row[3 : len(COLUMNS)] == (None, None, None) for row in rows)


def test_no_cell_is_a_formula(sheet: Worksheet) -> None:
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert FORMULA in texts(sheet)


def test_the_letter_fits_the_width_of_a_page_and_repeats_its_heading(sheet: Worksheet) -> None:
    assert sheet.page_setup.fitToWidth in {1, None}
    assert sheet.page_setup.paperSize == 9
    assert sheet.print_title_rows == "$9:$9"
