"""Duplicates side by side; two rows become one, and two again."""

import pytest
from sqlalchemy import Connection, select

from app.directory.columns import Kind
from app.directory.duplicates import Why, duplicate_employers, duplicate_liaisons
from app.directory.editing import add, edit
from app.directory.liaisons import announce, register
from app.directory.merging import forget_merges, merge_employers, merge_liaisons, undo_merge
from app.directory.models import Employer, Liaison, LiaisonRole, LiaisonState
from app.directory.records import read_records
from app.directory.refusals import EditRefused
from app.directory.rules import Registration
from app.directory.units import find_units
from app.kit.db import Database
from app.kit.ids import UserId
from app.worker_lists.models import WorkerUnit
from tests.directory.files import NOW, SEALER

LAN = "staff:1"
ME, OTHER = UserId("u1"), UserId("u2")
TWIN = {"name": "CÔNG TY TNHH BIỂN XANH (VÍ DỤ)", "tax_code": "0123456789"}


def twin(tx: Connection) -> int:
    return add(tx, Kind.EMPLOYERS, TWIN, LAN, NOW)


def first(tx: Connection) -> int:
    return find_units(tx, "TA0001A")[0].id


def says(name: str, phone: str = "0905000111", email: str = "") -> Registration:
    return Registration(name, phone, email, LiaisonRole.OTHER, "TA0001A")


def whole(db: Database) -> list[object]:
    """Every unit and liaison but for the version, which only grows."""

    def rows(tx: Connection) -> list[object]:
        tables = (Employer.__table__, Liaison.__table__)
        found = [row for table in tables for row in tx.execute(select(table).order_by(table.c.id)).mappings()]
        return [{key: value for key, value in row.items() if key != "version"} for row in found]

    return db.read_now(rows)


def test_units_of_one_name_under_one_code_are_shown_side_by_side(filled: Database) -> None:
    assert filled.read_now(duplicate_employers) == []
    number = filled.write_now(twin)
    (pair,) = filled.read_now(duplicate_employers)
    assert {pair.first_id, pair.second_id} == {filled.read_now(first), number}
    assert pair.why == (Why.SAME_NAME,)


def test_units_of_one_name_under_different_codes_are_not(filled: Database) -> None:
    filled.write_now(lambda tx: add(tx, Kind.EMPLOYERS, TWIN | {"tax_code": "0999999999"}, LAN, NOW))
    assert filled.read_now(duplicate_employers) == []


def test_merged_units_are_one_with_all_that_hung_on_both_and_two_again(filled: Database) -> None:
    def fill(tx: Connection) -> tuple[int, int]:
        kept, dropped = twin(tx), first(tx)
        announce(tx, SEALER, dropped, says("Trần Ví Dụ"), NOW)
        return kept, dropped

    kept, dropped = filled.write_now(fill)
    before = whole(filled)
    number = filled.write_now(lambda tx: merge_employers(tx, SEALER, kept, dropped, LAN, NOW))
    (unit,) = filled.read_now(lambda tx: find_units(tx, "TA0001A"))
    assert unit.id == kept
    assert unit.officer is not None
    of_unit = filled.read_now(lambda tx: tx.execute(select(Liaison.employer_id)).scalars().all())
    assert list(of_unit) == [kept]
    assert dropped not in filled.read_now(lambda tx: read_records(tx, Kind.EMPLOYERS))
    filled.write_now(lambda tx: undo_merge(tx, SEALER, number, LAN, NOW))
    assert whole(filled) == before
    with pytest.raises(EditRefused):
        filled.write_now(lambda tx: undo_merge(tx, SEALER, number, LAN, NOW))


def test_a_merge_is_not_undone_over_a_later_edit(filled: Database) -> None:
    kept, dropped = filled.write_now(lambda tx: (twin(tx), first(tx)))
    number = filled.write_now(lambda tx: merge_employers(tx, SEALER, kept, dropped, LAN, NOW))
    filled.write_now(lambda tx: edit(tx, Kind.EMPLOYERS, kept, 2, {"name": "Tên mới"}, LAN, NOW))
    with pytest.raises(EditRefused, match="sửa sau khi gộp"):
        filled.write_now(lambda tx: undo_merge(tx, SEALER, number, LAN, NOW))


