"""A broadcast on its way: everybody in one honest end state, nobody twice, to be held at any moment."""

import asyncio
from collections import Counter
from datetime import time, timedelta

import pytest
from sqlalchemy import update

from app.broadcasts import queries, receipts, steering
from app.broadcasts.content import Content
from app.broadcasts.models import Broadcast, Recipient
from app.broadcasts.rules import NotNow, SendHours
from app.broadcasts.settling import MOST_CHECKS
from app.broadcasts.trying import send_test
from app.credentials.ledger import mark_needs_consent
from app.directory.models import Liaison
from app.kit.ids import RunnerId
from app.kit.seal import Sealer
from app.work.ledger import ClaimLost, hand_back
from app.worker_lists.models import WorkerUnit
from app.zalo.errors import Family, error_of
from tests.broadcasts.stage import CHIEF, NOON, STAFF, Stage
from tests.sandbox.harness import OA_ID


async def test_everybody_who_can_be_reached_gets_their_own_words_once(stage: Stage) -> None:
    people = [await stage.liaison("Trần Thị Mai"), await stage.liaison("Lê Quang Huy", employer=2)]
    number = await stage.planned()
    assert await stage.sent(number) is None
    assert stage.arrived(people[0]) == [
        "Kính gửi Anh/Chị Trần Thị Mai, đơn vị Công ty A cần rà soát danh sách."
    ]
    assert stage.arrived(people[1]) == [
        "Kính gửi Anh/Chị Lê Quang Huy, đơn vị Công ty B cần rà soát danh sách."
    ]
    assert await stage.states(number) == ["sent", "sent"]
    assert (await stage.broadcast(number)).state == "done"


@pytest.mark.parametrize("rule", ["role=liaison list=open", "role=liaison mark=open"])
async def test_whose_list_was_done_before_their_turn_is_left_alone(stage: Stage, rule: str) -> None:
    mai = await stage.liaison("Trần Thị Mai")
    huy = await stage.liaison("Lê Quang Huy", employer=2)
    await stage.list_for(1, waiting=5)
    await stage.list_for(2, waiting=5)
    number = await stage.planned(rule)
    done = update(WorkerUnit).where(WorkerUnit.employer_id == 2)
    await stage.change(done.values(open_count=0, installed_count=5))
    await stage.sent(number)
    assert await stage.states(number) == ["sent", "skipped"]
    assert (len(stage.arrived(mai)), stage.arrived(huy)) == (1, [])


async def test_values_are_those_of_the_plan(stage: Stage) -> None:
    mai = await stage.liaison("Trần Thị Mai")
    number = await stage.planned()
    await stage.change(update(Liaison).values(full_name="Tên Mới"))
    await stage.sent(number)
    assert "Trần Thị Mai" in stage.arrived(mai)[0]


async def test_who_says_stop_between_plan_and_send_gets_nothing(stage: Stage) -> None:
    mai, huy = await stage.liaisons(2)
    number = await stage.planned()
    await stage.stop_messages(mai)
    await stage.sent(number)
    assert stage.arrived(mai) == []
    assert len(stage.arrived(huy)) == 1
    row = (await stage.recipients(number))[0]
    assert (row.state, row.reason) == ("skipped", "stopped")


async def test_who_is_no_liaison_any_more_gets_nothing(stage: Stage) -> None:
    mai = await stage.liaison()
    number = await stage.planned()
    await stage.change(update(Liaison).values(state="ended"))
    await stage.sent(number)
    assert stage.arrived(mai) == []
    assert (await stage.recipients(number))[0].reason == "ended"


async def test_a_window_that_closes_before_the_send_ends_in_the_honest_code(stage: Stage) -> None:
    """Our own clock says seven days, Zalo's says more: Zalo is right, and there is no other way."""
    mai = await stage.liaison(spoke=timedelta(hours=1))
    number = await stage.planned()
    stage.zalo.faults.set({"out_of_window": "always"})
    await stage.sent(number)
    row = (await stage.recipients(number))[0]
    assert (row.state, row.error_code, row.reason) == ("failed", -230, "refused")
    assert stage.arrived(mai) == []


