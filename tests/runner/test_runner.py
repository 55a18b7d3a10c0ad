"""The runner with real tables and a pretend Zalo: nothing runs twice, nothing is slept through."""

import asyncio
import threading
import time

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from app.outbox.models import DeliveryState
from app.runner import BEAT_EVERY, QUIET_AFTER, Runner
from app.work.bell import ring
from app.work.models import Runner as RunnerRow
from tests.runner.office import (
    LINES,
    PATIENCE,
    Office,
    PretendZalo,
    answers_to,
    until,
)


async def test_a_message_is_answered_once(office: Office) -> None:
    runner = await office.hire()
    await office.hear("u1", "menu", runner)
    await office.idle()
    assert len(office.zalo.told("u1")) == 1
    assert await office.states() == [DeliveryState.SENT]


async def test_work_that_nobody_could_take_when_it_came_is_found(office: Office) -> None:
    await office.hear("u1", "menu")
    await office.hire()
    await office.idle()
    assert len(office.zalo.told("u1")) == 1


async def test_a_burst_for_few_people_keeps_each_one_s_order_and_answers_each_line_once(
    office: Office,
) -> None:
    runner = await office.hire()
    lines = LINES * 8
    expected = await answers_to(office, runner, lines)
    office.zalo.takes = 0
    people = [f"u{number}" for number in range(5)]

    async def says_everything(person: str) -> None:
        for line in lines:
            await office.hear(person, line, runner)

    await asyncio.gather(*map(says_everything, people))
    await office.idle()
    for person in people:
        assert office.zalo.told(person) == expected


async def test_a_wake_up_in_the_very_commit_that_lets_go_is_not_lost(lone_office: Office) -> None:
    """The chat lets go and is claimed anew before its task has ended."""
    office = lone_office
    runner = await office.hire()
    office.zalo.open.clear()
    await office.hear("u1", "menu", runner)
    await until(lambda: _is(office.zalo.calls == 1))
    writer = threading.Event()
    held_up = asyncio.create_task(office.db.write(lambda _: writer.wait(PATIENCE)))
    await asyncio.sleep(0.05)
    office.zalo.open.set()
    await until(lambda: _is(bool(office.zalo.chats)))
    await asyncio.sleep(0.05)  # the step that will find nothing more to do waits for the writer
    wakes_up = asyncio.create_task(office.hear("u1", "cài vssid", runner))
    await asyncio.sleep(0.05)
    writer.set()
    await asyncio.gather(held_up, wakes_up)
    await office.idle()
    assert len(office.zalo.told("u1")) >= 2


async def test_a_wake_up_while_the_same_chat_is_running_is_not_lost(office: Office) -> None:
    runner = await office.hire()
    office.zalo.open.clear()
    await office.hear("u1", "menu", runner)
    await until(lambda: _is(office.zalo.calls == 1))
    await office.hear("u1", "cài vssid", runner)
    await office.hear("u1", "cảm ơn", runner)
    office.zalo.open.set()
    await office.idle()
    assert len(office.zalo.told("u1")) >= 3


async def test_one_chat_that_hangs_keeps_no_other_waiting(office: Office) -> None:
    runner = await office.hire()
    office.zalo.open.clear()
    await office.hear("slow", "menu", runner)
    await until(lambda: _is(office.zalo.calls == 1))
    await office.hear("quick", "menu", runner)
    await until(lambda: _is(office.zalo.calls == 2))
    assert office.zalo.chats == {}


async def test_stop_finishes_what_is_in_hand(office: Office) -> None:
    runner = await office.hire()
    office.zalo.open.clear()
    await office.hear("u1", "menu", runner)
    await until(lambda: _is(office.zalo.calls == 1))
    stopping = asyncio.create_task(runner.stop())
    await asyncio.sleep(0.1)
    assert not stopping.done()
    office.zalo.open.set()
    await stopping
    assert await office.states() == [DeliveryState.SENT]
    left = await office.db.read(lambda db: db.execute(select(func.count(RunnerRow.id))).scalar_one())
    assert left == 0


async def test_what_came_while_stopping_is_answered_by_the_next_runner(office: Office) -> None:
    first = await office.hire()
    office.zalo.takes = 0.1
    office.zalo.open.clear()
    await office.hear("u1", "menu", first)
    await until(lambda: _is(office.zalo.calls == 1))
    stopping = asyncio.create_task(first.stop())
    await asyncio.sleep(0.05)
    await office.hear("u1", "/-heart", first, "user_reacted_message")  # nothing to say to that
    await office.hear("u1", "cài vssid", first)
    await office.hear("u2", "menu", first)
    office.zalo.open.set()
    await stopping
    told = sum(map(len, office.zalo.chats.values()))
    assert office.zalo.calls == told, "a runner that has stopped has no call under way"
    await asyncio.sleep(0.3)
    assert office.zalo.calls == told, "and makes none"
    await office.hire()
    await office.idle()
    assert len(office.zalo.told("u1")) >= 2
    assert len(office.zalo.told("u2")) == 1


async def test_an_event_that_cannot_be_handled_holds_up_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = await office.hire()
    await office.hear("u1", "menu", runner)
    await office.idle()
    with capture_logs(), monkeypatch.context() as patch:
        patch.setattr("app.conversations.chat.handle_many", _fails)
        await office.hear("u1", "cài vssid", runner)
        await until(office._is_idle)
    await office.hear("u1", "menu", runner)
    await office.idle()
    heard = office.zalo.told("u1")
    assert heard == [heard[0], office.means.library.words.went_wrong, heard[0]]


