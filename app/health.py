"""GET /healthz, /readyz and /metrics: for load balancers and dashboards."""

import asyncio

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.credentials.renewal import NotLinked
from app.kit.db import DatabaseAway
from app.runtime import Runtime
from app.schema import SchemaBehind, check_current

PATIENCE = 2.0
"""Seconds after which a database that does not answer counts as away."""


def health_routes(runtime: Runtime) -> APIRouter:
    routes = APIRouter()

    @routes.get("/healthz")
    async def process_lives() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get("/readyz")
    async def can_work() -> JSONResponse:
        faults = {
            "database": await _database_fault(runtime),
            "token": await _token_fault(runtime),
        }
        found = {name: fault for name, fault in faults.items() if fault is not None}
        if found:
            return JSONResponse({"status": "not ready"} | found, status_code=503)
        return JSONResponse({"status": "ok"})

    @routes.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return routes


async def _database_fault(runtime: Runtime) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE):
            await runtime.db.read(check_current)
    except (DatabaseAway, SchemaBehind) as error:
        return str(error)
    except TimeoutError:
        return "no answer"
    return None


async def _token_fault(runtime: Runtime) -> str | None:
    try:
        await runtime.tokens.token()
    except NotLinked as error:
        return str(error)
    except DatabaseAway:
        return "not known: the database is away"
    return None
