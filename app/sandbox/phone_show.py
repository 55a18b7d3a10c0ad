"""Draws the phone: the whole page, and what has changed since a page was drawn."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, assert_never

from app.kit.ids import UserId
from app.look.assets import Assets
from app.look.rendering import make_environment
from app.sandbox.clock_desk import ClockDesk
from app.sandbox.feed import Change, Topic
from app.sandbox.log import LogEntry
from app.sandbox.people import Person
from app.sandbox.phone_view import chat_lines, event_seen, faults_seen, receipt_of, relation_of
from app.sandbox.thread import ThreadMessage
from app.sandbox.world import World

TEMPLATES = Path(__file__).parent / "templates"

EVENTS_SHOWN = 40


class PhoneShow:
    """Reads the world and draws; changes nothing."""

    def __init__(self, world: World, assets: Assets, desk: ClockDesk) -> None:
        self._world, self._desk = world, desk
        environment = make_environment([TEMPLATES], assets)
        self._page = environment.get_template("phone/page.html")
        self._parts: Any = environment.get_template("phone/changes.html").module

    def page(self, me: Person, panel: str) -> str:
        """The cursor is read first: what happens while the page is drawn is told once more, never lost."""
        cursor = self._world.feed.cursor
        now = self._world.clock.now()
        messages = self._world.threads[me.user_id]
        entries = self._world.log.entries(user_id=me.user_id, limit=EVENTS_SHOWN)
        return self._page.render(
            cursor=cursor,
            now=now,
            rate=self._desk.rate,
            me=me,
            people=list(self._world.people.values()),
            relation=relation_of(me, now),
            lines=chat_lines(messages, media_url),
            last_receipt=receipt_of(messages),
            events=[event_seen(entry) for entry in reversed(entries)],
            faults=faults_seen(self._world.faults),
            oa_name=self._world.config.oa_name.partition(" (")[0],
            menus=self._world.config.menus,
            panel=panel,
        )

    async def changes(self, user_id: str, after: int) -> AsyncIterator[tuple[int, str]]:
        """For ever: the cursor and the parts of the page that differ since it."""
        feed = self._world.feed
        if after > feed.cursor:
            # The page is older than this process: it is told everything anew.
            after = feed.cursor
            yield after, self._whole(user_id)
        async for change in feed.follow(UserId(user_id), after):
            html = self._part(user_id, change)
            if html:
                yield change.cursor, html

    def _part(self, user_id: str, change: Change) -> str:
        me = self._world.people.get(UserId(user_id))
        if me is None:
            return ""
        match change.topic:
            case Topic.MESSAGE:
                return self._new_message(me, change.subject)
            case Topic.STATE:
                return self._receipt(me)
            case Topic.LOG:
                return self._event(me, change.subject)
            case Topic.PERSON:
                return self._people(me)
            case Topic.FAULTS:
                return str(self._parts.new_faults(faults_seen(self._world.faults), me))
            case Topic.CLOCK:
                return self._clock(me)
            case Topic.WEBHOOK:
                postman = self._world.postman
                return str(self._parts.webhook_notice(postman.enabled, postman.url))
            case Topic.RESET:
                return self._whole(user_id)
            case _:
                assert_never(change.topic)

    def _new_message(self, me: Person, subject: object) -> str:
        lines = chat_lines(self._world.threads[me.user_id], media_url)
        key = subject.msg_id if isinstance(subject, ThreadMessage) else ""
        line = next((line for line in reversed(lines) if line.bubble.key == key), None)
        if line is None:
            return ""
        now = self._world.clock.now()
        return str(self._parts.added_line(line, me, now)) + self._receipt(me)

    def _receipt(self, me: Person) -> str:
        return str(self._parts.new_receipt(receipt_of(self._world.threads[me.user_id])))

    def _event(self, me: Person, subject: object) -> str:
        if not isinstance(subject, LogEntry):
            return ""
        html = str(self._parts.added_event(event_seen(subject)))
        if subject.faults:
            html += str(self._parts.new_faults(faults_seen(self._world.faults), me))
        return html

    def _people(self, me: Person) -> str:
        relation = relation_of(me, self._world.clock.now())
        return str(self._parts.new_people(list(self._world.people.values()), me, relation))

    def _clock(self, me: Person) -> str:
        now = self._world.clock.now()
        moved = str(self._parts.new_clock(now, self._desk.rate, me))
        return moved + str(self._parts.new_relation(me, relation_of(me, now)))

    def _whole(self, user_id: str) -> str:
        me = self._world.people.get(UserId(user_id))
        if me is None:
            return ""
        lines = chat_lines(self._world.threads[me.user_id], media_url)
        chat = str(self._parts.whole_chat(lines, me, self._world.clock.now()))
        faults = str(self._parts.new_faults(faults_seen(self._world.faults), me))
        return chat + self._receipt(me) + self._people(me) + faults


def media_url(media_id: str) -> str:
    return f"media/{media_id}"
