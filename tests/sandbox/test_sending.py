import pytest

from app.kit.clock import FixedClock
from app.sandbox.config import EchoOrder
from tests.sandbox.fake_bot import FakeBot
from tests.sandbox.harness import Zalo, buttons, config


async def test_a_message_within_48_hours_is_a_free_reply(zalo: Zalo) -> None:
    user_id = await zalo.person()
    answer = await zalo.text(user_id)
    assert answer["error"] == 0
    assert answer["data"]["user_id"] == user_id
    assert answer["data"]["quota"] == {"quota_type": "reply"}
    assert zalo.sandbox.thread(user_id)[-1].msg_id == answer["data"]["message_id"]


async def test_after_48_hours_the_package_pays_and_then_nobody_is_named(
    bot: FakeBot, clock: FixedClock
) -> None:
    zalo = Zalo(config(bot.url, sub_quota=1), clock)
    user_id = await zalo.person()
    zalo.later(hours=49)
    paid = (await zalo.text(user_id))["data"]["quota"]
    assert paid == {"quota_type": "sub_quota", "remain": "0", "total": "1", "expired_date": "30/11/2026"}
    assert "quota" not in (await zalo.text(user_id))["data"]
    await zalo.close()


async def test_without_billing_the_package_is_the_end(bot: FakeBot, clock: FixedClock) -> None:
    zalo = Zalo(config(bot.url, sub_quota=0, billing=False), clock)
    user_id = await zalo.person()
    zalo.later(hours=49)
    assert (await zalo.text(user_id))["error"] == -321
    await zalo.close()


async def test_after_seven_days_of_silence_nothing_goes_out(zalo: Zalo) -> None:
    user_id = await zalo.person()
    zalo.later(days=7, seconds=1)
    assert (await zalo.text(user_id))["error"] == -230
    zalo.sandbox.phone.say(user_id, "tôi đây")
    assert (await zalo.text(user_id))["error"] == 0


async def test_one_who_never_wrote_gets_nothing_and_a_follower_three_welcomes(zalo: Zalo) -> None:
    user_id = await zalo.person(said=False)
    assert (await zalo.text(user_id))["error"] == -232
    zalo.sandbox.phone.follow(user_id)
    quotas = [(await zalo.text(user_id))["data"]["quota"] for _ in range(3)]
    assert [(quota["quota_type"], quota["remain"]) for quota in quotas] == [
        ("welcome_msg", "2"),
        ("welcome_msg", "1"),
        ("welcome_msg", "0"),
    ]
    assert (await zalo.text(user_id))["error"] == -232


async def test_following_again_opens_the_window_for_one_who_wrote_long_ago(zalo: Zalo) -> None:
    user_id = await zalo.person()
    zalo.later(days=30)
    zalo.sandbox.phone.follow(user_id)
    assert (await zalo.text(user_id))["data"]["quota"]["quota_type"] == "reply"


