"""The phone in the browser: its page, its forms, and the stream that keeps it up to date."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Form, Header, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.look.assets import LOOK_STATIC, Assets
from app.look.headers import PAGE_HEADERS, comes_from_our_page
from app.sandbox.clock_desk import ClockDesk, UnknownMove
from app.sandbox.faults import FaultName
from app.sandbox.phone import NoSuchButton, Phone, WrongAct
from app.sandbox.phone_show import PhoneShow
from app.sandbox.phone_view import CHOICES, choice_of, rule_of
from app.sandbox.pretend_zalo import ClockStands, PretendZalo
from app.sandbox.thread import Kind
from app.sandbox.world import NoSuchPerson

STATIC = Path(__file__).parent / "static"

PANELS = ("events", "faults", "clock")

PRESETS: dict[str, dict[FaultName, str]] = {
    "monday": {
        FaultName.EXPIRED_TOKEN: "next:1",
        FaultName.RATE_LIMIT: "every:5",
        FaultName.HANG: "percent:30",
        FaultName.ANSWER_LOST: "next:1",
        FaultName.WEBHOOK_DUPLICATE: "every:2",
        FaultName.WEBHOOK_DELAY: "every:5",
    },
    "maintenance": {FaultName.SERVER_ERROR: "always"},
    "off": {},
}

ATTACHED = {
    "photo": Kind.IMAGE,
    "sticker": Kind.STICKER,
    "file": Kind.FILE,
    "location": Kind.LOCATION,
    "contact": Kind.BUSINESS_CARD,
}

SHOWN_IN_PLACE = frozenset({"image/jpeg", "image/png", "image/gif"})


def phone_app(sandbox: PretendZalo) -> FastAPI:
    """The phone as an app of its own, to be mounted: in the demo at /sandbox."""
    app = FastAPI(title="Điện thoại thử", openapi_url=None)
    app.include_router(phone_routes(sandbox))
    return app


def phone_routes(sandbox: PretendZalo) -> APIRouter:
    """The phone's page at the root of whatever app takes these routes; every address in it is relative."""
    world, phone = sandbox.world, sandbox.phone
    assets = Assets([LOOK_STATIC, STATIC], "static")
    desk = ClockDesk(sandbox)
    show = PhoneShow(world, assets, desk)
    routes = APIRouter(include_in_schema=False)
    act = APIRouter(include_in_schema=False, dependencies=[Depends(_only_from_our_page)])

    @routes.get("/", name="phone_page")
    async def page(u: str = "", panel: str = PANELS[0]) -> HTMLResponse:
        person = world.people.get(u) or next(iter(world.people.values()), None)  # type: ignore[call-overload]
        if person is None:
            raise HTTPException(404, "Chưa có người dùng giả lập nào.")
        shown = show.page(person, panel if panel in PANELS else PANELS[0])
        return HTMLResponse(shown, headers=dict(PAGE_HEADERS))

    @routes.get("/stream", response_class=EventSourceResponse)
    async def stream(
        u: str, after: int, last_event_id: Annotated[int | None, Header()] = None
    ) -> AsyncIterator[ServerSentEvent]:
        async for cursor, html in show.changes(u, after if last_event_id is None else last_event_id):
            yield ServerSentEvent(raw_data=html, id=str(cursor))

    @routes.get("/static/{name:path}")
    async def static_file(name: str, v: str | None = None) -> Response:
        asset = assets.find(name)
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, media_type=asset.media_type, headers=dict(asset.headers(v)))

    @routes.get("/media/{key}")
    async def media(key: str) -> Response:
        """An upload as the phone shows it; anything that is no picture is only ever downloaded."""
        upload = world.assets.find(key)
        if upload is None:
            raise HTTPException(404)
        headers = {"X-Content-Type-Options": "nosniff"}
        if upload.mime not in SHOWN_IN_PLACE:
            headers["Content-Disposition"] = "attachment"
        return Response(upload.content, media_type=upload.mime, headers=headers)

    _person_acts(act, phone)
    _instrument_acts(act, sandbox, desk)
    routes.include_router(act)
    return routes


