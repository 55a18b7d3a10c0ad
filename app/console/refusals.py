"""What cannot be shown, in words: not there, not allowed, not signed in, broken."""

from urllib.parse import quote

import structlog
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException as AnyHTTPException

from app.console.desk import Desk, at
from app.console.gate import NotAllowed, SignInNeeded, StepNeeded, recognise
from app.kit.db import DatabaseAway
from app.look.headers import PAGE_HEADERS
from app.staff.accounts import AccountRefused
from app.staff.rules import Step, roles_with

log = structlog.get_logger()

WORDS = {
    400: ("Yêu cầu chưa rõ", "Địa chỉ hoặc biểu mẫu này có chỗ không đọc được."),
    404: ("Không có trang này", "Địa chỉ có thể đã đổi, hoặc mục này không còn nữa."),
    405: ("Không có trang này", "Địa chỉ này chỉ nhận biểu mẫu, không mở trực tiếp được."),
    409: ("Không làm được lúc này", "Mục này vừa được người khác thay đổi."),
    413: ("Quá lớn", "Nội dung gửi lên vượt quá giới hạn."),
}

STEP_PAGES = {
    Step.CODE: "/dang-nhap/ma",
    Step.NEW_PASSWORD: "/dang-nhap/doi-mat-khau",
    Step.SECOND_FACTOR: "/tai-khoan/hai-lop",
}


def add_refusals(app: FastAPI, desk: Desk) -> None:
    @app.exception_handler(SignInNeeded)
    async def sign_in_first(request: Request, _: Exception) -> Response:
        """Back to the page afterwards; what a form held cannot be kept, and that is said."""
        if request.method == "GET":
            path = request.url.path.removeprefix(at(""))
            to = at("/dang-nhap") + (f"?tiep={_quoted(path, request.url.query)}" if path != "/" else "")
        else:
            to = at("/dang-nhap?mat-phien=1")
        return _away(request, to)

    @app.exception_handler(StepNeeded)
    async def step_first(request: Request, error: Exception) -> Response:
        assert isinstance(error, StepNeeded)  # noqa: S101 - registered for it
        return _away(request, at(STEP_PAGES[error.step]))

    @app.exception_handler(NotAllowed)
    async def not_allowed(_: Request, error: Exception) -> Response:
        assert isinstance(error, NotAllowed)  # noqa: S101 - registered for it
        roles = [role.label for role in roles_with(error.right)]
        return error.visit.page(
            "console/refused.html",
            title="Trang này không thuộc vai trò của Anh/Chị",
            status=403,
            reason=f"Vai trò của Anh/Chị là {error.visit.visitor.role.label}. Việc này do người có vai trò "
            f"{' hoặc '.join(roles)} làm; Anh/Chị nhờ họ, hoặc nhờ quản trị viên đổi vai trò giúp.",
        )

    @app.exception_handler(AccountRefused)
    async def account_refused(request: Request, error: Exception) -> Response:
        return await _refused(desk, request, 409, "Không làm được", str(error))

    @app.exception_handler(AnyHTTPException)
    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, AnyHTTPException)  # noqa: S101 - registered for it
        title, reason = WORDS.get(error.status_code, WORDS[400])
        said = error.detail if isinstance(error, HTTPException) and _is_ours(error) else reason
        return await _refused(desk, request, error.status_code, title, said)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, _: Exception) -> Response:
        return await _refused(desk, request, 404, *WORDS[404])

    @app.exception_handler(DatabaseAway)
    async def database_away(_: Request, __: Exception) -> Response:
        return _alone(
            desk, 503, "Cơ sở dữ liệu chưa trả lời", "Chưa có gì được lưu. Anh/Chị thử lại sau ít phút giúp."
        )

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        log.error("page_broke", path=request.url.path, error=type(error).__name__)
        return _alone(
            desk,
            500,
            "Trang này gặp lỗi",
            "Lỗi đã được ghi lại. Nếu Anh/Chị vừa gửi biểu mẫu, hãy mở lại trang để xem đã lưu chưa.",
        )


async def _refused(desk: Desk, request: Request, status: int, title: str, reason: str) -> Response:
    """In the frame for those who are signed in."""
    try:
        visit = await recognise(desk, request)
    except DatabaseAway:
        visit = None
    if visit is None or visit.visitor.step(demo=desk.demo) is not Step.DONE:
        return _alone(desk, status, title, reason)
    return visit.page("console/refused.html", title=title, status=status, reason=reason)


def _alone(desk: Desk, status: int, title: str, reason: str) -> Response:
    # A crash is answered outside the middleware that puts the headers on.
    html = desk.render("console/alone.html", title=title, reason=reason)
    return HTMLResponse(html, status_code=status, headers=dict(PAGE_HEADERS))


def _away(request: Request, to: str) -> Response:
    """htmx would put the sign-in page into a corner of the old one: it is told to go there instead."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": to})
    return RedirectResponse(to, status_code=303)


def _is_ours(error: HTTPException) -> bool:
    """Words that a page of ours gave; Starlette's own are English."""
    return bool(error.detail) and not str(error.detail).isascii()


def _quoted(path: str, query: str) -> str:
    return quote(f"{path}?{query}" if query else path, safe="")
