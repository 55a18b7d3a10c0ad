"""POST /webhook/zalo: the door on which Zalo knocks."""

from fastapi import APIRouter, Request, Response

from app.kit.db import DatabaseAway
from app.metrics import WEBHOOKS
from app.runtime import Runtime
from app.webhook.reception import Reception, Verdict

LARGEST_BODY = 1 << 20
"""Zalo's own bodies stay under 10 kB; a megabyte leaves room for long texts in escaped form."""

_STATUS = {Verdict.RECORDED: 200, Verdict.REPEATED: 200, Verdict.UNREADABLE: 200, Verdict.FORGED: 401}


def webhook_routes(runtime: Runtime) -> APIRouter:
    routes = APIRouter()
    settings = runtime.settings
    reception = Reception(
        runtime.db, runtime.sealer, runtime.clock, settings.zalo_app_id, settings.oa_secrets
    )

    @routes.post("/webhook/zalo", include_in_schema=False)
    async def receive(request: Request) -> Response:
        body = await _read_body(request)
        if body is None:
            WEBHOOKS.labels("too_large").inc()
            return Response(status_code=413)
        runner = runtime.runner
        try:
            received = await reception.receive(
                body, request.headers.get("x-zevent-signature"), runner.id if runner else None
            )
        except DatabaseAway:
            WEBHOOKS.labels("database_away").inc()
            return Response(status_code=503)
        WEBHOOKS.labels(received.verdict).inc()
        if runner and received.claim:
            runner.take(received.claim)
        return Response(status_code=_STATUS[received.verdict])

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