async def test_outside_the_send_hours_it_waits_for_the_morning(stage: Stage) -> None:
    await stage.liaison(spoke=timedelta(hours=1))
    stage.clock.set(NOON.replace(hour=22, minute=5))
    number = await stage.planned()
    due = await stage.press_send(number)
    assert due == NOON.replace(hour=6) + timedelta(days=1)
    stage.clock.set(due)
    await stage.run()
    assert await stage.states(number) == ["sent"]


async def test_a_pause_holds_it_within_moments_and_resume_goes_on_where_it_was(open_db: object) -> None:
    stage = Stage(open_db, rate=3000)  # type: ignore[arg-type]
    await stage.open()
    people = await stage.liaisons(60)
    number = await stage.planned()
    await stage.press_send(number)
    running = asyncio.create_task(stage.run())
    while not (await stage.states(number)).count("sent"):
        stage.clock.advance(timedelta(milliseconds=100))
        await asyncio.sleep(0.01)
    await stage.db.write(lambda tx: steering.pause(tx, number, STAFF, stage.clock.now()))
    async with asyncio.timeout(2):
        assert await running is None
    held = Counter(await stage.states(number))
    assert set(held) == {"sent", "planned"}
    await stage.db.write(lambda tx: steering.resume(tx, number, STAFF, stage.clock.now()))
    running = asyncio.create_task(stage.run())
    while not running.done():
        stage.clock.advance(timedelta(milliseconds=100))
        await asyncio.sleep(0.005)
    assert Counter(await stage.states(number)) == {"sent": 60}
    assert all(len(stage.arrived(person)) == 1 for person in people)
    await stage.close()


async def test_one_that_was_paused_before_its_first_message_starts_when_it_goes_on(stage: Stage) -> None:
    await stage.liaison()
    number = await stage.planned()
    await stage.press_send(number)
    for verb in (steering.pause, steering.resume):
        await stage.db.write(lambda tx: verb(tx, number, STAFF, stage.clock.now()))  # noqa: B023
    await stage.run()
    row = await stage.broadcast(number)
    assert (row.state, row.started_at) == ("done", NOON)


async def test_a_stop_ends_it_for_good(stage: Stage) -> None:
    people = await stage.liaisons(3)
    number = await stage.planned()
    await stage.press_send(number)
    await stage.db.write(lambda tx: steering.stop(tx, number, STAFF, stage.clock.now()))
    await stage.run()
    assert await stage.states(number) == ["skipped"] * 3
    assert not any(stage.arrived(person) for person in people)
    with pytest.raises(NotNow):
        await stage.db.write(lambda tx: steering.resume(tx, number, STAFF, stage.clock.now()))


async def test_a_lost_answer_is_looked_up_and_never_blindly_sent_again(stage: Stage) -> None:
    people = await stage.liaisons(10)
    number = await stage.planned()
    stage.zalo.faults.set({"answer_lost": {"every": 2}})
    await stage.press_send(number)
    next_at = await stage.run()
    while next_at is not None:
        stage.clock.set(max(next_at, stage.clock.now()))
        next_at = await stage.run()
    assert await stage.states(number) == ["sent"] * 10
    assert all(len(stage.arrived(person)) == 1 for person in people)


async def test_while_the_oa_is_not_linked_doubt_waits_for_the_link(stage: Stage) -> None:
    people = await stage.liaisons(3)
    number = await stage.planned()
    await stage.press_send(number)
    dead, now = await stage.claim(), stage.clock.now()
    await stage.change(update(Recipient).values(state="claimed", way="free", claimed_at=now, attempts=1))
    await stage.change(update(Broadcast).where(Broadcast.id == number).values(state="sending"))
    await stage.db.write(lambda tx: hand_back(tx, [dead.owner], now))
    await stage.db.write(lambda tx: mark_needs_consent(tx, OA_ID, None, "spent by somebody else"))
    stage.runner = RunnerId("runner-2")
    for _ in range(MOST_CHECKS + 2):
        stage.clock.set(await stage.run() or NOON)
    assert await stage.states(number) == ["unknown"] * 3
    assert [row.settled_at for row in await stage.recipients(number)] == [None] * 3
    await stage.link()
    while (next_at := await stage.run()) is not None:
        stage.clock.set(max(next_at, stage.clock.now()))
    assert await stage.states(number) == ["sent"] * 3
    assert all(len(stage.arrived(person)) == 1 for person in people)


