"""Approved templates: brought over from Zalo, kept as they are there, filled in so that Zalo takes them."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import update

from app.broadcasts import receipts
from app.broadcasts.content import Content, ContentRefused, TemplateUse
from app.broadcasts.fetching import fetch_templates
from app.broadcasts.forecast import read_forecast
from app.broadcasts.rules import SendHours
from app.broadcasts.steering import NewBroadcast, write
from app.broadcasts.templates import KnownTemplate, Parameter, list_templates
from app.credentials.ledger import mark_needs_consent
from app.credentials.renewal import NotLinked
from app.directory.models import Liaison
from app.kit.clock import VIETNAM
from app.kit.ids import MessageId
from app.outbox.ways import Way
from tests.broadcasts.stage import NOON, STAFF, Stage
from tests.sandbox.harness import OA_ID

REMINDER = {"ten_dau_moi": "{họ tên}", "ten_don_vi": "{đơn vị}", "so_nguoi": "3", "han": "30/11/2026"}


def with_template(**parameters: str) -> Content:
    return Content("Chào {họ tên}", template=TemplateUse("300101", REMINDER | parameters))


async def fetched(stage: Stage) -> dict[str, KnownTemplate]:
    await fetch_templates(stage.db, stage.client, stage.tokens, STAFF, stage.clock)
    return {one.id: one for one in await stage.db.read(list_templates)}


async def test_what_zalo_has_approved_is_brought_over_with_parameters_and_prices(stage: Stage) -> None:
    known = await fetched(stage)
    assert set(known) == {"300101", "300102", "300103", "200900"}
    assert known["300101"] == KnownTemplate(
        "300101",
        "Nhắc danh sách chưa cài VssID",
        (
            Parameter("ten_dau_moi", True, 60),
            Parameter("ten_don_vi", True, 120),
            Parameter("so_nguoi", True, 10),
            Parameter("han", True, 20),
        ),
        tag=2,
        by_user_id=True,
        price_user_id=200,
        price_phone=200,
    )
    assert known["300103"].tag == 3
    assert not known["200900"].by_user_id


async def test_pages_of_a_hundred_are_read_to_the_last(stage: Stage) -> None:
    (one, *_) = stage.zalo.world.templates.values()
    more = {f"9{number:03}": replace(one, template_id=f"9{number:03}") for number in range(100)}
    stage.zalo.world.templates.update(more)
    assert len(await fetched(stage)) == 104


async def test_what_zalo_has_withdrawn_is_offered_no_more(stage: Stage) -> None:
    await fetched(stage)
    del stage.zalo.world.templates["300102"]
    assert set(await fetched(stage)) == {"300101", "300103", "200900"}


async def test_a_refusal_of_zalo_changes_nothing_of_what_is_known(stage: Stage) -> None:
    await fetched(stage)
    await stage.db.write(lambda tx: mark_needs_consent(tx, OA_ID, None, "test"))
    await stage.tokens.look_again()
    with pytest.raises(NotLinked):
        await fetched(stage)
    assert len(await stage.db.read(list_templates)) == 4


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (with_template(han=" "), "còn thiếu: han"),
        (with_template(mau="đỏ"), "không có tham số: mau"),
        (with_template(so_nguoi="rất nhiều người {đơn vị}"), "so_nguoi của mẫu .* dài quá 10 ký tự"),
        (Content("Chào", template=TemplateUse("9", {})), "Chưa có mẫu tin 9"),
    ],
)
async def test_what_the_template_would_not_take_from_anybody_is_refused_at_once(
    stage: Stage, content: Content, word: str
) -> None:
    await fetched(stage)
    new = NewBroadcast("t", "role=liaison", content)
    with pytest.raises(ContentRefused, match=word):
        await stage.db.write(lambda tx: write(tx, new, STAFF, stage.clock.now()))


async def test_whose_name_is_too_long_for_the_template_gets_it_by_another_way_or_is_told_why(
    stage: Stage,
) -> None:
    await fetched(stage)
    stage.set_ground(mail=True)
    long_ago, long_name = timedelta(days=30), "Công Tằng Tôn Nữ " * 4
    await stage.liaison("Mai", spoke=long_ago)
    await stage.liaison(long_name, spoke=long_ago, email="nu@example.vn")
    await stage.liaison(long_name, spoke=long_ago)
    content = with_template()
    number = await stage.planned(content=content)
    rows = await stage.recipients(number)
    assert [(row.way, row.reason) for row in rows] == [
        ("template", None), ("email", None), (None, "too_long"),
    ]  # fmt: skip
    new = NewBroadcast("t", "role=liaison", content)
    foreseen = await stage.db.read(lambda tx: read_forecast(tx, stage.ground, new, stage.clock.now()))
    assert foreseen.by_way == {Way.TEMPLATE: 1, Way.EMAIL: 1}
    assert foreseen.reasons == {"too_long": 1}


async def test_it_arrives_with_the_words_of_each_person(stage: Stage) -> None:
    await fetched(stage)
    mai = await stage.liaison("Mai", spoke=timedelta(days=30))
    number = await stage.planned(content=with_template(), ways=["template"])
    await stage.sent(number)
    assert await stage.states(number) == ["sent"]
    assert stage.arrived(mai)[0].startswith("Kính gửi Anh/Chị Mai, đơn vị Công ty A còn 3 người")


async def test_who_is_known_by_phone_alone_gets_it_there_and_the_receipt_names_the_recipient(
    stage: Stage,
) -> None:
    await fetched(stage)
    mai = await stage.liaison("Mai", on_zalo=False)
    stage.zalo.world.people[mai].phone = "84905000111"
    number = await stage.planned(content=with_template())
    await stage.sent(number)
    (row,) = await stage.recipients(number)
    assert (row.state, row.way, row.price) == ("sent", "phone", 200)
    assert stage.arrived(mai)[0].startswith("Kính gửi Anh/Chị Mai")

    async def told(tracking_id: str) -> str:
        message, now = MessageId(row.message_id), stage.clock.now()
        await stage.db.write(lambda tx: receipts.mark_delivered_by_phone(tx, tracking_id, message, now))
        return str((await stage.recipients(number))[0].state)

    assert await told("b9.1") == "sent"
    assert await told("somebody else's") == "sent"
    assert await told(f"b{number}.{row.id}") == "delivered"


async def test_templates_to_a_phone_wait_for_the_morning_while_replies_go(stage: Stage) -> None:
    await fetched(stage)
    stage.set_ground(hours=SendHours(time(0), time.max))
    stage.clock.set(NOON.replace(hour=23))
    mai, huy = await stage.liaison("Mai"), await stage.liaison("Huy", on_zalo=False)
    stage.zalo.world.people[huy].phone = "84905000111"
    number = await stage.planned(content=with_template())
    morning = await stage.sent(number)
    assert morning == datetime(2026, 11, 25, 6, 0, tzinfo=VIETNAM)
    assert await stage.states(number) == ["sent", "planned"]
    stage.clock.set(morning)
    await stage.run()
    assert await stage.states(number) == ["sent", "sent"]
    assert stage.arrived(mai) == ["Chào Mai"]


async def test_a_number_that_zalo_does_not_know_goes_on_to_the_next_way(stage: Stage) -> None:
    await fetched(stage)
    await stage.liaison("Mai", on_zalo=False)
    number = await stage.planned(content=with_template())
    await stage.sent(number)
    (row,) = await stage.recipients(number)
    assert (row.state, row.reason, row.error_code) == ("failed", "refused", -118)


async def test_when_the_day_s_templates_are_used_up_the_rest_waits_for_the_next_morning(stage: Stage) -> None:
    await fetched(stage)
    people = [await stage.liaison(f"Người {number}", on_zalo=False) for number in range(3)]
    for number, person in enumerate(people):
        stage.zalo.world.people[person].phone = f"8490500011{number}"
        phone = stage.sealer.seal_text(f"090500011{number}")
        await stage.change(update(Liaison).where(Liaison.id == number + 1).values(phone=phone))
    number = await stage.planned(content=with_template(), ways=["phone"])
    stage.zalo.faults.set({"quota_gone": "always"})
    midnight, morning = (datetime(2026, 11, 25, hour, tzinfo=VIETNAM) for hour in (0, 6))
    assert await stage.sent(number) == midnight
    assert await stage.states(number) == ["planned"] * 3
    stage.zalo.faults.set({"quota_gone": "off"})
    stage.clock.set(midnight)
    assert await stage.run() == morning
    stage.clock.set(morning)
    await stage.run()
    assert await stage.states(number) == ["sent"] * 3
    assert all(len(stage.arrived(person)) == 1 for person in people)
