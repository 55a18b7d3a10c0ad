"""oauth.zaloapp.com: the permission page, which consents at once, and the token endpoint."""

from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.sandbox.faults import FaultName
from app.sandbox.gate import Call, Family, Gate
from app.sandbox.grants import OAuthRefused, Pair
from app.sandbox.world import World


def oauth_routes(world: World, gate: Gate) -> APIRouter:
    router = APIRouter()

    @router.get("/v4/oa/permission")
    async def permission(
        request: Request, app_id: str = "", redirect_uri: str = "", code_challenge: str = "", state: str = ""
    ) -> Response:
        """The OA's administrator agrees; what is wrong never reaches the callback."""
        try:
            code = world.grants.authorize(app_id, redirect_uri, code_challenge, world.clock.now())
        except OAuthRefused as error:
            base = str(request.scope.get("root_path", ""))
            return RedirectResponse(f"{base}/v4/permission/error?error_code={error.code}", 302)
        answer = {"code": code, "oa_id": world.config.oa_id, **({"state": state} if state else {})}
        joint = "&" if "?" in redirect_uri else "?"
        return RedirectResponse(f"{redirect_uri}{joint}{urlencode(answer)}", 302)

    @router.get("/v4/permission/error")
    async def permission_error(error_code: int = 0) -> Response:
        return HTMLResponse(f"<!doctype html><title>Zalo</title><p>error_code={error_code}</p>")

    @router.post("/v4/oa/access_token")
    async def access_token(request: Request) -> Response:
        async def act(call: Call) -> object:
            return _token_answer(world, _grant(world, call))

        return await gate.enter(request, Family.OAUTH, act)

    return router


def _grant(world: World, call: Call) -> Pair:
    form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
    world.grants.check_app(form.get("app_id", ""), call.request.headers.get("secret_key", ""))
    now = world.clock.now()
    match form.get("grant_type"):
        case "authorization_code":
            return world.grants.exchange(form.get("code", ""), form.get("code_verifier", ""), now)
        case "refresh_token":
            if world.faults.strike(FaultName.REFRESH_USED):
                raise OAuthRefused(-14014, "Invalid refresh token", "Refresh token was used")
            return world.grants.refresh(form.get("refresh_token", ""), now)
        case _:
            raise OAuthRefused(-14012, "Invalid grant type")


def _token_answer(world: World, pair: Pair) -> dict[str, str]:
    return {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "expires_in": str(int(world.config.access_lives.total_seconds())),
    }