def test_units_with_two_codes_of_one_kind_are_two_units(filled: Database) -> None:
    with pytest.raises(EditRefused, match="không phải một đơn vị"):
        filled.write_now(lambda tx: merge_employers(tx, SEALER, 1, 2, LAN, NOW))


def test_units_that_both_have_a_list_of_workers_are_not_merged_and_nothing_is_written(
    filled: Database,
) -> None:
    kept, dropped = filled.write_now(lambda tx: (twin(tx), first(tx)))

    def lists(tx: Connection) -> None:
        from app.worker_lists.applying import NewList, apply_plan
        from app.worker_lists.planning import ListedWorker, worker_list_plan

        rows = [ListedWorker(1, unit, "Trần Ví Dụ", "5601234567") for unit in (kept, dropped)]
        plan = worker_list_plan(tx, SEALER, rows, NOW.date())
        apply_plan(tx, SEALER, plan, NewList("x", NOW.date()), LAN, NOW)

    filled.write_now(lists)
    before = whole(filled)
    with pytest.raises(EditRefused, match="danh sách người lao động"):
        filled.write_now(lambda tx: merge_employers(tx, SEALER, kept, dropped, LAN, NOW))
    assert whole(filled) == before
    assert len(filled.read_now(lambda tx: tx.execute(select(WorkerUnit.employer_id)).all())) == 2


def liaisons_twice(tx: Connection) -> tuple[int, int]:
    """One whom the office announced under another spelling, and the same person registered."""
    unit = find_units(tx, "TA0001A")[0]
    register(tx, SEALER, ME, says("Trần Thị Ví Dụ", email="vidu@example.vn"), unit, NOW)
    announce(tx, SEALER, unit.id, says("TRAN THI VI DU", "0905000222"), NOW)
    registered, announced = tx.execute(select(Liaison.id).order_by(Liaison.id)).scalars()
    return int(registered), int(announced)


def test_one_person_twice_in_one_unit_is_shown_and_merged_and_two_again(filled: Database) -> None:
    registered, announced = filled.write_now(liaisons_twice)
    (pair,) = filled.read_now(duplicate_liaisons)
    assert ({pair.first_id, pair.second_id}, pair.why) == ({registered, announced}, (Why.SAME_NAME,))
    before = whole(filled)
    number = filled.write_now(lambda tx: merge_liaisons(tx, SEALER, announced, registered, LAN, NOW))
    row = filled.read_now(
        lambda tx: tx.execute(select(Liaison.__table__).where(Liaison.id == announced)).one()
    )
    assert (row.contact, row.state, SEALER.open_text(row.email)) == (
        ME,
        LiaisonState.PENDING,
        "vidu@example.vn",
    )
    filled.write_now(lambda tx: undo_merge(tx, SEALER, number, LAN, NOW))
    assert [_without_end(row) for row in whole(filled)] == [_without_end(row) for row in before]


def _without_end(row: object) -> object:
    assert isinstance(row, dict)
    return {key: value for key, value in row.items() if key != "to_at"}


def test_two_zalo_accounts_are_two_liaisons(filled: Database) -> None:
    def fill(tx: Connection) -> list[int]:
        unit = find_units(tx, "TA0001A")[0]
        register(tx, SEALER, ME, says("Trần Ví Dụ"), unit, NOW)
        register(tx, SEALER, OTHER, says("Trần Ví Dụ"), unit, NOW)
        return [int(number) for number in tx.execute(select(Liaison.id)).scalars()]

    one, other = filled.write_now(fill)
    (pair,) = filled.read_now(duplicate_liaisons)
    assert set(pair.why) == {Why.SAME_PHONE, Why.SAME_NAME}
    with pytest.raises(EditRefused, match="hai tài khoản Zalo"):
        filled.write_now(lambda tx: merge_liaisons(tx, SEALER, one, other, LAN, NOW))


def test_what_a_merge_kept_of_a_person_goes_when_they_are_forgotten(filled: Database) -> None:
    registered, announced = filled.write_now(liaisons_twice)
    number = filled.write_now(lambda tx: merge_liaisons(tx, SEALER, announced, registered, LAN, NOW))
    filled.write_now(lambda tx: forget_merges(tx, ME))
    with pytest.raises(EditRefused, match="không còn hoàn tác"):
        filled.write_now(lambda tx: undo_merge(tx, SEALER, number, LAN, NOW))
