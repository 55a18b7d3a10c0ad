"""Every call of the bot passes here: faults of the line, rate, token, then the act; and is written down."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from app.kit.ids import UserId
from app.sandbox.codes import (
    BAD_PROOF,
    RATE_LIMIT,
    TOKEN_EXPIRED,
    TOKEN_INVALID,
    ZBS_PROOF,
    ZBS_TOKEN,
    Refused,
    invalid,
    refusal,
    zbs_refusal,
)
from app.sandbox.faults import FaultName, Strike
from app.sandbox.grants import OAuthRefused, TokenState
from app.sandbox.log import Direction, LogEntry
from app.sandbox.world import World

Json = dict[str, object]

SECRET_HEADERS = frozenset({"access_token", "secret_key", "appsecret_proof"})
SHOWN = 20_000

GATEWAY_PAGE = b"<html><title>502 Bad Gateway</title><body><h1>502 Bad Gateway</h1></body></html>"


class Family(StrEnum):
    """Which of Zalo's hosts the call is for: they differ in envelope, codes and rate."""

    OA = "oa"
    ZBS = "zbs"
    OAUTH = "oauth"


@dataclass(slots=True)
class Call:
    """One request of the bot, with what is learnt about it on the way."""

    request: Request
    family: Family
    body: bytes = b""
    user_id: UserId | None = None
    faults: list[str] = field(default_factory=list)
    code: int | None = None

    @property
    def path(self) -> str:
        """As Zalo's own path, wherever the sandbox is mounted."""
        scope = self.request.scope
        return str(scope["path"]).removeprefix(str(scope.get("root_path", "")))

    @property
    def token(self) -> str:
        return self.request.headers.get("access_token", "")

    def json(self) -> Json:
        """The body as an object. Raises `Refused`."""
        try:
            given = json.loads(self.body)
        except ValueError:
            raise invalid("body") from None
        if not isinstance(given, dict):
            raise invalid("body")
        return given

    def query(self) -> Json:
        """The one query parameter `data`, JSON in it. Raises `Refused`."""
        try:
            given = json.loads(self.request.query_params.get("data", ""))
        except ValueError:
            raise invalid("data") from None
        if not isinstance(given, dict):
            raise invalid("data")
        return given


Act = Callable[[Call], Awaitable[object]]
"""Does what the call asks; what it returns is the answer's `data` (or the whole body for OAuth)."""


