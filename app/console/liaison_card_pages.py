"""One đầu mối: who they are, what was said and done; verified, rejected, ended, put right; views recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response
from pydantic import BaseModel

from app.audit.trail import record
from app.console.directory_words import (
    CONSENTS,
    ENDS,
    ROLES,
    STATES,
    Happening,
    happenings,
)
from app.console.forms import EMPTY, Filled, row_number
from app.console.gate import Pages
from app.console.inbox_shapes import Spoken, spoken
from app.console.liaison_pages import PLACE, following_words
from app.console.visit import Visit, Visiting
from app.conversations.announcing import end_liaison, reject_liaison, verify_liaison
from app.conversations.queries import Line, read_thread
from app.directory.cards import LiaisonFile, read_liaison_file
from app.directory.choices import units_meant
from app.directory.leave import InCharge, officer_in_charge
from app.directory.liaison_desk import Decided
from app.directory.liaison_editing import edit_liaison
from app.directory.models import LiaisonState
from app.directory.own_units import is_own_liaison, is_own_unit
from app.directory.queries import EmployerRow
from app.directory.refusals import EditClash, EditRefused, WrongFields
from app.kit.clock import VIETNAM
from app.kit.ids import UserId
from app.staff.queries import names_of_staff
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection

LAST_SAID = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """What the card shows."""

    file: LiaisonFile
    history: list[Happening]
    in_charge: InCharge | None
    units: Sequence[EmployerRow]
    spoken: list[Spoken]


def add_liaison_card_pages(pages: Pages) -> None:
    _add_card(pages)
    _add_decisions(pages)
    _add_editing(pages)


def _add_card(pages: Pages) -> None:
    @pages.get(f"{PLACE}/{{liaison_id}}", Right.SEE_DIRECTORY)
    async def card(visit: Visiting, liaison_id: int) -> Response:
        return await _card_page(visit, liaison_id)


def _add_decisions(pages: Pages) -> None:
    @pages.post(f"{PLACE}/{{liaison_id}}/xac-minh", Right.EDIT_DIRECTORY)
    async def verify(visit: Visiting, liaison_id: int) -> Response:
        unit, scope = row_number((await visit.form()).get("don_vi", "")), visit.visitor.only_units_of

        def decide(db: "Connection", version: int) -> Decided:
            if unit is None or not is_own_unit(db, unit, scope):
                raise EditRefused("Anh/Chị chọn đơn vị của người này giúp.")
            means, actor = visit.desk.runtime.means, visit.visitor.actor
            return verify_liaison(db, means, liaison_id, version, unit, actor, visit.now)

        return await _decided(visit, liaison_id, decide, "Đã xác minh; máy đang báo cho người này.")

    @pages.post(f"{PLACE}/{{liaison_id}}/tu-choi", Right.EDIT_DIRECTORY)
    async def refuse(visit: Visiting, liaison_id: int) -> Response:
        means, actor = visit.desk.runtime.means, visit.visitor.actor
        return await _decided(
            visit,
            liaison_id,
            lambda db, version: reject_liaison(db, means, liaison_id, version, actor, visit.now),
            "Đã từ chối; máy đang báo và chỉ cách đăng ký lại.",
        )

    @pages.post(f"{PLACE}/{{liaison_id}}/ket-thuc", Right.EDIT_DIRECTORY)
    async def end(visit: Visiting, liaison_id: int) -> Response:
        means, actor = visit.desk.runtime.means, visit.visitor.actor
        return await _decided(
            visit,
            liaison_id,
            lambda db, version: end_liaison(db, means, liaison_id, version, actor, visit.now),
            "Đã kết thúc vai trò; thông tin cá nhân của người này đã được xóa.",
        )


def _add_editing(pages: Pages) -> None:
    @pages.get(f"{PLACE}/{{liaison_id}}/sua", Right.EDIT_DIRECTORY)
    async def form(visit: Visiting, liaison_id: int) -> Response:
        return await _edit_page(visit, liaison_id, EMPTY)

    @pages.post(f"{PLACE}/{{liaison_id}}/sua", Right.EDIT_DIRECTORY)
    async def save(visit: Visiting, liaison_id: int) -> Response:
        values = await visit.form()
        version = row_number(values.get("phien", "")) or 0
        sealer, actor, now = visit.desk.runtime.sealer, visit.visitor.actor, visit.now
        scope = visit.visitor.only_units_of

        def write(db: "Connection") -> None:
            if not is_own_liaison(db, liaison_id, scope):
                raise HTTPException(404)
            edit_liaison(db, sealer, liaison_id, version, values, actor, now)

        try:
            await visit.write(write)
        except WrongFields as wrong:
            return await _edit_page(visit, liaison_id, Filled(values, None, wrong.fields), 422)
        except EditClash as clash:
            return await _edit_page(visit, liaison_id, Filled(values, None, {}), 409, clash=clash.fields)
        except EditRefused as refusal:
            return visit.done(str(refusal), f"{PLACE}/{liaison_id}")
        return visit.done("Đã lưu.", f"{PLACE}/{liaison_id}")


async def _decided(
    visit: Visit, liaison_id: int, decide: "Callable[[Connection, int], Decided]", said: str
) -> Response:
    """The version comes with the form, or in the address of an undo."""
    told = (await visit.form()).get("phien") or visit.request.query_params.get("phien", "")
    version, scope = row_number(told) or 0, visit.visitor.only_units_of

    def write(db: "Connection") -> None:
        if not is_own_liaison(db, liaison_id, scope):
            raise HTTPException(404)
        decide(db, version)

    try:
        await visit.write(write)
    except EditRefused as refusal:
        said = str(refusal)
    return visit.done(said, f"{PLACE}/{liaison_id}")


async def _card_page(visit: Visit, liaison_id: int) -> Response:
    text = visit.request.query_params.get("tim", "")
    shows_words = visit.may(Right.ANSWER)
    entry = visit.entry("liaison.viewed", f"liaison:{liaison_id}")

    def read(db: "Connection") -> tuple[Opened, dict[str, str]]:
        file = _file(db, visit, liaison_id)
        names, one = names_of_staff(db), file.liaison
        record(db, entry)
        in_charge: InCharge | None = None
        units: Sequence[EmployerRow] = ()
        lines: list[Line] = []
        if one.employer_id is not None:
            in_charge = officer_in_charge(db, one.employer_id, visit.now.astimezone(VIETNAM).date())
        if one.state is LiaisonState.PENDING and visit.may(Right.EDIT_DIRECTORY):
            words = text or ("" if one.employer_id else file.stated_code or file.stated_unit)
            units = units_meant(db, words, one.employer_id, visit.visitor.only_units_of)
        if shows_words and file.conversation is not None:
            lines = read_thread(db, visit.desk.runtime.sealer, UserId(file.conversation), LAST_SAID)
        return Opened(file, happenings(file.done, names), in_charge, units, spoken(lines)), names

    opened, _ = await visit.write(read)
    return visit.page(
        "directory/liaison.html",
        title=opened.file.liaison.full_name or "Đầu mối đã kết thúc",
        here=PLACE,
        opened=opened,
        text=text,
        states=STATES,
        roles=ROLES,
        ends=ENDS,
        consents=CONSENTS,
        following=following_words(opened.file.liaison),
        shows_words=shows_words,
    )


async def _edit_page(
    visit: Visit,
    liaison_id: int,
    form: Filled[BaseModel],
    status: int = 200,
    clash: object = None,
) -> Response:
    """Opens with what is kept; after a clash with what was written, and the version that is newest now."""
    entry = visit.entry("liaison.viewed", f"liaison:{liaison_id}", to_edit=True)

    def read(db: "Connection") -> LiaisonFile:
        record(db, entry)
        return _file(db, visit, liaison_id)

    one = (await visit.write(read)).liaison
    if one.state is LiaisonState.ENDED:
        return visit.done("Đầu mối này đã kết thúc, không còn thông tin để sửa.", f"{PLACE}/{liaison_id}")
    kept = {"name": one.full_name, "phone": one.phone, "email": one.email, "role": one.role}
    return visit.page(
        "directory/liaison_edit.html",
        title=one.full_name,
        here=PLACE,
        status=status,
        one=one,
        form=replace(form, values={**kept, **form.values}),
        version=one.version if clash or not form.values else form.values.get("phien", ""),
        clash=clash,
        roles=list(ROLES.items()),
    )


def _file(db: "Connection", visit: Visit, liaison_id: int) -> LiaisonFile:
    """404 too for somebody of a unit that is not this officer's."""
    if not is_own_liaison(db, liaison_id, visit.visitor.only_units_of):
        raise HTTPException(404)
    file = read_liaison_file(db, visit.desk.runtime.sealer, liaison_id)
    if file is None:
        raise HTTPException(404)
    return file
