"""The console as an app of its own, below /console: pages behind the gate, files, words for mishaps."""

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.middleware.gzip import GZipMiddleware

from app.console.desk import BASE, CALLBACK, Desk
from app.console.gate import OnlyOurForms, Pages
from app.console.pages import GROUPS
from app.console.refusals import add_refusals
from app.runtime import Runtime


def open_pages(runtime: Runtime) -> Pages:
    """Every page of the console with the right it takes."""
    pages = Pages(Desk(runtime))
    for add in GROUPS:
        add(pages)
    return pages


def console_app(runtime: Runtime) -> FastAPI:
    pages = open_pages(runtime)
    app = FastAPI(title="Đầu Mối: trang quản trị", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.pages = pages
    app.include_router(pages.router)

    @app.get("/static/{name:path}", include_in_schema=False)
    async def static_file(name: str, v: str | None = None) -> Response:
        asset = pages.desk.assets.find(name)
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, media_type=asset.media_type, headers=dict(asset.headers(v)))

    add_refusals(app, pages.desk)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(OnlyOurForms)
    return app


def console_routes() -> APIRouter:
    """The few addresses outside /console that lead into it."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def front_door() -> Response:
        return RedirectResponse(f"{BASE}/", status_code=303)

    @routes.get(CALLBACK)
    async def back_from_zalo(request: Request) -> Response:
        """On to the page that knows who asked for the consent, with what Zalo said."""
        return RedirectResponse(f"{BASE}/zalo/ket-qua?{request.url.query}", status_code=303)

    return routes
