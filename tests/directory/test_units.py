from datetime import UTC, datetime

import pytest

from app.directory.demo_data import load_demo
from app.directory.units import find_units, read_unit
from app.kit.db import Database
from app.kit.seal import Sealer

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SEALER = Sealer("a key for tests")


@pytest.fixture(autouse=True)
def directory(db: Database) -> None:
    db.write_now(lambda tx: load_demo(tx, SEALER, NOW))


def names(db: Database, code: str) -> list[str]:
    return [unit.name for unit in db.read_now(lambda tx: find_units(tx, code))]


@pytest.mark.parametrize("code", ["TA0001A", "ta 0001 a", "0123456789DNA03", "0123456789", "MST 0123456789"])
def test_a_unit_is_found_by_every_code_it_has(db: Database, code: str) -> None:
    assert names(db, code) == ["Công ty TNHH Biển Xanh (ví dụ)"]


def test_a_budget_code_that_units_share_means_all_of_them_and_the_whole_code_one(db: Database) -> None:
    assert len(names(db, "1234567")) == 2
    assert names(db, "1234567HC") == ["Trường Tiểu học Hoa Phượng (ví dụ)"]


def test_a_new_code_that_is_not_known_leads_to_the_unit_of_its_tax_code(db: Database) -> None:
    assert names(db, "0123456787DNA03") == ["Công ty CP May Hoa Biển (ví dụ)"]


@pytest.mark.parametrize("code", ["", "TX9999Z", "không nhớ", "056090001234"])
def test_what_is_no_known_code_finds_nothing(db: Database, code: str) -> None:
    assert names(db, code) == []


def test_a_unit_comes_with_its_office_and_its_officer_if_it_has_one(db: Database) -> None:
    with_officer, without = (
        db.read_now(lambda tx, code=code: find_units(tx, code))[0]  # type: ignore[misc]
        for code in ("TA0001A", "TA0009Z")
    )
    assert with_officer.office_name == without.office_name == "BHXH cơ sở Biển Xanh (ví dụ)"
    assert with_officer.officer is not None
    assert with_officer.officer.phone == "0900000101"
    assert without.officer is None
    assert db.read_now(lambda tx: read_unit(tx, without.id)) == without
    assert db.read_now(lambda tx: read_unit(tx, 0)) is None
