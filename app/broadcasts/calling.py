"""The one call that a recipient's message is, by its way, and what the answer makes of the recipient."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
import structlog

from app.broadcasts.attachments import Attachments
from app.broadcasts.content import Content, Values, chat_message, fill, letter
from app.broadcasts.ledger import Waiting
from app.broadcasts.models import RecipientState
from app.broadcasts.people import Person
from app.broadcasts.rules import Reason
from app.broadcasts.settling import Result
from app.credentials.renewal import NotLinked, TokenKeeper
from app.kit.clock import Clock
from app.kit.ids import MessageId
from app.kit.seal import BrokenSeal, Sealer
from app.mail.sending import MailDelayed, Mailer, MailInDoubt, MailRefused, Post
from app.mail.stop_link import stop_link
from app.outbox.pace import Pace
from app.outbox.refused import (
    AllWait,
    Halt,
    InDoubt,
    NextWay,
    UploadAgain,
    Wait,
    WayClosed,
    after_refusal,
)
from app.outbox.rules import LINK_AGAIN, MOST_TRIES
from app.outbox.ways import CHAT_WAYS, Way
from app.zalo.client import ZaloClient
from app.zalo.errors import Fault, TokenRejected, ZaloError
from app.zalo.messages import BadMessage
from app.zalo.template import Template
from app.zalo.transport import CALL_LIMIT

log = structlog.get_logger()

MAIL_AGAIN = timedelta(minutes=1)
SURELY_OVER = timedelta(seconds=CALL_LIMIT + 3)
"""Before it is looked up whether a message arrived: a slow Zalo may still be at the call we gave up."""


@dataclass(frozen=True, slots=True)
class ToCall:
    """A claimed recipient with the person as they were at the claim."""

    recipient: Waiting
    person: Person
    way: Way
    price: int
    file_id: int | None = None
    """The picture or file that goes before the text, when it has not gone yet."""


@dataclass(frozen=True, slots=True)
class Called:
    """`counts`: whether it was a failure that says something about the broadcast; None: neither."""

    result: Result
    counts: bool | None = None
    shut_out: bool = False
    closed: WayClosed | None = None
    halt: str | None = None
    part_is_out: bool = False
    """The picture or file is there; the text follows as a call of its own."""


class Caller:
    """Makes each call once; decides nothing but what its answer means."""

    def __init__(
        self,
        client: ZaloClient,
        tokens: TokenKeeper,
        mailer: Mailer | None,
        sealer: Sealer,
        pace: Pace,
        clock: Clock,
        public_url: str,
        attachments: Attachments,
    ) -> None:
        self._attachments = attachments
        self._client, self._tokens, self._mailer, self._sealer = client, tokens, mailer, sealer
        self._pace, self._clock, self._public_url = pace, clock, public_url

    async def call(self, broadcast_id: int, content: Content, one: ToCall) -> Called:
        try:
            values: Values = (
                orjson.loads(self._sealer.open(one.recipient.filled)) if one.recipient.filled else {}
            )
            if one.way is Way.EMAIL:
                return await self._write_letter(content, values, one)
            return await self._call_zalo(broadcast_id, content, values, one)
        except BrokenSeal as error:
            return self._unsaid(one, Reason.UNREADABLE, error)
        except (BadMessage, KeyError) as error:
            return self._unsaid(one, Reason.TOO_LONG, error)

    def _unsaid(self, one: ToCall, reason: Reason, error: Exception) -> Called:
        """Nothing can have left yet."""
        number, attempts = one.recipient.id, one.recipient.attempts
        failed = Result(number, RecipientState.FAILED, attempts, reason=reason, note=str(error))
        return Called(failed, counts=True)

    def in_doubt(self, one: ToCall, note: str) -> Called:
        """Nobody can say whether the call was made: it stays unknown, in sight of staff."""
        return Called(self._in_doubt(one, None, None, note), counts=True)

    async def _call_zalo(self, broadcast_id: int, content: Content, values: Values, one: ToCall) -> Called:
        try:
            token = await self._tokens.token()
        except NotLinked as error:
            return Called(self._again(one, self._clock.now() + LINK_AGAIN, None, str(error), counted=False))
        try:
            message_id = await self._send(token, broadcast_id, content, values, one)
        except ZaloError as error:
            if isinstance(error, TokenRejected):
                await self._replace(token)
            return await self._refused(error, one)
        sent = self._sent(one, message_id)
        return replace(sent, part_is_out=True) if one.file_id is not None else sent

    async def _send(
        self, token: str, broadcast_id: int, content: Content, values: Values, one: ToCall
    ) -> MessageId:
        contact = one.recipient.contact
        if one.file_id is not None and contact is not None:
            carrier = await self._attachments.message(token, one.file_id)
            return (await self._client.send(token, contact, carrier)).message_id
        if one.way in CHAT_WAYS and contact is not None:
            sent = await self._client.send(token, contact, chat_message(content, values, broadcast_id))
            return sent.message_id
        use = content.template
        if use is None:
            raise BadMessage("no template")
        template = Template(
            use.template_id, {name: fill(text, values) for name, text in use.parameters.items()}
        )
        if one.way is Way.TEMPLATE and contact is not None:
            return (await self._client.send_template(token, contact, template)).message_id
        phone = self._sealer.open_text(one.person.phone or b"")
        tracking_id = f"b{broadcast_id}.{one.recipient.id}"
        return (await self._client.send_template_to_phone(token, phone, template, tracking_id)).message_id

    async def _write_letter(self, content: Content, values: Values, one: ToCall) -> Called:
        if self._mailer is None or one.person.email is None:
            return Called(
                self._again(one, self._clock.now() + MAIL_AGAIN, None, "no SMTP server", counted=False)
            )
        address = self._sealer.open_text(one.person.email)
        link = stop_link(self._public_url, self._sealer, address)
        written = letter(content, values, link)
        now = self._clock.now()
        try:
            message_id = await self._mailer.send(
                Post(address, written.subject, written.plain, written.html, link)
            )
        except MailDelayed as error:
            if error.code is not None and one.recipient.attempts >= MOST_TRIES:
                return Called(
                    self._other_way(one, frozenset({Way.EMAIL}), error.code, str(error)), counts=True
                )
            at = now + MAIL_AGAIN * one.recipient.attempts
            return Called(self._again(one, at, error.code, str(error), counted=error.code is not None))
        except MailRefused as error:
            return Called(self._other_way(one, frozenset({Way.EMAIL}), error.code, str(error)), counts=False)
        except MailInDoubt as error:
            return Called(self._in_doubt(one, None, None, str(error)))
        return self._sent(one, MessageId(message_id[:96]))

    async def _refused(self, error: ZaloError, one: ToCall) -> Called:
        now, code, note = self._clock.now(), error.code, str(error)
        verdict = after_refusal(error, one.way, one.recipient.attempts, now)
        match verdict:
            case NextWay(closed, shut_out):
                counts = error.fault is not Fault.PERSON
                return Called(self._other_way(one, closed, code, note), counts, shut_out)
            case WayClosed():
                return Called(self._again(one, now, code, note, counted=False), closed=verdict)
            case Wait(at, counted):
                return Called(self._again(one, at, code, note, counted=counted))
            case AllWait(at):
                await self._pace.close(at)
                return Called(self._again(one, at, code, note, counted=False))
            case InDoubt():
                look_at = now + SURELY_OVER if one.way in CHAT_WAYS else None
                return Called(self._in_doubt(one, look_at, code, note))
            case Halt():
                return Called(self._again(one, now, code, note, counted=False), halt=error.staff_line or note)
            case UploadAgain():
                if one.file_id is not None:
                    await self._attachments.forget(one.file_id)
                return Called(self._again(one, now, code, note, counted=True))

    def _sent(self, one: ToCall, message_id: MessageId) -> Called:
        result = Result(
            one.recipient.id,
            RecipientState.SENT,
            one.recipient.attempts,
            one.way,
            one.recipient.refused,
            one.price,
            message_id=message_id,
        )
        return Called(result, counts=False)

    def _again(self, one: ToCall, at: datetime, code: int | None, note: str, *, counted: bool) -> Result:
        attempts = one.recipient.attempts if counted else one.recipient.attempts - 1
        return Result(
            one.recipient.id,
            RecipientState.PLANNED,
            attempts,
            one.way,
            one.recipient.refused,
            one.price,
            at,
            settled=False,
            error_code=code,
            note=note,
        )

    def _other_way(self, one: ToCall, closed: frozenset[Way], code: int | None, note: str) -> Result:
        """Planned again without these ways; the claim finds the next one, or that there is none."""
        refused = one.recipient.refused | closed
        return Result(
            one.recipient.id,
            RecipientState.PLANNED,
            0,
            one.way,
            refused,
            one.price,
            self._clock.now(),
            settled=False,
            error_code=code,
            note=note,
        )

    def _in_doubt(self, one: ToCall, look_at: datetime | None, code: int | None, note: str) -> Result:
        return Result(
            one.recipient.id,
            RecipientState.UNKNOWN,
            one.recipient.attempts,
            one.way,
            one.recipient.refused,
            one.price,
            look_at,
            settled=look_at is None,
            reason=Reason.IN_DOUBT if look_at is None else None,
            error_code=code,
            note=note,
        )

    async def _replace(self, refused: str) -> None:
        try:
            await self._tokens.replace(refused)
        except ZaloError as error:  # the recipient waits and comes back here
            log.warning("token_not_renewed", reason=str(error))