async def test_a_chat_that_was_opened_may_be_written_to(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person(said=False)
    zalo.sandbox.phone.open_chat(user_id)
    zalo.sandbox.phone.open_chat(user_id)
    assert (await zalo.text(user_id))["error"] == 0
    await zalo.sandbox.settled()
    assert len(bot.of("user_click_chatnow")) == 1


async def test_a_block_refuses_until_the_person_follows_again(zalo: Zalo) -> None:
    user_id = await zalo.person()
    zalo.sandbox.phone.block(user_id)
    assert (await zalo.text(user_id))["error"] == -244
    zalo.sandbox.phone.follow(user_id)
    assert (await zalo.text(user_id))["error"] == 0


async def test_following_is_not_needed_and_unfollowing_closes_nothing(zalo: Zalo) -> None:
    user_id = await zalo.person()
    zalo.sandbox.phone.unfollow(user_id)
    assert (await zalo.text(user_id))["error"] == 0


async def test_what_is_sent_echoes_and_is_received_and_seen(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    msg_id = (await zalo.text(user_id, "dạ em chào"))["data"]["message_id"]
    await zalo.sandbox.settled()
    assert bot.names() == ["user_send_text", "oa_send_text", "user_received_message", "user_seen_message"]
    assert bot.of("oa_send_text")[0].event["message"] == {"text": "dạ em chào", "msg_id": msg_id}
    assert "admin_id" not in bot.of("oa_send_text")[0].event["sender"]
    assert bot.of("user_seen_message")[0].event["message"] == {"msg_ids": [msg_id]}
    assert zalo.sandbox.thread(user_id)[-1].state == "seen"


async def test_an_echo_may_come_before_the_answer(bot: FakeBot, clock: FixedClock) -> None:
    zalo = Zalo(config(bot.url, echo=EchoOrder.BEFORE), clock)
    user_id = await zalo.person()
    await zalo.text(user_id)
    assert "oa_send_text" in bot.names()
    await zalo.close()


async def test_one_who_does_not_look_leaves_messages_unseen(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    zalo.sandbox.person(user_id).reads = False
    await zalo.text(user_id)
    await zalo.sandbox.settled()
    assert "user_seen_message" not in bot.names()
    assert zalo.sandbox.phone.look(user_id) == 1
    assert await bot.until(1, "user_seen_message")


async def test_an_answer_marks_what_the_person_wrote_as_seen(zalo: Zalo) -> None:
    user_id = await zalo.person()
    assert zalo.sandbox.thread(user_id)[0].state == "received"
    await zalo.text(user_id)
    assert zalo.sandbox.thread(user_id)[0].state == "seen"


async def test_a_colleague_in_zalos_own_tool_echoes_with_an_admin_id(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    await zalo.control("POST", f"/users/{user_id}/colleague", {"text": "Tôi là cán bộ", "admin_id": "42"})
    echo = (await bot.until(1, "oa_send_text"))[0]
    assert echo.event["sender"]["admin_id"] == "42"


async def test_a_tapped_button_comes_as_its_payload(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    await zalo.cs(user_id, buttons("Có", "Không"))
    tap = zalo.sandbox.phone.tap(user_id, "Không")
    assert tap.message is not None
    assert (await bot.until(2, "user_send_text"))[1].event["message"]["text"] == "#Không"
    shown = [message.text for message in zalo.sandbox.thread(user_id)]
    assert "#Không" not in shown, "a hidden query is never shown"


async def test_a_shown_query_stands_in_the_chat_and_a_link_is_only_opened(zalo: Zalo) -> None:
    user_id = await zalo.person()
    await zalo.cs(user_id, buttons("Có", kind="oa.query.show"))
    zalo.sandbox.phone.tap(user_id, "Có")
    assert zalo.sandbox.thread(user_id)[-1].text == "#Có"
    link = {"title": "Xem", "type": "oa.open.url", "payload": {"url": "https://dichvucong.gov.vn"}}
    payload = {"buttons": [link]}
    await zalo.cs(user_id, {"text": "Mời xem", "attachment": {"type": "template", "payload": payload}})
    tap = zalo.sandbox.phone.tap(user_id, "Xem")
    assert (tap.message, tap.opened) == (None, "https://dichvucong.gov.vn")


async def test_an_old_payload_can_still_be_pressed_but_no_unknown_title(zalo: Zalo) -> None:
    user_id = await zalo.person()
    assert zalo.sandbox.phone.tap(user_id, "#dm/gone").message is not None
    with pytest.raises(LookupError):
        zalo.sandbox.phone.tap(user_id, "Không có nút này")


async def test_a_shared_form_comes_as_submitted_info(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    zalo.sandbox.phone.submit_info(user_id, {"name": "Trần Thị Bình", "phone": "84905123456"})
    told = (await bot.until(1, "user_submit_info"))[0].event
    assert told["info"] == {"name": "Trần Thị Bình", "phone": "84905123456"}
    detail = await zalo.call("/v3.0/oa/user/detail", user_id=user_id)
    assert detail["data"]["shared_info"]["phone"] == "84905123456"


async def test_a_reaction_of_the_oa_stands_under_the_message(zalo: Zalo) -> None:
    user_id = await zalo.person()
    said = zalo.sandbox.thread(user_id)[0]
    action = {"react_icon": "/-heart", "react_message_id": said.msg_id}
    body = {"recipient": {"user_id": user_id}, "sender_action": action}
    assert (await zalo.call("/v2.0/oa/message", body))["error"] == 0
    assert said.reactions == ("/-heart",)


async def test_the_old_message_address_is_closed(zalo: Zalo) -> None:
    user_id = await zalo.person()
    body = {"recipient": {"user_id": user_id}, "message": {"text": "x"}}
    assert (await zalo.call("/v2.0/oa/message", body))["error"] == -240