async def test_what_a_killed_process_had_claimed_is_settled_by_the_list_and_sent_once(stage: Stage) -> None:
    """Two of three claimed messages had gone out when the process died."""
    people = await stage.liaisons(3)
    number = await stage.planned()
    await stage.press_send(number)
    dead = await stage.claim()
    for person, row in zip(people[:2], await stage.recipients(number), strict=False):
        text = f"Kính gửi Anh/Chị Người Thứ {people.index(person)}, đơn vị Công ty A cần rà soát danh sách."
        assert stage.sealer.fingerprint(text) == row.text_print
        body = {"recipient": {"user_id": person}, "message": {"text": text}}
        answer = await stage.http.post(
            "/v3.0/oa/message/cs", json=body, headers={"access_token": "first-access-token"}
        )
        assert answer.json()["error"] == 0
    now = stage.clock.now()
    await stage.change(update(Recipient).values(state="claimed", way="free", claimed_at=now, attempts=1))
    await stage.change(update(Broadcast).where(Broadcast.id == number).values(state="sending"))
    await stage.db.write(lambda tx: hand_back(tx, [dead.owner], now))
    stage.runner = RunnerId("runner-2")
    next_at = await stage.run()
    assert set(await stage.states(number)) == {"unknown"}
    while next_at is not None:
        stage.clock.set(max(next_at, stage.clock.now()))
        next_at = await stage.run()
    assert await stage.states(number) == ["sent"] * 3
    assert [len(stage.arrived(person)) for person in people] == [1, 1, 1]


async def test_a_process_whose_claim_was_taken_writes_nothing_more(stage: Stage) -> None:
    await stage.liaisons(2)
    number = await stage.planned()
    await stage.press_send(number)
    claim = await stage.claim()
    await stage.db.write(lambda tx: hand_back(tx, [claim.owner], stage.clock.now()))
    with pytest.raises(ClaimLost):
        await stage.sender().run(claim, lambda: True)
    assert await stage.states(number) == ["planned", "planned"]


async def test_too_many_refusals_halt_it_and_the_failed_ones_can_be_tried_again(stage: Stage) -> None:
    await stage.liaisons(150)
    number = await stage.planned(content=Content("Chào {họ tên}"))
    await stage.change(update(Recipient).values(filled=b""))  # values gone: a fault of ours, for everybody
    await stage.press_send(number)
    await stage.run()
    row = await stage.broadcast(number)
    assert row.state == "halted"
    counted = Counter(await stage.states(number))
    assert counted["planned"] > 0
    assert counted["failed"] >= 20
    assert set(counted) == {"planned", "failed"}
    now = stage.clock.now()
    values = stage.sealer.seal('{"họ tên": "Mai"}'.encode())
    await stage.change(update(Recipient).values(filled=values))
    await stage.db.write(lambda tx: steering.resume(tx, number, STAFF, now))
    await stage.run()
    assert (await stage.broadcast(number)).state == "done"
    again = await stage.db.write(lambda tx: steering.retry_failed(tx, number, STAFF, now))
    assert again == counted["failed"]
    await stage.run()
    assert Counter(await stage.states(number)) == {"sent": 150}


async def test_what_zalo_holds_against_the_account_halts_it_at_once_and_says_why(stage: Stage) -> None:
    people = await stage.liaisons(5)
    number = await stage.planned()
    stage.zalo.faults.set({"-221": "always"})
    await stage.sent(number)
    row = await stage.broadcast(number)
    assert row.state == "halted"
    assert row.note == error_of(-221, "", Family.OA).staff_line
    assert set(await stage.states(number)) == {"planned"}
    stage.zalo.faults.set({"-221": "off"})
    await stage.db.write(lambda tx: steering.resume(tx, number, STAFF, stage.clock.now()))
    await stage.run()
    assert set(await stage.states(number)) == {"sent"}
    assert all(len(stage.arrived(person)) == 1 for person in people)


