"""Zalo's client as replies use it: every call is counted against the rate that all processes share."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from app.kit.clock import Clock
from app.kit.ids import UserId
from app.outbox.pace import Pace
from app.zalo.answers import PastMessage, SentMessage
from app.zalo.client import MOST_LISTED, ZaloClient
from app.zalo.errors import RateLimited
from app.zalo.messages import Message

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class RepliesAtPace(ZaloClient):
    """Waits only when the minute is used up, and tells the others when Zalo says so.

    For a send the sender has waited before: its claim must be looked at between the wait and the call.
    """

    def __init__(
        self, http: "httpx.AsyncClient", api_url: str, zbs_url: str, pace: Pace, clock: Clock
    ) -> None:
        super().__init__(http, api_url, zbs_url)
        self._pace, self._clock = pace, clock

    async def send(self, token: str, user_id: UserId, message: Message) -> SentMessage:
        return await self._heeded(lambda: super(RepliesAtPace, self).send(token, user_id, message))

    async def conversation(
        self, token: str, user_id: UserId, offset: int = 0, count: int = MOST_LISTED
    ) -> list[PastMessage]:
        return await self._counted(
            lambda: super(RepliesAtPace, self).conversation(token, user_id, offset, count)
        )

    async def recent_chats(self, token: str, offset: int = 0, count: int = MOST_LISTED) -> list[PastMessage]:
        return await self._counted(lambda: super(RepliesAtPace, self).recent_chats(token, offset, count))

    async def _counted(self, call: Callable[[], Awaitable[T]]) -> T:
        await self._pace.reply()
        return await self._heeded(call)

    async def _heeded(self, call: Callable[[], Awaitable[T]]) -> T:
        try:
            return await call()
        except RateLimited:
            next_minute = self._clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
            await self._pace.close(next_minute)
            raise
