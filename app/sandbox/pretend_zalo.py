"""The pretend Zalo as one object: what the pages show and the control API drives."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from app.kit.clock import Clock, ShiftedClock
from app.kit.ids import UserId
from app.sandbox.config import RetryMode, SandboxConfig
from app.sandbox.faults import Faults
from app.sandbox.feed import Change, Feed, Topic
from app.sandbox.log import Log
from app.sandbox.people import Person
from app.sandbox.phone import Phone
from app.sandbox.sending import Sending
from app.sandbox.templates_known import Template
from app.sandbox.thread import ThreadMessage
from app.sandbox.world import World


class ClockStands(Exception):
    """This sandbox was given a clock that cannot be moved."""


class PretendZalo:
    """`phone` is what people do, `sending` what the bot does; `subscribe` tells of all that changes."""

    def __init__(self, config: SandboxConfig, clock: Clock) -> None:
        self.world = World(config, clock)
        self.phone = Phone(self.world)
        self.sending = Sending(self.world)

    @property
    def config(self) -> SandboxConfig:
        return self.world.config

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @property
    def log(self) -> Log:
        return self.world.log

    @property
    def feed(self) -> Feed:
        return self.world.feed

    def people(self) -> list[Person]:
        """In the order in which they came: the demo's people first."""
        return list(self.world.people.values())

    def person(self, user_id: str) -> Person:
        """Raises `NoSuchPerson`."""
        return self.world.person(user_id)

    def thread(self, user_id: str, *, hidden: bool = False) -> list[ThreadMessage]:
        """The chat, oldest first; what hidden buttons sent is left out unless asked for."""
        person = self.world.person(user_id)
        return [message for message in self.world.threads[person.user_id] if hidden or not message.hidden]

    def subscribe(self, user_id: str | None = None, after: int | None = None) -> AsyncIterator[Change]:
        """Changes for ever, from a cursor or from now on: all, or one person's and those of everybody."""
        return self.feed.follow(UserId(user_id) if user_id else None, after)

    def set_faults(self, rules: dict[str, object]) -> None:
        """All of them or none. Raises `RuleRefused`."""
        self.faults.set(rules)
        self.feed.publish(Topic.FAULTS, None, self.faults.rules())

    def advance_clock(self, by: timedelta) -> None:
        """Raises `ClockStands`."""
        self._moving().advance(by)
        self._clock_moved()

    def set_clock(self, to: datetime) -> None:
        """Also backwards, which real time never does. Raises `ClockStands`."""
        self._moving().set(to)
        self._clock_moved()

    def run_clock_at(self, rate: float) -> None:
        """1 is real time, 60 an hour a minute, 0 a stop. Raises `ClockStands`."""
        self._moving().run_at(rate)
        self._clock_moved()

    def set_webhook(
        self,
        url: str | None = None,
        oa_secret: str | None = None,
        retry: RetryMode | None = None,
        enabled: bool | None = None,
    ) -> None:
        """Changes what is given; enabling asks for the events again after they were cut off."""
        postman = self.world.postman
        postman.url = postman.url if url is None else url
        postman.oa_secret = oa_secret or postman.oa_secret
        postman.retry = retry or postman.retry
        if enabled is not None:
            postman.enabled = enabled
        self.feed.publish(Topic.WEBHOOK, None, postman.url)

    def add_template(self, template: Template) -> None:
        self.world.templates[template.template_id] = template

    async def check_webhook(self) -> bool:
        """Posts the sample that the developer console posts when an address is saved."""
        postman = self.world.postman
        return await postman.check_url(postman.write(self.world.events.url_check(), None))

    def revoke_permission(self) -> None:
        """The OA's administrator takes the app's permission back."""
        self.world.tell(self.world.events.permission_revoked(), None)
        self.world.grants.revoke()

    def reset(self) -> None:
        """As on the first day; the clock, the tokens and the webhook's address stay."""
        self.world.reset()

    async def settled(self) -> None:
        """Returns when no webhook, echo or receipt is on its way; retries are not waited for."""
        await self.world.background.settled()

    async def close(self) -> None:
        await self.world.background.close()
        await self.world.postman.close()

    def _moving(self) -> ShiftedClock:
        if not isinstance(self.clock, ShiftedClock):
            raise ClockStands("this sandbox was given a clock that cannot be moved")
        return self.clock

    def _clock_moved(self) -> None:
        self.feed.publish(Topic.CLOCK, None, self.clock.now())
