import json
from urllib.parse import quote_plus

import pytest

from app.kit.clock import FixedClock
from app.sandbox.people import OFFICER
from tests.sandbox.fake_bot import FakeBot
from tests.sandbox.harness import OA_ID, Zalo, config


async def test_a_persons_details(zalo: Zalo) -> None:
    user_id = await zalo.person()
    detail = (await zalo.call("/v3.0/oa/user/detail", user_id=user_id))["data"]
    assert detail["display_name"] == "Nguyễn Văn An"
    assert detail["user_is_follower"] is False
    assert detail["user_last_interaction_date"] == "24/11/2026"
    assert "shared_info" not in detail
    assert detail["user_id_by_app"] != user_id


async def test_ids_are_strings_of_digits_that_no_double_can_hold(zalo: Zalo) -> None:
    user_id = await zalo.person()
    assert user_id.isdigit()
    assert int(user_id) > 2**53


async def test_a_query_may_encode_spaces_as_plus(zalo: Zalo) -> None:
    user_id = await zalo.person()
    data = quote_plus(json.dumps({"user_id": user_id}))
    headers = {"access_token": zalo.token}
    answer = await zalo.raw("GET", f"/v3.0/oa/user/detail?data={data}", headers=headers)
    assert answer.json()["error"] == 0


@pytest.mark.parametrize("data", ["", "{", "[]", '{"user_id": "1"}'])
async def test_a_bad_query_is_invalid(zalo: Zalo, data: str) -> None:
    headers = {"access_token": zalo.token}
    answer = await zalo.raw("GET", "/v3.0/oa/user/detail", params={"data": data}, headers=headers)
    assert answer.json()["error"] == -201


async def test_people_are_listed_by_page_and_filter(bot: FakeBot, clock: FixedClock) -> None:
    zalo = Zalo(config(bot.url, demo_people=False), clock)
    ids = [await zalo.person() for _ in range(3)]
    zalo.sandbox.phone.follow(ids[0])
    page = (await zalo.call("/v3.0/oa/user/getlist", offset=1, count=2))["data"]
    assert (page["total"], page["count"]) == (3, 2)
    assert [user["user_id"] for user in page["users"]] == ids[1:]
    followers = await zalo.call("/v3.0/oa/user/getlist", offset=0, count=50, is_follower="true")
    assert [user["user_id"] for user in followers["data"]["users"]] == ids[:1]
    zalo.later(days=8)
    recent = await zalo.call("/v3.0/oa/user/getlist", offset=0, count=50, last_interaction_period="L7D")
    assert recent["data"]["total"] == 0
    assert (await zalo.call("/v3.0/oa/user/getlist", offset=0, count=51))["error"] == -210
    await zalo.close()


async def test_a_chat_is_listed_newest_first_at_most_ten_at_a_time(zalo: Zalo) -> None:
    user_id = await zalo.person()
    zalo.later(seconds=1)
    sent = await zalo.text(user_id, "dạ em nghe")
    listed = (await zalo.call("/v2.0/oa/conversation", user_id=user_id, offset=0, count=10))["data"]
    assert [(row["src"], row["message"]) for row in listed] == [(0, "dạ em nghe"), (1, "xin chào")]
    assert listed[0]["message_id"] == sent["data"]["message_id"]
    assert (listed[0]["from_id"], listed[0]["to_id"]) == (OA_ID, user_id)
    assert isinstance(listed[0]["time"], int)
    assert (await zalo.call("/v2.0/oa/conversation", user_id=user_id, offset=0, count=11))["error"] == -210


async def test_recent_chats_show_the_last_message_of_each(zalo: Zalo) -> None:
    first = await zalo.person()
    zalo.later(seconds=1)
    second = await zalo.person()
    listed = (await zalo.call("/v2.0/oa/listrecentchat", offset=0, count=10))["data"]
    assert [row["from_id"] for row in listed] == [second, first]


async def test_the_oa_describes_itself(zalo: Zalo) -> None:
    oa = (await zalo.call("/v2.0/oa/getoa"))["data"]
    assert (oa["oaid"], oa["is_verified"], oa["oa_type"]) == (OA_ID, True, 4)


async def test_quota_tells_when_the_person_last_wrote(zalo: Zalo) -> None:
    user_id = await zalo.person()
    quota = (await zalo.call("/v3.0/oa/quota/message", {"user_id": user_id}))["data"]
    assert quota["last_interaction"] == str(int(zalo.clock.now().timestamp() * 1000))
    asked = {"quota_owner": "App", "product_type": "cs", "quota_type": "sub_quota"}
    package = (await zalo.call("/v3.0/oa/quota/message", asked))["data"][0]
    assert (package["total"], package["remain"], package["valid_through"]) == (500, 500, "30/11/2026")
    bought = {"quota_owner": "OA", "product_type": "cs", "quota_type": "purchase_quota"}
    assert (await zalo.call("/v3.0/oa/quota/message", bought))["data"] == []


async def test_tags_are_made_by_use_and_told(zalo: Zalo, bot: FakeBot) -> None:
    user_id = await zalo.person()
    body = {"user_id": int(user_id), "tag_name": "đầu mối"}
    assert (await zalo.call("/v2.0/oa/tag/tagfollower", body))["error"] == 0
    assert (await zalo.call("/v2.0/oa/tag/gettagsofoa"))["data"] == ["đầu mối"]
    assert (await bot.until(1, "add_user_to_tag"))[0].event["tag"]["user_ids"] == [user_id]
    await zalo.call("/v2.0/oa/tag/rmfollowerfromtag", body)
    await zalo.call("/v2.0/oa/tag/rmtag", {"tag_name": "đầu mối"})
    assert (await zalo.call("/v2.0/oa/tag/gettagsofoa"))["data"] == []


async def test_details_can_be_written_and_deleted(zalo: Zalo) -> None:
    user_id = await zalo.person()
    body = {"user_id": user_id, "user_alias": "Anh An", "shared_info": {"name": "An", "phone": "84905123456"}}
    assert await zalo.call("/v3.0/oa/user/update", body) == {"error": 0, "message": "Success"}
    detail = (await zalo.call("/v3.0/oa/user/detail", user_id=user_id))["data"]
    assert (detail["user_alias"], detail["shared_info"]["name"]) == ("Anh An", "An")
    await zalo.call("/v2.0/oa/deletefollowerinfo", {"user_id": user_id})
    assert "shared_info" not in (await zalo.call("/v3.0/oa/user/detail", user_id=user_id))["data"]


async def test_a_clock_minute_has_so_many_calls(bot: FakeBot, clock: FixedClock) -> None:
    zalo = Zalo(config(bot.url, rate_per_minute=2), clock)
    headers = {"access_token": zalo.token}
    answers = [await zalo.raw("GET", "/v2.0/oa/getoa", headers=headers) for _ in range(3)]
    assert [answer.json()["error"] for answer in answers] == [0, 0, -32]
    assert [answer.headers["X-RateLimit-Remain"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"2"}
    zalo.later(minutes=1)
    assert (await zalo.call("/v2.0/oa/getoa"))["error"] == 0
    await zalo.close()


async def test_demo_people_keep_their_ids(zalo: Zalo) -> None:
    assert (await zalo.call("/v3.0/oa/user/detail", user_id=OFFICER))["data"]["user_is_follower"] is True
