"""From the dropped file to its undoing: who may take which step, and what stands after each."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from app.directory.columns import Kind
from app.directory.editing import edit
from app.directory.liaisons import announce
from app.directory.models import Employer, LiaisonRole, Office
from app.directory.records import read_records
from app.directory.rules import Registration
from app.directory.taking_back import CHANGED, USED
from app.directory.units import find_units
from app.importing.checking import check
from app.importing.correcting import correct_cell
from app.importing.deciding import UndoRefused, discard, forget_old
from app.importing.models import Group, ImportPage, ImportRun, ImportState
from app.importing.queries import count_to_decide, read_imports
from app.importing.recurring import LOOK_EVERY, Imports
from app.importing.rules import FORGOTTEN_AFTER, UNDO_WITHIN, ImportStopped
from app.importing.uploading import seal_file, upload
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.work.models import Work
from app.worker_lists.models import WorkerEntry
from tests.directory.files import NOW, SEALER
from tests.directory.test_liaisons import ME, registers
from tests.importing.desk import HOA, LAN, Desk

HEAD = "Tên đơn vị,Mã đơn vị cũ,Mã cơ quan BHXH\n"
THREE = (
    HEAD
    + "Công ty Mới (ví dụ),TA0100A,VD01\n"
    + "Công ty TNHH Biển Xanh mới (ví dụ),TA0001A,VD01\n"
    + "Công ty CP May Hoa Biển (ví dụ),TA0002B,VD01\n"
)


def test_a_dry_run_has_four_groups_and_saves_nothing(desk: Desk) -> None:
    number = desk.drops("employers", THREE + "Sai (ví dụ),TA0101A,VD99\n")
    assert desk.state(number) is ImportState.CHECKED
    assert desk.counts(number) == (1, 1, 1, 1)
    (new,) = desk.tab(number, Group.NEW)
    assert (new.row, new.after["name"]) == (2, "Công ty Mới (ví dụ)")
    (changed,) = desk.tab(number, Group.CHANGED)
    assert dict(changed.before) == {"name": "Công ty TNHH Biển Xanh (ví dụ)"}
    assert changed.after["name"] == "Công ty TNHH Biển Xanh mới (ví dụ)"
    (wrong,) = desk.tab(number, Group.WRONG)
    assert [(cell.letter, wrong.row) for cell in wrong.wrong] == [("C", 5)]
    assert desk.wrong(number) == ["C5 (Mã cơ quan BHXH): chưa có cơ quan BHXH nào mang mã VD99"]
    assert "Công ty Mới (ví dụ)" not in desk.names()


def test_an_accepted_import_is_applied_and_undone_as_a_whole(desk: Desk) -> None:
    before = desk.db.read_now(lambda tx: read_records(tx, Kind.EMPLOYERS))
    number = desk.drops("employers", THREE)
    assert desk.accepts(number) is ImportState.APPLIED
    assert {"Công ty Mới (ví dụ)", "Công ty TNHH Biển Xanh mới (ví dụ)"} <= desk.names()
    desk.waits(timedelta(days=6))
    desk.undoes(number, HOA)
    assert desk.db.read_now(lambda tx: read_records(tx, Kind.EMPLOYERS)) == before
    assert desk.state(number) is ImportState.UNDONE
    assert desk.trail(number) == [
        (LAN, "import.uploaded"),
        ("system", "import.checked"),
        (LAN, "import.accepted"),
        (LAN, "import.applied"),
        (HOA, "import.undone"),
    ]


def test_after_seven_days_there_is_nothing_to_undo(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    desk.accepts(number)
    desk.waits(UNDO_WITHIN + timedelta(seconds=1))
    with pytest.raises(ImportStopped, match="quá 7 ngày"):
        desk.undoes(number)
    desk.db.write_now(lambda tx: forget_old(tx, desk.at("system")))
    kept = desk.db.read_now(lambda tx: tx.execute(select(ImportRun.memory, ImportRun.file)).one())
    assert tuple(kept) == (None, None)
    assert desk.tab(number, Group.NEW) == []


def test_undoing_names_the_rows_that_were_changed_or_used_since_and_leaves_all(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    desk.accepts(number)

    def meanwhile(tx: Connection) -> None:
        known = {record["name"]: each for each, record in read_records(tx, Kind.EMPLOYERS).items()}
        changed = known["Công ty TNHH Biển Xanh mới (ví dụ)"]
        edit(tx, Kind.EMPLOYERS, changed, 2, {"officer": "CQ02", "office": "VD02"}, HOA, NOW)
        said = Registration("Trần Ví Dụ", "0905000111", "", LiaisonRole.OTHER)
        announce(tx, SEALER, known["Công ty Mới (ví dụ)"], said, NOW)

    desk.db.write_now(meanwhile)
    with pytest.raises(UndoRefused) as refused:
        desk.undoes(number)
    assert {(each.name, each.reason) for each in refused.value.in_the_way} == {
        ("Công ty TNHH Biển Xanh (ví dụ)", CHANGED),
        ("Công ty Mới (ví dụ)", USED),
    }
    assert desk.state(number) is ImportState.APPLIED
    assert "Công ty Mới (ví dụ)" in desk.names()


def test_above_the_set_size_a_second_person_has_to_approve(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    assert desk.accepts(number, LAN, approval_rows=1) is ImportState.WAITING
    assert "Công ty Mới (ví dụ)" not in desk.names()
    with pytest.raises(ImportStopped, match="người khác duyệt"):
        desk.approves(number, LAN)
    assert desk.approves(number, HOA) is ImportState.APPLIED
    card = desk.card(number)
    assert (card.accepted_by, card.approved_by) == (LAN, HOA)


def test_just_at_the_set_size_one_person_is_enough(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    assert desk.accepts(number, approval_rows=2) is ImportState.APPLIED


def test_a_correction_takes_the_first_persons_word_back(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    desk.accepts(number, LAN, approval_rows=1)
    desk.db.write_now(lambda tx: correct_cell(tx, number, 2, 0, "Công ty Khác (ví dụ)", desk.at(HOA)))
    with pytest.raises(ImportStopped):
        desk.approves(number, HOA)
    desk.reads()
    assert (desk.state(number), desk.card(number).accepted_by) == (ImportState.CHECKED, "")


def test_wrong_rows_stop_an_import_unless_they_are_left_out(desk: Desk) -> None:
    number = desk.drops("employers", THREE + "Sai (ví dụ),TA0101A,VD99\n")
    with pytest.raises(ImportStopped, match="1 dòng có lỗi"):
        desk.accepts(number)
    assert desk.accepts(number, leave_out_wrong=True) is ImportState.APPLIED
    assert "Công ty Mới (ví dụ)" in desk.names()
    assert "Sai (ví dụ)" not in desk.names()


def test_what_is_applied_is_what_was_shown(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    desk.db.write_now(
        lambda tx: tx.execute(update(Employer).where(Employer.old_code == "TA0001A").values(name="Tên khác"))
    )
    with pytest.raises(ImportStopped, match="Danh bạ đã thay đổi"):
        desk.accepts(number)
    assert "Công ty Mới (ví dụ)" not in desk.names()
    desk.reads()
    (changed,) = desk.tab(number, Group.CHANGED)
    assert changed.before["name"] == "Tên khác"
    assert desk.accepts(number) is ImportState.APPLIED


def test_an_import_is_accepted_once(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    desk.accepts(number)
    with pytest.raises(ImportStopped, match="đã lưu"):
        desk.accepts(number)


def test_a_discarded_import_leaves_nothing_behind(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    desk.db.write_now(lambda tx: discard(tx, number, desk.at()))
    assert desk.state(number) is ImportState.DISCARDED
    pages = desk.db.read_now(lambda tx: tx.execute(select(ImportPage.number)).all())
    file = desk.db.read_now(lambda tx: tx.execute(select(ImportRun.file)).scalar())
    assert (list(pages), file) == ([], None)
    with pytest.raises(ImportStopped):
        desk.accepts(number)


def test_an_import_that_nobody_decides_about_is_discarded_in_the_end(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    desk.waits(FORGOTTEN_AFTER + timedelta(minutes=1))
    desk.db.write_now(lambda tx: forget_old(tx, desk.at("system")))
    assert desk.state(number) is ImportState.DISCARDED


def test_nothing_of_a_list_lies_in_clear_before_it_is_accepted(desk: Desk) -> None:
    desk.drops("liaisons", "Họ tên,SĐT,Mã đơn vị\nNguyễn Bí Mật,0905000999,TA0001A\n")
    rows = desk.db.read_now(
        lambda tx: [*tx.execute(select(ImportRun.__table__)), *tx.execute(select(ImportPage.__table__))]
    )
    for secret in ("Bí Mật", "0905000999"):
        assert secret not in repr(rows)


def test_a_file_that_was_being_read_when_the_process_died_is_read_again(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    desk.db.write_now(lambda tx: tx.execute(update(ImportRun).values(state=ImportState.READING, new_rows=0)))
    assert desk.reads() == 1
    assert desk.counts(number) == (1, 1, 0, 1)


def test_a_dry_run_of_an_older_edition_is_not_written_down(desk: Desk) -> None:
    number = desk.drops("employers", THREE)
    desk.db.write_now(lambda tx: correct_cell(tx, number, 2, 0, "Khác (ví dụ)", desk.at()))
    check(desk.db, number, desk.at("system"))  # nobody has taken it: it is not being read
    assert desk.state(number) is ImportState.UPLOADED


def test_what_is_dropped_wakes_a_runner(desk: Desk) -> None:
    desk.drops("employers", THREE)
    woken = desk.db.read_now(lambda tx: tx.execute(select(Work.key, Work.ready_at)).one())
    assert tuple(woken) == ("imports", NOW)


def test_an_error_while_saving_leaves_the_directory_and_the_import_as_they_were(desk: Desk) -> None:
    number = desk.drops("liaisons", "Họ tên,SĐT,Mã đơn vị\nTrần Ví Dụ,0905000111,TA0001A\n")
    assert desk.counts(number) == (1, 0, 0, 0)

    registers(desk.db)
    number = desk.drops("liaisons", "Họ tên,SĐT,Mã đơn vị\nNguyễn Thị Ví Dụ,0905000111,TA0001A\n")
    with pytest.raises(ZeroDivisionError):
        desk.accepts(number, teller=breaks)
    assert desk.state(number) is ImportState.CHECKED


def breaks(*_: object) -> None:
    raise ZeroDivisionError


def test_whom_a_list_verifies_is_handed_to_the_teller(desk: Desk) -> None:
    registers(desk.db)
    number = desk.drops("liaisons", "Họ tên,SĐT,Mã đơn vị\nNguyễn Thị Ví Dụ,0905000111,TA0001A\n")
    (line,) = desk.tab(number, Group.CHANGED)
    assert line.note == "đầu mối đang chờ thành đã xác minh"
    desk.accepts(number, teller=desk.remembers)
    assert desk.told == [(ME, f"import:{number}")]
    desk.undoes(number)
    again = desk.drops("liaisons", "Họ tên,SĐT,Mã đơn vị\nNguyễn Thị Ví Dụ,0905000111,TA0001A\n")
    assert desk.counts(again) == (0, 1, 0, 0)


def test_the_list_of_imports_has_the_newest_first(desk: Desk) -> None:
    first, second = desk.drops("employers", THREE), desk.drops("offices", "Mã,Tên\nVD09,BHXH Chín\n")
    cards = desk.db.read_now(read_imports)
    assert [card.id for card in cards] == [second, first]
    assert [card.title for card in cards] == ["Cơ quan BHXH", "Đơn vị"]
    assert desk.db.read_now(count_to_decide) == 2


def test_an_undone_office_leaves_no_trace(desk: Desk) -> None:
    number = desk.drops("offices", "Mã,Tên\nVD09,BHXH Chín\n")
    desk.accepts(number)
    desk.undoes(number)
    found = desk.db.read_now(lambda tx: tx.execute(select(Office.id).where(Office.code == "VD09")).all())
    assert list(found) == []
    assert desk.db.read_now(lambda tx: find_units(tx, "TA0001A"))


def test_workers_are_taken_in_with_their_numbers_masked_and_taken_back(desk: Desk) -> None:
    head = "Họ và tên,Mã số BHXH,Mã đơn vị\n"
    rows = "Trần Văn Ví Dụ,5601234567,TA0001A\nLê Thị Ví Dụ,56012345678,TA0001A\nHồ Ví Dụ,x,TA0001A\n"
    number = desk.drops("workers", head + rows)
    assert desk.counts(number) == (2, 0, 1, 0)
    shown = desk.tab(number, Group.NEW)
    assert "5601234567" not in repr(shown)
    desk.accepts(number, leave_out_wrong=True)
    again = desk.drops("workers", head + rows)
    assert desk.counts(again) == (0, 0, 1, 2)
    desk.undoes(number)
    assert desk.counts(desk.drops("workers", head + rows)) == (2, 0, 1, 0)


def test_who_stands_in_a_row_that_was_left_out_is_not_taken_for_registered(desk: Desk) -> None:
    head = "Họ và tên,Mã số BHXH,Mã đơn vị\n"
    both = head + "Trần Văn Ví Dụ,5601234567,TA0001A\nLê Thị Ví Dụ,5601234568,TA0001A\n"
    desk.accepts(desk.drops("workers", both))
    torn = (
        head
        + "Trần Văn Ví Dụ,5601234567,TA0001A\nLê Thị Ví Dụ,560123456,TA0999A\nMới Ví Dụ,5601234569,TA0001A\n"
    )
    desk.accepts(desk.drops("workers", torn), leave_out_wrong=True)
    assert worker_states(desk) == ["open", "open", "open"]
    desk.accepts(desk.drops("workers", head + "Trần Văn Ví Dụ,5601234567,TA0001A\n"))
    assert sorted(worker_states(desk)) == ["installed", "installed", "open"]


def worker_states(desk: Desk) -> list[str]:
    chosen = select(WorkerEntry.state).order_by(WorkerEntry.id)
    return [str(state) for state in desk.db.read_now(lambda tx: tx.execute(chosen).scalars().all())]


async def test_the_runners_recurring_work_reads_what_was_dropped(open_db: Database) -> None:
    desk = Desk(open_db)
    dropped = seal_file(SEALER, "offices", "list.csv", "Mã,Tên\nVD09,BHXH Chín\n".encode())
    number = await open_db.write(lambda tx: upload(tx, dropped, desk.at()))
    clock = FixedClock(NOW)
    assert await Imports(open_db, SEALER, clock).look() == NOW + LOOK_EVERY
    assert desk.state(number) is ImportState.CHECKED
