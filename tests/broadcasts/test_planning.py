"""The plan: a way, a price or a reason for everybody, frozen, and the forecast of what it comes to."""

from datetime import timedelta

import pytest

from app.broadcasts import queries
from app.broadcasts.content import (
    ButtonKind,
    Content,
    ContentRefused,
    Push,
    TemplateUse,
    check_content,
    fill,
    letter,
)
from app.broadcasts.forgetting import forget_in_broadcasts
from app.broadcasts.planning import begin_plan, plan, plan_on
from app.broadcasts.stopping import stop_by_link
from app.broadcasts.templates import KnownTemplate, Parameter, keep_template
from app.mail.stop_link import PATH, stop_link
from app.outbox.ways import Way
from tests.broadcasts.stage import HELLO, STAFF, Stage

TEMPLATE = KnownTemplate(
    "7895417a", "Nhắc danh sách", (Parameter("name"), Parameter("unit")), 2, True, 165, 300
)
WITH_TEMPLATE = Content(
    "Chào {họ tên}", template=TemplateUse("7895417a", {"name": "{họ tên}", "unit": "{đơn vị}"})
)


async def test_each_person_is_planned_by_the_way_that_will_reach_them(stage: Stage) -> None:
    await stage.db.write(lambda tx: keep_template(tx, TEMPLATE, STAFF, stage.clock.now()))
    stage.set_ground(mail=True)
    await stage.liaison("Free", spoke=timedelta(hours=1))
    await stage.liaison("Paid", spoke=timedelta(days=3))
    await stage.liaison("Template", spoke=timedelta(days=30))
    await stage.liaison("Phone", spoke=timedelta(days=400))
    number = await stage.planned(content=WITH_TEMPLATE)
    assert [row.way for row in await stage.recipients(number)] == ["free", "paid", "template", "phone"]
    ways = (await stage.db.read(lambda tx: queries.read_tally(tx, number))).ways()
    assert [(line.way, line.waiting, line.price) for line in ways] == [
        (Way.FREE, 1, 0), (Way.PAID, 1, 55), (Way.TEMPLATE, 1, 165), (Way.PHONE, 1, 300),
    ]  # fmt: skip


async def test_who_is_left_out_is_told_with_the_reason(stage: Stage) -> None:
    silent = await stage.liaison("Silent", spoke=timedelta(days=30))
    stopped = await stage.liaison("Stopped")
    await stage.stop_messages(stopped)
    await stage.liaison("No unit", employer=None)
    number = await stage.planned(content=Content("Đơn vị {đơn vị}"))
    rows = await stage.recipients(number)
    assert {row.contact: row.reason for row in rows if row.contact in {silent, stopped}} == {
        silent: "silent", stopped: "stopped",
    }  # fmt: skip
    assert [row.reason for row in rows] == ["silent", "stopped", "no_value"]
    reasons = (await stage.db.read(lambda tx: queries.read_tally(tx, number))).reasons()
    assert {line.reason: line.count for line in reasons} == {"silent": 1, "stopped": 1, "no_value": 1}


async def test_an_email_reaches_who_is_silent_until_they_stop_it_by_its_link(stage: Stage) -> None:
    stage.set_ground(mail=True)
    await stage.liaison(spoke=timedelta(days=30), email="mai@example.vn")
    first = await stage.planned()
    assert [row.way for row in await stage.recipients(first)] == ["email"]
    token = stop_link("https://oa.vn", stage.sealer, "mai@example.vn").removeprefix(f"https://oa.vn{PATH}")
    for _ in range(2):
        assert await stage.db.write(lambda tx: stop_by_link(tx, stage.sealer, token, stage.clock.now()))
    assert not await stage.db.write(lambda tx: stop_by_link(tx, stage.sealer, "made-up", stage.clock.now()))
    second = await stage.planned()
    assert [row.reason for row in await stage.recipients(second)] == ["silent"]


async def test_a_plan_that_was_broken_off_goes_on_and_plans_nobody_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.broadcasts.planning.SLICE", 2)
    await stage.liaisons(5)
    number = await stage.planned()
    now = stage.clock.now()
    await stage.db.write(lambda tx: begin_plan(tx, number, STAFF, now))
    slices = iter([True])
    assert not await plan_on(stage.db, stage.ground, number, stage.clock, lambda: next(slices, False))
    assert len(await stage.recipients(number)) == 2
    await plan(stage.db, stage.ground, number, STAFF, stage.clock)
    assert len({row.person for row in await stage.recipients(number)}) == 5
    assert (await stage.broadcast(number)).state == "planned"


async def test_a_plan_walks_past_whole_slices_of_people_whom_the_rule_does_not_mean(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.broadcasts.planning.SLICE", 2)
    await stage.liaisons(5)
    meant = await stage.liaison("Người Cuối", employer=2)
    number = await stage.planned("role=liaison office=KH02")
    assert [row.contact for row in await stage.recipients(number)] == [meant]
    await stage.worker_contacts(3)
    both = await stage.planned("role=liaison,worker state=verified")
    assert len({row.person for row in await stage.recipients(both)}) == 9


async def test_what_is_personal_in_a_plan_is_sealed(stage: Stage) -> None:
    await stage.liaison("Trần Thị Mai")
    number = await stage.planned()
    (row,) = await stage.recipients(number)
    assert b"Mai" not in row.filled
    assert "Trần Thị Mai" in stage.sealer.open_text(row.filled)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (Content(""), "nội dung"),
        (Content("Chào {ho ten}"), "ho ten"),
        (Content("Chào {{ self }}"), "self"),
        (Content("Chào {họ tên"), "lẻ"),
        (Content("x" * 2001), "2001"),
        (Content("a", tuple(Push(ButtonKind.DONE) for _ in range(6))), "6 nút"),
        (Content("a", (Push(ButtonKind.GUIDE),)), "hướng dẫn"),
        (Content("a", (Push(ButtonKind.GUIDE, target="http://evil"),)), "https"),
    ],
)
def test_what_zalo_would_refuse_is_refused_before(content: Content, word: str) -> None:
    with pytest.raises(ContentRefused, match=word):
        check_content(content)


def test_nothing_in_a_value_is_looked_at_again() -> None:
    assert fill("{họ tên}!", {"họ tên": "{đơn vị}", "đơn vị": "x"}) == "{đơn vị}!"


def test_a_letter_is_escaped_and_says_how_to_stop() -> None:
    written = letter(HELLO, {"xưng hô": "Anh", "họ tên": "<b>Mai</b>", "đơn vị": "A"}, "https://oa.vn/x")
    assert "<b>" not in written.html
    assert "https://oa.vn/x" in written.plain
    assert "https://oa.vn/x" in written.html


async def test_who_has_their_data_deleted_leaves_no_words_in_a_broadcast(stage: Stage) -> None:
    mai, huy = await stage.liaisons(2)
    number = await stage.planned()
    await stage.db.write(lambda tx: forget_in_broadcasts(tx, mai, stage.clock.now()))
    await stage.sent(number)
    await stage.db.write(lambda tx: forget_in_broadcasts(tx, huy, stage.clock.now()))
    assert stage.arrived(mai) == []
    assert [(row.state, row.filled, row.text_print) for row in await stage.recipients(number)] == [
        ("skipped", b"", None),
        ("sent", b"", None),
    ]
