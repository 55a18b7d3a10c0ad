"""Offices, officers and employers as lists show them: texts by column, codes in place of row numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from app.directory.columns import Kind
from app.directory.models import Employer, Office, Officer, RecordState
from app.directory.taking_back import Touched
from app.kit.vietnamese import fold, sort_key

Record = dict[str, str]
Saved = dict[int, Record]
"""Records by row number of their table."""

_AT_ONCE = 500
_EMPLOYER_CODES = ("old_code", "new_code", "tax_code", "budget_code")


def read_records(db: Connection, kind: Kind) -> Saved:
    """Every office, officer or employer in use, in the order in which people look for them."""
    return {row.pop("id"): {key: text or "" for key, text in row.items()} for row in _rows(db, kind)}


def read_record(db: Connection, kind: Kind, number: int) -> Record | None:
    """One that is in use."""
    row = db.execute(_LISTS[kind].where(_TABLES[kind].c.id == number)).mappings().one_or_none()
    return None if row is None else {key: text or "" for key, text in row.items() if key != "id"}


def ended_codes(db: Connection, kind: Kind) -> dict[str, frozenset[str]]:
    """By column: the codes of records that are no longer used."""
    table = _TABLES[kind]
    found = db.execute(select(table).where(table.c.state == RecordState.ENDED)).mappings().all()
    return {
        key: frozenset(row[key] for row in found if row[key])
        for key in ("code", "old_code", "new_code")
        if key in table.c
    }


def save_records(
    db: Connection, kind: Kind, new: Iterable[Record], changed: Mapping[int, Record]
) -> list[Touched]:
    """Writes new and changed records; what each one was before. References must be codes that are there."""
    offices, officers = _ids(db, Office), _ids(db, Officer)

    def row(record: Record) -> dict[str, object]:
        named: dict[str, object] = {"name": record["name"], "name_folded": fold(record["name"])}
        match kind:
            case Kind.OFFICES:
                return {**record, **named}
            case Kind.OFFICERS:
                office = {"office_id": offices[record["office"]], "sort_key": sort_key(record["name"])}
                return {**_without(record, "office"), **named, **office}
            case _:
                codes = {key: record[key] or None for key in _EMPLOYER_CODES}
                office = {"office_id": offices.get(record["office"])}
                return {**named, **codes, **office, "officer_id": officers.get(record["officer"])}

    table = _TABLES[kind]
    touched: list[Touched] = []
    if inserts := [row(record) for record in new]:
        added = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        numbers = db.execute(added, inserts).scalars()
        touched += [
            Touched(table.name, number, 1, str(values["name"]))
            for number, values in zip(numbers, inserts, strict=True)
        ]
    if updates := [{"row_id": number, **row(record)} for number, record in changed.items()]:
        names = [name for name in updates[0] if name != "row_id"]
        touched += _as_they_are(db, table, list(changed), names)
        statement = update(table).where(table.c.id == bindparam("row_id"))
        values: dict[str, Any] = {name: bindparam(name) for name in names}
        db.execute(statement.values(**values, version=table.c.version + 1), updates)
    return touched


def _as_they_are(db: Connection, table: Any, numbers: list[int], names: list[str]) -> list[Touched]:
    touched = []
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        for row in db.execute(select(table).where(table.c.id.in_(some))).mappings():
            before = {name: row[name] for name in names}
            touched.append(Touched(table.name, row["id"], row["version"] + 1, row["name"], before))
    return touched


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
    Kind.OFFICES: select(Office.id, Office.code, Office.name, Office.address, Office.phone, Office.hours)
    .where(Office.state == RecordState.ACTIVE)
    .order_by(Office.code),
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
    .where(Officer.state == RecordState.ACTIVE)
    .order_by(Officer.sort_key, Officer.code),
    Kind.EMPLOYERS: select(
        Employer.id,
        Employer.name,
        Employer.old_code,
        Employer.new_code,
        Employer.tax_code,
        Employer.budget_code,
        Office.code.label("office"),
        Officer.code.label("officer"),
    )
    .outerjoin(Office, Office.id == Employer.office_id)
    .outerjoin(Officer, Officer.id == Employer.officer_id)
    .where(Employer.state == RecordState.ACTIVE)
    .order_by(Employer.name_folded, Employer.id),
}
