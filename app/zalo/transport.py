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
USER_AGENT = "daumoi"
IDLE_LIMIT = 4.0
"""Seconds an idle connection is kept: longer, and Zalo may close it just as we write the next request."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


class Wire(AiohttpTransport):
    """aiohttp below httpx; calls that need nothing of httpx may use its session directly."""

    def __init__(self, connections: int) -> None:
        super().__init__(client=self._open)
        self._connections = connections

    @property
    def session(self) -> aiohttp.ClientSession:
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self._open()
        return self.client

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._connections, keepalive_timeout=IDLE_LIMIT, ssl=self.ssl_context
        )
        # A cookie of one person's answer has no business in the next one's request.
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


class ZaloHttp(httpx.AsyncClient):
    """httpx for all calls to Zalo, and a short way for the one that is made for every message."""

    def __init__(self, connect_limit: float, answer_limit: float, connections: int) -> None:
        self.wire = Wire(connections)
        self.limits = aiohttp.ClientTimeout(
            total=None, connect=connect_limit, sock_connect=connect_limit, sock_read=answer_limit
        )
        super().__init__(
            transport=self.wire,
            timeout=httpx.Timeout(answer_limit, connect=connect_limit, pool=connect_limit),
            follow_redirects=False,
            headers={"user-agent": USER_AGENT},
        )


def open_http(
    *,
    connect_limit: float = CONNECT_LIMIT,
    answer_limit: float = ANSWER_LIMIT,
    connections: int = MOST_CONNECTIONS,
) -> ZaloHttp:
    """The HTTP client for all calls to Zalo; whoever opens it closes it."""
    return ZaloHttp(connect_limit, answer_limit, connections)


async def post_json(
    http: httpx.AsyncClient, url: str, headers: dict[str, str], body: bytes, limit: float = CALL_LIMIT
) -> Answer:
    """Posts once. Raises `NotSent` or `NoAnswer`.

    Past httpx where there is a way: its own layers cost as much again as the call.
    """
    headers = headers | {"content-type": "application/json"}
    if not isinstance(http, ZaloHttp):
        return await exchange(http, http.build_request("POST", url, content=body, headers=headers), limit)
    headers["user-agent"] = USER_AGENT
    try:
        async with (
            asyncio.timeout(limit),
            http.wire.session.post(
                url, data=body, headers=headers, allow_redirects=False, timeout=http.limits
            ) as response,
        ):
            return Answer(response.status, await response.read())
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise _failure(error) from error


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
