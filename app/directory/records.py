"""Offices, officers and employers as lists show them: texts by column, codes in place of row numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from app.directory.columns import Kind
from app.directory.models import Employer, Office, Officer
from app.kit.vietnamese import fold, sort_key

Record = dict[str, str]
Saved = dict[int, Record]
"""Records by row number of their table."""


def read_records(db: Connection, kind: Kind) -> Saved:
    """Every office, officer or employer, in the order in which people look for them."""
    return {row.pop("id"): {key: text or "" for key, text in row.items()} for row in _rows(db, kind)}


def save_records(db: Connection, kind: Kind, new: Iterable[Record], changed: Mapping[int, Record]) -> None:
    """References must be codes that are there."""
    offices, officers = _ids(db, Office), _ids(db, Officer)

    def row(record: Record) -> dict[str, object]:
        match kind:
            case Kind.OFFICES:
                return dict(record)
            case Kind.OFFICERS:
                return {
                    **_without(record, "office"),
                    "office_id": offices[record["office"]],
                    "sort_key": sort_key(record["name"]),
                }
            case _:
                return {
                    "name": record["name"],
                    "name_folded": fold(record["name"]),
                    "old_code": record["old_code"] or None,
                    "new_code": record["new_code"] or None,
                    "root_code": record["root_code"] or None,
                    "office_id": offices.get(record["office"]),
                    "officer_id": officers.get(record["officer"]),
                }

    table = _TABLES[kind]
    if inserts := [row(record) for record in new]:
        db.execute(insert(table), inserts)
    if updates := [{"row_id": number, **row(record)} for number, record in changed.items()]:
        names = [name for name in updates[0] if name != "row_id"]
        statement = update(table).where(table.c.id == bindparam("row_id"))
        db.execute(statement.values({name: bindparam(name) for name in names}), updates)


def _rows(db: Connection, kind: Kind) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(_LISTS[kind]).mappings()]


def _ids(db: Connection, table: type[Office] | type[Officer]) -> dict[str, int]:
    return {row.code: row.id for row in db.execute(select(table.code, table.id))}


def _without(record: Record, key: str) -> dict[str, object]:
    return {name: text for name, text in record.items() if name != key}


_TABLES: dict[Kind, Any] = {
    Kind.OFFICES: Office.__table__,
    Kind.OFFICERS: Officer.__table__,
    Kind.EMPLOYERS: Employer.__table__,
}
_LISTS: dict[Kind, Any] = {
    Kind.OFFICES: select(
        Office.id, Office.code, Office.name, Office.address, Office.phone, Office.hours
    ).order_by(Office.code),
    Kind.OFFICERS: select(
        Officer.id,
        Officer.code,
        Officer.name,
        Officer.phone,
        Officer.email,
        Officer.hours,
        Office.code.label("office"),
    )
    .join(Office, Office.id == Officer.office_id)
    .order_by(Officer.sort_key, Officer.code),
    Kind.EMPLOYERS: select(
        Employer.id,
        Employer.name,
        Employer.old_code,
        Employer.new_code,
        Employer.root_code,
        Office.code.label("office"),
        Officer.code.label("officer"),
    )
    .outerjoin(Office, Office.id == Employer.office_id)
    .outerjoin(Officer, Officer.id == Employer.officer_id)
    .order_by(Employer.name_folded, Employer.id),
}
