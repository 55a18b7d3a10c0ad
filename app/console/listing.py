"""The one list contract: filters, sort, page and columns live in the address; the same rows go to Excel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from app.console.forms import page_number
from app.staff.rules import Right
from app.staff.saved_views import View
from app.staff.sessions import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Connection

ROWS = 50
SORT, PAGE, COLUMNS = "xep", "trang", "cot"
"""Names in the address; a minus before the column's name in `xep` turns the order round."""


@dataclass(frozen=True, slots=True)
class Column:
    """`place` says where a card on a phone shows it: head, beside (right of the head), line, hidden."""

    key: str
    title: str
    sorts: bool = False
    number: bool = False
    place: str = "line"
    at_first: bool = True
    """False: shown only when the reader asks for it under "Cột"."""


@dataclass(frozen=True, slots=True)
class Cell:
    """`tone` (good, warn, bad, primary, handoff, plain) makes it a chip; `note` is a second, quiet line."""

    text: str
    href: str = ""
    tone: str = ""
    sign: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`key` is what a ticked box sends."""

    key: str
    cells: Mapping[str, Cell | str]

    def cell(self, column: str) -> Cell:
        found = self.cells.get(column, "")
        return Cell(found) if isinstance(found, str) else found


@dataclass(frozen=True, slots=True)
class Search:
    label: str
    key: str = "q"
    kind: str = "search"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values; the empty one is always there and lets everything through."""

    key: str
    label: str
    options: Sequence[tuple[str, str]]
    kind: str = "choice"


@dataclass(frozen=True, slots=True)
class Day:
    key: str
    label: str
    kind: str = "day"


Filter = Search | Choice | Day


@dataclass(frozen=True, slots=True)
class BulkAct:
    """A button under ticked rows; its route reads them by `picked`."""

    path: str
    label: str
    right: Right
    sign: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, already checked: unknown filters, columns and sorts have become none."""

    filters: Mapping[str, str]
    sort: str
    descending: bool
    page: int
    columns: tuple[str, ...]
    limit: int = ROWS

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.limit

    def value(self, key: str) -> str:
        """A filter's value; empty when it lets everything through."""
        return self.filters.get(key, "")

    def day(self, key: str) -> date | None:
        try:
            return date.fromisoformat(self.value(key))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one page, and how many there are on all pages."""

    rows: Sequence[Row]
    total: int


Read = Callable[["Connection", Visitor, Asked], Found]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's whole description; `read` obeys what is asked, and keeps to the visitor's own units."""

    path: str
    title: str
    noun: str
    """What one row is, for the count: "486 đầu mối"."""
    columns: tuple[Column, ...]
    read: Read
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    """The first order; "-" before it turns it round."""
    bulk: tuple[BulkAct, ...] = ()
    empty: str = "Chưa có gì ở đây."
    exports: bool = True
    subject: str = ""
    """How the trail names what is exported; the path without its slash when empty."""

    @property
    def export_path(self) -> str:
        return f"{self.path}/xuat-excel"

    def asked(self, query: QueryParams, filters: Sequence[Filter] | None = None) -> Asked:
        """Reads the address; what makes no sense in it is left out rather than refused."""
        known = self.filters if filters is None else filters
        given = {one.key: _checked(one, query.get(one.key, "")) for one in known}
        names = [column.key for column in self.columns]
        wanted = [key for key in query.getlist(COLUMNS) if key in names]
        at_first = [column.key for column in self.columns if column.at_first]
        sort = query.get(SORT, self.sort)
        if sort.lstrip("-") not in {column.key for column in self.columns if column.sorts}:
            sort = self.sort
        return Asked(
            {key: value for key, value in given.items() if value},
            sort.lstrip("-"),
            sort.startswith("-"),
            page_number(query.get(PAGE, "")),
            tuple(key for key in names if key in (wanted or at_first)),
        )


@dataclass(frozen=True, slots=True)
class Heading:
    column: Column
    href: str
    """Empty when this column does not sort."""
    order: str
    """ascending, descending, or empty."""


@dataclass(frozen=True, slots=True)
class ShownList:
    """What the template draws."""

    listing: Listing
    asked: Asked
    found: Found
    filters: Sequence[Filter]
    views: Sequence[View] = ()
    bulk: Sequence[BulkAct] = ()
    may_export: bool = False
    headings: Sequence[Heading] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "headings", [self._heading(column) for column in self.shown_columns])

    @property
    def shown_columns(self) -> list[Column]:
        return [column for column in self.listing.columns if column.key in self.asked.columns]

    @property
    def pages(self) -> int:
        return max(1, -(-self.found.total // self.asked.limit))

    @property
    def is_filtered(self) -> bool:
        return bool(self.asked.filters)

    @property
    def query(self) -> str:
        """The address after the question mark, without the page: what a view keeps and an export takes."""
        return urlencode(self._parameters(page=1))

    def at_page(self, page: int) -> str:
        return "?" + urlencode(self._parameters(page=page))

    def told_filters(self) -> list[tuple[str, str]]:
        """The filters in words, for the sheet "Điều kiện lọc"."""
        return [
            (one.label, _in_words(one, self.asked.value(one.key)))
            for one in self.filters
            if self.asked.value(one.key)
        ]

    def _heading(self, column: Column) -> Heading:
        if not column.sorts:
            return Heading(column, "", "")
        now = self.asked.sort == column.key
        turned = f"-{column.key}" if now and not self.asked.descending else column.key
        href = "?" + urlencode(self._parameters(page=1, sort=turned))
        order = ("descending" if self.asked.descending else "ascending") if now else ""
        return Heading(column, href, order)

    def _parameters(self, page: int, sort: str = "") -> list[tuple[str, str]]:
        """Only what differs from the list as it first opens, so that addresses stay short."""
        current = f"-{self.asked.sort}" if self.asked.descending else self.asked.sort
        parameters = list(self.asked.filters.items())
        if (sort or current) != self.listing.sort:
            parameters.append((SORT, sort or current))
        first = tuple(column.key for column in self.listing.columns if column.at_first)
        if self.asked.columns != first:
            parameters += [(COLUMNS, key) for key in self.asked.columns]
        if page > 1:
            parameters.append((PAGE, str(page)))
        return parameters


def _checked(one: Filter, value: str) -> str:
    value = " ".join(value.split())[:200]
    match one:
        case Search():
            return value
        case Choice(options=options):
            return value if value in {key for key, _ in options} else ""
        case Day():
            try:
                return date.fromisoformat(value).isoformat()
            except ValueError:
                return ""


def _in_words(one: Filter, value: str) -> str:
    match one:
        case Choice(options=options):
            return dict(options).get(value, value)
        case Day():
            return date.fromisoformat(value).strftime("%d/%m/%Y")
        case Search():
            return value
