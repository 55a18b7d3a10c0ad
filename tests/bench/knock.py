"""Signed events as Zalo sends them, posted by one client over few connections."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, cycle

import aiohttp

APP_ID, OA_ID = "360846524940903967", "388613280878808645"
OA_SECRET = "a-secret-of-the-benchmark-only"
SIGNATURE = "X-ZEvent-Signature"


class Refused(Exception):
    """The webhook did not answer 200."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one platform tells its bot that somebody wrote."""

    path: str
    header: str
    """Of the proof that the platform itself is knocking."""
    prove: Callable[[bytes], str]
    event: Callable[[str, str, int], bytes]
    """From who wrote, the text, and a number of its own."""


class Knocker:
    """Posts what people write to the webhook addresses of one service, in turn."""

    def __init__(self, http: aiohttp.ClientSession, dialect: Dialect, *services: str) -> None:
        self._http, self._dialect = http, dialect
        self._urls = cycle([service + dialect.path for service in services])
        self._numbers = count(time.time_ns())

    async def say(self, user: str, text: str) -> bytes:
        """Posts one message of one person and returns its body once it is acknowledged."""
        body = self.event(user, text)
        status = await self.post(body)
        if status != 200:
            raise Refused(f"the webhook answered {status}")
        return body

    async def post(self, body: bytes, signature: str | None = None) -> int:
        proof = signature or self._dialect.prove(body)
        headers = {"Content-Type": "application/json", self._dialect.header: proof}
        async with self._http.post(next(self._urls), data=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    def event(self, user: str, text: str) -> bytes:
        return self._dialect.event(user, text, next(self._numbers))


def sign(body: bytes) -> str:
    """Zalo's MAC: SHA-256 over app id, raw body, timestamp and OA secret, one after the other."""
    timestamp = json.loads(body)["timestamp"]
    mac = hashlib.sha256(APP_ID.encode() + body + timestamp.encode() + OA_SECRET.encode())
    return f"mac={mac.hexdigest()}"


def user_send_text(user: str, text: str, number: int) -> bytes:
    event = {
        "app_id": APP_ID,
        "sender": {"id": user},
        "user_id_by_app": f"9{user}",
        "recipient": {"id": OA_ID},
        "event_name": "user_send_text",
        "message": {"text": text, "msg_id": f"{number:019x}"},
        "timestamp": str(int(time.time() * 1000)),
    }
    return json.dumps(event, ensure_ascii=False).encode()


ZALO = Dialect("/webhook/zalo", SIGNATURE, sign, user_send_text)
