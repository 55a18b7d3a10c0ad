"""The gate: every route declares the right it takes, in one place, and nobody passes without it."""

from collections.abc import Callable
from inspect import get_annotations
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.sse import EventSourceResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.console.desk import Desk
from app.console.visit import Visit
from app.look.headers import PAGE_HEADERS, comes_from_our_page
from app.staff.rules import Right, Step
from app.staff.sessions import Visitor, note_visit

PLAIN_COOKIE, SECURE_COOKIE = "daumoi_session", "__Host-daumoi_session"

LARGEST_NUMBER = 2**63 - 1
"""The largest number that a row can have."""

Handler = Callable[..., Any]


class SignInNeeded(Exception):
    """Nobody is signed in, or no longer."""


class StepNeeded(Exception):
    """Signed in, but something comes first: a code, a password of one's own, a second factor."""

    def __init__(self, step: Step) -> None:
        super().__init__(step)
        self.step = step


class NotAllowed(Exception):
    """The person's role has not got the right."""

    def __init__(self, visit: Visit, right: Right) -> None:
        super().__init__(right)
        self.visit, self.right = visit, right


class Pages:
    """Where page groups put their routes: `@pages.get("/dau-moi", Right.SEE_DIRECTORY)`.

    Paths are those below /console. What is here is what the menu shows and what the test of roles walks.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.router = APIRouter(include_in_schema=False)
        self.rights: dict[tuple[str, str], Right | None] = {}
        self.streams: set[str] = set()

    def get(self, path: str, right: Right, *, at_step: Step = Step.DONE) -> Callable[[Handler], Handler]:
        return self._route("GET", path, right, at_step)

    def post(self, path: str, right: Right, *, at_step: Step = Step.DONE) -> Callable[[Handler], Handler]:
        return self._route("POST", path, right, at_step)

    def stream(self, path: str, right: Right) -> Callable[[Handler], Handler]:
        """A stream of events; the handler is an async generator (see `live.follow`)."""
        self.streams.add(path)
        return self._route("GET", path, right, Step.DONE, EventSourceResponse)

    def open_to_all(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """A route without a session: signing in."""
        return self._add(method, path, None, [])

    def _route(
        self, method: str, path: str, right: Right, step: Step, kind: type[Response] = Response
    ) -> Callable[[Handler], Handler]:
        numbers: set[str] = set()

        async def pass_the_gate(request: Request) -> None:
            request.state.visit = await admit(self.desk, request, right, step)
            if any(_is_no_row(request.path_params.get(name)) for name in numbers):
                raise HTTPException(404)

        add = self._add(method, path, right, [Depends(pass_the_gate)], kind)

        def declare(handler: Handler) -> Handler:
            numbers.update(name for name, of in get_annotations(handler).items() if of is int)
            return add(handler)

        return declare

    def _add(
        self,
        method: str,
        path: str,
        right: Right | None,
        gate: list[Any],
        kind: type[Response] = Response,
    ) -> Callable[[Handler], Handler]:
        if (method, path) in self.rights:
            raise ValueError(f"{method} {path} is declared twice")
        self.rights[method, path] = right
        if method == "GET":
            self.desk.paths.add(path)
        return self.router.api_route(
            path, methods=[method], dependencies=gate, response_model=None, response_class=kind
        )


def _is_no_row(part: object) -> bool:
    """A number that no database can hold, and so no row can have."""
    text = str(part).removeprefix("-")
    return text.isdecimal() and int(text) > LARGEST_NUMBER


async def admit(desk: Desk, request: Request, right: Right, step: Step) -> Visit:
    """The visit, once the session, its step and the right are there.

    A later step's pages are closed to an earlier one; those of an earlier step stay open.
    """
    visit = await recognise(desk, request)
    if visit is None:
        raise SignInNeeded
    reached = visit.visitor.step(demo=desk.demo)
    if reached is not Step.DONE and reached is not step:
        raise StepNeeded(reached)
    if not visit.may(right):
        raise NotAllowed(visit, right)
    return visit


async def recognise(desk: Desk, request: Request) -> Visit | None:
    """Who is at the door; None when nobody is signed in."""
    token = request.cookies.get(cookie_name(desk))
    if not token:
        return None
    now = desk.runtime.clock.now()
    arrival = await desk.runtime.db.read(lambda db: desk.arrive(db, token, now))
    if arrival is None:
        return None
    visitor: Visitor = arrival.visitor
    if visitor.is_due_to_be_noted(now):
        await desk.runtime.db.write(lambda db: note_visit(db, visitor.session_id, now))
    return Visit(desk, request, arrival, now)


def is_secure(desk: Desk) -> bool:
    return desk.runtime.settings.public_url.startswith("https://")


def cookie_name(desk: Desk) -> str:
    return SECURE_COOKIE if is_secure(desk) else PLAIN_COOKIE


class OnlyOurForms:
    """Refuses forms of other sites and forms beyond measure, and puts the page headers on every answer.

    No tokens in forms: browsers say where a request comes from. One that says nothing but carries a cookie
    is refused.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refused = _refusal(scope["method"], headers)
        if refused is not None:
            status, words = refused
            await send({"type": "http.response.start", "status": status, "headers": _page_headers()})
            await send({"type": "http.response.body", "body": words.encode()})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(pair for pair in _page_headers() if pair[0] not in said),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


LARGEST, LARGEST_FROM_STRANGERS = 64 << 20, 64 << 10
"""Bytes of a form: an Excel file fits into the first; nobody needs more than the second to sign in."""

TOO_LARGE = "Nội dung gửi lên quá lớn."
REFUSED = "Biểu mẫu này không gửi từ trang quản trị. Anh/Chị mở lại trang và thử lại giúp."


def _refusal(method: str, headers: dict[str, str]) -> tuple[int, str] | None:
    if method in ("GET", "HEAD", "OPTIONS"):
        return None
    if not _is_ours(headers):
        return 403, REFUSED
    length = headers.get("content-length", "")
    largest = LARGEST if "cookie" in headers else LARGEST_FROM_STRANGERS
    if "transfer-encoding" in headers or (length.isdigit() and int(length) > largest):
        return 413, TOO_LARGE
    return None


def _is_ours(headers: dict[str, str]) -> bool:
    says_nothing = "sec-fetch-site" not in headers and "origin" not in headers
    return not (says_nothing and "cookie" in headers) and comes_from_our_page(headers)


def _page_headers() -> list[tuple[bytes, bytes]]:
    told = [(name.lower().encode(), value.encode()) for name, value in PAGE_HEADERS.items()]
    return [*told, (b"content-type", b"text/plain; charset=utf-8")]
