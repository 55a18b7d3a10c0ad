import asyncio

from app.kit.ids import UserId
from app.sandbox.feed import Change, Feed, Topic
from app.sandbox.people import STRANGER, VERIFIED_LIAISON
from tests.sandbox.harness import Zalo


async def take(feed: Feed, count: int, user_id: str | None = None, after: int | None = None) -> list[Change]:
    taken: list[Change] = []
    async with asyncio.timeout(2):
        async for change in feed.follow(UserId(user_id) if user_id else None, after):
            taken.append(change)
            if len(taken) == count:
                break
    return taken


async def test_a_watcher_hears_what_comes_after_it_began() -> None:
    feed = Feed()
    feed.publish(Topic.CLOCK, None, "before")
    watching = asyncio.create_task(take(feed, 2))
    await asyncio.sleep(0)
    feed.publish(Topic.CLOCK, None, "one")
    feed.publish(Topic.CLOCK, None, "two")
    assert [change.subject for change in await watching] == ["one", "two"]


async def test_one_who_was_away_catches_up_by_cursor() -> None:
    feed = Feed()
    for word in ("one", "two", "three"):
        feed.publish(Topic.CLOCK, None, word)
    assert [change.subject for change in await take(feed, 2, after=1)] == ["two", "three"]


async def test_what_happens_while_a_change_is_shown_is_not_lost() -> None:
    feed = Feed()
    feed.publish(Topic.CLOCK, None, "one")
    heard = []
    async with asyncio.timeout(2):
        async for change in feed.follow(after=0):
            heard.append(change.subject)
            if change.subject == "one":
                feed.publish(Topic.CLOCK, None, "two")
            else:
                break
    assert heard == ["one", "two"]


async def test_a_watcher_of_one_person_hears_of_them_and_of_what_concerns_all() -> None:
    feed = Feed()
    feed.publish(Topic.PERSON, STRANGER, "stranger")
    feed.publish(Topic.PERSON, VERIFIED_LIAISON, "liaison")
    feed.publish(Topic.CLOCK, None, "clock")
    assert [change.subject for change in await take(feed, 2, STRANGER, 0)] == ["stranger", "clock"]


async def test_a_message_its_state_and_the_wire_are_all_told(zalo: Zalo) -> None:
    zalo.sandbox.phone.say(STRANGER, "alo")
    await zalo.sandbox.settled()
    topics = {change.topic for change in zalo.sandbox.feed.since(0, STRANGER)}
    assert topics == {Topic.MESSAGE, Topic.PERSON, Topic.LOG, Topic.STATE}
