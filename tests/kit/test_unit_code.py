import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.unit_code import UnitCode, UnitCodeKind, parse_unit_code


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("TX0001A", UnitCodeKind.OLD, "TX0001A"),
        ("tx 0001 a", UnitCodeKind.OLD, "TX0001A"),
        ("đv-0012z", UnitCodeKind.OLD, "DV0012Z"),
        ("0123456789DNA03", UnitCodeKind.NEW, "0123456789DNA03"),
        ("0123456789 DN A03", UnitCodeKind.NEW, "0123456789DNA03"),
        ("1234567hc", UnitCodeKind.NEW, "1234567HC"),
        ("3456789000TH0100070003", UnitCodeKind.NEW, "3456789000TH0100070003"),
        ("0123456789", UnitCodeKind.TAX, "0123456789"),
        ("0123456789-001", UnitCodeKind.TAX, "0123456789-001"),
        ("0123456789001", UnitCodeKind.TAX, "0123456789-001"),
        ("4200123456.0", UnitCodeKind.TAX, "4200123456"),
        ("MST: 0123 456 789", UnitCodeKind.TAX, "0123456789"),
        ("mã đơn vị cũ là TX0001A", UnitCodeKind.OLD, "TX0001A"),
        ("Công ty em mã TX0001A ạ", UnitCodeKind.OLD, "TX0001A"),
        ("1234567", UnitCodeKind.BUDGET, "1234567"),
    ],
)
def test_a_code_is_known_by_its_shape(written: str, kind: UnitCodeKind, value: str) -> None:
    assert parse_unit_code(written) == UnitCode(kind, value)


@pytest.mark.parametrize(
    "written", ["", "không nhớ", "056090001234", "12345", "1.2E+11", "TX", "TX0001A TX0002B"]
)
def test_what_has_no_code_or_two_is_refused(written: str) -> None:
    assert parse_unit_code(written) is None


def test_a_new_code_carries_the_tax_or_budget_code_it_is_built_on() -> None:
    assert UnitCode(UnitCodeKind.NEW, "0123456789DNA03").root == "0123456789"
    assert UnitCode(UnitCodeKind.NEW, "1234567HC").root == "1234567"
    assert UnitCode(UnitCodeKind.OLD, "TX0001A").root is None


@given(st.text())
def test_a_code_once_read_reads_the_same_again(text: str) -> None:
    code = parse_unit_code(text)
    assert code is None or parse_unit_code(code.value) == code
