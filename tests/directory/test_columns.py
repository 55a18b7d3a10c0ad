import pytest

from app.directory.columns import COLUMNS, SHAPES, Kind, exported_columns, kind_of
from app.directory.headers import find_header
from app.directory.refusals import ImportRefused
from app.directory.sheet_shapes import Cell, Row, Sheet


def sheet(*rows: str) -> Sheet:
    return Sheet(
        tuple(
            Row(number, tuple(Cell(text.strip()) for text in row.split("|")))
            for number, row in enumerate(rows, 1)
        )
    )


def test_the_header_is_found_below_titles() -> None:
    rows = ("BHXH tỉnh", "DANH SÁCH ĐƠN VỊ|", "|Tên đơn vị|Mã đơn vị cũ|Ghi chú", "|x|y")
    header = find_header(sheet(*rows), SHAPES[Kind.EMPLOYERS])
    assert (header.row, dict(header.columns)) == (3, {"name": 1, "old_code": 2})
    assert header.ignored == ("Ghi chú",)
    assert header.place(17, "old_code") == "C17 (Mã đơn vị cũ)"


@pytest.mark.parametrize(
    "written", ["SỐ ĐIỆN THOẠI", "so dien thoai", "Số điện thoại (*)", "SĐT", "Điện thoại di động", "Số\nĐT:"]
)
def test_a_column_is_known_by_any_of_its_names(written: str) -> None:
    header = find_header(sheet(f"Họ tên|{written}|Mã đv"), SHAPES[Kind.LIAISONS])
    assert header.columns["phone"] == 1


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("MST", "tax_code"),
        ("Mã số thuế", "tax_code"),
        ("mã quan hệ ngân sách", "budget_code"),
        ("Mã số thuế/Mã QHNS", "root_code"),
    ],
)
def test_the_tax_or_budget_code_has_many_names(written: str, key: str) -> None:
    assert find_header(sheet(f"Tên đơn vị|{written}"), SHAPES[Kind.EMPLOYERS]).columns[key] == 1


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ImportRefused, match=r"dòng 2\) thiếu cột: Mã cơ quan BHXH$"):
        find_header(sheet("Danh sách", "Mã chuyên quản|Họ và tên"), SHAPES[Kind.OFFICERS])
    with pytest.raises(ImportRefused, match="thiếu cột: một trong các cột “Mã đơn vị cũ”, “Mã đơn vị mới”"):
        find_header(sheet("Tên đơn vị|Ghi chú"), SHAPES[Kind.EMPLOYERS])


def test_a_sheet_without_a_header_hears_which_columns_are_wanted() -> None:
    with pytest.raises(ImportRefused, match=r"Không thấy dòng tiêu đề.*Họ và tên, Số điện thoại, Mã đơn vị"):
        find_header(sheet("Nguyễn Văn A|0912345678|TA0001A"), SHAPES[Kind.LIAISONS])


def test_two_columns_of_one_meaning_are_not_guessed_between() -> None:
    with pytest.raises(ImportRefused, match=r"Cột B .* và cột D .*cùng một nghĩa"):
        find_header(sheet("Họ tên|SĐT|Mã đơn vị|Điện thoại"), SHAPES[Kind.LIAISONS])


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_exported_is_known_again(kind: Kind) -> None:
    header = find_header(sheet("|".join(column.header for column in exported_columns(kind))), SHAPES[kind])
    assert list(header.columns) == [column.key for column in COLUMNS[kind] if column.exported]


def test_kinds_are_known_by_name() -> None:
    assert kind_of(" Offices ") is Kind.OFFICES
    assert kind_of("workers") is None
