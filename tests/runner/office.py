"""An office for tests of the runner: real tables, the webhook's door, runners at work, a pretend Zalo."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import orjson
from sqlalchemy import func, select

from app.conversations.means import Means
from app.inbox.models import EventState, InboxEvent
from app.kit.clock import SystemClock
from app.kit.db import Database
from app.kit.ids import MessageId, UserId
from app.outbox.models import Delivery
from app.runner import Runner
from app.webhook.reception import Reception, Verdict
from app.webhook.spool import Spool
from app.work.models import Kind, Work
from app.zalo.answers import PastMessage, SentMessage
from app.zalo.messages import Message, decode, plain_text
from app.zalo.signature import signature_of

APP, SECRET = "360846524940903967", "oa-secret"
LINES = ("cài vssid", "gặp sự cố", "cài cho con", "lừa đảo", "giờ làm việc")
PATIENCE = 30.0


class PretendZalo:
    """Takes every message, after a moment or when it is let; lists what it took."""

    def __init__(self, takes: float = 0.001) -> None:
        self.takes = takes
        self.chats: dict[str, list[PastMessage]] = {}
        self.calls = 0
        self.open = asyncio.Event()
        self.open.set()

    def told(self, contact: str) -> list[str]:
        return [message.text for message in self.chats.get(contact, [])]

    def put(self, contact: str, text: str) -> MessageId:
        """The message stands in the chat."""
        chat = self.chats.setdefault(contact, [])
        message_id = MessageId(f"{contact}-{len(chat)}")
        chat.append(PastMessage(True, message_id, text, datetime.now(UTC), "text", UserId(contact)))
        return message_id

    async def send(self, _token: str, contact: UserId, message: Message) -> SentMessage:
        self.calls += 1
        await asyncio.sleep(self.takes)
        await self.open.wait()
        return SentMessage(self.put(contact, plain_text(message)), datetime.now(UTC), None)

    async def conversation(self, _token: str, contact: UserId, offset: int, count: int) -> list[PastMessage]:
        return self.chats.get(contact, [])[::-1][offset : offset + count]


class PretendTokens:
    async def token(self) -> str:
        return "t1"


class Office:
    """A database, what comes in by webhook, and the runners that work on it."""

    def __init__(self, db: Database, means: Means, spool: Path) -> None:
        self.db, self.means = db, means
        self.zalo = PretendZalo()
        self._spool = Spool(spool)
        self._receptions: dict[Runner | None, Reception] = {}
        self._said = 0
        self._leaving = AsyncExitStack()

    async def hire(self, zalo: PretendZalo | None = None, *, alone: bool | None = None) -> Runner:
        """A runner at work."""
        runner = Runner(
            self.db,
            SystemClock(),
            self.means,
            zalo or self.zalo,  # type: ignore[arg-type]
            PretendTokens(),  # type: ignore[arg-type]
            {},
            alone=self.db.is_sqlite if alone is None else alone,
        )
        await runner.start()
        self._leaving.push_async_callback(runner.stop)
        return runner

    async def hear(
        self, contact: str, text: str, runner: Runner | None = None, event_name: str = "user_send_text"
    ) -> None:
        """As the webhook's door does it."""
        self._said += 1
        body = orjson.dumps(
            {
                "app_id": APP,
                "event_name": event_name,
                "sender": {"id": contact},
                "recipient": {"id": "388613280878808645"},
                "message": {"text": text, "msg_id": f"m{self._said}"},
                "timestamp": "1543908534747",
            }
        )
        mac = f"mac={signature_of(APP, body, '1543908534747', SECRET)}"
        assert await self._door_of(runner).receive(body, mac) is Verdict.RECORDED

    def _door_of(self, runner: Runner | None) -> Reception:
        """Each process has one door, and the runner behind it, if any."""
        if runner not in self._receptions:
            self._receptions[runner] = Reception(
                self.db, self.means.sealer, SystemClock(), APP, (SECRET,), self._spool, lambda: runner
            )
        return self._receptions[runner]

    async def idle(self) -> None:
        await until(self._is_idle)

    async def states(self) -> list[str]:
        return await self.db.read(lambda db: list(db.execute(select(Delivery.state)).scalars()))

    async def owed_text(self) -> str:
        """The words of the only message there is."""
        sealed = await self.db.read(lambda db: db.execute(select(Delivery.message)).scalar_one())
        return plain_text(decode(self.means.sealer.open(sealed)))

    async def close(self) -> None:
        self.zalo.open.set()
        await self._leaving.aclose()
        self._spool.close()

    async def _is_idle(self) -> bool:
        open_events = select(func.count()).where(InboxEvent.state == EventState.OPEN)
        owed = select(func.count()).where(Delivery.settled_at.is_(None))
        held = select(func.count()).where(Work.owner.is_not(None), Work.kind == Kind.CHAT)
        counts = [
            await self.db.read(lambda db, one=one: db.execute(one).scalar_one())  # type: ignore[misc]
            for one in (open_events, owed, held)
        ]
        return not any(counts)


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await happened():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


async def answers_to(office: Office, runner: Runner, lines: Sequence[str]) -> list[str]:
    """What a patient person hears, who waits for each answer."""
    for line in lines:
        await office.hear("patient", line, runner)
        await office.idle()
    return office.zalo.told("patient")
