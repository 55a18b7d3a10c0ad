"""Every week to whoever has not finished, not more often than agreed, and no more once they have."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, insert, select

from app.broadcasts.answers import note_answer
from app.broadcasts.content import Answer, ButtonKind, Content, Push
from app.broadcasts.models import Broadcast
from app.broadcasts.reminders import (
    NewReminder,
    end_reminder,
    pause_reminder,
    start_due,
    start_reminder,
    write_reminder,
)
from app.broadcasts.rules import NotNow, SendHours
from app.kit.clock import VIETNAM
from app.worker_lists.models import WorkerList, WorkerUnit
from tests.broadcasts.stage import CHIEF, NOON, STAFF, Stage

MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=VIETNAM)
WEEK = timedelta(days=7)
TEXT = Content(
    "Đơn vị còn {số lao động chưa cài} người, hạn {hạn}.", (Push(ButtonKind.DONE), Push(ButtonKind.HELP))
)


async def list_for(stage: Stage, employer: int, waiting: int) -> None:
    paper = {"id": employer, "title": "Đợt 1", "received_on": date(2026, 11, 1), "due_on": date(2026, 12, 15)}
    await stage.change(insert(WorkerList).values(**paper, created_at=NOON, created_by=STAFF))
    unit = {"employer_id": employer, "list_id": employer, "due_on": paper["due_on"], "open_count": waiting}
    await stage.change(insert(WorkerUnit).values(**unit))


async def started(stage: Stage, audience: str = "role=liaison list=open", most: int = 2) -> int:
    new = NewReminder("Nhắc danh sách", audience, TEXT, 0, time(9), most=most, within_days=14)
    number = await stage.db.write(lambda tx: write_reminder(tx, new, STAFF, stage.clock.now()))
    hours = stage.ground.hours
    with pytest.raises(NotNow):
        await stage.db.write(lambda tx: start_reminder(tx, hours, number, STAFF, stage.clock.now()))
    first = await stage.db.write(lambda tx: start_reminder(tx, hours, number, CHIEF, stage.clock.now()))
    assert first == MONDAY
    return number


async def a_monday(stage: Stage, at: datetime) -> None:
    """The timer looks, and what it has started is sent."""
    stage.clock.set(at)
    await stage.db.write(lambda tx: start_due(tx, stage.ground.hours, at))
    await stage.run_broadcasts()


async def test_it_comes_on_its_weekday_to_units_whose_list_is_open(stage: Stage) -> None:
    mai = await stage.liaison("Mai", spoke=timedelta(hours=-140), employer=1)
    huy = await stage.liaison("Huy", spoke=timedelta(hours=-140), employer=2)
    await list_for(stage, 1, waiting=5)
    await list_for(stage, 2, waiting=0)
    await started(stage)
    await a_monday(stage, MONDAY)
    assert stage.arrived(mai) == ["Đơn vị còn 5 người, hạn 15/12/2026."]
    assert stage.arrived(huy) == []


async def test_looking_twice_starts_it_once(stage: Stage) -> None:
    await started(stage)
    for _ in range(2):
        next_look = await stage.db.write(lambda tx: start_due(tx, stage.ground.hours, MONDAY))
    assert next_look <= MONDAY + timedelta(hours=1)
    count = await stage.db.read(
        lambda tx: tx.execute(select(func.count()).select_from(Broadcast)).scalar_one()
    )
    assert count == 1


async def test_nobody_is_reminded_more_often_than_agreed(stage: Stage) -> None:
    mai = await stage.liaison("Mai", spoke=-3 * WEEK)
    await list_for(stage, 1, waiting=5)
    await started(stage, most=1)
    for week in range(3):
        await a_monday(stage, MONDAY + week * WEEK)
    assert len(stage.arrived(mai)) == 2  # the first, and the third: fourteen days later


async def test_who_has_answered_done_is_left_in_peace(stage: Stage) -> None:
    mai = await stage.liaison("Mai", spoke=-2 * WEEK)
    await list_for(stage, 1, waiting=5)
    await started(stage)
    await a_monday(stage, MONDAY)
    noted = await stage.db.write(lambda tx: note_answer(tx, 1, mai, Answer.DONE, MONDAY))
    assert noted
    await a_monday(stage, MONDAY + WEEK)
    assert len(stage.arrived(mai)) == 1
    assert (await stage.recipients(2))[0].reason == "done"


async def test_an_answer_to_a_broadcast_that_one_never_had_is_not_kept(stage: Stage) -> None:
    stranger = await stage.liaison()
    assert not await stage.db.write(lambda tx: note_answer(tx, 99, stranger, Answer.DONE, NOON))


async def test_a_paused_or_ended_one_does_not_come(stage: Stage) -> None:
    mai = await stage.liaison("Mai", spoke=-WEEK)
    await list_for(stage, 1, waiting=5)
    number = await started(stage)
    await stage.db.write(lambda tx: pause_reminder(tx, number, STAFF, NOON))
    await stage.db.write(lambda tx: start_due(tx, stage.ground.hours, MONDAY))
    await stage.db.write(lambda tx: end_reminder(tx, number, STAFF, NOON))
    with pytest.raises(NotNow):
        await stage.db.write(lambda tx: start_reminder(tx, stage.ground.hours, number, CHIEF, NOON))
    assert stage.arrived(mai) == []


def test_on_a_holiday_it_waits_for_the_next_day() -> None:
    hours = SendHours(time(6), time(22), frozenset({date(2026, 11, 30)}))
    assert hours.next_open(MONDAY, on_holidays=False) == datetime(2026, 12, 1, 6, 0, tzinfo=VIETNAM)
    assert hours.next_open(MONDAY) == MONDAY
