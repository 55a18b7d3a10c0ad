"""Of which day a list of workers is, and until when it is due: told, kept, and guarded against old lists."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.importing.correcting import correct_dates
from app.importing.models import ImportState
from app.importing.rules import ImportStopped, ListDates
from app.importing.uploading import seal_file, upload
from app.kit.clock import VIETNAM
from app.worker_lists.models import WorkerList, WorkerUnit
from tests.directory.files import NOW, SEALER
from tests.importing.desk import Desk

LIST = "Họ và tên;Mã số BHXH;Mã đơn vị\nAn (ví dụ);0001000001;TA0001A\nBình (ví dụ);0001000002;TA0001A\n"
SHORTER = "Họ và tên;Mã số BHXH;Mã đơn vị\nAn (ví dụ);0001000001;TA0001A\n"
TODAY = NOW.astimezone(VIETNAM).date()
DUE = TODAY + timedelta(days=15)


def drops(desk: Desk, dates: ListDates, text: str = LIST, kind: str = "workers") -> int:
    dropped = seal_file(SEALER, kind, "list.csv", text.encode())
    number = desk.db.write_now(lambda tx: upload(tx, dropped, desk.at(), dates))
    desk.reads()
    return number


def lists(desk: Desk) -> list[tuple[date, date | None]]:
    rows = select(WorkerList.received_on, WorkerList.due_on).order_by(WorkerList.id)
    return desk.db.read_now(lambda tx: [(row.received_on, row.due_on) for row in tx.execute(rows)])


def test_a_list_is_of_the_day_and_due_on_the_day_that_were_told(desk: Desk) -> None:
    listed_on = TODAY - timedelta(days=3)
    number = drops(desk, ListDates(listed_on, DUE))
    assert desk.card(number).dates == ListDates(listed_on, DUE)
    desk.accepts(number)
    assert lists(desk) == [(listed_on, DUE)]
    dues = desk.db.read_now(lambda tx: list(tx.execute(select(WorkerUnit.due_on)).scalars()))
    assert dues == [DUE]


def test_without_a_word_a_list_is_of_the_day_it_came_also_when_accepted_later(desk: Desk) -> None:
    number = drops(desk, ListDates())
    desk.waits(timedelta(days=2))
    desk.accepts(number)
    assert lists(desk) == [(TODAY, None)]


def test_a_list_older_than_a_units_latest_one_is_refused_in_words(desk: Desk) -> None:
    desk.accepts(drops(desk, ListDates()))
    older = drops(desk, ListDates(TODAY - timedelta(days=30)), SHORTER)
    card = desk.card(older)
    assert card.state is ImportState.UNREADABLE
    assert "1 đơn vị đã có danh sách mới hơn" in card.refusal
    assert f"{TODAY:%d/%m/%Y}" in card.refusal
    with pytest.raises(ImportStopped):
        desk.accepts(older)
    assert len(lists(desk)) == 1


def test_an_older_list_counts_when_somebody_says_so(desk: Desk) -> None:
    desk.accepts(drops(desk, ListDates()))
    day = TODAY - timedelta(days=30)
    older = drops(desk, ListDates(day), SHORTER)
    desk.db.write_now(lambda tx: correct_dates(tx, older, ListDates(day, DUE, True), desk.at()))
    desk.reads()
    assert desk.state(older) is ImportState.CHECKED
    desk.accepts(older)
    assert lists(desk)[-1] == (day, DUE)
    assert "import.dates_told" in [action for _, action in desk.trail(older)]


def test_a_wrong_day_is_put_right_without_dropping_the_file_anew(desk: Desk) -> None:
    desk.accepts(drops(desk, ListDates()))
    wrong = drops(desk, ListDates(TODAY - timedelta(days=30)), SHORTER)
    desk.db.write_now(lambda tx: correct_dates(tx, wrong, ListDates(TODAY), desk.at()))
    desk.reads()
    assert desk.state(wrong) is ImportState.CHECKED


@pytest.mark.parametrize(
    ("dates", "kind", "told"),
    [
        (ListDates(TODAY + timedelta(days=1)), "workers", "tương lai"),
        (ListDates(TODAY, TODAY - timedelta(days=1)), "workers", "trước ngày của danh sách"),
        (ListDates(due_on=TODAY - timedelta(days=1)), "workers", "trước ngày của danh sách"),
        (ListDates(TODAY), "offices", "chỉ dành cho danh sách người lao động"),
    ],
)
def test_days_that_cannot_be_are_refused_before_anything_is_kept(
    desk: Desk, dates: ListDates, kind: str, told: str
) -> None:
    with pytest.raises(ImportStopped, match=told):
        drops(desk, dates, kind=kind)
