"""GET and POST /thu/dung/{token}: a page with one button; it, or a mail program, stops the letters."""

from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from app.broadcasts.stopping import stop_by_link
from app.kit.db import DatabaseAway
from app.look.assets import LOOK_STATIC, Assets
from app.look.headers import PAGE_HEADERS
from app.look.rendering import make_environment
from app.mail.stop_link import PATH, read_stop_token
from app.runtime import Runtime

STATIC = f"{PATH}static"
HEADERS = dict(PAGE_HEADERS) | {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
LONGEST_TOKEN = 1_000


def stop_link_routes(runtime: Runtime) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    assets = Assets([LOOK_STATIC], STATIC)
    page = make_environment([Path(__file__).parent / "templates"], assets).get_template("stop/page.html")

    def shown(state: str, status: int = 200) -> Response:
        return HTMLResponse(page.render(state=state), status_code=status, headers=HEADERS)

    @routes.get(f"{STATIC}/{{name:path}}")
    async def static_file(name: str, v: str | None = None) -> Response:
        asset = assets.find(name)
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, media_type=asset.media_type, headers=dict(asset.headers(v)))

    @routes.get(f"{PATH}{{token}}")
    async def ask(token: str) -> Response:
        known = len(token) <= LONGEST_TOKEN and read_stop_token(runtime.sealer, token) is not None
        return shown("ask") if known else shown("unknown", 404)

    @routes.post(f"{PATH}{{token}}")
    async def stop(token: str, request: Request) -> Response:
        """Nobody is signed in here: whoever holds the link may stop the letters, from any program."""
        if len(token) > LONGEST_TOKEN:
            return shown("unknown", 404)
        now = runtime.clock.now()
        try:
            stopped = await runtime.db.write(lambda db: stop_by_link(db, runtime.sealer, token, now))
        except DatabaseAway:
            return shown("away", 503)
        return shown("stopped") if stopped else shown("unknown", 404)

    return routes
