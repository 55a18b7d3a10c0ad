"""The wire to Zalo: one HTTP client, one way to call, and a true word about calls that fail."""

import asyncio
from dataclasses import dataclass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from app.zalo.errors import NoAnswer, NotSent, ZaloError

CONNECT_LIMIT = 5.0
ANSWER_LIMIT = 10.0
CALL_LIMIT = 12.0
"""No call lasts longer, whatever the other side does; claims and leases have to outlive it."""

MOST_CONNECTIONS = 100
IDLE_LIMIT = 4.0
"""Seconds an idle connection is kept: longer, and Zalo may close it just as we write the next request."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def open_http(
    *,
    connect_limit: float = CONNECT_LIMIT,
    answer_limit: float = ANSWER_LIMIT,
    connections: int = MOST_CONNECTIONS,
) -> httpx.AsyncClient:
    """The HTTP client for all calls to Zalo; whoever opens it closes it."""
    limits = httpx.Limits(max_connections=connections, keepalive_expiry=IDLE_LIMIT)
    return httpx.AsyncClient(
        transport=AiohttpTransport(limits=limits),
        timeout=httpx.Timeout(answer_limit, connect=connect_limit, pool=connect_limit),
        follow_redirects=False,
        headers={"user-agent": "daumoi"},
    )


async def exchange(http: httpx.AsyncClient, request: httpx.Request, limit: float = CALL_LIMIT) -> Answer:
    """Makes one call, once. Raises `NotSent` or `NoAnswer`."""
    try:
        async with asyncio.timeout(limit):
            response = await http.send(request)
    except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as error:
        raise _failure(error) from error
    return Answer(response.status_code, response.content)


_NEVER_CONNECTED = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


def _failure(error: Exception) -> ZaloError:
    # httpx-aiohttp reports a connection cut after the request was written as a ConnectTimeout too,
    # so what aiohttp said decides when there is such a word.
    said = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    what = f"{type(said).__name__}: {said}"
    return NotSent(what) if isinstance(said, _NEVER_CONNECTED) else NoAnswer(what)
