"""The control API: tests and other tools act for people, switch faults and move the clock."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Body, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

from app.kit.clock import VIETNAM, SystemClock
from app.kit.ids import UserId
from app.sandbox.control_shapes import (
    ClockMove,
    ColleagueMessage,
    Json,
    NewMessage,
    NewTemplate,
    NewUser,
    Reaction,
    WebhookSettings,
    duration,
    shown_entry,
    shown_message,
    shown_person,
)
from app.sandbox.faults import RuleRefused
from app.sandbox.phone import NoSuchButton, WrongAct
from app.sandbox.pretend_zalo import ClockStands, PretendZalo
from app.sandbox.templates_known import Parameter, Template, TemplateTag
from app.sandbox.thread import Sender, ThreadMessage
from app.sandbox.world import NoSuchPerson


def control_app(zalo: PretendZalo) -> FastAPI:
    app = FastAPI(title="Sandbox control", openapi_url=None)
    app.include_router(_people(zalo))
    app.include_router(_acts(zalo))
    app.include_router(_instruments(zalo))
    app.include_router(_oa(zalo))
    for refusal, status in ((NoSuchPerson, 404), (NoSuchButton, 404), (WrongAct, 422), (RuleRefused, 422)):
        app.add_exception_handler(refusal, _said(status))
    app.add_exception_handler(ClockStands, _said(409))
    return app


def _said(status: int) -> Callable[[Request, Exception], JSONResponse]:
    def handler(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": str(error)}, status)

    return handler


def _people(zalo: PretendZalo) -> APIRouter:
    router = APIRouter()

    @router.get("/users")
    async def users() -> list[Json]:
        return [
            {**shown_person(person), "from_oa": len(_from_oa(zalo, person.user_id))}
            for person in zalo.people()
        ]

    @router.post("/users")
    async def add_user(given: NewUser) -> Json:
        """With `count` many of them at once, who have `last_wrote` so long ago without a word to the bot."""
        people = [_new_person(zalo, given) for _ in range(given.count)]
        one: Json = {"user_id": people[0]}
        return one if given.count == 1 else {**one, "user_ids": people}

    @router.get("/users/{user_id}")
    async def user(user_id: str) -> Json:
        return shown_person(zalo.person(user_id))

    @router.get("/users/{user_id}/thread")
    async def thread(user_id: str, hidden: bool = False) -> list[Json]:
        return [shown_message(message) for message in zalo.thread(user_id, hidden=hidden)]

    return router


def _new_person(zalo: PretendZalo, given: NewUser) -> UserId:
    person = zalo.phone.add(given.display_name, given.phone)
    if given.following:
        zalo.phone.follow(person.user_id)
    if given.last_wrote:
        person.last_interaction_at = zalo.clock.now() - _length(given.last_wrote)
    return person.user_id


def _acts(zalo: PretendZalo) -> APIRouter:
    router = APIRouter(prefix="/users/{user_id}")
    phone = zalo.phone
    simple = {
        "follow": phone.follow,
        "unfollow": phone.unfollow,
        "block": phone.block,
        "unblock": phone.unblock,
        "open": phone.open_chat,
        "withdraw": phone.withdraw,
        "look": phone.look,
    }

    @router.post("/messages")
    async def messages(user_id: str, given: NewMessage) -> Json:
        _check_one_act(given)
        if given.tap is not None:
            tap = phone.tap(user_id, given.tap, given.msg_id)
            return {"msg_id": tap.message.msg_id if tap.message else None, "opened": tap.opened}
        if given.attachment is not None:
            enclosed = given.attachment
            sent = phone.send_media(user_id, enclosed.type, enclosed.payload, text=given.text or "")
        else:
            sent = phone.say(user_id, given.text or "", quoted=given.quote_msg_id)
        return {"msg_id": sent.msg_id}

    @router.post("/submit-info")
    async def submit_info(user_id: str, given: Annotated[Json, Body()]) -> Json:
        return {"msg_id": phone.submit_info(user_id, given).msg_id}

    @router.post("/react")
    async def react(user_id: str, given: Reaction) -> Json:
        phone.react(user_id, given.msg_id, given.icon)
        return {"ok": True}

    @router.post("/colleague")
    async def colleague(user_id: str, given: ColleagueMessage) -> Json:
        message = await zalo.sending.colleague(user_id, given.text, given.admin_id)
        return {"msg_id": message.msg_id}

    @router.post("/{act}")
    async def simple_act(user_id: str, act: str) -> Json:
        if act not in simple:
            raise HTTPException(404, f"no act {act!r}; there are {', '.join(simple)}")
        simple[act](user_id)
        return shown_person(zalo.person(user_id))

    return router


def _instruments(zalo: PretendZalo) -> APIRouter:
    router = APIRouter()

    @router.get("/faults")
    async def faults() -> Json:
        return zalo.faults.rules()

    @router.put("/faults")
    async def set_faults(rules: Annotated[Json, Body()]) -> Json:
        zalo.set_faults(rules)
        return zalo.faults.rules()

    @router.get("/clock")
    async def clock() -> Json:
        return _clock(zalo)

    @router.post("/clock")
    async def move_clock(move: ClockMove) -> Json:
        _move(zalo, move)
        return _clock(zalo)

    @router.get("/stats")
    async def stats() -> Json:
        return _stats(zalo)

    @router.get("/log")
    async def log(after: int = 0, user_id: str | None = None, limit: int = 200) -> list[Json]:
        entries = zalo.log.entries(after, UserId(user_id) if user_id else None, limit)
        return [shown_entry(entry) for entry in entries]

    @router.post("/reset")
    async def reset() -> Json:
        zalo.reset()
        return {"ok": True}

    @router.post("/settle")
    async def settle() -> Json:
        """Answers when no webhook, echo or receipt is on its way any more."""
        await zalo.settled()
        return {"ok": True}

    return router


def _oa(zalo: PretendZalo) -> APIRouter:
    router = APIRouter()

    @router.get("/webhook")
    async def webhook() -> Json:
        return _webhook(zalo)

    @router.put("/webhook")
    async def set_webhook(given: WebhookSettings) -> Json:
        zalo.set_webhook(given.url, given.oa_secret, given.retry, given.enabled)
        return _webhook(zalo)

    @router.post("/webhook/check")
    async def check_webhook() -> Json:
        return {"ok": await zalo.check_webhook()}

    @router.post("/tokens")
    async def tokens() -> Json:
        """A fresh pair to start a bot with; the pair before it is dead."""
        pair = zalo.world.grants.hand_out(zalo.clock.now())
        return {"access_token": pair.access_token, "refresh_token": pair.refresh_token}

    @router.post("/revoke")
    async def revoke() -> Json:
        zalo.revoke_permission()
        return {"ok": True}

    @router.post("/templates")
    async def add_template(given: NewTemplate) -> Json:
        parameters = tuple(Parameter(name) for name in given.parameters)
        wording = given.wording or given.name
        zalo.add_template(
            Template(
                given.template_id, given.name, TemplateTag(given.tag), parameters, wording, given.by_user_id
            )
        )
        return {"template_id": given.template_id}

    return router


def _from_oa(zalo: PretendZalo, user_id: str) -> list[ThreadMessage]:
    return [message for message in zalo.thread(user_id, hidden=True) if message.sender is Sender.OA]


def _check_one_act(given: NewMessage) -> None:
    caption = given.attachment is not None
    acts = (None if caption else given.text, given.tap, given.attachment)
    if sum(act is not None for act in acts) != 1:
        raise WrongAct("give one of text, tap, attachment")


def _clock(zalo: PretendZalo) -> Json:
    now = zalo.clock.now()
    return {"now": now.isoformat(), "vietnam": now.astimezone(VIETNAM).isoformat()}


def _move(zalo: PretendZalo, move: ClockMove) -> None:
    if move.now:
        zalo.set_clock(SystemClock().now())
    if move.advance is not None:
        by = _length(move.advance)
        try:
            zalo.advance_clock(by)
        except OverflowError as error:
            raise WrongAct(str(error)) from None
    if move.at is not None:
        zalo.set_clock(_next_time(zalo.clock.now(), move.at))
    if move.rate is not None:
        zalo.run_clock_at(move.rate)


def _length(text: str) -> timedelta:
    try:
        return duration(text)
    except (ValueError, OverflowError) as error:
        raise WrongAct(str(error)) from None


def _next_time(now: datetime, clock_time: str) -> datetime:
    """The next moment at which clocks in Vietnam show that time."""
    hour, minute = map(int, clock_time.split(":"))
    local = now.astimezone(VIETNAM)
    wanted = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return wanted if wanted > local else wanted + timedelta(days=1)


def _webhook(zalo: PretendZalo) -> Json:
    postman = zalo.world.postman
    return {
        "url": postman.url,
        "enabled": postman.enabled,
        "retry": postman.retry,
        "notices": list(postman.notices),
    }


def _stats(zalo: PretendZalo) -> Json:
    messages: Counter[str] = Counter()
    for thread in zalo.world.threads.values():
        for message in thread:
            messages[f"from_{'oa' if message.sender is Sender.OA else 'user'}"] += 1
            messages[f"{message.sender}_{message.state}"] += 1
    return {
        "users": len(zalo.people()),
        "messages": dict(messages),
        "wire": dict(zalo.log.counts),
        "faults_struck": {str(name): count for name, count in zalo.faults.struck.items()},
        "tokens_issued": zalo.world.grants.issued,
        "granted": zalo.world.grants.granted,
        "webhook": _webhook(zalo),
    }
