"""ZBS templates to phone numbers: another host, other codes, receipts without a user id."""

import asyncio
from collections.abc import Mapping

from app.kit.clock import epoch_ms
from app.sandbox.codes import (
    ZBS_BODY,
    ZBS_DAILY,
    ZBS_MISSING,
    ZBS_NIGHT,
    ZBS_NO_ACCOUNT,
    ZBS_PHONE,
    ZBS_REFUSED,
    ZBS_TEMPLATE,
    ZBS_TOO_LONG,
    Refused,
    zbs_refusal,
)
from app.sandbox.faults import FaultName
from app.sandbox.people import Person
from app.sandbox.template_data import DataRefusals, check_template_data
from app.sandbox.templates_known import Template, TemplateTag
from app.sandbox.thread import Kind, MessageState, Sender, ThreadMessage
from app.sandbox.windows import is_night
from app.sandbox.world import World

Json = dict[str, object]

LONGEST_TRACKING_ID = 48
_COUNTER = "phone"


class PhoneTemplates:
    def __init__(self, world: World) -> None:
        self._world = world

    def send(self, body: Mapping[str, object]) -> Json:
        """A template to whoever has that number on Zalo. Raises `Refused`."""
        phone = local_phone(body.get("phone"))
        template = self._world.templates.get(str(body.get("template_id")))
        if template is None:
            raise zbs_refusal(ZBS_TEMPLATE)
        refusals = DataRefusals(zbs_refusal(ZBS_BODY), zbs_refusal(ZBS_MISSING), zbs_refusal(ZBS_TOO_LONG))
        values = check_template_data(template, body.get("template_data"), refusals)
        tracking_id = str(body.get("tracking_id") or "")
        if len(tracking_id) > LONGEST_TRACKING_ID:
            raise Refused(ZBS_BODY, "tracking_id is invalid")
        person = self._reachable(phone, template)
        remaining = self._count()
        message = self._put(person, template, values)
        self._world.background.start(self._receipt(message, phone, tracking_id))
        return {
            "msg_id": message.msg_id,
            "sent_time": str(epoch_ms(message.at)),
            "sending_mode": str(body.get("sending_mode") or "1"),
            "quota": {
                "dailyQuota": str(self._world.config.zbs_daily_quota),
                "remainingQuota": str(remaining),
            },
        }

    def quota(self) -> Json:
        daily = self._world.config.zbs_daily_quota
        used = self._world.phone_templates.used(_COUNTER, self._world.clock.now())
        return {"dailyQuota": str(daily), "remainingQuota": str(max(0, daily - used))}

    def status(self, msg_id: str) -> Json:
        """-1 unknown, 0 pushed, 1 delivered."""
        message = self._world.message(msg_id)
        if message is None:
            return {"status": -1, "message": "Message not found"}
        delivered = message.state in (MessageState.RECEIVED, MessageState.SEEN)
        return {"status": int(delivered), "delivery_time": str(epoch_ms(message.at)) if delivered else ""}

    def _reachable(self, phone: str, template: Template) -> Person:
        strike = self._world.faults.strike
        if template.tag is TemplateTag.PROMOTION and is_night(self._world.clock.now()):
            raise zbs_refusal(ZBS_NIGHT)
        if strike(FaultName.NIGHT):
            raise zbs_refusal(ZBS_NIGHT)
        person = self._world.person_by_phone(phone)
        if person is None:
            raise zbs_refusal(ZBS_NO_ACCOUNT)
        if person.blocked or strike(FaultName.BLOCKED, person.user_id):
            raise zbs_refusal(ZBS_REFUSED)
        return person

    def _count(self) -> int:
        daily, now = self._world.config.zbs_daily_quota, self._world.clock.now()
        used_up = self._world.phone_templates.used(_COUNTER, now) >= daily
        if used_up or self._world.faults.strike(FaultName.QUOTA_GONE):
            raise zbs_refusal(ZBS_DAILY)
        return daily - self._world.phone_templates.add(_COUNTER, now)

    def _put(self, person: Person, template: Template, values: dict[str, str]) -> ThreadMessage:
        message = ThreadMessage(
            self._world.new_message_id(),
            person.user_id,
            Sender.OA,
            Kind.CARD,
            template.fill(values),
            self._world.clock.now(),
            title=template.name,
        )
        self._world.put(message)
        return message

    async def _receipt(self, message: ThreadMessage, phone: str, tracking_id: str) -> None:
        await asyncio.sleep(self._world.config.received_after)
        self._world.advance(message, MessageState.RECEIVED)
        delivered = str(epoch_ms(self._world.clock.now()))
        body = self._world.events.phone_receipt(phone, message.msg_id, tracking_id, delivered)
        self._world.tell(body, None, by_zalo=True)


def local_phone(given: object) -> str:
    """The number as 84…; Zalo lists 84…, +84… and 0… as accepted. Raises `Refused`."""
    text = given.removeprefix("+") if isinstance(given, str) else ""
    digits = f"84{text[1:]}" if text.startswith("0") else text
    if not (digits.isascii() and digits.isdigit() and digits.startswith("84") and 11 <= len(digits) <= 12):
        raise zbs_refusal(ZBS_PHONE)
    return digits
