"""POST /webhook/zalo: the door on which Zalo knocks."""

import structlog
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from app.metrics import WEBHOOKS
from app.webhook.reception import Reception, Verdict
from app.webhook.spool import SpoolFull

log = structlog.get_logger()

LARGEST_BODY = 1 << 20
"""Zalo's own bodies stay under 10 kB; a megabyte leaves room for long texts in escaped form."""


WEBHOOK = "/webhook/zalo"
_COUNTED = {verdict: WEBHOOKS.labels(verdict) for verdict in Verdict}


class WithDoor(FastAPI):
    """A web app whose webhook is met before everything else: Zalo needs neither sessions nor pages.

    The way through the layers of a web app costs more than writing the event down.
    """

    door: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.door is not None and scope.get("path") == WEBHOOK and scope.get("method") == "POST":
            await self.door(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


class Door:
    """Spoken to in plain ASGI: a request object and its dependencies cost four times what is done here."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        body = await _read_body(headers.get(b"content-length", b"0"), receive)
        status = 413 if body is None else await self._take(body, headers.get(b"x-zevent-signature", b""))
        if body is None:
            WEBHOOKS.labels("too_large").inc()
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _take(self, body: bytes, signature: bytes) -> int:
        try:
            verdict = await self._reception.receive(body, signature.decode("latin-1"))
        except (SpoolFull, OSError) as refused:
            log.error("event_not_kept", why=str(refused))
            WEBHOOKS.labels("not_kept").inc()
            return 503
        _COUNTED[verdict].inc()
        return 401 if verdict is Verdict.FORGED else 200


async def _read_body(declared: bytes, receive: Receive) -> bytes | None:
    """The raw bytes; None when there are more than anyone at Zalo would send, or they broke off."""
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        return None
    read = bytearray()
    while True:
        piece = await receive()
        if piece["type"] == "http.disconnect":
            return None
        read += piece.get("body", b"")
        if len(read) > LARGEST_BODY:
            return None
        if not piece.get("more_body", False):
            return bytes(read)
