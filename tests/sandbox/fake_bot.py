"""A bot that only listens: it keeps what it is told and answers as a test wishes."""

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import uvicorn

Message = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One webhook as it came over the wire."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        event = json.loads(self.body)
        assert isinstance(event, dict)
        return event

    @property
    def name(self) -> str:
        return str(self.event["event_name"])

    def is_signed_with(self, oa_secret: str) -> bool:
        """Whether the signature holds, reckoned here from the documented formula alone."""
        event = self.event
        base = event["app_id"].encode() + self.body + event["timestamp"].encode() + oa_secret.encode()
        return self.headers["x-zevent-signature"] == f"mac={hashlib.sha256(base).hexdigest()}"


@dataclass
class FakeBot:
    base: str = ""
    url: str = ""
    status: int = 200
    wait: float = 0.0
    told: list[Told] = field(default_factory=list)

    def names(self) -> list[str]:
        return [told.name for told in self.told]

    def of(self, name: str) -> list[Told]:
        return [told for told in self.told if told.name == name]

    def forget(self) -> None:
        self.status, self.wait = 200, 0.0
        self.told.clear()

    def move(self) -> None:
        """To another address: what was still on its way to the old one is another test's."""
        self.forget()
        self.url = f"{self.base}/webhook/{uuid4().hex}"

    async def until(self, count: int, name: str | None = None) -> list[Told]:
        """Waits for that many webhooks (of that name)."""
        async with asyncio.timeout(5):
            # They come from another thread, which wakes nobody here.
            while len(found := self.of(name) if name else list(self.told)) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return found

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if self.url.endswith(scope["path"]):
            self.told.append(Told(headers, body))
        await asyncio.sleep(self.wait)
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})


class Served:
    """An app behind a real socket on the loopback, in a thread of its own."""

    def __init__(self, app: Any) -> None:
        config = uvicorn.Config(app, port=0, log_level="critical", lifespan="auto")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
