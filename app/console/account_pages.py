"""One's own account: password, second factor, where one is signed in."""

from typing import TYPE_CHECKING

import segno
from fastapi import Response
from markupsafe import Markup
from pydantic import BaseModel

from app.audit.trail import record
from app.console.forms import EMPTY, Filled, fill
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.staff.accounts import end_sessions
from app.staff.attempts import begin_attempt, code_key, forgive
from app.staff.rules import NEEDS_SECOND_FACTOR, Right, Step
from app.staff.second_factor import (
    accept_code,
    begin_enrolment,
    codes_left,
    enrolment_address,
    finish_enrolment,
    new_recovery_codes,
)
from app.staff.sessions import close_session, read_devices

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/tai-khoan"


class OneCode(BaseModel):
    ma: str


def add_account_pages(pages: Pages) -> None:
    sealer = pages.desk.runtime.sealer

    @pages.get(PLACE, Right.OWN_ACCOUNT)
    async def account(visit: Visiting) -> Response:
        return await _account_page(visit, EMPTY)

    @pages.post(f"{PLACE}/thiet-bi/{{session_id}}/dang-xuat", Right.OWN_ACCOUNT)
    async def sign_one_out(visit: Visiting, session_id: int) -> Response:
        staff_id = visit.visitor.staff_id
        entry = visit.entry("staff.session_ended", visit.visitor.actor)

        def end(db: "Connection") -> bool:
            ended = close_session(db, staff_id, session_id)
            if ended:
                record(db, entry)
            return ended

        ended = await visit.write(end)
        return visit.done("Đã đăng xuất thiết bị đó." if ended else "Thiết bị đó đã đăng xuất rồi.", PLACE)

    @pages.post(f"{PLACE}/dang-xuat-noi-khac", Right.OWN_ACCOUNT)
    async def sign_out_elsewhere(visit: Visiting) -> Response:
        me = visit.visitor
        entry = visit.entry("staff.signed_out_elsewhere", me.actor)

        def end(db: "Connection") -> int:
            ended = end_sessions(db, me.staff_id, but=me.session_id)
            record(db, entry)
            return ended

        return visit.done(f"Đã đăng xuất {await visit.write(end)} thiết bị khác.", PLACE)

    @pages.get(f"{PLACE}/hai-lop", Right.OWN_ACCOUNT, at_step=Step.SECOND_FACTOR)
    async def enrolment(visit: Visiting) -> Response:
        if visit.visitor.has_totp:
            return visit.to(PLACE)
        return await _enrolment_page(visit, EMPTY)

    @pages.post(f"{PLACE}/hai-lop", Right.OWN_ACCOUNT, at_step=Step.SECOND_FACTOR)
    async def enrol(visit: Visiting) -> Response:
        """The ten codes are in this answer and nowhere else."""
        if visit.visitor.has_totp:
            return visit.to(PLACE)
        form = fill(OneCode, await visit.form())
        code, staff_id, by, now = form.values.get("ma", ""), visit.visitor.staff_id, visit.by, visit.now
        codes = await visit.write(lambda db: finish_enrolment(db, sealer, staff_id, code, by, now))
        if codes is None:
            wrong = form.refused("ma", "Mã chưa đúng; Anh/Chị đợi mã mới hiện rồi gõ lại giúp.")
            return await _enrolment_page(visit, wrong, status=422)
        return _codes_page(visit, codes)

    @pages.post(f"{PLACE}/ma-khoi-phuc", Right.OWN_ACCOUNT)
    async def fresh_codes(visit: Visiting) -> Response:
        form = fill(OneCode, await visit.form())
        staff_id, address, now = visit.visitor.staff_id, visit.address, visit.now
        entry = visit.entry("staff.recovery_codes_made", visit.visitor.actor)

        def make(db: "Connection") -> list[str] | None:
            key = code_key(staff_id)
            if begin_attempt(db, key, address, now) is not None:
                return None
            if not accept_code(db, sealer, staff_id, form.values.get("ma", ""), now):
                return None
            forgive(db, key, address)
            record(db, entry)
            return new_recovery_codes(db, staff_id)

        codes = await visit.write(make)
        if codes is None:
            return await _account_page(
                visit, form.refused("ma", "Mã chưa đúng hoặc đã dùng rồi."), status=422
            )
        return _codes_page(visit, codes)


async def _account_page(
    visit: Visit, form: Filled[BaseModel] | Filled[OneCode], status: int = 200
) -> Response:
    me, now = visit.visitor, visit.now
    devices, left = await visit.read(
        lambda db: (read_devices(db, me.staff_id, now), codes_left(db, me.staff_id))
    )
    return visit.page(
        "account/account.html",
        title="Tài khoản của tôi",
        status=status,
        devices=devices,
        codes_left=left,
        form=form,
    )


async def _enrolment_page(
    visit: Visit, form: Filled[BaseModel] | Filled[OneCode], status: int = 200
) -> Response:
    me, sealer = visit.visitor, visit.desk.runtime.sealer
    secret = await visit.write(lambda db: begin_enrolment(db, sealer, me.staff_id))
    drawn = segno.make(enrolment_address(secret, me.login), error="m")
    picture = drawn.svg_inline(scale=5, border=2, dark="#000000", light="#ffffff")
    return visit.page(
        "account/second_factor.html",
        title="Xác thực hai lớp",
        status=status,
        picture=Markup(picture),  # noqa: S704 - drawn by us from our own secret
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        is_needed=me.role in NEEDS_SECOND_FACTOR,
        form=form,
    )


def _codes_page(visit: Visit, codes: list[str]) -> Response:
    return visit.page("account/codes.html", title="Mã khôi phục", codes=codes)
