"""A liaison written by hand: announced for a unit, or name, phone and e-mail put right by staff."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, insert, select, update

from app.audit.trail import Entry, record
from app.directory.cell_values import WrongCell, read_cell
from app.directory.columns import COLUMNS, Column, Kind
from app.directory.liaisons import NEXT_VERSION, Announcement, foresee, personal
from app.directory.models import Employer, Liaison, LiaisonRole, LiaisonState, RecordState
from app.directory.refusals import EditClash, EditRefused, WrongFields
from app.directory.rules import Registration
from app.directory.sheet_shapes import Cell
from app.kit.seal import Sealer

FIELDS: Mapping[str, Column] = {
    column.key: column for column in COLUMNS[Kind.LIAISONS] if column.key in ("name", "phone", "email")
}


def announce_by_staff(
    db: Connection, sealer: Sealer, employer_id: int, values: Mapping[str, str], actor: str, now: datetime
) -> int:
    """The person is expected to register for the unit, and verified when they do; the row's number.

    Raises `WrongFields`, also for somebody who is there already: their own card is the place then.
    """
    said = _read(values)
    unit = select(Employer.id).where(Employer.id == employer_id, Employer.state == RecordState.ACTIVE)
    if db.execute(unit).first() is None:
        raise EditRefused("Đơn vị này không còn trong danh bạ: Anh/Chị chọn đơn vị khác")
    match foresee(db, sealer, employer_id, said):
        case Announcement.NEW:
            pass
        case Announcement.VERIFIED:
            raise WrongFields({"phone": "người mang số này đã đăng ký, đang chờ xác minh"})
        case Announcement.CHANGED | Announcement.KNOWN:
            raise WrongFields({"phone": "đơn vị đã có đầu mối mang số này"})
        case never:
            assert_never(never)
    row = {"employer_id": employer_id, "state": LiaisonState.EXPECTED, "from_at": now}
    about = personal(sealer, said.full_name, said.phone, said.email, said.role)
    number: int = db.execute(insert(Liaison).values(**row, **about).returning(Liaison.id)).scalar_one()
    record(db, Entry(actor, "liaison.announced", f"liaison:{number}", now, {"unit": employer_id}))
    return number


def edit_liaison(
    db: Connection,
    sealer: Sealer,
    liaison_id: int,
    version: int,
    values: Mapping[str, str],
    actor: str,
    now: datetime,
) -> None:
    """Writes name, phone, e-mail and role. Raises `WrongFields`, or `EditClash` when others were faster."""
    row = db.execute(
        select(Liaison.__table__).where(Liaison.id == liaison_id).with_for_update()
    ).one_or_none()
    if row is None or row.state == LiaisonState.ENDED:
        raise EditRefused("Đầu mối này đã kết thúc: Anh/Chị tải lại trang")
    said = _read(values)
    before = _as_written(sealer, row)
    after = {"name": said.full_name, "phone": said.phone, "email": said.email, "role": said.role}
    changed = [key for key in after if after[key] != before[key]]
    if row.version != version:
        raise EditClash({_WORDS[key]: (before[key], after[key]) for key in changed})
    if not changed:
        return
    about = personal(sealer, said.full_name, said.phone, said.email, said.role)
    db.execute(update(Liaison).where(Liaison.id == liaison_id).values(**about, version=NEXT_VERSION))
    entry = Entry(actor, "liaison.edited", f"liaison:{liaison_id}", now, {"fields": ", ".join(changed)})
    record(db, entry)


def _as_written(sealer: Sealer, row: Any) -> dict[str, str]:
    phone, email = sealer.open_text(row.phone), sealer.open_text(row.email)
    return {"name": row.full_name, "phone": phone, "email": email, "role": row.role}


def _read(values: Mapping[str, str]) -> Registration:
    read: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for key, column in FIELDS.items():
        try:
            read[key] = read_cell(column, Cell(values.get(key, "").strip())).text
        except WrongCell as error:
            wrong[key] = str(error)
    if wrong:
        raise WrongFields(wrong)
    role = values.get("role", "")
    known = role if role in set(LiaisonRole) else LiaisonRole.OTHER
    return Registration(read["name"], read["phone"], read["email"], known)


_WORDS = {"name": "Họ và tên", "phone": "Số điện thoại", "email": "Email", "role": "Vai trò"}
