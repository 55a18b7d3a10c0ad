"""Offices, officers and employers written by hand: the same cells, the same rules as in a list."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from app.audit.trail import Entry, record
from app.directory.cell_values import WrongCell, read_cell
from app.directory.columns import COLUMNS, Column, Kind, exported_columns
from app.directory.models import Employer, Office, Officer, RecordState
from app.directory.records import Record, read_record, save_records
from app.directory.refusals import EditClash, EditRefused, WrongFields
from app.directory.sheet_shapes import Cell

TABLES: Mapping[Kind, Any] = {Kind.OFFICES: Office, Kind.OFFICERS: Officer, Kind.EMPLOYERS: Employer}
_SUBJECTS = {Kind.OFFICES: "office", Kind.OFFICERS: "officer", Kind.EMPLOYERS: "employer"}
_CODES = ("code", "old_code", "new_code")


def add(db: Connection, kind: Kind, values: Mapping[str, str], actor: str, now: datetime) -> int:
    """A new record; its number. Raises `WrongFields`, by field and in the words of a list's dry run."""
    after = _checked(db, kind, values, None)
    number = save_records(db, kind, [after], {})[0].id
    record(db, Entry(actor, f"{_SUBJECTS[kind]}.added", subject_of(kind, number), now))
    return number


def edit(
    db: Connection,
    kind: Kind,
    number: int,
    version: int,
    values: Mapping[str, str],
    actor: str,
    now: datetime,
) -> None:
    """Writes the named fields. Raises `WrongFields`, or `EditClash` when somebody was faster."""
    before = read_record(db, kind, number)
    if before is None:
        raise EditRefused("Bản ghi này đã ngừng dùng hoặc không còn: Anh/Chị tải lại trang")
    after = _checked(db, kind, before | dict(values), number)
    _check_version(db, kind, number, version, before, after)
    changed = sorted(key for key in after if after[key] != before[key])
    if not changed:
        return
    save_records(db, kind, [], {number: after})
    detail = {"fields": ", ".join(changed)}
    record(db, Entry(actor, f"{_SUBJECTS[kind]}.edited", subject_of(kind, number), now, detail))


def version_of(db: Connection, kind: Kind, number: int) -> int | None:
    """What a form asks to be given back with the edit; None when there is no such record."""
    table = TABLES[kind]
    version: int | None = db.execute(select(table.version).where(table.id == number)).scalar()
    return version


def end_record(db: Connection, kind: Kind, number: int, version: int, actor: str, now: datetime) -> int:
    """No longer used, but still there; the version that `restore_record` asks for. Raises `EditRefused`."""
    used = _still_used(db, kind, number)
    if used:
        raise EditRefused(used)
    return _set_state(db, kind, number, version, RecordState.ENDED, actor, now)


def restore_record(db: Connection, kind: Kind, number: int, version: int, actor: str, now: datetime) -> int:
    """Undoes `end_record`. Raises `EditRefused`."""
    table = TABLES[kind]
    if kind is Kind.EMPLOYERS:
        merged = db.execute(select(table.merged_into).where(table.id == number)).scalar()
        if merged is not None:
            raise EditRefused("Đơn vị này đã gộp vào đơn vị khác: Anh/Chị hoàn tác lần gộp")
    return _set_state(db, kind, number, version, RecordState.ACTIVE, actor, now)


def subject_of(kind: Kind, number: int) -> str:
    return f"{_SUBJECTS[kind]}:{number}"


def _set_state(
    db: Connection, kind: Kind, number: int, version: int, state: RecordState, actor: str, now: datetime
) -> int:
    table = TABLES[kind]
    new_version = db.execute(
        update(table)
        .where(table.id == number, table.version == version, table.state != state)
        .values(state=state, version=table.version + 1)
        .returning(table.version)
    ).scalar()
    if new_version is None:
        raise EditRefused("Bản ghi vừa được người khác sửa: Anh/Chị tải lại trang")
    action = "ended" if state is RecordState.ENDED else "restored"
    record(db, Entry(actor, f"{_SUBJECTS[kind]}.{action}", subject_of(kind, number), now))
    return int(new_version)


def _still_used(db: Connection, kind: Kind, number: int) -> str:
    """Why it cannot end: what would be left without it."""
    active = Employer.state == RecordState.ACTIVE
    match kind:
        case Kind.OFFICES:
            here = select(Officer.id).where(Officer.office_id == number, Officer.state == RecordState.ACTIVE)
            if db.execute(here.limit(1)).first():
                return "Cơ quan này còn cán bộ: Anh/Chị chuyển cán bộ đi trước"
            units = select(Employer.id).where(Employer.office_id == number, active).limit(1)
            return (
                "Cơ quan này còn đơn vị: Anh/Chị chuyển đơn vị đi trước" if db.execute(units).first() else ""
            )
        case Kind.OFFICERS:
            units = select(Employer.id).where(Employer.officer_id == number, active).limit(1)
            return (
                "Cán bộ này còn phụ trách đơn vị: Anh/Chị giao lại trước" if db.execute(units).first() else ""
            )
        case _:
            return ""


def _check_version(
    db: Connection, kind: Kind, number: int, version: int, before: Record, after: Record
) -> None:
    table = TABLES[kind]
    chosen = select(table.version).where(table.id == number).with_for_update()
    if db.execute(chosen).scalar() == version:
        return
    headers = {column.key: column.header for column in COLUMNS[kind]}
    clashing = {headers[key]: (before[key], after[key]) for key in after if after[key] != before[key]}
    raise EditClash(clashing)


def _checked(db: Connection, kind: Kind, values: Mapping[str, str], number: int | None) -> Record:
    after: Record = {}
    wrong: dict[str, str] = {}
    for column in exported_columns(kind):
        try:
            after[column.key] = read_cell(column, Cell(values.get(column.key, "").strip())).text
        except WrongCell as error:
            wrong[column.key] = str(error)
    wrong |= {column.key: "đã có bản ghi khác mang mã này" for column in _taken(db, kind, after, number)}
    wrong |= _unknown_references(db, after)
    if kind is Kind.EMPLOYERS and not wrong and not any(after[key] for key in _EMPLOYER_CODES):
        wrong["new_code"] = "cần ít nhất một mã"
    if wrong:
        raise WrongFields(wrong)
    return after


def _taken(db: Connection, kind: Kind, after: Record, number: int | None) -> list[Column]:
    """Ended records keep their codes: nobody else may have them."""
    table = TABLES[kind]
    columns = [column for column in COLUMNS[kind] if column.key in _CODES and after.get(column.key)]
    if not columns:
        return []
    same = [getattr(table, column.key) == after[column.key] for column in columns]
    found = db.execute(select(table.__table__).where(or_(*same), table.id != (number or 0))).mappings().all()
    return [column for column in columns if any(row[column.key] == after[column.key] for row in found)]


def _unknown_references(db: Connection, after: Record) -> dict[str, str]:
    wrong = {}
    for key, table in (("office", Office), ("officer", Officer)):
        code = after.get(key)
        if code:
            active = select(table.id).where(table.code == code, table.state == RecordState.ACTIVE)
            if db.execute(active).first() is None:
                wrong[key] = f"chưa có mã {code} trong danh bạ"
    return wrong


_EMPLOYER_CODES = ("old_code", "new_code", "tax_code", "budget_code")