async def test_who_failed_in_an_earlier_test_is_tried_again_as_well(stage: Stage) -> None:
    await stage.liaisons(2)
    number = await stage.planned()
    now = stage.clock.now()
    for name, person in (("Lô 1", "l:1"), ("Lô 2", "l:2")):
        await stage.change(update(Broadcast).values(state="planned"))
        await stage.db.write(lambda tx: send_test(tx, stage.ground, number, name, [person], STAFF, now))  # noqa: B023
    await stage.db.write(lambda tx: steering.stop(tx, number, STAFF, now))
    await stage.change(update(Recipient).values(state="failed"))
    await stage.db.write(lambda tx: steering.retry_failed(tx, number, STAFF, now))
    await stage.run()
    assert await stage.states(number) == ["sent", "sent"]


async def test_a_time_on_a_holiday_becomes_the_next_working_day_and_now_means_now(stage: Stage) -> None:
    await stage.liaison()
    today, tomorrow = NOON.date(), NOON.date() + timedelta(days=1)
    stage.set_ground(hours=SendHours(time(6), time(22), frozenset({today, tomorrow})))
    number = await stage.planned()
    assert await stage.press_send(number, NOON + timedelta(hours=1)) == NOON + timedelta(days=2, hours=1)
    assert await stage.press_send(number) == NOON


async def test_a_big_one_needs_a_second_person_and_the_number_typed(stage: Stage) -> None:
    await stage.liaison()
    stage.set_ground(second_person_above=0)
    number = await stage.planned()
    now = stage.clock.now()

    async def press(by: str, typed: str) -> None:
        await stage.db.write(lambda tx: steering.send(tx, stage.ground, number, by, typed, None, now))

    with pytest.raises(NotNow, match="người khác duyệt"):
        await press(STAFF, "1")
    with pytest.raises(NotNow, match="không tự duyệt"):
        await stage.db.write(lambda tx: steering.approve(tx, number, STAFF, now))
    await stage.db.write(lambda tx: steering.approve(tx, number, CHIEF, now))
    with pytest.raises(NotNow, match="gõ đúng số"):
        await press(STAFF, "2")
    await press(STAFF, "1")
    await stage.run()
    assert await stage.states(number) == ["sent"]


async def test_a_named_test_batch_goes_first_and_the_rest_waits_for_the_word(stage: Stage) -> None:
    mai, huy = await stage.liaisons(2)
    number = await stage.planned()
    now = stage.clock.now()
    await stage.db.write(lambda tx: send_test(tx, stage.ground, number, "Phòng CNTT", ["l:1"], STAFF, now))
    await stage.run()
    assert (len(stage.arrived(mai)), len(stage.arrived(huy))) == (1, 0)
    assert (await stage.broadcast(number)).state == "planned"
    await stage.sent(number)
    assert (len(stage.arrived(mai)), len(stage.arrived(huy))) == (1, 1)


async def test_who_has_seen_a_message_has_received_it_even_when_only_that_was_told(stage: Stage) -> None:
    await stage.liaison()
    number = await stage.planned()
    await stage.sent(number)
    (row,) = await stage.recipients(number)
    at = stage.clock.now() + timedelta(hours=2)
    await stage.db.write(lambda tx: receipts.mark_seen(tx, [row.message_id], at))
    (row,) = await stage.recipients(number)
    assert (row.state, row.delivered_at, row.seen_at) == ("seen", at, at)
    hours = await stage.db.read(lambda tx: queries.read_hours(tx, number))
    assert [(one.hour, one.delivered, one.seen) for one in hours] == [(0, 0, 0), (1, 0, 0), (2, 1, 1)]


async def test_what_another_key_has_sealed_fails_with_that_reason_and_is_sent_again_with_the_key(
    stage: Stage,
) -> None:
    contact = await stage.liaison()
    number = await stage.planned()
    right, stage.sealer = stage.sealer, Sealer("quite-another-key")
    await stage.sent(number)
    (row,) = await stage.recipients(number)
    assert (row.state, row.reason) == ("failed", "unreadable")
    assert stage.arrived(contact) == []
    stage.sealer = right
    await stage.db.write(lambda tx: steering.retry_failed(tx, number, STAFF, stage.clock.now()))
    await stage.run()
    assert await stage.states(number) == ["sent"]
    assert len(stage.arrived(contact)) == 1
