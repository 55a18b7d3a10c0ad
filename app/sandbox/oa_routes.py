"""openapi.zalo.me: messages, uploads, people, tags, chats and quota of the OA."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from app.sandbox.assets import AssetKind
from app.sandbox.codes import V2_CLOSED, invalid, refusal
from app.sandbox.gate import Call, Family, Gate
from app.sandbox.reading import Reading
from app.sandbox.sending import Sending
from app.sandbox.world import World

Json = dict[str, object]


def oa_routes(world: World, gate: Gate, sending: Sending, reading: Reading) -> APIRouter:
    router = APIRouter()

    async def cs(call: Call) -> object:
        return await sending.cs(call.json())

    async def template(call: Call) -> object:
        return await sending.template(call.json())

    async def old_message(call: Call) -> object:
        body = call.json()
        if "sender_action" in body:
            return sending.react(body)
        raise refusal(V2_CLOSED)

    posts: dict[str, Callable[[Call], Awaitable[object]]] = {
        "/v3.0/oa/message/cs": cs,
        "/v3.0/oa/message/template": template,
        "/v2.0/oa/message": old_message,
        "/v3.0/oa/quota/message": _of_body(reading.quota),
        "/v3.0/oa/user/update": _of_body(reading.update_user),
        "/v2.0/oa/deletefollowerinfo": _of_body(reading.delete_user_info),
        "/v2.0/oa/tag/tagfollower": _of_body(reading.tag),
        "/v2.0/oa/tag/rmfollowerfromtag": _of_body(reading.untag),
        "/v2.0/oa/tag/rmtag": _of_body(reading.remove_tag),
        "/v2.0/oa/upload/image": _upload(world, AssetKind.IMAGE),
        "/v2.0/oa/upload/gif": _upload(world, AssetKind.GIF),
        "/v2.0/oa/upload/file": _upload(world, AssetKind.FILE),
    }
    gets: dict[str, Callable[[Call], Awaitable[object]]] = {
        "/v3.0/oa/user/detail": _of_query(reading.user_detail),
        "/v3.0/oa/user/getlist": _of_query(reading.user_list),
        "/v2.0/oa/conversation": _of_query(reading.conversation),
        "/v2.0/oa/listrecentchat": _of_query(reading.recent_chats),
        "/v2.0/oa/getoa": _of_nothing(reading.get_oa),
        "/v2.0/oa/tag/gettagsofoa": _of_nothing(reading.tags),
    }
    for method, acts in (("POST", posts), ("GET", gets)):
        for path, act in acts.items():
            router.add_api_route(path, _endpoint(gate, act), methods=[method], response_model=None)
    return router


def _endpoint(
    gate: Gate, act: Callable[[Call], Awaitable[object]]
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await gate.enter(request, Family.OA, act)

    return endpoint


def _of_body(read: Callable[[Json], object]) -> Callable[[Call], Awaitable[object]]:
    async def act(call: Call) -> object:
        return read(call.json())

    return act


def _of_query(read: Callable[[Json], object]) -> Callable[[Call], Awaitable[object]]:
    async def act(call: Call) -> object:
        return read(call.query())

    return act


def _of_nothing(read: Callable[[], object]) -> Callable[[Call], Awaitable[object]]:
    async def act(call: Call) -> object:
        return read()

    return act


def _upload(world: World, kind: AssetKind) -> Callable[[Call], Awaitable[object]]:
    async def act(call: Call) -> object:
        async with call.request.form() as form:
            given = form.get("file")
            if not isinstance(given, UploadFile):
                raise invalid("file")
            name, content = given.filename or "file", await given.read()
        asset = world.assets.upload(kind, name, content, world.clock.now())
        return {"token": asset.key} if kind is AssetKind.FILE else {"attachment_id": asset.key}

    return act
