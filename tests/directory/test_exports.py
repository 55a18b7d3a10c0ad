import csv
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, insert

from app.directory import consents, contacts, liaisons
from app.directory.columns import Kind
from app.directory.demo_data import load_demo
from app.directory.exports import export_file
from app.directory.models import LiaisonRole, Office
from app.directory.records import read_records
from app.directory.refusals import ExportRefused
from app.directory.rules import Registration
from app.directory.units import find_units
from app.kit.db import Database
from app.kit.ids import UserId
from tests.directory.files import NOW, SEALER, counts, take_in


def export(db: Database, kind: str, file: Path) -> int:
    return db.read_now(lambda tx: export_file(tx, SEALER, kind, file))


@pytest.fixture
def with_liaisons(filled: Database) -> Database:
    """One announced, one waiting, one waiting for a unit that nobody knows, one verified."""

    def register(tx: Connection, contact: str, phone: str, code: str) -> None:
        contacts.touch(tx, UserId(contact), NOW)
        consents.answer(tx, UserId(contact), consents.LIAISON, "v", NOW, given=True)
        unit = next(iter(find_units(tx, code)), None)
        said = Registration(
            "Nguyễn Thị Ví Dụ", phone, "vidu@example.vn", LiaisonRole.HR, code, "Đơn vị (ví dụ)"
        )
        liaisons.register(tx, SEALER, UserId(contact), said, unit, NOW)

    def fill(tx: Connection) -> None:
        unit = find_units(tx, "TA0003C")[0]
        said = Registration("Trần Ví Dụ", "0905000110", "", LiaisonRole.OTHER)
        liaisons.announce(tx, SEALER, unit.id, said, NOW)
        register(tx, "u1", "0905000111", "TA0001A")
        register(tx, "u2", "0905000112", "TA0777A")
        register(tx, "u3", "0905000113", "TA0002B")
        liaisons.verify(tx, UserId("u3"), find_units(tx, "TA0002B")[0].id)

    filled.write_now(fill)
    return filled


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("kind", "rows"), [("offices", 2), ("officers", 2), ("employers", 6), ("liaisons", 4)]
)
def test_what_goes_out_comes_in_unchanged(
    with_liaisons: Database, tmp_path: Path, kind: str, rows: int, ending: str
) -> None:
    file = tmp_path / f"list.{ending}"
    assert export(with_liaisons, kind, file) == rows
    assert counts(take_in(with_liaisons, kind, file)) == (0, 0, rows)


def test_an_export_fills_an_empty_directory_alike(
    sqlite_db: Database, postgres_db: Database, tmp_path: Path
) -> None:
    sqlite_db.write_now(lambda tx: load_demo(tx, SEALER, NOW))
    for kind in (Kind.OFFICES, Kind.OFFICERS, Kind.EMPLOYERS):
        export(sqlite_db, kind, tmp_path / f"{kind}.csv")
        assert take_in(postgres_db, kind, tmp_path / f"{kind}.csv").accepted
        assert rows_of(postgres_db, kind) == rows_of(sqlite_db, kind)


def rows_of(db: Database, kind: Kind) -> list[list[str]]:
    records = db.read_now(lambda tx: read_records(tx, kind)).values()
    return sorted([text for key, text in record.items() if key != "phone"] for record in records)


def test_liaisons_go_out_in_clear_for_who_may_read_them(with_liaisons: Database, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    export(with_liaisons, "liaisons", file)
    assert file.stat().st_mode & 0o077 == 0
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["Số điện thoại"], row["Mã đơn vị"], row["Trạng thái"]) for row in rows] == [
        ("0905000110", "TA0003C", "Đã báo trước"),
        ("0905000111", "0123456789DNA03", "Chờ xác minh"),
        ("0905000112", "TA0777A", "Chờ xác minh"),
        ("0905000113", "TA0002B", "Đã xác minh"),
    ]


def test_an_exported_list_verifies_nobody_on_its_way_back(with_liaisons: Database, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    export(with_liaisons, "liaisons", file)
    take_in(with_liaisons, "liaisons", file)
    card = with_liaisons.read_now(lambda tx: liaisons.read_current(tx, SEALER, UserId("u1")))
    assert card is not None
    assert card.state == "pending"


@pytest.mark.parametrize("name", ["=1+1", "+84", "-5 độ", "@SUM(A1)", "'=1", "'thường'"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_looks_like_a_formula_stays_text(db: Database, tmp_path: Path, name: str, ending: str) -> None:
    address = f"{name} đường Ví Dụ"
    office = {"code": "VD01", "name": "Tên (ví dụ)", "address": address, "phone": "", "hours": ""}
    db.write_now(lambda tx: tx.execute(insert(Office).values(**office)))
    file = tmp_path / f"list.{ending}"
    export(db, "offices", file)
    assert counts(take_in(db, "offices", file)) == (0, 0, 1)
    if ending == "csv":
        written = file.read_text(encoding="utf-8-sig").splitlines()[1].split(",")[2]
        assert not written.startswith(("=", "+", "-", "@"))
    else:
        sheet = openpyxl.load_workbook(file).active
        assert sheet is not None
        assert (sheet["C2"].value, sheet["C2"].data_type) == (address, "s")


def test_an_unknown_kind_or_ending_or_folder_is_refused(db: Database, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="offices, officers, employers, liaisons"):
        export(db, "workers", tmp_path / "list.csv")
    with pytest.raises(ExportRefused, match=r"\.csv hoặc \.xlsx"):
        export(db, "offices", tmp_path / "list.pdf")
    with pytest.raises(ExportRefused, match="Không ghi được"):
        export(db, "offices", tmp_path / "nowhere" / "list.csv")
    assert list(tmp_path.glob("*.csv")) == list(tmp_path.glob(".daumoi-*")) == []


def test_an_export_that_breaks_leaves_the_file_that_was_there(
    with_liaisons: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("old")
    monkeypatch.setattr("app.directory.exports._harmless", lambda text: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(with_liaisons, "liaisons", file)
    assert file.read_text() == "old"
    assert list(tmp_path.glob(".daumoi-*")) == []
