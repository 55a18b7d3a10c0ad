"""What the pretend Zalo knows: people, chats, grants, counters; held in memory and forgotten at the end."""

import asyncio
import random
import secrets
from collections.abc import Mapping

from app.kit.clock import Clock
from app.kit.ids import MessageId, UserId
from app.sandbox.assets import Assets
from app.sandbox.background import Background
from app.sandbox.config import SandboxConfig
from app.sandbox.events import EventWriter
from app.sandbox.faults import Faults
from app.sandbox.feed import Feed, Topic
from app.sandbox.grants import Grants
from app.sandbox.limits import MinuteLimit, PeriodCount
from app.sandbox.log import Log
from app.sandbox.people import Person, demo_people
from app.sandbox.postman import Postman
from app.sandbox.templates_known import Template
from app.sandbox.thread import MessageState, ThreadMessage


class NoSuchPerson(LookupError):
    """Nobody here has that user id."""


class World:
    """The state that the phone and the bot's calls both act on."""

    def __init__(self, config: SandboxConfig, clock: Clock) -> None:
        self.config, self.clock = config, clock
        self.chance = random.Random(config.seed)  # noqa: S311  decides echo order and bytes, guards nothing
        self.feed = Feed()
        self.log = Log(self.feed)
        self.faults = Faults(self.chance)
        self.grants = Grants(config, clock.now())
        self.assets = Assets(config.uploads_per_month)
        self.rate = MinuteLimit(config.rate_per_minute)
        self.package = PeriodCount.monthly()
        self.phone_templates = PeriodCount.daily()
        self.templates: dict[str, Template] = {known.template_id: known for known in config.templates}
        self.events = EventWriter(config.app_id, config.oa_id)
        self.background = Background()
        self.postman = Postman(config, clock, self.faults, self.log, self.feed, self.background, self.chance)
        self.people: dict[UserId, Person] = {}
        self.threads: dict[UserId, list[ThreadMessage]] = {}
        self._by_id: dict[MessageId, ThreadMessage] = {}
        self._seat_people()

    def person(self, user_id: str) -> Person:
        """Raises `NoSuchPerson`."""
        found = self.people.get(UserId(user_id))
        if found is None:
            raise NoSuchPerson(user_id)
        return found

    def person_by_phone(self, phone: str) -> Person | None:
        return next((person for person in self.people.values() if phone and person.phone == phone), None)

    def add_person(self, person: Person) -> None:
        self.people[person.user_id] = person
        self.threads[person.user_id] = []
        self.feed.publish(Topic.PERSON, person.user_id, person)

    def message(self, msg_id: str) -> ThreadMessage | None:
        return self._by_id.get(MessageId(msg_id))

    def new_message_id(self) -> MessageId:
        """Hex-like and about twenty characters, as Zalo's are."""
        return MessageId(secrets.token_hex(10))

    def put(self, message: ThreadMessage) -> None:
        """The message now stands in its chat."""
        self.threads[message.user_id].append(message)
        self._by_id[message.msg_id] = message
        self.feed.publish(Topic.MESSAGE, message.user_id, message)

    def advance(self, message: ThreadMessage, state: MessageState) -> bool:
        """Moves the message forward and says so to those who watch; false when it was there already."""
        if not message.move_on(state):
            return False
        self.feed.publish(Topic.STATE, message.user_id, message)
        return True

    def react(self, message: ThreadMessage, icon: str) -> None:
        """Puts the icon under the message; "/-remove" takes all of them off."""
        message.reactions = () if icon == "/-remove" else (*message.reactions, icon)
        self.feed.publish(Topic.STATE, message.user_id, message)

    def tell(
        self, body: Mapping[str, object], person: Person | None, by_zalo: bool = False
    ) -> asyncio.Task[bool]:
        """Sends the event to the bot; what people do and what Zalo reports travel in chains of their own."""
        user_id = person.user_id if person else None
        chain = f"{user_id}{'-reports' if by_zalo else ''}"
        return self.postman.post(self.postman.write(body, user_id), chain)

    def touch(self, person: Person) -> None:
        """The person did something that opens the window anew."""
        person.last_interaction_at = self.clock.now()
        self.feed.publish(Topic.PERSON, person.user_id, person)

    def reset(self) -> None:
        """People, chats, faults, counters and log as on the first day; tokens and webhook address stay."""
        self.background.cancel()
        self.postman.restore()
        self.faults.clear()
        self.log.clear()
        self.rate = MinuteLimit(self.config.rate_per_minute)
        self.package.clear()
        self.phone_templates.clear()
        self.people.clear()
        self.threads.clear()
        self._by_id.clear()
        self._seat_people()
        self.feed.publish(Topic.RESET, None, None)

    def _seat_people(self) -> None:
        for person in demo_people(self.clock.now()) if self.config.demo_people else ():
            self.people[person.user_id] = person
            self.threads[person.user_id] = []
