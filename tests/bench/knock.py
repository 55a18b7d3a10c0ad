"""Signed events as Zalo sends them, posted by one client over few connections."""

import hashlib
import json
import time
from itertools import count, cycle

import aiohttp

APP_ID, OA_ID = "360846524940903967", "388613280878808645"
OA_SECRET = "a-secret-of-the-benchmark-only"
SIGNATURE = "X-ZEvent-Signature"


class Refused(Exception):
    """The webhook did not answer 200."""


class Knocker:
    """Posts `user_send_text` events to the webhook addresses of one service, in turn."""

    def __init__(self, http: aiohttp.ClientSession, *urls: str) -> None:
        self._http, self._urls = http, cycle(urls)
        self._numbers = count(1)

    async def say(self, user: str, text: str) -> bytes:
        """Posts one message of one person and returns its body once it is acknowledged."""
        body = self.event(user, text)
        status = await self.post(body)
        if status != 200:
            raise Refused(f"the webhook answered {status}")
        return body

    async def post(self, body: bytes, signature: str | None = None) -> int:
        headers = {"Content-Type": "application/json", SIGNATURE: signature or sign(body)}
        async with self._http.post(next(self._urls), data=body, headers=headers) as answer:
            await answer.read()
            return answer.status

    def event(self, user: str, text: str) -> bytes:
        event = {
            "app_id": APP_ID,
            "sender": {"id": user},
            "user_id_by_app": f"9{user}",
            "recipient": {"id": OA_ID},
            "event_name": "user_send_text",
            "message": {"text": text, "msg_id": f"{next(self._numbers):019x}"},
            "timestamp": str(int(time.time() * 1000)),
        }
        return json.dumps(event, ensure_ascii=False).encode()


def sign(body: bytes) -> str:
    """Zalo's MAC: SHA-256 over app id, raw body, timestamp and OA secret, one after the other."""
    timestamp = json.loads(body)["timestamp"]
    mac = hashlib.sha256(APP_ID.encode() + body + timestamp.encode() + OA_SECRET.encode())
    return f"mac={mac.hexdigest()}"