class CutResponse(Response):
    """Promises more bytes than it sends; the server then drops the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = str(len(self.body) + 1_000).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})


class Gate:
    def __init__(self, world: World) -> None:
        self._world = world

    async def enter(self, request: Request, family: Family, act: Act) -> Response:
        """The answer to a call, as Zalo would give it; whatever it is, it is in the log."""
        call = Call(request, family)
        started, at = time.perf_counter(), self._world.clock.now()
        call.body = await request.body()
        call.user_id = _addressee(call)
        response = await self._line_fault(call)
        if response is None:
            response = await self._served(call, act)
        shown = response.body if isinstance(response.body, bytes) else bytes(response.body)
        self._world.log.add(
            LogEntry(
                number=self._world.log.next_number(),
                at=at,
                direction=Direction.CALL,
                name=call.path,
                user_id=call.user_id,
                method=request.method,
                url=str(request.url),
                headers=_shown_headers(request.headers),
                body=_shown_body(call),
                status=None if isinstance(response, CutResponse) else response.status_code,
                code=call.code,
                answer=_shown_answer(call, shown),
                took_ms=(time.perf_counter() - started) * 1000,
                faults=tuple(call.faults),
            )
        )
        return response

    async def _served(self, call: Call, act: Act) -> Response:
        try:
            body = await self._body(call, act)
        except OAuthRefused as error:
            call.code, body = error.code, error.body()
        except Refused as error:
            call.code = error.code
            body = {"error": error.code, "message": error.message}
        if call.code == 0 and self._strike(FaultName.ANSWER_LOST, call):
            return CutResponse(b"")
        response = Response(json.dumps(body, ensure_ascii=False), media_type="application/json")
        if call.family is Family.OA:
            response.headers["X-RateLimit-Limit"] = str(self._world.rate.limit)
            response.headers["X-RateLimit-Remain"] = str(self._world.rate.remaining)
        return response

    async def _body(self, call: Call, act: Act) -> object:
        if call.family is Family.OAUTH:
            given = await act(call)
            call.code = 0
            return given
        self._check_rate(call)
        self._check_token(call)
        self._check_refusals(call)
        data = await act(call)
        call.code = 0
        envelope: Json = {"data": data, "error": 0, "message": "Success"}
        return envelope if data is not None else {"error": 0, "message": "Success"}

    async def _line_fault(self, call: Call) -> Response | None:
        """What happens before the call is understood; the act is then not done."""
        if struck := self._strike(FaultName.HANG, call):
            await asyncio.sleep(_seconds(struck, self._world.config.hang_seconds))
            if await call.request.is_disconnected():
                return Response(status_code=499)
        if self._strike(FaultName.CUT, call):
            return CutResponse(b'{"data":{"mess')
        if struck := self._strike(FaultName.SERVER_ERROR, call):
            return Response("Internal Server Error", struck.rule.status or 500, media_type="text/plain")
        if self._strike(FaultName.HTML_ERROR, call):
            return Response(GATEWAY_PAGE, 502, media_type="text/html")
        return None

    def _check_rate(self, call: Call) -> None:
        if call.family is not Family.OA:
            return
        within = self._world.rate.take(self._world.clock.now())
        if self._strike(FaultName.RATE_LIMIT, call) or not within:
            raise refusal(RATE_LIMIT)

    def _check_token(self, call: Call) -> None:
        zbs = call.family is Family.ZBS
        state = self._world.grants.state_of(call.token, self._world.clock.now())
        if state is TokenState.UNKNOWN:
            raise zbs_refusal(ZBS_TOKEN) if zbs else refusal(TOKEN_INVALID)
        if state is TokenState.ENDED or self._strike(FaultName.EXPIRED_TOKEN, call):
            raise zbs_refusal(ZBS_TOKEN) if zbs else refusal(TOKEN_EXPIRED)
        proof = call.request.headers.get("appsecret_proof")
        if proof is None and not self._world.config.proof_required:
            return
        if proof != self._world.grants.proof_of(call.token):
            raise zbs_refusal(ZBS_PROOF) if zbs else refusal(BAD_PROOF)

    def _check_refusals(self, call: Call) -> None:
        """Codes that are switched on refuse sends, unless their rule names another path."""
        for code in self._world.faults.codes():
            name = str(code)
            if (_is_send(call) or self._names_path(name)) and self._strike(name, call):
                raise zbs_refusal(code) if call.family is Family.ZBS else refusal(code)

    def _strike(self, name: str, call: Call) -> Strike | None:
        """Token calls are hit only by rules that name their path: no grant is lost by a fault for sends."""
        if call.family is Family.OAUTH:
            rule = self._world.faults.rule(name)
            if rule is None or not rule.path:
                return None
        if name is FaultName.ANSWER_LOST and not _is_send(call) and not self._names_path(name):
            return None
        struck = self._world.faults.strike(name, call.user_id, call.path)
        if struck:
            call.faults.append(str(name))
        return struck

    def _names_path(self, name: str) -> bool:
        rule = self._world.faults.rule(name)
        return rule is not None and bool(rule.path)


def _is_send(call: Call) -> bool:
    return call.request.method == "POST" and "/message" in call.path and "/quota/" not in call.path


def _seconds(struck: Strike, usual: float) -> float:
    return usual if struck.rule.seconds is None else struck.rule.seconds


def _addressee(call: Call) -> UserId | None:
    """Whom the call is about, if it says so; a malformed call says nothing."""
    try:
        given = call.json() if call.body else call.query()
    except Refused:
        return None
    recipient = given.get("recipient")
    user_id = recipient.get("user_id") if isinstance(recipient, dict) else given.get("user_id")
    return UserId(str(user_id)) if user_id else None


def _shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"{value[:6]}…" if name.lower() in SECRET_HEADERS else value for name, value in headers.items()
    }


def _shown_body(call: Call) -> str:
    if call.family is Family.OAUTH:
        return "‹secrets›"
    if call.request.headers.get("content-type", "").startswith("multipart/"):
        return f"‹{len(call.body)} bytes›"
    return call.body.decode("utf-8", "replace")[:SHOWN]


def _shown_answer(call: Call, body: bytes) -> str:
    if call.family is Family.OAUTH and call.code == 0:
        return "‹token pair›"
    return body.decode("utf-8", "replace")[:SHOWN]
