"""Putting right what was guessed and what cells say; what is remembered; the workbook with the errors."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.directory.headers import Guess
from app.importing.correcting import LONGEST_CELL, correct_cell, correct_guess
from app.importing.deciding import discard
from app.importing.error_workbook import HEADER, error_workbook
from app.importing.models import Group, ImportState
from app.importing.rules import ImportStopped
from tests.directory.files import Value, xlsx_file
from tests.importing.desk import HOA, Desk

ODD = "Cột một,Cột hai,Cột ba\nTA0100A,Công ty Mới (ví dụ),VD01\n"
MEANT = {"old_code": 0, "name": 1, "office": 2}
WRONG = (
    "Tên đơn vị,Mã đơn vị cũ,Mã cơ quan BHXH\nCông ty Mới (ví dụ),TA0100A,VD99\nKhác (ví dụ),TA0101A,VD01\n"
)


def test_a_file_without_a_header_waits_until_somebody_says_where_things_are(desk: Desk) -> None:
    number = desk.drops("employers", ODD)
    assert desk.state(number) is ImportState.UNREADABLE
    assert "Không thấy dòng tiêu đề" in desk.card(number).refusal
    guess = Guess("list.csv", 1, MEANT)
    desk.db.write_now(lambda tx: correct_guess(tx, number, guess, desk.at()))
    desk.reads()
    assert (desk.state(number), desk.counts(number)) == (ImportState.CHECKED, (1, 0, 0, 0))


def test_the_next_file_with_the_same_header_is_read_the_same_way(desk: Desk) -> None:
    number = desk.drops("employers", ODD)
    desk.db.write_now(lambda tx: correct_guess(tx, number, Guess("list.csv", 1, MEANT), desk.at()))
    desk.reads()
    desk.accepts(number)
    again = desk.drops("employers", ODD.replace("TA0100A", "TA0200A"))
    assert desk.counts(again) == (1, 0, 0, 0)
    guess = desk.card(again).guess
    assert guess is not None
    assert dict(guess.columns) == MEANT


def test_a_remembered_form_of_one_kind_says_nothing_of_another(desk: Desk) -> None:
    number = desk.drops("employers", ODD)
    desk.db.write_now(lambda tx: correct_guess(tx, number, Guess("list.csv", 1, MEANT), desk.at()))
    desk.reads()
    desk.accepts(number)
    assert desk.state(desk.drops("offices", ODD)) is ImportState.UNREADABLE


def test_a_column_that_is_not_named_is_asked_for(desk: Desk) -> None:
    number = desk.drops("employers", ODD)
    desk.db.write_now(lambda tx: correct_guess(tx, number, Guess("list.csv", 1, {"name": 1}), desk.at()))
    desk.reads()
    assert desk.state(number) is ImportState.UNREADABLE
    assert "Chưa chọn cột" in desk.card(number).refusal


def test_a_wrong_cell_is_mended_in_place_and_the_list_checked_again(desk: Desk) -> None:
    number = desk.drops("employers", WRONG)
    (line,) = desk.tab(number, Group.WRONG)
    (cell,) = line.wrong
    assert cell.column is not None
    column = cell.column
    desk.db.write_now(lambda tx: correct_cell(tx, number, line.row, column, " VD02 ", desk.at(HOA)))
    desk.reads()
    assert desk.counts(number) == (2, 0, 0, 0)
    assert (HOA, "import.cell_corrected") in desk.trail(number)


def test_a_mended_cell_may_be_wrong_again(desk: Desk) -> None:
    number = desk.drops("employers", WRONG)
    desk.db.write_now(lambda tx: correct_cell(tx, number, 2, 2, "VD98", desk.at()))
    desk.reads()
    assert desk.wrong(number) == ["C2 (Mã cơ quan BHXH): chưa có cơ quan BHXH nào mang mã VD98"]


def test_a_cell_has_an_end(desk: Desk) -> None:
    number = desk.drops("employers", WRONG)
    with pytest.raises(ImportStopped):
        desk.db.write_now(lambda tx: correct_cell(tx, number, 2, 2, "x" * (LONGEST_CELL + 1), desk.at()))


def test_what_has_ended_is_not_corrected(desk: Desk) -> None:
    number = desk.drops("employers", WRONG)
    desk.db.write_now(lambda tx: discard(tx, number, desk.at()))
    with pytest.raises(ImportStopped, match="đã bỏ"):
        desk.db.write_now(lambda tx: correct_cell(tx, number, 2, 2, "VD01", desk.at()))
    with pytest.raises(ImportStopped):
        error_workbook(desk.db, number, desk.at())


def test_the_workbook_with_the_errors_can_be_mended_and_dropped_again(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["DANH SÁCH"],
        ["Tên đơn vị", "Mã đơn vị cũ", "Mã cơ quan BHXH"],
        ["=HYPERLINK(1)", "TA0100A", "VD99"],
        ["Khác (ví dụ)", "TA0101A", "VD01"],
    ]
    text = "DANH SÁCH,,\n" + "\n".join(",".join(row) for row in rows[1:]) + "\n"
    number = desk.drops("employers", text)
    content = error_workbook(desk.db, number, desk.at(HOA))
    page = load_workbook(BytesIO(content)).worksheets[0]
    shown = [[cell.value for cell in row] for row in page.iter_rows()]
    assert shown[1][-1] == HEADER
    assert shown[2][-1] == "C3 (Mã cơ quan BHXH): chưa có cơ quan BHXH nào mang mã VD99"
    assert shown[3][-1] is None
    assert (page["A3"].value, page["A3"].data_type) == ("=HYPERLINK(1)", "s")
    file = tmp_path / "mended.xlsx"
    file.write_bytes(content)
    again = desk.drops("employers", file)
    assert desk.counts(again) == desk.counts(number)
    assert (HOA, "import.errors_exported") in desk.trail(number)


def test_notes_say_what_was_put_right(desk: Desk, tmp_path: Path) -> None:
    rows: list[list[Value]] = [
        ["Họ tên", "SĐT", "Mã đơn vị", "Ghi chú"],
        ["Trần Ví Dụ", 905000111, "TA0001A", "x"],
    ]
    number = desk.drops("liaisons", xlsx_file(tmp_path, rows))
    assert desk.notes(number) == [
        "Dòng 1: không dùng các cột: Ghi chú",
        "B2 (SĐT): đã thêm lại số 0 ở đầu mà Excel bỏ mất",
    ]
