"""What staff decide about a liaison: verify, reject, end. Whoever is concerned is told by the room above."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from app.audit.rules import Detail
from app.audit.trail import Entry, record
from app.directory.liaisons import CURRENT, NEXT_VERSION, ended
from app.directory.models import Employer, Liaison, LiaisonEnd, LiaisonState, RecordState
from app.directory.refusals import EditRefused
from app.kit.ids import UserId
from app.kit.seal import Sealer


@dataclass(frozen=True, slots=True)
class Decided:
    liaison_id: int
    contact: UserId | None
    """None for somebody who was only announced: nobody to tell."""
    unit_name: str


def verify_by_staff(
    db: Connection, liaison_id: int, version: int, employer_id: int, actor: str, now: datetime
) -> Decided:
    """Staff have made sure of the person and of the unit. Raises `EditRefused`."""
    row = _locked(db, liaison_id, version)
    if row.state != LiaisonState.PENDING:
        raise EditRefused("Đầu mối này không còn chờ xác minh: Anh/Chị tải lại trang")
    unit = db.execute(
        select(Employer.name).where(Employer.id == employer_id, Employer.state == RecordState.ACTIVE)
    ).scalar()
    if unit is None:
        raise EditRefused("Đơn vị này không còn trong danh bạ: Anh/Chị chọn đơn vị khác")
    verified = {"state": LiaisonState.VERIFIED, "employer_id": employer_id, "version": NEXT_VERSION}
    db.execute(update(Liaison).where(Liaison.id == liaison_id).values(**verified))
    _record(db, row, "liaison.verified", actor, now, {"was": row.state, "unit": employer_id})
    return Decided(liaison_id, UserId(row.contact), str(unit))


def reject(
    db: Connection, sealer: Sealer, liaison_id: int, version: int, actor: str, now: datetime
) -> Decided:
    """The person does not speak for the unit; what they gave of themselves goes. Raises `EditRefused`."""
    row = _locked(db, liaison_id, version)
    if row.state != LiaisonState.PENDING:
        raise EditRefused("Đầu mối này không còn chờ xác minh: Anh/Chị tải lại trang")
    return _over(db, sealer, row, LiaisonEnd.REJECTED, "liaison.rejected", actor, now)


def end_by_staff(
    db: Connection, sealer: Sealer, liaison_id: int, version: int, actor: str, now: datetime
) -> Decided:
    """The role is over, also of somebody who was only announced. Raises `EditRefused`."""
    row = _locked(db, liaison_id, version)
    if row.state not in (LiaisonState.EXPECTED, *CURRENT):
        raise EditRefused("Đầu mối này đã kết thúc")
    return _over(db, sealer, row, LiaisonEnd.ENDED_BY_STAFF, "liaison.ended", actor, now)


def _over(
    db: Connection, sealer: Sealer, row: Any, why: LiaisonEnd, action: str, actor: str, now: datetime
) -> Decided:
    db.execute(update(Liaison).where(Liaison.id == row.id).values(**ended(sealer, now, why)))
    _record(db, row, action, actor, now, {"was": row.state})
    contact = None if row.contact is None else UserId(row.contact)
    return Decided(row.id, contact, row.unit_name or row.stated_unit)


def _locked(db: Connection, liaison_id: int, version: int) -> Any:
    chosen = (
        select(
            Liaison.id,
            Liaison.contact,
            Liaison.state,
            Liaison.version,
            Liaison.stated_unit,
            Employer.name.label("unit_name"),
        )
        .outerjoin(Employer, Employer.id == Liaison.employer_id)
        .where(Liaison.id == liaison_id)
        .with_for_update(of=Liaison)
    )
    row = db.execute(chosen).one_or_none()
    if row is None or row.version != version:
        raise EditRefused("Đầu mối này vừa thay đổi: Anh/Chị tải lại trang rồi quyết định")
    return row


def _record(db: Connection, row: Any, action: str, actor: str, now: datetime, detail: Detail) -> None:
    record(db, Entry(actor, action, f"liaison:{row.id}", now, detail))
