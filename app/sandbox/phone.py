"""What people do on their phones."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from app.kit.ids import MessageId, UserId
from app.sandbox.assets import AssetKind
from app.sandbox.feed import Topic
from app.sandbox.media import made_up
from app.sandbox.people import WELCOME_MESSAGES, Person
from app.sandbox.thread import (
    Attachment,
    Button,
    ButtonType,
    Kind,
    MessageState,
    Sender,
    ThreadMessage,
    sound,
)
from app.sandbox.world import World

MEDIA = frozenset(Kind) - {Kind.TEXT, Kind.INFO, Kind.CARD}


class NoSuchButton(LookupError):
    """No message of the OA has a button with that title or payload."""


class WrongAct(ValueError):
    """An act that no phone can do, said in words."""


@dataclass(frozen=True, slots=True)
class Tap:
    """What a tap led to: a message to the OA, or a place the phone opens by itself."""

    button: Button
    message: ThreadMessage | None = None

    @property
    def opened(self) -> str | None:
        return None if self.message else self.button.payload


class Phone:
    """Every act of a person; each tells the bot what Zalo would tell it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add(self, display_name: str, phone: str = "") -> Person:
        """A new person, who has not followed the OA nor written to it."""
        number = 10**18 + secrets.randbelow(8 * 10**18)
        person = Person(UserId(str(number)), sound(display_name), phone=phone)
        self._world.add_person(person)
        return person

    def follow(self, user_id: str) -> None:
        """Also lifts a block. Opens the window anew only for those who have interacted before."""
        person = self._world.person(user_id)
        person.following, person.blocked = True, False
        if person.never_interacted:
            person.welcome_left = WELCOME_MESSAGES
            self._changed(person)
        else:
            self._world.touch(person)
        self._world.tell(self._world.events.follow(person), person)

    def unfollow(self, user_id: str) -> None:
        person = self._world.person(user_id)
        person.following = False
        self._changed(person)
        self._world.tell(self._world.events.unfollow(person), person)

    def block(self, user_id: str) -> None:
        """Wants no more messages from the OA. Zalo tells nobody."""
        person = self._world.person(user_id)
        person.blocked = True
        self._changed(person)

    def unblock(self, user_id: str) -> None:
        person = self._world.person(user_id)
        person.blocked = False
        self._changed(person)

    def open_chat(self, user_id: str) -> None:
        """Taps "Nhắn tin" on the OA's page; Zalo reports it once, and only if they never chatted."""
        person = self._world.person(user_id)
        first = not person.chat_opened and not self._world.threads[person.user_id]
        person.chat_opened = True
        self._world.touch(person)
        if first:
            self._world.tell(self._world.events.chat_opened(person), person)

    def withdraw(self, user_id: str) -> None:
        """Asks Zalo to have their data erased."""
        person = self._world.person(user_id)
        self._world.tell(self._world.events.withdraw(person), person)

    def say(
        self, user_id: str, text: str, *, quoted: str | None = None, hidden: bool = False
    ) -> ThreadMessage:
        """Writes a text to the OA."""
        person = self._world.person(user_id)
        if not text:
            raise WrongAct("a text message has at least one character")
        return self._send(
            person, Kind.TEXT, text, quoted=MessageId(quoted) if quoted else None, hidden=hidden
        )

    def tap(self, user_id: str, wanted: str, msg_id: str | None = None) -> Tap:
        """Presses the newest button with that title or payload (or the one of that message).

        A payload that starts with # is sent even if no button has it any more: old chats keep old buttons.
        """
        person = self._world.person(user_id)
        button = self._find_button(person, wanted, msg_id)
        match button.type:
            case ButtonType.QUERY_SHOW:
                return Tap(button, self.say(user_id, button.payload))
            case ButtonType.QUERY_HIDE:
                return Tap(button, self.say(user_id, button.payload, hidden=True))
            case _:
                return Tap(button)

    def send_media(
        self,
        user_id: str,
        kind: Kind,
        payload: Mapping[str, object] | None = None,
        *,
        text: str = "",
        name: str = "",
        mime: str = "",
        content: bytes | None = None,
    ) -> ThreadMessage:
        """Sends a photo, file, place, sticker and so on; details that are not given are made up."""
        person = self._world.person(user_id)
        if kind not in MEDIA:
            raise WrongAct(f"{kind} is nothing a phone sends")
        media_id = None
        if content is not None:
            stored = AssetKind.IMAGE if kind is Kind.IMAGE else AssetKind.FILE
            asset = self._world.assets.keep(
                stored, name or kind.value, mime, content, self._world.clock.now()
            )
            media_id = asset.key
        shown = {**made_up(kind, name, content), **(payload or {})}
        return self._send(person, kind, text, attachments=(Attachment(kind, shown, media_id),))

    def submit_info(self, user_id: str, given: Mapping[str, object]) -> ThreadMessage:
        """Fills in the share-your-details card; what is not given comes from the person."""
        person = self._world.person(user_id)
        info: dict[str, object] = {"name": person.display_name, "phone": person.phone or "84912345678"}
        info |= {key: value for key, value in given.items() if value not in (None, "")}
        person.shared = {key: str(value) for key, value in info.items() if not isinstance(value, dict)}
        message = ThreadMessage(
            self._world.new_message_id(),
            person.user_id,
            Sender.USER,
            Kind.INFO,
            "Đã chia sẻ thông tin",
            self._world.clock.now(),
            rows=tuple((key, str(value)) for key, value in info.items()),
        )
        self._world.put(message)
        self._world.touch(person)
        self._follow_up(message, self._world.tell(self._world.events.submitted(person, info), person))
        return message

    def react(self, user_id: str, msg_id: str, icon: str) -> None:
        person = self._world.person(user_id)
        message = self._world.message(msg_id)
        if message is None or message.user_id != person.user_id:
            raise WrongAct(f"there is no message {msg_id} in this chat")
        self._world.react(message, icon)
        self._world.tell(self._world.events.reacted(person, message.msg_id, icon), person)

    def look(self, user_id: str) -> int:
        """Reads what has arrived; says how many messages became seen."""
        person = self._world.person(user_id)
        fresh = [
            message
            for message in self._world.threads[person.user_id]
            if message.sender is Sender.OA and self._world.advance(message, MessageState.SEEN)
        ]
        if fresh:
            body = self._world.events.seen(person, [message.msg_id for message in fresh])
            self._world.tell(body, person, by_zalo=True)
        return len(fresh)

    def _send(
        self,
        person: Person,
        kind: Kind,
        text: str,
        *,
        attachments: tuple[Attachment, ...] = (),
        quoted: MessageId | None = None,
        hidden: bool = False,
    ) -> ThreadMessage:
        message = ThreadMessage(
            self._world.new_message_id(),
            person.user_id,
            Sender.USER,
            kind,
            sound(text),
            self._world.clock.now(),
            attachments=attachments,
            quoted=quoted,
            hidden=hidden,
        )
        self._world.put(message)
        self._world.touch(person)
        self._follow_up(message, self._world.tell(self._world.events.user_message(person, message), person))
        return message

    def _follow_up(self, message: ThreadMessage, delivery: asyncio.Task[bool]) -> None:
        self._world.background.start(self._mark(message, delivery))

    async def _mark(self, message: ThreadMessage, delivery: asyncio.Task[bool]) -> None:
        if await delivery:
            self._world.advance(message, MessageState.RECEIVED)
            return
        message.note = "bot chưa nhận (webhook không được trả lời 200)"
        self._world.feed.publish(Topic.STATE, message.user_id, message)

    def _find_button(self, person: Person, wanted: str, msg_id: str | None) -> Button:
        shown = [
            button
            for message in reversed(self._world.threads[person.user_id])
            if message.sender is Sender.OA and msg_id in (None, message.msg_id)
            for button in message.buttons
        ]
        matching = (button for button in shown if wanted in (button.title, button.payload))
        found = next(matching, None)
        if found is not None:
            return found
        if wanted.startswith("#"):
            return Button(wanted, ButtonType.QUERY_HIDE, wanted)
        titles = ", ".join(dict.fromkeys(button.title for button in shown)) or "none"
        raise NoSuchButton(f"no button {wanted!r}; there are: {titles}")

    def _changed(self, person: Person) -> None:
        self._world.feed.publish(Topic.PERSON, person.user_id, person)
