"""A pretend Zalo without sockets of its own, spoken to as a bot and as a test would."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from app.kit.clock import FixedClock
from app.sandbox.config import EchoOrder, SandboxConfig
from app.sandbox.sandbox import Sandbox, create_sandbox

APP_ID, OA_ID = "360846524940903967", "388613280878808645"
APP_SECRET, OA_SECRET = "the-app-secret", "the-oa-secret"
TOKEN, REFRESH = "first-access-token", "first-refresh-token"

Json = dict[str, Any]


def config(webhook_url: str = "", **changes: Any) -> SandboxConfig:
    values: Json = {
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "oa_id": OA_ID,
        "oa_secret": OA_SECRET,
        "webhook_url": webhook_url,
        "first_access_token": TOKEN,
        "first_refresh_token": REFRESH,
        "received_after": 0.01,
        "seen_after": 0.01,
        "echo": EchoOrder.AFTER,
        "webhook_timeout": 0.5,
        "access_lives": timedelta(days=365),  # the life of tokens is the matter of test_oauth alone
        "seed": 1,
        **changes,
    }
    return SandboxConfig(**values)


class Zalo:
    def __init__(self, sandbox_config: SandboxConfig, clock: FixedClock) -> None:
        self.clock = clock
        self.sandbox: Sandbox = create_sandbox(sandbox_config, clock)
        self.token = TOKEN
        self._zalo = _client(self.sandbox.zalo_routes())
        self._control = _client(self.sandbox.control_routes())

    async def close(self) -> None:
        await self.sandbox.close()
        await self._zalo.aclose()
        await self._control.aclose()

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    async def person(self, *, said: bool = True) -> str:
        """A new person; unless told otherwise, one who has just written."""
        user_id = self.sandbox.phone.add("Nguyễn Văn An").user_id
        if said:
            self.sandbox.phone.say(user_id, "xin chào")
            await self.sandbox.settled()
        return user_id

    async def logged(self, count: int) -> None:
        """Waits for that many requests in the log, both ways; the next wait of a retry has then begun."""
        async with asyncio.timeout(5):
            async for _ in self.sandbox.subscribe(after=0):
                if len(self.sandbox.log.entries()) >= count:
                    return

    async def call(self, path: str, body: object = None, **params: object) -> Json:
        """An OA call with the token: POST with a body, GET without."""
        headers = {"access_token": self.token}
        if body is not None:
            answer = await self._zalo.post(path, json=body, headers=headers)
        else:
            data = {"data": json.dumps(params)} if params else {}
            answer = await self._zalo.get(path, params=data, headers=headers)
        return _object(answer)

    async def raw(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self._zalo.request(method, path, **options)

    async def cs(self, user_id: str, message: Mapping[str, object]) -> Json:
        body = {"recipient": {"user_id": user_id}, "message": message}
        return await self.call("/v3.0/oa/message/cs", body)

    async def text(self, user_id: str, text: str = "chào Anh/Chị") -> Json:
        return await self.cs(user_id, {"text": text})

    async def refresh(self, refresh_token: str, secret: str = APP_SECRET) -> Json:
        form = {"refresh_token": refresh_token, "app_id": APP_ID, "grant_type": "refresh_token"}
        return _object(
            await self.raw("POST", "/v4/oa/access_token", data=form, headers={"secret_key": secret})
        )

    async def control(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        answer = await self._control.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()


def buttons(*titles: str, kind: str = "oa.query.hide") -> Json:
    """A message with query buttons whose payload is #title."""
    listed = [{"title": title, "type": kind, "payload": f"#{title}"} for title in titles]
    return {"text": "Anh/Chị chọn giúp ạ", "attachment": {"type": "template", "payload": {"buttons": listed}}}


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://zalo.test")


def _object(answer: httpx.Response) -> Json:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert isinstance(body, dict)
    return body
