"""Người dùng: who may use the console, in which role; first passwords, lost phones, closed accounts."""

from fastapi import HTTPException, Response
from pydantic import BaseModel, Field

from app.console.forms import EMPTY, Filled, fill, row_number
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.staff.accounts import (
    AccountRefused,
    add_account,
    change_role,
    close_account,
    give_first_password,
    reopen_account,
    take_second_factor_away,
)
from app.staff.passwords import first_password, hash_aside
from app.staff.queries import officers_to_link, read_account, read_accounts
from app.staff.rules import Right, Role

PLACE = "/nguoi-dung"

ROLES = (
    (Role.VIEWER, "Xem", "Xem danh bạ, danh sách và số liệu; không sửa gì."),
    (Role.OFFICER, "Cán bộ", "Làm việc với các đơn vị mình quản lý; trả lời người nhắn; nhập Excel."),
    (Role.LEAD, "Phụ trách", "Như cán bộ, với mọi đơn vị; duyệt và gửi thông báo; xem nhật ký."),
    (Role.EDITOR, "Nội dung", "Câu hỏi chưa trả lời và lời của máy; không xem danh bạ."),
    (Role.ADMIN, "Quản trị", "Mọi việc, thêm kết nối Zalo và người dùng."),
)


class NewAccount(BaseModel):
    ho_ten: str = Field(min_length=2, max_length=120)
    dang_nhap: str = Field("", max_length=80)
    vai_tro: Role
    can_bo: str = ""


class NewRole(BaseModel):
    vai_tro: Role
    can_bo: str = ""


def add_staff_pages(pages: Pages) -> None:
    @pages.get(PLACE, Right.MANAGE_STAFF)
    async def everybody(visit: Visiting) -> Response:
        return await _list_page(visit)

    @pages.post(PLACE, Right.MANAGE_STAFF)
    async def add(visit: Visiting) -> Response:
        """The first password is in this answer and nowhere else."""
        form = fill(NewAccount, await visit.form())
        if form.model is None:
            return await _list_page(visit, form, status=422)
        wanted, password, by, now = form.model, first_password(), visit.by, visit.now
        hashed = await hash_aside(password)
        try:
            staff_id = await visit.write(
                lambda db: add_account(
                    db,
                    wanted.ho_ten,
                    wanted.vai_tro,
                    hashed,
                    by,
                    now,
                    login=wanted.dang_nhap,
                    officer_id=row_number(wanted.can_bo),
                )
            )
        except AccountRefused as refusal:
            return await _list_page(visit, form.refused("dang_nhap", str(refusal)), status=409)
        return await _card_page(visit, staff_id, password=password)

    @pages.get(f"{PLACE}/{{staff_id}}", Right.MANAGE_STAFF)
    async def one(visit: Visiting, staff_id: int) -> Response:
        return await _card_page(visit, staff_id)

    @pages.post(f"{PLACE}/{{staff_id}}/vai-tro", Right.MANAGE_STAFF)
    async def role(visit: Visiting, staff_id: int) -> Response:
        form = fill(NewRole, await visit.form())
        if form.model is None:
            return await _card_page(visit, staff_id, form=form, status=422)
        wanted, by, now = form.model, visit.by, visit.now
        officer = row_number(wanted.can_bo)
        await visit.write(lambda db: change_role(db, staff_id, wanted.vai_tro, officer, by, now))
        return visit.done("Đã đổi vai trò; có hiệu lực ngay.", f"{PLACE}/{staff_id}")

    @pages.post(f"{PLACE}/{{staff_id}}/mat-khau", Right.MANAGE_STAFF)
    async def password(visit: Visiting, staff_id: int) -> Response:
        fresh, by, now = first_password(), visit.by, visit.now
        hashed = await hash_aside(fresh)
        await visit.write(lambda db: give_first_password(db, staff_id, hashed, by, now))
        return await _card_page(visit, staff_id, password=fresh)

    @pages.post(f"{PLACE}/{{staff_id}}/go-hai-lop", Right.MANAGE_STAFF)
    async def lost_phone(visit: Visiting, staff_id: int) -> Response:
        by, now = visit.by, visit.now
        await visit.write(lambda db: take_second_factor_away(db, staff_id, by, now))
        return visit.done("Đã gỡ xác thực hai lớp của tài khoản này.", f"{PLACE}/{staff_id}")

    @pages.post(f"{PLACE}/{{staff_id}}/khoa", Right.MANAGE_STAFF)
    async def close(visit: Visiting, staff_id: int) -> Response:
        if staff_id == visit.visitor.staff_id:
            raise AccountRefused("Anh/Chị không tự khóa tài khoản của mình được.")
        by, now = visit.by, visit.now
        await visit.write(lambda db: close_account(db, staff_id, by, now))
        return visit.done("Đã khóa tài khoản và đăng xuất mọi nơi.", PLACE, undo=f"{PLACE}/{staff_id}/mo-lai")

    @pages.post(f"{PLACE}/{{staff_id}}/mo-lai", Right.MANAGE_STAFF)
    async def reopen(visit: Visiting, staff_id: int) -> Response:
        by, now = visit.by, visit.now
        await visit.write(lambda db: reopen_account(db, staff_id, by, now))
        return visit.done("Đã mở lại tài khoản.", f"{PLACE}/{staff_id}")


async def _list_page(visit: Visit, form: Filled[NewAccount] | None = None, status: int = 200) -> Response:
    accounts, officers = await visit.read(lambda db: (read_accounts(db), officers_to_link(db)))
    return visit.page(
        "staff/staff.html",
        title="Người dùng",
        here=PLACE,
        status=status,
        accounts=accounts,
        officers=officers,
        roles=ROLES,
        form=form or EMPTY,
    )


async def _card_page(
    visit: Visit,
    staff_id: int,
    *,
    form: Filled[NewRole] | None = None,
    password: str = "",
    status: int = 200,
) -> Response:
    account, officers = await visit.read(lambda db: (read_account(db, staff_id), officers_to_link(db)))
    if account is None:
        raise HTTPException(404)
    return visit.page(
        "staff/account.html",
        title=account.full_name,
        here=PLACE,
        status=status,
        account=account,
        officers=officers,
        roles=ROLES,
        form=form or EMPTY,
        password=password,
    )
