"""Every week to whoever has not finished, not more often than agreed, and no more once they have."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.broadcasts.answers import note_answer
from app.broadcasts.content import Answer, ButtonKind, Content, Push, TemplateUse
from app.broadcasts.models import Broadcast, MessageTemplate
from app.broadcasts.reminders import (
    NewReminder,
    end_reminder,
    pause_reminder,
    start_due,
    start_reminder,
    write_reminder,
)
from app.broadcasts.rules import NotNow, SendHours
from app.broadcasts.templates import KnownTemplate, Parameter, keep_template
from app.directory.models import Employer, Officer
from app.kit.clock import VIETNAM
from app.worker_lists.models import WorkerList
from tests.broadcasts.stage import CHIEF, NOON, STAFF, Stage

MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=VIETNAM)
WEEK = timedelta(days=7)
TEXT = Content(
    "Đơn vị còn {số lao động chưa cài} người, hạn {hạn}.", (Push(ButtonKind.DONE), Push(ButtonKind.HELP))
)


async def started(
    stage: Stage, most: int = 2, content: Content = TEXT, rule: str = "role=liaison list=open"
) -> int:
    new = NewReminder("Nhắc danh sách", rule, content, 0, time(9), most=most, within_days=14)
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
    await stage.list_for(1, waiting=5)
    await stage.list_for(2, waiting=0)
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
    await stage.list_for(1, waiting=5)
    await started(stage, most=1)
    for week in range(3):
        await a_monday(stage, MONDAY + week * WEEK)
    assert len(stage.arrived(mai)) == 2  # the first, and the third: fourteen days later


async def test_fourteen_days_are_days_whatever_the_minute_at_which_it_left(stage: Stage) -> None:
    mai = await stage.liaison("Mai", spoke=-3 * WEEK)
    await stage.list_for(1, waiting=5)
    await started(stage)
    late = (timedelta(minutes=40), timedelta(minutes=20), timedelta(0))
    for week, minutes in enumerate(late):
        await a_monday(stage, MONDAY + week * WEEK + minutes)
    assert len(stage.arrived(mai)) == 3  # never more than two within fourteen days
    await a_monday(stage, MONDAY + 3 * WEEK)
    assert len(stage.arrived(mai)) == 4


async def test_who_has_answered_done_is_left_in_peace(stage: Stage) -> None:
    mai = await stage.liaison("Mai", spoke=-2 * WEEK)
    await stage.list_for(1, waiting=5)
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
    await stage.list_for(1, waiting=5)
    number = await started(stage)
    await stage.db.write(lambda tx: pause_reminder(tx, number, STAFF, NOON))
    await stage.db.write(lambda tx: start_due(tx, stage.ground.hours, MONDAY))
    await stage.db.write(lambda tx: end_reminder(tx, number, STAFF, NOON))
    with pytest.raises(NotNow):
        await stage.db.write(lambda tx: start_reminder(tx, stage.ground.hours, number, CHIEF, NOON))
    assert stage.arrived(mai) == []


async def test_on_a_holiday_it_waits_for_the_same_hour_of_the_next_day(stage: Stage) -> None:
    number = await started(stage)
    hours = SendHours(time(6), time(22), frozenset({MONDAY.date()}))
    first = await stage.db.write(lambda tx: start_reminder(tx, hours, number, CHIEF, NOON))
    assert first == MONDAY + timedelta(days=1)


async def test_who_was_done_with_one_list_is_reminded_of_the_next(stage: Stage) -> None:
    mai = await stage.liaison("Mai", spoke=-2 * WEEK)
    await stage.list_for(1, waiting=5)
    await started(stage)
    await a_monday(stage, MONDAY)
    await stage.db.write(lambda tx: note_answer(tx, 1, mai, Answer.DONE, MONDAY))
    await stage.change(update(WorkerList).values(created_at=MONDAY + timedelta(days=1)))
    await a_monday(stage, MONDAY + WEEK)
    assert len(stage.arrived(mai)) == 2


async def test_one_whose_target_is_gone_reminds_nobody_and_says_so(stage: Stage) -> None:
    mai = await stage.liaison("Mai", spoke=timedelta(hours=-140))
    await stage.list_for(1, waiting=5)
    await started(stage, rule="role=liaison list=open officer=CB01")
    await stage.change(update(Employer).values(officer_id=None))
    await stage.change(delete(Officer))
    await a_monday(stage, MONDAY)
    assert stage.arrived(mai) == []
    row = await stage.broadcast(1)
    assert (row.state, row.note) == ("done", "Không còn trong danh bạ: officer=CB01")


async def test_one_whose_template_is_withdrawn_holds_up_no_other(stage: Stage) -> None:
    mai = await stage.liaison("Mai", spoke=timedelta(hours=-140))
    await stage.liaison("Huy", spoke=timedelta(days=30))
    await stage.list_for(1, waiting=5)
    known = KnownTemplate("300101", "Nhắc", (Parameter("ten"),), 2, True, 165, 300)
    await stage.db.write(lambda tx: keep_template(tx, known, STAFF, NOON))
    with_template = replace(TEXT, template=TemplateUse("300101", {"ten": "{họ tên}"}))
    for content in (with_template, TEXT):
        await started(stage, content=content)
    await stage.change(delete(MessageTemplate))
    await a_monday(stage, MONDAY)
    assert stage.arrived(mai) == ["Đơn vị còn 5 người, hạn 15/12/2026."] * 2
    assert [row.reason for row in await stage.recipients(1)] == [None, "silent"]
