"""Statements over many keys at once, built once for each dialect: one parameter, whatever their number."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    String,
    TableValuedAlias,
    any_,
    bindparam,
    func,
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