def _person_acts(act: APIRouter, phone: Phone) -> None:
    @act.post("/people")
    async def add(request: Request, display_name: Annotated[str, Form(max_length=60)]) -> Response:
        name = " ".join(display_name.split())
        if not name:
            raise HTTPException(400, "Anh/Chị nhập tên hiển thị giúp.")
        return _back(request, phone.add(name).user_id)

    @act.post("/people/{user_id}/text")
    async def text(request: Request, user_id: str, text: Annotated[str, Form()]) -> Response:
        with _refusals():
            phone.say(user_id, text.strip())
        return _back(request, user_id)

    @act.post("/people/{user_id}/menu")
    async def menu(request: Request, user_id: str, text: Annotated[str, Form()]) -> Response:
        with _refusals():
            phone.say(user_id, text, hidden=text.startswith("#"))
        return _back(request, user_id)

    @act.post("/people/{user_id}/tap/{msg_id}")
    async def tap(
        request: Request, user_id: str, msg_id: str, payload: Annotated[str, Form()] = ""
    ) -> Response:
        with _refusals():
            phone.tap(user_id, payload, msg_id)
        return _back(request, user_id)

    @act.post("/people/{user_id}/attach")
    async def attach(request: Request, user_id: str, kind: Annotated[str, Form()]) -> Response:
        if kind not in ATTACHED:
            raise HTTPException(400, "Không gửi được loại này.")
        with _refusals():
            phone.send_media(user_id, ATTACHED[kind])
        return _back(request, user_id)

    @act.post("/people/{user_id}/share")
    async def share(
        request: Request,
        user_id: str,
        name: Annotated[str, Form()],
        phone_number: Annotated[str, Form(alias="phone")],
        address: Annotated[str, Form()] = "",
    ) -> Response:
        with _refusals():
            digits = "".join(filter(str.isdigit, phone_number))
            international = f"84{digits[1:]}" if digits.startswith("0") else digits
            phone.submit_info(user_id, {"name": name, "phone": international, "address": address})
        return _back(request, user_id)

    verbs = {
        "follow": phone.follow,
        "unfollow": phone.unfollow,
        "block": phone.block,
        "unblock": phone.unblock,
    }

    @act.post("/people/{user_id}/{verb}")
    async def relation(request: Request, user_id: str, verb: str) -> Response:
        if verb not in verbs:
            raise HTTPException(404)
        with _refusals():
            verbs[verb](user_id)
        return _back(request, user_id)


def _instrument_acts(act: APIRouter, sandbox: PretendZalo, desk: ClockDesk) -> None:
    @act.post("/reset")
    async def reset(request: Request, u: str = "") -> Response:
        sandbox.reset()
        return _back(request, u)

    @act.post("/faults")
    async def faults(request: Request, u: str = "") -> Response:
        """Takes the rules that were changed; one that the page cannot show stays as it is."""
        form = await request.form()
        standing = sandbox.faults.rules()
        changed = {
            name: rule_of(choice)
            for name, choice in form.items()
            if isinstance(choice, str) and choice in CHOICES and choice != choice_of(standing.get(name))
        }
        if set(changed) - set(standing):
            raise HTTPException(400, "Không có lỗi này.")
        sandbox.set_faults(changed)
        return _back(request, u, "faults")

    @act.post("/faults/preset")
    async def preset(request: Request, preset: Annotated[str, Form()], u: str = "") -> Response:
        if preset not in PRESETS:
            raise HTTPException(400, "Không có bộ lỗi này.")
        rules = {name.value: rule_of(PRESETS[preset].get(name, "off")) for name in FaultName}
        sandbox.set_faults(rules)
        return _back(request, u, "faults")

    @act.post("/clock")
    async def clock(
        request: Request,
        u: str = "",
        move: Annotated[str, Form()] = "",
        speed: Annotated[float | None, Form(ge=0, le=3600)] = None,
    ) -> Response:
        try:
            desk.change(move, speed)
        except (UnknownMove, ClockStands) as error:
            raise HTTPException(400, "Đồng hồ không chạy kiểu này.") from error
        return _back(request, u, "clock")


def _back(request: Request, user_id: str, panel: str = "") -> Response:
    """htmx needs no answer, for the stream brings the change; a plain form returns to the page."""
    if "hx-request" in request.headers:
        return Response(status_code=204)
    query = f"?u={user_id}" + (f"&panel={panel}#instruments" if panel else "")
    return RedirectResponse(f"{request.url_for('phone_page').path}{query}", status_code=303)


class _refusals:  # noqa: N801  reads as a statement: with _refusals()
    """Acts that cannot be done, answered in words."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case NoSuchPerson():
                raise HTTPException(404, "Không có người dùng này.") from error
            case NoSuchButton():
                raise HTTPException(409, "Nút này không còn trong hội thoại.") from error
            case WrongAct():
                raise HTTPException(400, "Không gửi được tin này.") from error


async def _only_from_our_page(request: Request) -> None:
    if not comes_from_our_page(request.headers):
        raise HTTPException(403, "Biểu mẫu này không gửi từ trang điện thoại thử.")
