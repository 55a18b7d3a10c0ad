"""Taking a change of many rows back: only as a whole, and only while nobody has changed one since."""

import base64
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from app.kit.db import Base

_AT_ONCE = 500
_BYTES = "b64"


@dataclass(frozen=True, slots=True)
class Touched:
    """A row that was written: what it held before (None: it was not there) and its version since."""

    table: str
    id: int
    version: int
    name: str
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class InTheWay:
    """A row that stops the taking back, named as staff know it."""

    table: str
    id: int
    name: str
    reason: str


CHANGED = "đã được sửa sau khi nhập"
GONE = "không còn trong danh bạ"
USED = "đã được dùng ở nơi khác"


def take_back(db: Connection, touched: Sequence[Touched]) -> list[InTheWay]:
    """Puts every row back as it was; when one has been changed or used since: nothing, and which they are."""
    by_table: dict[str, list[Touched]] = defaultdict(list)
    for each in touched:
        by_table[each.table].append(each)
    tables = Base.metadata.tables
    in_the_way = [found for name, rows in by_table.items() for found in _in_the_way(db, tables[name], rows)]
    if in_the_way:
        return in_the_way
    for name, rows in by_table.items():
        _put_back(db, tables[name], rows)
    return []


def _in_the_way(db: Connection, table: Table, rows: Sequence[Touched]) -> Iterator[InTheWay]:
    for some in _portions(rows):
        numbers = [row.id for row in some]
        chosen = select(table.c.id, table.c.version).where(table.c.id.in_(numbers)).with_for_update()
        versions = {row.id: row.version for row in db.execute(chosen)}
        used = _used(db, table, [row.id for row in some if row.before is None])
        for row in some:
            version = versions.get(row.id)
            if version != row.version:
                yield InTheWay(table.name, row.id, row.name, GONE if version is None else CHANGED)
            elif row.id in used:
                yield InTheWay(table.name, row.id, row.name, USED)


def _used(db: Connection, table: Table, numbers: Sequence[int]) -> set[int]:
    """Which of these rows others point at, whichever room's they are."""
    if not numbers:
        return set()
    pointing = [
        key.parent
        for other in Base.metadata.tables.values()
        for key in other.foreign_keys
        if key.column.table.name == table.name
    ]
    return {
        found
        for column in pointing
        for found in db.execute(select(column).where(column.in_(numbers)).distinct()).scalars()
    }


def _put_back(db: Connection, table: Table, rows: Sequence[Touched]) -> None:
    for some in _portions([row.id for row in rows if row.before is None]):
        db.execute(delete(table).where(table.c.id.in_(some)))
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row.before is not None:
            by_columns[tuple(row.before)].append({"row_id": row.id, **row.before})
    for columns, values in by_columns.items():
        back: dict[str, Any] = {column: bindparam(column) for column in columns}
        statement = update(table).where(table.c.id == bindparam("row_id"))
        db.execute(statement.values(**back, version=table.c.version + 1), values)


def _portions(rows: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def written(touched: Touched) -> list[Any]:
    """As JSON keeps it."""
    before = None if touched.before is None else {key: _out(value) for key, value in touched.before.items()}
    return [touched.table, touched.id, touched.version, touched.name, before]


def read_back(stored: Sequence[Any]) -> Touched:
    table, number, version, name, before = stored
    values = None if before is None else {key: _in(value) for key, value in before.items()}
    return Touched(table, number, version, name, values)


def _out(value: Any) -> Any:
    return {_BYTES: base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _in(value: Any) -> Any:
    return base64.b64decode(value[_BYTES]) if isinstance(value, dict) else value
