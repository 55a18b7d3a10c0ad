"""The bot's messages: taken or refused; then they stand in the chat, echo, and are received and seen."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from app.kit.clock import VIETNAM, epoch_ms
from app.kit.ids import UserId
from app.sandbox.assets import Asset, AssetKind
from app.sandbox.codes import (
    INACTIVE,
    NEVER_INTERACTED,
    NIGHT,
    NO_MONEY,
    NO_UID_TEMPLATE,
    NOT_FOLLOWING,
    QUOTA_GONE,
    SILENT_7_DAYS,
    TOO_MUCH,
    invalid,
    refusal,
)
from app.sandbox.config import EchoOrder
from app.sandbox.faults import FaultName
from app.sandbox.grammar import Draft, read_message
from app.sandbox.people import Person
from app.sandbox.template_data import DataRefusals, check_template_data
from app.sandbox.templates_known import Template, TemplateTag
from app.sandbox.thread import Kind, MessageState, Sender, ThreadMessage
from app.sandbox.windows import TEMPLATE_OPEN_FOR, Allowance, NotNow, allowance, is_night
from app.sandbox.world import World

Json = dict[str, object]

PACKAGE = "cs"
REACTIONS = frozenset({":>", "--b", ":-((", "/-strong", "/-heart", ":-h", ":o", "/-remove"})
ECHO_PATIENCE = 0.5
"""Seconds that an answer waits for an echo that was to go first."""

_STRIKES = {
    FaultName.OUT_OF_WINDOW: SILENT_7_DAYS,
    FaultName.NIGHT: NIGHT,
    FaultName.QUOTA_GONE: QUOTA_GONE,
}


class Sending:
    """Every way in which the bot reaches a person."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def cs(self, body: Mapping[str, object]) -> Json:
        """A CS message ("Tin Tư vấn") to one person. Raises `Refused`."""
        person = self._recipient(body.get("recipient"))
        draft = read_message(body.get("message"), self._find_asset)
        self._check_quote(draft, person)
        self._check_strikes(person)
        paid_from = self._allowance(person)
        quota = self._spend(person, paid_from)
        message = await self._deliver(person, draft)
        return self._answer(message, quota)

    async def template(self, body: Mapping[str, object]) -> Json:
        """A ZBS template to a user id. Raises `Refused`."""
        person = self._person(body.get("user_id"))
        template = self._world.templates.get(str(body.get("template_id")))
        if template is None:
            raise invalid("template_id")
        if not template.by_user_id:
            raise refusal(NO_UID_TEMPLATE)
        refusals = DataRefusals(invalid("template_data"), invalid("template_data"), refusal(TOO_MUCH))
        values = check_template_data(template, body.get("template_data"), refusals)
        self._check_strikes(person)
        self._check_template_window(person, template)
        draft = Draft(Kind.CARD, template.fill(values), template.name)
        message = await self._deliver(person, draft)
        owner: Json = {
            "quota_type": "purchase_quota",
            "owner_type": "OA",
            "owner_id": self._world.config.oa_id,
        }
        return self._answer(message, owner)

    def react(self, body: Mapping[str, object]) -> Json:
        """The OA's reaction to a message of the person. Raises `Refused`."""
        person = self._recipient(body.get("recipient"))
        action = body.get("sender_action")
        if not isinstance(action, dict):
            raise invalid("sender_action")
        icon, msg_id = action.get("react_icon"), action.get("react_message_id")
        if icon not in REACTIONS:
            raise invalid("react_icon")
        message = self._world.message(msg_id) if isinstance(msg_id, str) else None
        if message is None or message.user_id != person.user_id:
            raise invalid("react_message_id")
        self._world.react(message, icon)
        return {"message_id": message.msg_id, "user_id": person.user_id}

    async def colleague(self, user_id: str, text: str, admin_id: str) -> ThreadMessage:
        """A person of the office answers from Zalo's own chat tool; windows are wider there."""
        person = self._world.person(user_id)
        message = self._put(person, Draft(Kind.TEXT, text), admin_id)
        self._echo(person, message)
        self._report(person, message)
        return message

    def package_left(self) -> int:
        """What is left of the package's messages this month."""
        used = self._world.package.used(PACKAGE, self._world.clock.now())
        return max(0, self._world.config.sub_quota - used)

    def _recipient(self, recipient: object) -> Person:
        if not isinstance(recipient, dict):
            raise invalid("recipient")
        return self._person(recipient.get("user_id"))

    def _person(self, user_id: object) -> Person:
        person = self._world.people.get(UserId(user_id)) if isinstance(user_id, str) else None
        if person is None:
            raise invalid("user_id")
        return person

    def _find_asset(self, key: str, kind: AssetKind, field: str) -> Asset:
        return self._world.assets.to_send(key, kind, field, self._world.clock.now())

    def _check_quote(self, draft: Draft, person: Person) -> None:
        if draft.quoted is None:
            return
        quoted = self._world.message(draft.quoted)
        if quoted is None or quoted.user_id != person.user_id:
            raise invalid("quote_message_id")

    def _check_strikes(self, person: Person) -> None:
        """Faults that look like Zalo's own rules. Raises `Refused`."""
        for fault, code in _STRIKES.items():
            if self._world.faults.strike(fault, person.user_id):
                raise refusal(code)
        if not person.on_zalo:
            raise refusal(INACTIVE)
        if person.blocked or self._world.faults.strike(FaultName.BLOCKED, person.user_id):
            raise refusal(self._world.config.blocked_code)

    def _allowance(self, person: Person) -> Allowance:
        found = allowance(
            person.last_interaction_at,
            person.following,
            person.welcome_left,
            self.package_left(),
            self._world.clock.now(),
        )
        if isinstance(found, NotNow):
            raise refusal(found.code)
        if found is Allowance.BILLED and not self._world.config.billing:
            raise refusal(NO_MONEY)
        return found

    def _spend(self, person: Person, paid_from: Allowance) -> Json | None:
        """Takes one message off the allowance; says what the answer's `quota` tells of it."""
        match paid_from:
            case Allowance.REPLY:
                return {"quota_type": "reply"}
            case Allowance.WELCOME:
                total = person.welcome_left
                person.welcome_left -= 1
                remain = str(person.welcome_left)
                return {"quota_type": "welcome_msg", "remain": remain, "total": str(max(total, 3))}
            case Allowance.PACKAGE:
                now = self._world.clock.now()
                self._world.package.add(PACKAGE, now)
                next_month = (now.astimezone(VIETNAM).replace(day=1) + timedelta(days=32)).replace(day=1)
                return {
                    "quota_type": "sub_quota",
                    "remain": str(self.package_left()),
                    "total": str(self._world.config.sub_quota),
                    "expired_date": (next_month - timedelta(days=1)).strftime("%d/%m/%Y"),
                }
            case Allowance.BILLED:
                return None

    def _check_template_window(self, person: Person, template: Template) -> None:
        now = self._world.clock.now()
        if template.tag is TemplateTag.PROMOTION:
            if not person.following:
                raise refusal(NOT_FOLLOWING)
            if is_night(now):
                raise refusal(NIGHT)
            return
        last = person.last_interaction_at
        if (last is None and not person.following) or (last and now - last > TEMPLATE_OPEN_FOR):
            raise refusal(NEVER_INTERACTED)

    async def _deliver(self, person: Person, draft: Draft) -> ThreadMessage:
        message = self._put(person, draft, None)
        if self._echoes_first():
            await asyncio.wait({self._echo(person, message)}, timeout=ECHO_PATIENCE)
        else:
            self._world.background.start(self._echo_later(person, message))
        self._report(person, message)
        return message

    def _put(self, person: Person, draft: Draft, admin_id: str | None) -> ThreadMessage:
        for written in self._world.threads[person.user_id]:
            if written.sender is Sender.USER:
                self._world.advance(written, MessageState.SEEN)
        message = ThreadMessage(
            self._world.new_message_id(),
            person.user_id,
            Sender.OA,
            draft.kind,
            draft.text,
            self._world.clock.now(),
            draft.buttons,
            draft.attachments,
            draft.title,
            quoted=draft.quoted,
            admin_id=admin_id,
        )
        self._world.put(message)
        return message

    def _echoes_first(self) -> bool:
        match self._world.config.echo:
            case EchoOrder.BEFORE:
                return True
            case EchoOrder.AFTER:
                return False
            case EchoOrder.MIXED:
                return self._world.chance.random() < 0.5

    def _echo(self, person: Person, message: ThreadMessage) -> asyncio.Task[bool]:
        return self._world.tell(self._world.events.echo(person, message), person, by_zalo=True)

    async def _echo_later(self, person: Person, message: ThreadMessage) -> None:
        await asyncio.sleep(0.01)  # lets the answer to the call leave first
        self._echo(person, message)

    def _report(self, person: Person, message: ThreadMessage) -> None:
        if self._world.config.receipts and person.on_zalo:
            self._world.background.start(self._receipts(person, message))

    async def _receipts(self, person: Person, message: ThreadMessage) -> None:
        await asyncio.sleep(self._world.config.received_after)
        if self._world.advance(message, MessageState.RECEIVED):
            self._world.tell(self._world.events.received(person, message.msg_id), person, by_zalo=True)
        if not person.reads:
            return
        await asyncio.sleep(self._world.config.seen_after)
        if self._world.advance(message, MessageState.SEEN):
            self._world.tell(self._world.events.seen(person, [message.msg_id]), person, by_zalo=True)

    def _answer(self, message: ThreadMessage, quota: Json | None) -> Json:
        data: Json = {
            "message_id": message.msg_id,
            "user_id": message.user_id,
            "sent_time": str(epoch_ms(message.at)),
        }
        return data if quota is None else {**data, "quota": quota}
