"""business.openapi.zalo.me: templates to phone numbers."""

from fastapi import APIRouter, Request, Response

from app.sandbox.by_phone import PhoneTemplates
from app.sandbox.codes import ZBS_BODY, ZBS_TEMPLATE, Refused, zbs_refusal
from app.sandbox.gate import Call, Family, Gate
from app.sandbox.templates_known import Template
from app.sandbox.world import World

Json = dict[str, object]

MOST_TEMPLATES = 100
ENABLED = 1
MADE_AT, MADE_BEFORE_USER_IDS_AT = 1767200000000, 1748700000000


def zbs_routes(world: World, gate: Gate, templates: PhoneTemplates) -> APIRouter:
    router = APIRouter()

    @router.post("/message/template")
    async def send(request: Request) -> Response:
        async def act(call: Call) -> object:
            try:
                body = call.json()
            except Refused:
                raise zbs_refusal(ZBS_BODY) from None
            return templates.send(body)

        return await gate.enter(request, Family.ZBS, act)

    @router.get("/message/status")
    async def status(request: Request, message_id: str = "") -> Response:
        async def act(call: Call) -> object:
            return templates.status(message_id)

        return await gate.enter(request, Family.ZBS, act)

    @router.get("/message/quota")
    async def quota(request: Request) -> Response:
        async def act(call: Call) -> object:
            return templates.quota()

        return await gate.enter(request, Family.ZBS, act)

    @router.get("/template/all")
    async def all_templates(
        request: Request, offset: int = 0, limit: int = MOST_TEMPLATES, status: int = ENABLED
    ) -> Response:
        async def act(call: Call) -> object:
            listed = list(world.templates.values()) if status == ENABLED else []
            return [_listed(one) for one in listed[offset : offset + min(limit, MOST_TEMPLATES)]]

        return await gate.enter(request, Family.ZBS, act)

    @router.get("/template/info/v2")
    async def template_info(request: Request, template_id: str = "") -> Response:
        async def act(call: Call) -> object:
            template = world.templates.get(template_id)
            if template is None:
                raise zbs_refusal(ZBS_TEMPLATE)
            return _described(template)

        return await gate.enter(request, Family.ZBS, act)

    return router


def _listed(template: Template) -> Json:
    return {
        "templateId": template.template_id,
        "templateName": template.name,
        "createdTime": MADE_AT if template.by_user_id else MADE_BEFORE_USER_IDS_AT,
        "status": "ENABLE",
        "templateQuality": "HIGH",
    }


def _described(template: Template) -> Json:
    parameters = [
        {
            "name": parameter.name,
            "require": parameter.required,
            "type": "STRING",
            "maxLength": parameter.longest,
            "minLength": 0,
            "acceptNull": not parameter.required,
        }
        for parameter in template.parameters
    ]
    return {
        **_listed(template),
        "listParams": parameters,
        "listButtons": [],
        "timeout": 7200000,
        "previewUrl": "",
        "templateTag": template.tag.name,
        "price": str(template.price),
        "price_sdt": str(template.price),
        "price_uid": str(template.price),
    }
