"""Statements over many keys or rows at once, built once for each dialect; one text, whatever their number."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    CursorResult,
    String,
    TableValuedAlias,
    any_,
    bindparam,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

T = TypeVar("T")


class Keys:
    """A list of keys, bound as `keys`, as a table of one column named `value`."""

    def __init__(self, dialect: str, kind: type[TypeEngine[Any]]) -> None:
        self.dialect = dialect
        self._kind = kind

    def table(self) -> TableValuedAlias:
        if self.dialect == "postgresql":
            array = bindparam("keys", type_=postgresql.ARRAY(self._kind))
            return func.unnest(array).table_valued("value").render_derived(name="keys")
        return func.json_each(bindparam("keys", type_=JSON)).table_valued("value", name="keys")

    def hold(self, column: Any) -> ColumnElement[bool]:
        """Whether the column is one of the keys."""
        if self.dialect == "postgresql":
            array = bindparam("keys", type_=postgresql.ARRAY(self._kind))
            return column == any_(array)  # type: ignore[no-any-return]
        found: ColumnElement[bool] = column.in_(select(self.table().c.value))
        return found

    def insert(self, table: Any) -> Any:
        """An INSERT that knows `on_conflict_…`."""
        return postgresql.insert(table) if self.dialect == "postgresql" else sqlite.insert(table)


class ForKeys(Generic[T]):
    """A statement in both dialects; called with a connection it is the one for that connection."""

    def __init__(self, build: Callable[[Keys], T], kind: type[TypeEngine[Any]] = String) -> None:
        self._built = {name: build(Keys(name, kind)) for name in ("postgresql", "sqlite")}

    def __call__(self, db: Connection) -> T:
        return self._built[db.dialect.name]


class Rows:
    """Columns whose values are bound for many rows at once."""

    def __init__(self, dialect: str, columns: Mapping[str, type[TypeEngine[Any]]]) -> None:
        self.dialect = dialect
        self._columns: Mapping[str, ColumnElement[Any]]
        if dialect == "postgresql":
            arrays = [bindparam(_bound(name), type_=postgresql.ARRAY(kind)) for name, kind in columns.items()]
            table = func.unnest(*arrays).table_valued(*columns).render_derived(name="rows")
            self._columns = dict(table.c)
        else:
            self._columns = {name: bindparam(_bound(name), type_=kind) for name, kind in columns.items()}

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        return self._columns[name]

    def insert(self, table: Any, others: Mapping[str, Any]) -> Any:
        """An INSERT of these columns and of others that are the same in every row."""
        if self.dialect == "sqlite":
            return sqlite.insert(table).values({**self._columns, **others})
        same = [null() if value is None else _as_expression(value) for value in others.values()]
        rows = select(*self._columns.values(), *same)
        return postgresql.insert(table).from_select([*self._columns, *others], rows)


class ForRows:
    """A statement over rows of these columns, in both dialects.

    PostgreSQL gets one array for each column; SQLite runs a prepared statement over and over, which costs
    it nothing.
    """

    def __init__(self, columns: Mapping[str, type[TypeEngine[Any]]], build: Callable[[Rows], Any]) -> None:
        self._columns = tuple(columns)
        self._built = {name: build(Rows(name, columns)) for name in ("postgresql", "sqlite")}

    def run(self, db: Connection, rows: Sequence[Mapping[str, Any]], **same: Any) -> CursorResult[Any]:
        """`same` are parameters of the statement that do not change from row to row."""
        statement = self._built[db.dialect.name]
        if db.dialect.name == "postgresql":
            arrays = {_bound(name): [row[name] for row in rows] for name in self._columns}
            return db.execute(statement, arrays | same)
        return db.execute(
            statement, [{_bound(name): row[name] for name in self._columns} | same for row in rows]
        )


class ManyRows:
    """An INSERT of thousands of rows without what SQLAlchemy does for each; values are given as stored.

    PostgreSQL gets one array for each column, SQLite's driver the rows themselves.
    """

    def __init__(self, table: Any, columns: Mapping[str, type[TypeEngine[Any]]]) -> None:
        """Columns that are not named have to have a default in the table's own definition here."""
        self._columns = tuple(columns)
        defaults = {
            column.key: column.default.arg
            for column in table.__table__.columns
            if column.default is not None and column.key not in columns
        }
        rows = Rows("postgresql", columns)
        self._postgresql = rows.insert(table, defaults)
        named = ", ".join((*columns, *defaults))
        marks = ", ".join(["?"] * len(columns) + [repr(value) for value in defaults.values()])
        self._sqlite = f"INSERT INTO {table.__tablename__} ({named}) VALUES ({marks})"

    def run(self, db: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """The rows' values in the order of the columns."""
        if not rows:
            return
        if db.dialect.name == "sqlite":
            db.exec_driver_sql(self._sqlite, list(rows))
            return
        arrays = zip(self._columns, zip(*rows, strict=True), strict=True)
        db.execute(self._postgresql, {_bound(name): list(values) for name, values in arrays})


def _bound(name: str) -> str:
    """A parameter must not be called like a column that an UPDATE sets."""
    return f"b_{name}"


def _as_expression(value: Any) -> Any:
    return value if isinstance(value, ColumnElement) else literal(value)
