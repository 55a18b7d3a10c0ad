"""Leave, stand-ins, and who is in charge of a unit on a day; officers getting their units."""

from datetime import date

import pytest
from sqlalchemy import Connection, select

from app.audit.queries import TrailFilter, read_page
from app.directory.assigning import Preview, assign, preview
from app.directory.columns import Kind
from app.directory.editing import end_record
from app.directory.leave import call_off_leave, looked_after_by, note_leave, officer_in_charge, read_leaves
from app.directory.models import Employer, Officer
from app.directory.queries import Wanted
from app.directory.refusals import EditRefused
from app.directory.units import find_units
from app.kit.db import Database
from tests.directory.files import NOW

FROM, TO = date(2026, 12, 1), date(2026, 12, 5)
LAN = "staff:1"


def officer(tx: Connection, code: str) -> int:
    return tx.execute(select(Officer.id).where(Officer.code == code)).scalar_one()


def unit(tx: Connection, code: str = "TA0001A") -> int:
    return tx.execute(select(Employer.id).where(Employer.old_code == code)).scalar_one()


def goes_on_leave(tx: Connection, away: str = "CQ01", stand_in: str = "CQ02") -> int:
    return note_leave(tx, officer(tx, away), officer(tx, stand_in), FROM, TO, LAN, NOW)


@pytest.mark.parametrize(
    ("on", "name", "stands_in_for"),
    [
        (date(2026, 11, 30), "Lê Thị Ví Dụ", ""),
        (FROM, "Trần Văn Ví Dụ", "Lê Thị Ví Dụ"),
        (TO, "Trần Văn Ví Dụ", "Lê Thị Ví Dụ"),
        (date(2026, 12, 6), "Lê Thị Ví Dụ", ""),
    ],
)
def test_the_stand_in_is_in_charge_from_the_first_to_the_last_day(
    filled: Database, on: date, name: str, stands_in_for: str
) -> None:
    filled.write_now(goes_on_leave)
    acting = filled.read_now(lambda tx: officer_in_charge(tx, unit(tx), on))
    assert acting is not None
    assert (acting.name, acting.stands_in_for) == (name, stands_in_for)
    card = filled.read_now(lambda tx: find_units(tx, "TA0001A", on))[0]
    assert card.officer is not None
    assert card.officer.name == name


def test_a_leave_called_off_changes_nothing(filled: Database) -> None:
    number = filled.write_now(goes_on_leave)
    assert [leave.stand_in_name for leave in filled.read_now(lambda tx: read_leaves(tx, since=FROM))] == [
        "Trần Văn Ví Dụ"
    ]
    filled.write_now(lambda tx: call_off_leave(tx, number, LAN, NOW))
    acting = filled.read_now(lambda tx: officer_in_charge(tx, unit(tx), FROM))
    assert acting is not None
    assert acting.name == "Lê Thị Ví Dụ"
    assert filled.read_now(lambda tx: read_leaves(tx, since=FROM)) == []
    with pytest.raises(EditRefused):
        filled.write_now(lambda tx: call_off_leave(tx, number, LAN, NOW))


def test_nobody_stands_in_for_themselves_or_while_away(filled: Database) -> None:
    with pytest.raises(EditRefused, match="cán bộ khác"):
        filled.write_now(lambda tx: goes_on_leave(tx, "CQ01", "CQ01"))
    filled.write_now(goes_on_leave)
    with pytest.raises(EditRefused, match="Người thay đã có lịch nghỉ"):
        filled.write_now(lambda tx: goes_on_leave(tx, "CQ02", "CQ01"))
    with pytest.raises(EditRefused, match="Cán bộ này đã có lịch nghỉ"):
        filled.write_now(goes_on_leave)


def test_assigning_is_counted_before_it_is_done(filled: Database) -> None:
    wanted = Wanted(office_id=1)
    foreseen = filled.read_now(lambda tx: preview(tx, officer(tx, "CQ02"), wanted))
    assert foreseen == Preview(units=3, already=0, from_others=2, of_other_offices=3)
    assert filled.write_now(lambda tx: assign(tx, officer(tx, "CQ02"), wanted, LAN, NOW)) == 3
    after = filled.read_now(lambda tx: preview(tx, officer(tx, "CQ02"), wanted))
    assert (after.already, after.from_others) == (3, 0)
    assert filled.write_now(lambda tx: assign(tx, officer(tx, "CQ02"), wanted, LAN, NOW)) == 0


def test_units_ticked_by_hand_are_assigned_and_it_is_on_record(filled: Database) -> None:
    filled.write_now(lambda tx: assign(tx, officer(tx, "CQ02"), [unit(tx, "TA0009Z")], LAN, NOW))
    acting = filled.read_now(lambda tx: officer_in_charge(tx, unit(tx, "TA0009Z"), FROM))
    assert acting is not None
    assert acting.name == "Trần Văn Ví Dụ"
    (line,) = filled.read_now(lambda tx: read_page(tx, TrailFilter(action="officer.assigned"))).lines
    assert (line.actor, dict(line.detail)) == (LAN, {"units": 1, "how": "named"})


def test_an_officer_with_units_cannot_end(filled: Database) -> None:
    with pytest.raises(EditRefused, match="còn phụ trách đơn vị"):
        filled.write_now(lambda tx: end_record(tx, Kind.OFFICERS, officer(tx, "CQ01"), 1, LAN, NOW))


def test_a_unit_is_looked_after_by_whoever_is_named_in_charge_of_it(filled: Database) -> None:
    """What liaisons are told and what staff may see is one rule."""
    filled.write_now(goes_on_leave)
    absent, acting = filled.read_now(lambda tx: (officer(tx, "CQ01"), officer(tx, "CQ02")))
    before, after = date(2026, 11, 30), date(2026, 12, 6)
    for on, theirs in (
        (before, {acting}),
        (FROM, {absent, acting}),
        (TO, {absent, acting}),
        (after, {acting}),
    ):
        looked_after = filled.read_now(lambda tx, on=on: looked_after_by(tx, acting, on))  # type: ignore[misc]
        named = filled.read_now(lambda tx, on=on: officer_in_charge(tx, unit(tx), on))  # type: ignore[misc]
        assert set(looked_after) == theirs
        assert named is not None
        assert (named.id == acting) == (absent in looked_after)
    assert filled.read_now(lambda tx: looked_after_by(tx, absent, FROM)) == (absent,)
