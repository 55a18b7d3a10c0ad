"""POST /webhook/zalo: the door on which Zalo knocks."""

import structlog
from fastapi import APIRouter, Request, Response

from app.metrics import WEBHOOKS
from app.webhook.reception import Reception, Verdict
from app.webhook.spool import SpoolFull

log = structlog.get_logger()

LARGEST_BODY = 1 << 20
"""Zalo's own bodies stay under 10 kB; a megabyte leaves room for long texts in escaped form."""


def webhook_routes(reception: Reception) -> APIRouter:
    routes = APIRouter()

    @routes.post("/webhook/zalo", include_in_schema=False)
    async def receive(request: Request) -> Response:
        body = await _read_body(request)
        if body is None:
            WEBHOOKS.labels("too_large").inc()
            return Response(status_code=413)
        try:
            verdict = await reception.receive(body, request.headers.get("x-zevent-signature"))
        except (SpoolFull, OSError) as refused:
            log.error("event_not_kept", why=str(refused))
            WEBHOOKS.labels("not_kept").inc()
            return Response(status_code=503)
        WEBHOOKS.labels(verdict).inc()
        return Response(status_code=401 if verdict is Verdict.FORGED else 200)

    return routes


async def _read_body(request: Request) -> bytes | None:
    """The raw bytes; None when there are more than anyone at Zalo would send."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        return None
    read = bytearray()
    async for piece in request.stream():
        read += piece
        if len(read) > LARGEST_BODY:
            return None
    return bytes(read)
