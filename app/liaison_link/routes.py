"""GET and POST /ds/{token}: the list of a unit for its liaison, plain forms that any phone can send."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.kit.clock import epoch_ms, from_epoch_ms
from app.kit.db import DatabaseAway
from app.liaison_link import forms
from app.liaison_link.forms import Deed, Notice
from app.liaison_link.pages import Pages
from app.look.headers import PAGE_HEADERS, comes_from_our_page
from app.runtime import Runtime
from app.worker_lists import visits
from app.worker_lists.links import Knock, TooMany, give_code
from app.worker_lists.marking import NotMarked
from app.worker_lists.rules import SESSION_LIVES

T = TypeVar("T")

COOKIE = "daumoi_ds"
LONGEST_FORM = 4_000

HEADERS = dict(PAGE_HEADERS) | {
    # The address holds the key: not even our own static files are told of it. Not "no-referrer", which makes
    # phones send "Origin: null" with every form.
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


def liaison_link_routes(runtime: Runtime) -> APIRouter:
    """The door of the lists; every address of it begins with /ds."""
    door, pages = Door(runtime), Pages()
    routes = APIRouter(include_in_schema=False)

    @routes.get("/ds/{token}")
    async def see(token: str, request: Request) -> Response:
        return await _answered(pages, door.see(knock_of(request, token), dict(request.query_params), pages))

    @routes.post("/ds/{token}", dependencies=[Depends(_only_from_our_page)])
    async def act(token: str, request: Request) -> Response:
        form = await _read_form(request)
        return await _answered(pages, door.act(knock_of(request, token), form))

    @routes.get("/ds/static/{name:path}")
    async def static_file(name: str, v: str | None = None) -> Response:
        asset = pages.assets.find(name)
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, media_type=asset.media_type, headers=dict(asset.headers(v)))

    return routes


class Door:
    """Hands each request to one step of a visit, in one transaction."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._secure = runtime.settings.public_url.startswith("https://")

    async def see(self, knock: Knock, query: dict[str, str], pages: Pages) -> Response:
        said, wanted = forms.notice(query), forms.wanted(query)
        if "tat-ca" in query:
            confirm = await self._step(visits.look_before_all, knock)
            return _page(pages.enter(said) if confirm is None else pages.confirm_all(confirm, wanted))
        visitor = await self._step(visits.note_view, knock, wanted)
        if visitor is None:
            return _page(pages.enter(said))
        now, sealer = self._runtime.clock.now(), self._runtime.sealer
        marked, at = forms.number(query.get("ai", "")) or None, forms.number(query.get("luc", ""))
        view = await self._runtime.db.read(
            lambda db: visits.read_view(db, sealer, visitor, wanted, now, marked)
        )
        return _page(pages.enter(said) if view is None else pages.list(view, said, at, now))

    async def act(self, knock: Knock, form: dict[str, str]) -> Response:
        match forms.deed(form):
            case Deed.SEND_CODE:
                return await self._send_code(knock)
            case Deed.OPEN:
                return await self._open(knock, form)
            case Deed.LEAVE:
                await self._step(visits.leave, knock)
                answer = _to(f"?tb={Notice.LEFT}")
                answer.delete_cookie(COOKIE, path="/ds")
                return answer
            case Deed.MARK:
                return await self._mark(knock, form)
            case Deed.TAKE_BACK:
                entry_id = forms.number(form.get("ai", ""))
                return await self._said(
                    form, Notice.TAKEN_BACK, visits.take_one_back, knock, entry_id, at=entry_id
                )
            case Deed.ALL:
                return await self._mark_all(knock, form)
            case Deed.TAKE_ALL_BACK:
                marked_at = from_epoch_ms(forms.number(form.get("luc", ""), forms.LATEST_MOMENT))
                return await self._said(form, Notice.ALL_TAKEN_BACK, visits.take_all_back, knock, marked_at)
            case None:
                return _to("?")

    async def _send_code(self, knock: Knock) -> Response:
        """The answer is the same whether there was anybody to send a code to."""
        runner = self._runtime.runner
        wording = self._runtime.means.library.values["link_code"]
        now, sealer = self._runtime.clock.now(), self._runtime.sealer
        runner_id = None if runner is None else runner.id
        claim = await self._runtime.db.write(
            lambda db: visits.send_code(db, sealer, wording, knock, now, runner_id)
        )
        if runner and claim:
            runner.take(claim)
        return _to(f"?tb={Notice.SENT}")

    async def _open(self, knock: Knock, form: dict[str, str]) -> Response:
        session = await self._step(give_code, knock, forms.code(form.get("ma", "")))
        if session is None:
            return _to(f"?tb={Notice.WRONG}")
        answer = _to("?")
        answer.set_cookie(
            COOKIE,
            session,
            max_age=int(SESSION_LIVES.total_seconds()),
            path="/ds",
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )
        return answer

    async def _mark(self, knock: Knock, form: dict[str, str]) -> Response:
        chosen = forms.choice(form.get("dau", ""))
        if chosen is None:
            return _to(forms.address(forms.wanted(form)))
        what = (chosen.entry_id, chosen.state, chosen.version)
        return await self._said(form, Notice.MARKED, visits.mark_one, knock, *what, at=chosen.entry_id)

    async def _mark_all(self, knock: Knock, form: dict[str, str]) -> Response:
        now, sealer = self._runtime.clock.now(), self._runtime.sealer
        expected = forms.number(form.get("so", ""))
        try:
            await self._runtime.db.write(lambda db: visits.mark_all(db, sealer, knock, expected, now))
        except NotMarked:
            return _to(f"?tb={Notice.CHANGED}")
        return _to(f"?tb={Notice.ALL_MARKED}&luc={epoch_ms(now)}")

    async def _said(
        self, form: dict[str, str], said: Notice, step: Callable[..., Any], *given: Any, at: int = 0
    ) -> Response:
        """Takes the step and shows the same part of the list again, with a word on what came of it."""
        view = forms.wanted(form)
        try:
            await self._step(step, *given)
        except NotMarked:
            return _to(forms.address(view, Notice.CHANGED))
        if not at:
            return _to(forms.address(view, said))
        return _to(f"{forms.address(view, said, ai=at)}#w{at}")

    async def _step(self, step: Callable[..., T], knock: Knock, *given: Any) -> T:
        now, sealer = self._runtime.clock.now(), self._runtime.sealer
        return await self._runtime.db.write(lambda db: step(db, sealer, knock, *given, now))


def knock_of(request: Request, token: str) -> Knock:
    address = "" if request.client is None else request.client.host
    return Knock(token, address, request.cookies.get(COOKIE, ""))


def _only_from_our_page(request: Request) -> None:
    if not comes_from_our_page(request.headers):
        raise HTTPException(403, "Trang khác không được gửi biểu mẫu này.")


async def _read_form(request: Request) -> dict[str, str]:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LONGEST_FORM:
        raise HTTPException(413)
    form = await request.form(max_files=0, max_fields=12)
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def _answered(pages: Pages, answer: Any) -> Response:
    try:
        response: Response = await answer
    except TooMany:
        return _page(pages.too_many(), 429)
    except DatabaseAway:
        return _page(pages.busy(), 503)
    return response


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status, headers=HEADERS)


def _to(query: str) -> Response:
    return RedirectResponse(query, 303, headers=HEADERS)
