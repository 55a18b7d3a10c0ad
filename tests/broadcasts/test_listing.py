"""What pages ask of broadcasts: a forecast that the plan keeps, lists by name, who has to approve, tests."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from app.broadcasts import steering
from app.broadcasts.attachments import keep_file
from app.broadcasts.drafts import have_planned, read_draft, rewrite
from app.broadcasts.forecast import read_forecast
from app.broadcasts.listing import (
    WantedBroadcasts,
    WantedRecipients,
    count_to_approve,
    find_broadcasts,
    find_recipients,
    list_reminders,
)
from app.broadcasts.models import BroadcastState, Recipient, RecipientState
from app.broadcasts.queries import read_hours, read_overview, read_progress, read_tally
from app.broadcasts.rules import NotNow
from app.broadcasts.steering import NewBroadcast
from app.broadcasts.trying import find_candidates, send_test
from app.broadcasts.wordings import reason_line
from app.kit.clock import VIETNAM
from app.outbox.ways import Way
from app.zalo.uploads import UploadKind
from tests.broadcasts.stage import CHIEF, HELLO, STAFF, Stage


async def test_the_forecast_says_what_the_plan_then_holds(stage: Stage) -> None:
    await stage.liaison("Một")
    await stage.liaison("Hai", spoke=timedelta(days=5))
    await stage.liaison("Ba", spoke=timedelta(days=30))
    stopped = await stage.liaison("Bốn")
    await stage.stop_messages(stopped)
    new = NewBroadcast("t", "role=liaison", HELLO)
    foreseen = await stage.db.read(lambda tx: read_forecast(tx, stage.ground, new, stage.clock.now()))
    assert foreseen.by_way == {Way.FREE: 1, Way.PAID: 1}
    assert (foreseen.cost, foreseen.reached, foreseen.left_out) == (55, 2, 2)
    await stage.planned()
    rows = await stage.recipients(1)
    assert sum(row.price for row in rows) == foreseen.cost
    assert {row.reason: 1 for row in rows if row.reason} == foreseen.reasons


async def test_a_forecast_of_more_people_than_it_looks_at_says_so(stage: Stage) -> None:
    await stage.liaisons(4)
    new, now = NewBroadcast("t", "role=liaison", HELLO), stage.clock.now()
    part = await stage.db.read(lambda tx: read_forecast(tx, stage.ground, new, now, most=3))
    assert (part.reached, part.whole) == (3, False)


async def test_the_end_is_told_from_the_hour_that_it_is_set_for_and_with_its_pictures(stage: Stage) -> None:
    await stage.liaisons(4)
    now, later = stage.clock.now(), datetime(2026, 11, 26, 21, 59, 59, tzinfo=VIETNAM)
    stage.set_ground(bulk_per_minute=120)  # two in a second
    file_id = await stage.db.write(lambda tx: keep_file(tx, UploadKind.IMAGE, "a.png", b"x", STAFF, now))
    number = await stage.planned(attachment_id=file_id)
    await stage.press_send(number, later)

    def ends_at(tx: Connection) -> datetime | None:
        return read_progress(tx, stage.ground, read_overview(tx, number), now).ends_at

    # Eight calls: two before the night, six after it.
    assert await stage.db.read(ends_at) == datetime(2026, 11, 27, 6, 0, 3, tzinfo=VIETNAM)
    new = NewBroadcast("t", "role=liaison", HELLO, attachment_id=file_id)
    foreseen = await stage.db.read(lambda tx: read_forecast(tx, stage.ground, new, now))
    assert (foreseen.ends_at, foreseen.rests) == (now + timedelta(seconds=4), False)


async def test_recipients_are_found_by_name_unit_state_and_officer(stage: Stage) -> None:
    await stage.liaison("Lê Thị Mai")
    await stage.liaison("Võ Văn Đức", employer=2)
    number = await stage.planned()

    async def names(wanted: WantedRecipients) -> list[str]:
        rows, total = await stage.db.read(lambda tx: find_recipients(tx, number, wanted))
        assert total == len(rows)
        return [row.name for row in rows]

    assert await names(WantedRecipients(text="thi mai")) == ["Lê Thị Mai"]
    assert await names(WantedRecipients(text="công ty b")) == ["Võ Văn Đức"]
    assert await names(WantedRecipients(only_units_of=(1,))) == ["Lê Thị Mai"]
    assert await names(WantedRecipients(states=(RecipientState.SEEN,))) == []
    assert len(await names(WantedRecipients(way=Way.FREE))) == 2


async def test_a_code_is_read_in_the_language_of_who_said_it(stage: Stage) -> None:
    await stage.liaisons(6)
    number = await stage.planned()
    said = [("free", -118), ("paid", -118), ("phone", -118), ("email", 550), ("email", 550), (None, None)]
    for one, (way, code) in enumerate(said, 1):
        refused = {"state": "failed", "reason": "refused", "way": way, "error_code": code}
        await stage.change(update(Recipient).where(Recipient.person == f"l:{one}").values(**refused))
    reasons = (await stage.db.read(lambda tx: read_tally(tx, number))).reasons()
    told = {reason_line(one.reason, one.error_code, one.way).partition("(")[2]: one.count for one in reasons}
    assert told == {
        "Zalo -118: Zalo từ chối với một mã lỗi chưa có trong bảng, cần kỹ thuật xem lại.)": 2,
        "Zalo -118: Số điện thoại này chưa có tài khoản Zalo, hoặc tài khoản đã bị vô hiệu hoá.)": 1,
        "Máy chủ thư 550: không nhận thư gửi tới địa chỉ này.)": 2,
        "": 1,
    }


async def test_broadcasts_are_listed_newest_first_with_their_counts(stage: Stage) -> None:
    await stage.liaisons(2)
    await stage.planned()
    await stage.planned()
    rows, total = await stage.db.read(lambda tx: find_broadcasts(tx, WantedBroadcasts(limit=1)))
    assert (total, rows[0].id, rows[0].counts.total) == (2, 2, 2)
    drafts = WantedBroadcasts(states=(BroadcastState.DRAFT,))
    assert (await stage.db.read(lambda tx: find_broadcasts(tx, drafts)))[1] == 0


async def test_only_another_person_is_asked_to_approve_and_only_large_ones(stage: Stage) -> None:
    await stage.liaisons(3)
    number = await stage.planned()
    waiting = [(STAFF, 2, 0), (CHIEF, 2, 1), (CHIEF, 3, 0)]
    for by, above, count in waiting:
        assert await stage.db.read(lambda tx: count_to_approve(tx, above, by)) == count  # noqa: B023
    await stage.db.write(lambda tx: steering.approve(tx, number, CHIEF, stage.clock.now()))
    assert await stage.db.read(lambda tx: count_to_approve(tx, 2, CHIEF)) == 0


async def test_a_test_reaches_who_was_picked_and_nobody_else(stage: Stage) -> None:
    first = await stage.liaison("Lê Thị Mai")
    other = await stage.liaison("Võ Văn Đức", employer=2)
    number = await stage.planned("role=liaison office=KH02")
    found = await stage.db.read(lambda tx: find_candidates(tx, stage.ground, number, "mai"))
    assert [(one.name, one.is_recipient) for one in found] == [("Lê Thị Mai", False)]
    picked, now = [found[0].person], stage.clock.now()
    await stage.db.write(lambda tx: send_test(tx, stage.ground, number, "Thử", picked, STAFF, now))
    await stage.run()
    assert len(stage.arrived(first)) == 1
    assert stage.arrived(other) == []
    assert (await stage.broadcast(number)).state == BroadcastState.PLANNED
    with pytest.raises(NotNow):
        await stage.db.write(lambda tx: send_test(tx, stage.ground, number, "Thử", [], STAFF, now))


async def test_other_words_make_the_approval_void_and_who_changes_them_the_writer(stage: Stage) -> None:
    await stage.liaison()
    number = await stage.planned()
    now = stage.clock.now()
    await stage.db.write(lambda tx: steering.approve(tx, number, CHIEF, now))
    new = NewBroadcast("Khác", "role=liaison", HELLO, [Way.FREE])
    await stage.db.write(lambda tx: rewrite(tx, number, new, CHIEF, now))
    row = await stage.broadcast(number)
    assert (row.state, row.created_by, row.approved_by) == ("draft", CHIEF, None)
    assert await stage.recipients(number) == []
    assert (await stage.db.read(lambda tx: read_draft(tx, number))).written.ways == (Way.FREE,)
    await stage.db.write(lambda tx: have_planned(tx, number, CHIEF, now))
    await stage.run()
    assert await stage.states(number) == ["planned"]
    await stage.press_send(number)
    with pytest.raises(NotNow):
        await stage.db.write(lambda tx: rewrite(tx, number, new, CHIEF, now))


async def test_done_is_counted_apart_from_other_answers_over_time(stage: Stage) -> None:
    await stage.liaisons(2)
    number = await stage.planned()
    await stage.sent(number)
    at = stage.clock.now() + timedelta(hours=1)
    for person, answer in (("l:1", "done"), ("l:2", "help")):
        mine = update(Recipient).where(Recipient.person == person)
        await stage.change(mine.values(answer=answer, answered_at=at, seen_at=at))
    last = (await stage.db.read(lambda tx: read_hours(tx, number)))[-1]
    assert (last.hour, last.seen, last.answered, last.done) == (1, 2, 2, 1)
    assert await stage.db.read(list_reminders) == []
