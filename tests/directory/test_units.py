import pytest

from app.directory.units import OfficerCard, find_units, read_unit
from app.kit.db import Database


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("TA0001A", ["TA0001A"]),
        ("ta 0001 a", ["TA0001A"]),
        ("0123456789DNA03", ["TA0001A"]),
        ("0123456789", ["TA0001A"]),
        ("123456789", []),
        ("MST: 0123456787", ["TA0002B"]),
        ("1234567", ["TC0004D", "TC0005D"]),
        ("1234567HC", ["TC0004D"]),
        ("1234567TE", ["TC0004D", "TC0005D"]),
        ("TA0777A", []),
        ("không nhớ", []),
        ("", []),
    ],
)
def test_a_unit_is_found_by_old_new_tax_or_budget_code(
    filled: Database, written: str, found: list[str]
) -> None:
    wanted = filled.read_now(lambda tx: {find_units(tx, code)[0].id for code in found})
    cards = filled.read_now(lambda tx: find_units(tx, written))
    assert {card.id for card in cards} == wanted


def test_a_unit_is_shown_by_its_newest_code_with_office_and_officer(filled: Database) -> None:
    [card] = filled.read_now(lambda tx: find_units(tx, "TA0001A"))
    assert (card.code, card.office_name) == ("0123456789DNA03", "BHXH cơ sở Biển Xanh (ví dụ)")
    assert card.officer == OfficerCard("Lê Thị Ví Dụ", "0900000101", "Thứ Hai đến thứ Sáu (ví dụ)")
    assert filled.read_now(lambda tx: read_unit(tx, card.id)) == card


def test_a_unit_may_have_no_officer_yet(filled: Database) -> None:
    [card] = filled.read_now(lambda tx: find_units(tx, "TA0009Z"))
    assert (card.code, card.officer) == ("TA0009Z", None)


def test_units_of_one_code_come_in_the_order_of_their_names(filled: Database) -> None:
    names = [card.name for card in filled.read_now(lambda tx: find_units(tx, "1234567"))]
    assert names == sorted(names)


def test_a_unit_that_is_not_there_is_none(filled: Database) -> None:
    assert filled.read_now(lambda tx: read_unit(tx, 999_999)) is None