async def test_two_runners_on_one_database_answer_each_message_once(big_office: Office) -> None:
    await big_office.hire()
    await big_office.hire()
    for line in LINES:
        for number in range(8):
            await big_office.hear(f"u{number}", line)
    await big_office.idle()
    people = [f"u{number}" for number in range(8)]
    assert len(big_office.zalo.told("u0")) >= len(LINES)
    assert all(big_office.zalo.told(person) == big_office.zalo.told("u0") for person in people)


@pytest.mark.parametrize("arrived", [True, False], ids=["taken by Zalo", "not taken"])
async def test_a_dead_runner_s_work_is_taken_over_and_its_send_is_looked_up_first(
    big_office: Office, arrived: bool
) -> None:
    stuck = PretendZalo()
    stuck.open.clear()
    dead = await big_office.hire(stuck)
    await big_office.hear("u1", "menu", dead)
    await until(lambda: _is(stuck.calls == 1))
    if arrived:
        big_office.zalo.put("u1", await big_office.owed_text())
    died_at = time.monotonic()
    _silence(dead)
    await big_office.hire()
    await big_office.idle()
    assert time.monotonic() - died_at < 10
    assert len(big_office.zalo.told("u1")) == 1
    assert big_office.zalo.calls == (0 if arrived else 1)
    stuck.open.set()  # the dead one wakes up: what it holds is no longer its own
    await asyncio.sleep(0.2)
    assert await big_office.states() == [DeliveryState.SENT]


async def test_a_call_that_a_frozen_runner_broke_off_is_given_time_to_show_up(big_office: Office) -> None:
    """Zalo may be about to take the message of a call that was cut a moment ago."""
    big_office.zalo.open.clear()
    runner = await big_office.hire()
    before = runner.id
    await big_office.hear("u1", "menu", runner)
    await until(lambda: _is(big_office.zalo.calls == 1))
    runner._beaten_at = time.monotonic() - 60
    await until(lambda: _is(runner.id != before))
    await asyncio.sleep(0.7)
    big_office.zalo.put("u1", await big_office.owed_text())
    big_office.zalo.open.set()
    await big_office.idle()
    assert len(big_office.zalo.told("u1")) == 1


async def test_a_runner_that_was_frozen_sends_no_more_words_and_goes_on_under_a_new_name(
    big_office: Office,
) -> None:
    runner = await big_office.hire()
    before = runner.id
    runner._beaten_at = time.monotonic() - 60
    await big_office.hear("u1", "menu", runner)
    await until(lambda: _is(runner.id != before))
    await big_office.idle()
    assert len(big_office.zalo.told("u1")) == 1


async def test_a_claim_whose_word_was_lost_is_found_by_who_holds_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the connection breaks behind the commit: the table says that we hold the chat."""
    monkeypatch.setattr("app.runner.LOOK_BACK_EVERY", 0.1)
    runner = await office.hire()
    monkeypatch.setattr(runner, "take", lambda _: None)
    await office.hear("u1", "menu", runner)
    assert office.zalo.calls == 0
    monkeypatch.undo()
    monkeypatch.setattr("app.runner.LOOK_BACK_EVERY", 0.1)
    await office.idle()
    assert len(office.zalo.told("u1")) == 1


async def test_a_late_heartbeat_on_a_busy_machine_costs_nothing_but_a_moment(big_office: Office) -> None:
    """Nobody has buried the runner yet: its claims are its own, and it only waits for the next beat."""
    runner = await big_office.hire()
    before = runner.id
    runner._beaten_at = time.monotonic() - (QUIET_AFTER + 0.2)
    await big_office.hear("u1", "menu", runner)
    await big_office.idle()
    assert len(big_office.zalo.told("u1")) == 1
    assert runner.id == before


def _silence(runner: Runner) -> None:
    """As seen by the others when its process hangs: no heartbeat, and nothing new is taken."""
    for loop in runner._loops:
        loop.cancel()


async def _is(value: bool) -> bool:
    return value


def _fails(*_: object) -> None:
    raise ZeroDivisionError


async def test_who_waits_for_the_rows_of_a_frozen_runner_goes_on_beating(
    big_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the server ends the session of the frozen one, which takes longer than others are given up in."""
    runner, thawed = await big_office.hire(), threading.Event()
    monkeypatch.setattr(runner, "_take_over", lambda _db: [] if thawed.wait(20) else None)
    try:
        await asyncio.sleep(BEAT_EVERY)  # by now it waits
        beaten_at = runner._beaten_at
        await until(lambda: _is(runner._beaten_at > beaten_at + BEAT_EVERY))
        assert not thawed.is_set()
    finally:
        thawed.set()


async def test_a_bell_that_never_rests_keeps_no_runner_from_stopping(big_office: Office) -> None:
    async def never_rests() -> None:
        while True:
            await big_office.db.write(ring)

    ringing = asyncio.create_task(never_rests())
    for _ in range(12):
        runner = await big_office.hire()
        await asyncio.sleep(0.05)
        async with asyncio.timeout(PATIENCE):
            await runner.stop()
    ringing.cancel()
