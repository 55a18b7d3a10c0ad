"""Knocks at a webhook the way Zalo does: signed, once, without following redirects."""

from enum import StrEnum

import aiohttp
import httpx

from app.zalo.errors import ZaloError
from app.zalo.signature import signature_of
from app.zalo.transport import Answer, post_json

PATIENCE = 5.0
"""Seconds. Zalo itself waits two; what needs longer than this has to be called broken."""


class Silence(StrEnum):
    """Why nobody answered at an address."""

    NO_SUCH_NAME = "no_such_name"
    NOT_TRUSTED = "not_trusted"
    """No valid certificate for the name."""
    REFUSED = "refused"
    """Nobody listens there, or a firewall turns callers away."""
    TOO_LATE = "too_late"
    NOT_AN_ADDRESS = "not_an_address"
    BROKEN_OFF = "broken_off"


class Unanswered(Exception):
    def __init__(self, why: Silence) -> None:
        super().__init__(why)
        self.why = why


async def knock(
    http: httpx.AsyncClient, url: str, app_id: str, secret: str, body: bytes, timestamp: str
) -> Answer:
    """What the address answers to a signed event. Raises `Unanswered`."""
    headers = {"x-zevent-signature": f"mac={signature_of(app_id, body, timestamp, secret)}"}
    try:
        return await post_json(http, url, headers, body, PATIENCE)
    except ZaloError as error:
        raise Unanswered(_why(error.__cause__)) from error


def _why(error: BaseException | None) -> Silence:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return Silence.NO_SUCH_NAME
        case aiohttp.ClientSSLError():
            return Silence.NOT_TRUSTED
        case TimeoutError() | httpx.TimeoutException():
            return Silence.TOO_LATE
        case aiohttp.ClientConnectorError() | httpx.ConnectError():
            return Silence.REFUSED
        case aiohttp.InvalidURL() | httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Silence.NOT_AN_ADDRESS
        case _:
            return Silence.BROKEN_OFF
