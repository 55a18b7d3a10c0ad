"""Carries webhooks to the bot: signed, on time, again when they failed, and not for ever."""

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp

from app.kit.clock import Clock, epoch_ms
from app.kit.ids import UserId
from app.sandbox.background import Background
from app.sandbox.config import RetryMode, SandboxConfig
from app.sandbox.faults import FaultName, Faults, Strike
from app.sandbox.feed import Feed, Topic
from app.sandbox.log import Direction, Log, LogEntry
from app.sandbox.signing import mac, written

RETRY_AFTER = tuple(timedelta(seconds=wait) for wait in (30, 300, 900, 1800, 3600))
"""Zalo's ladder; here each wait counts from the attempt before it."""

LONGEST_NAP = 0.25
"""Seconds between looks at the clock while waiting: it may be moved meanwhile."""

KEPT_OPEN = 4.0
"""Seconds that an idle connection is used again: most servers close theirs after five."""

SHOWN = 4_000


@dataclass(frozen=True, slots=True)
class Letter:
    """One event on its way; redeliveries carry the same bytes and timestamp."""

    event_name: str
    user_id: UserId | None
    body: bytes
    timestamp: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended; `connected` is false when no connection could be opened."""

    status: int | None
    connected: bool
    answer: str = ""

    @property
    def taken(self) -> bool:
        return self.status == 200


class Postman:
    """Letters of one chain arrive in their order; chains do not wait for each other."""

    def __init__(
        self,
        config: SandboxConfig,
        clock: Clock,
        faults: Faults,
        log: Log,
        feed: Feed,
        background: Background,
        chance: random.Random,
    ) -> None:
        self._config, self._clock, self._faults = config, clock, faults
        self._log, self._feed, self._background, self._chance = log, feed, background, chance
        self.url = config.webhook_url
        self.oa_secret = config.oa_secret
        self.retry = config.retry
        self.enabled = True
        self.notices: list[str] = []
        self._http: aiohttp.ClientSession | None = None
        self._tails: dict[str, asyncio.Task[bool]] = {}

    def write(self, body: Mapping[str, object], user_id: UserId | None) -> Letter:
        """The event as bytes, with its timestamp; a skewed clock shows here."""
        when = self._clock.now()
        name = str(body["event_name"])
        if self._faults.strike(FaultName.CLOCK_SKEW, user_id, name):
            when += self._config.skew
        timestamp = str(epoch_ms(when))
        chance = self._chance if self._config.vary_bytes else None
        return Letter(name, user_id, written({**body, "timestamp": timestamp}, chance), timestamp)

    def post(self, letter: Letter, chain: str) -> asyncio.Task[bool]:
        """Sends in the background, after what its chain sent before; the result says if the bot took it."""
        reordered = self._strike(FaultName.WEBHOOK_REORDER, letter)
        delayed = self._strike(FaultName.WEBHOOK_DELAY, letter)
        if reordered or delayed:  # outside the chain: what comes later may overtake
            wait = self._config.reorder_seconds if reordered else self._config.delay_seconds
            strike = reordered or delayed
            seconds = strike.rule.seconds if strike and strike.rule.seconds is not None else wait
            return self._background.start(self._carry(letter, seconds, None))
        task = self._background.start(self._carry(letter, 0.0, self._tails.get(chain)))
        self._tails[chain] = task
        task.add_done_callback(lambda done: self._forget_tail(chain, done))
        return task

    async def check_url(self, letter: Letter) -> bool:
        """The console's check of an address: one attempt, good only if answered with 200."""
        return (await self._attempt(letter, 0)).taken

    def restore(self) -> None:
        """As after the developer fixed the address and asked for the events again."""
        self.enabled = True
        self.notices.clear()

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def _carry(self, letter: Letter, wait: float, before: asyncio.Task[bool] | None) -> bool:
        if wait:
            await asyncio.sleep(wait)
        if before is not None:
            await asyncio.wait({before}, timeout=self._config.webhook_timeout)
        if not (self.enabled and self.url):
            self._note_undelivered(letter)
            return False
        twice = self._strike(FaultName.WEBHOOK_DUPLICATE, letter)
        outcome = await self._attempt(letter, 0)
        if twice:
            await self._attempt(letter, 0)
        if not outcome.taken and self._to_be_retried(outcome):
            self._background.start(self._retry(letter), idle=True)
        return outcome.taken

    async def _retry(self, letter: Letter) -> None:
        for number, wait in enumerate(RETRY_AFTER, start=1):
            await self._until(self._clock.now() + wait * self._config.retry_speed)
            if not self.enabled:
                return
            outcome = await self._attempt(letter, number)
            if outcome.taken or not self._to_be_retried(outcome):
                return
        self._disable(letter)

    async def _until(self, due: datetime) -> None:
        while (left := (due - self._clock.now()).total_seconds()) > 0:  # noqa: ASYNC110  a clock tells nobody
            await asyncio.sleep(min(left, LONGEST_NAP))

    def _to_be_retried(self, outcome: Outcome) -> bool:
        match self.retry:
            case RetryMode.OFF:
                return False
            case RetryMode.CONNECTION_ONLY:
                return not outcome.connected
            case RetryMode.ANY_FAILURE:
                return True

    def _disable(self, letter: Letter) -> None:
        self.enabled = False
        tries = len(RETRY_AFTER) + 1
        notice = f"webhook disabled and app unsubscribed: {letter.event_name} failed {tries} times"
        self.notices.append(f"{self._clock.now().isoformat(timespec='seconds')} {notice}")
        self._feed.publish(Topic.WEBHOOK, None, self.notices[-1])

    async def _attempt(self, letter: Letter, number: int) -> Outcome:
        forged = self._strike(FaultName.BAD_SIGNATURE, letter)
        secret = "not-the-oa-secret" if forged else self.oa_secret
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "ZaloWebhook",
            "X-ZEvent-Signature": f"mac={mac(self._config.app_id, letter.body, letter.timestamp, secret)}",
        }
        if number:
            headers["num_retry"] = str(number)
        at, started = self._clock.now(), time.perf_counter()
        outcome = await self._request(letter, headers)
        body = letter.body.decode()
        self._log.add(
            LogEntry(
                number=self._log.next_number(),
                at=at,
                direction=Direction.WEBHOOK,
                name=letter.event_name,
                user_id=letter.user_id,
                url=self.url,
                headers=headers,
                body=body,
                signature_base=f"{self._config.app_id}{body}{letter.timestamp}‹OA secret›",
                status=outcome.status,
                answer=outcome.answer[:SHOWN],
                took_ms=(time.perf_counter() - started) * 1000,
                attempt=number,
                faults=(FaultName.BAD_SIGNATURE.value,) if forged else (),
            )
        )
        return outcome

    async def _request(self, letter: Letter, headers: dict[str, str]) -> Outcome:
        try:
            async with (
                asyncio.timeout(self._config.webhook_timeout),
                self._client().post(
                    self.url, data=letter.body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                return Outcome(answer.status, True, await answer.text())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Outcome(None, False, f"{type(error).__name__}: {error}")
        except TimeoutError:
            return Outcome(None, True, f"no answer within {self._config.webhook_timeout:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Outcome(None, True, f"{type(error).__name__}: {error}")

    def _client(self) -> aiohttp.ClientSession:
        """Past httpx: its pool looks at every connection for every call, and echoes come by the hundred."""
        if self._http is None:
            patience = self._config.webhook_timeout
            # A connection that does not open is told apart from a slow answer: it gives up a little earlier.
            waits = aiohttp.ClientTimeout(total=None, sock_connect=patience * 0.9)
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_OPEN)
            self._http = aiohttp.ClientSession(
                connector=connector, timeout=waits, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._http

    def _note_undelivered(self, letter: Letter) -> None:
        self._log.add(
            LogEntry(
                number=self._log.next_number(),
                at=self._clock.now(),
                direction=Direction.WEBHOOK,
                name=letter.event_name,
                user_id=letter.user_id,
                url=self.url,
                body=letter.body.decode(),
                note="webhook is disabled" if self.url else "no webhook address is set",
            )
        )

    def _strike(self, name: FaultName, letter: Letter) -> Strike | None:
        return self._faults.strike(name, letter.user_id, letter.event_name)

    def _forget_tail(self, chain: str, done: asyncio.Task[bool]) -> None:
        if self._tails.get(chain) is done:
            del self._tails[chain]
