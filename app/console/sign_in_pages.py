"""Signing in and out: name and password, the code, a password of one's own."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, Field

from app.audit.trail import record
from app.console.desk import Desk, at
from app.console.devices import device_name
from app.console.forms import EMPTY, fill
from app.console.gate import Pages, cookie_name, is_secure, recognise
from app.console.visit import Visit, Visiting, address_of
from app.look.formats import hour_exact
from app.staff.rules import LONGEST_SESSION, Right, Step
from app.staff.sessions import close_session
from app.staff.signing_in import NotGoodEnough, Reception, SignedIn, TooSoon

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."
WRONG_CODE = "Mã chưa đúng hoặc đã dùng rồi."


class Names(BaseModel):
    ten: str = Field(min_length=1, max_length=120)
    mat_khau: str = Field(min_length=1, max_length=200)


class Code(BaseModel):
    ma: str = Field(min_length=1, max_length=40)


class NewPassword(BaseModel):
    hien_tai: str = Field(min_length=1, max_length=200)
    moi: str = Field(min_length=1, max_length=200)
    nhac_lai: str = Field(min_length=1, max_length=200)


def add_sign_in_pages(pages: Pages) -> None:
    desk = pages.desk
    runtime = desk.runtime
    reception = Reception(runtime.db, runtime.sealer, runtime.clock)

    @pages.open_to_all("GET", "/dang-nhap")
    async def sign_in_page(request: Request) -> Response:
        lost = "mat-phien" in request.query_params
        return _sign_in_page(desk, request.query_params.get("tiep", ""), form=EMPTY, lost=lost)

    @pages.open_to_all("POST", "/dang-nhap")
    async def sign_in(request: Request) -> Response:
        sent = await request.form()
        values = {name: value for name, value in sent.items() if isinstance(value, str)}
        form, onward = fill(Names, values), values.get("tiep", "")
        if form.model is None:
            return _sign_in_page(desk, onward, form=form, status=422)
        answer = await reception.take_password(
            form.model.ten,
            form.model.mat_khau,
            device_name(request.headers.get("user-agent", "")),
            address_of(request),
        )
        match answer:
            case SignedIn(token):
                return _with_session(desk, RedirectResponse(_onward(onward), status_code=303), token)
            case TooSoon():
                return _sign_in_page(desk, onward, form=form.refused("", _later(answer)), status=429)
            case _:
                return _sign_in_page(desk, onward, form=form.refused("", WRONG), status=403)

    @pages.get("/dang-nhap/ma", Right.OWN_ACCOUNT, at_step=Step.CODE)
    async def code_page(visit: Visiting) -> Response:
        if visit.visitor.step(demo=desk.demo) is not Step.CODE:
            return visit.to("/")
        return _step_page(visit, "sign_in/code.html", "Mã xác thực", form=EMPTY)

    @pages.post("/dang-nhap/ma", Right.OWN_ACCOUNT, at_step=Step.CODE)
    async def take_code(visit: Visiting) -> Response:
        form = fill(Code, await visit.form())
        if form.model is None:
            return _step_page(visit, "sign_in/code.html", "Mã xác thực", form=form, status=422)
        answer = await reception.take_code(visit.visitor, form.model.ma, visit.address)
        if isinstance(answer, SignedIn):
            return _with_session(desk, visit.to("/"), answer.token)
        said = _later(answer) if isinstance(answer, TooSoon) else WRONG_CODE
        status = 429 if isinstance(answer, TooSoon) else 403
        return _step_page(
            visit, "sign_in/code.html", "Mã xác thực", form=form.refused("ma", said), status=status
        )

    @pages.get("/dang-nhap/doi-mat-khau", Right.OWN_ACCOUNT, at_step=Step.NEW_PASSWORD)
    async def password_page(visit: Visiting) -> Response:
        return _step_page(visit, "sign_in/password.html", "Đặt mật khẩu mới", form=EMPTY)

    @pages.post("/dang-nhap/doi-mat-khau", Right.OWN_ACCOUNT, at_step=Step.NEW_PASSWORD)
    async def change_password(visit: Visiting) -> Response:
        form = fill(NewPassword, await visit.form())
        if form.model is not None and form.model.moi != form.model.nhac_lai:
            form = form.refused("nhac_lai", "Hai lần gõ chưa giống nhau.")
        if form.model is None:
            return _step_page(visit, "sign_in/password.html", "Đặt mật khẩu mới", form=form, status=422)
        answer = await reception.change_password(
            visit.visitor, form.model.hien_tai, form.model.moi, visit.address
        )
        match answer:
            case None:
                return visit.done("Đã đổi mật khẩu. Các thiết bị khác đã được đăng xuất.", "/")
            case NotGoodEnough(reason):
                form = form.refused("moi", reason)
            case TooSoon():
                form = form.refused("hien_tai", _later(answer))
            case _:
                form = form.refused("hien_tai", "Mật khẩu đang dùng chưa đúng.")
        return _step_page(visit, "sign_in/password.html", "Đặt mật khẩu mới", form=form, status=422)

    @pages.open_to_all("POST", "/dang-xuat")
    async def sign_out(request: Request) -> Response:
        """Works at any step, and for a session that is already over."""
        visit = await recognise(desk, request)
        if visit is not None:
            visitor, entry = visit.visitor, visit.entry("staff.signed_out", visit.visitor.actor)

            def leave(db: Any) -> None:
                close_session(db, visitor.staff_id, visitor.session_id)
                record(db, entry)

            await visit.write(leave)
        answer = RedirectResponse(at("/dang-nhap"), status_code=303)
        answer.delete_cookie(
            cookie_name(desk), path="/", secure=is_secure(desk), httponly=True, samesite="lax"
        )
        return answer


def _sign_in_page(desk: Desk, onward: str, *, form: Any, status: int = 200, lost: bool = False) -> Response:
    """The password never goes back into the page."""
    html = desk.render("sign_in/sign_in.html", title="Đăng nhập", form=form, onward=onward, lost=lost)
    return HTMLResponse(html, status_code=status)


def _step_page(visit: Visit, template: str, title: str, *, form: Any, status: int = 200) -> Response:
    html = visit.desk.render(template, title=title, form=form, visitor=visit.visitor)
    return HTMLResponse(html, status_code=status)


def _with_session(desk: Desk, answer: Response, token: str) -> Response:
    answer.set_cookie(
        cookie_name(desk),
        token,
        max_age=int(LONGEST_SESSION.total_seconds()),
        path="/",
        secure=is_secure(desk),
        httponly=True,
        samesite="lax",
    )
    return answer


def _onward(wanted: str) -> str:
    """Only to a page of ours: anything else would send people from our sign-in to a stranger's page."""
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return at(wanted) if ours and wanted.isprintable() else at("/")


def _later(answer: TooSoon) -> str:
    return f"Đã thử nhiều lần. Anh/Chị thử lại sau {hour_exact(answer.until)} giúp."
