"""Filter sets of lists that people keep under a name."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from app.kit.db import upsert
from app.staff.models import SavedView


@dataclass(frozen=True, slots=True)
class View:
    id: int
    name: str
    query: str


def save_view(db: Connection, staff_id: int, page: str, name: str, query: str) -> None:
    """Keeps the filter set; the same name again replaces it."""
    row = upsert(db, SavedView).values(staff_id=staff_id, page=page[:60], name=name[:60], query=query)
    db.execute(
        row.on_conflict_do_update(
            index_elements=[SavedView.staff_id, SavedView.page, SavedView.name], set_={"query": query}
        )
    )


def drop_view(db: Connection, staff_id: int, view_id: int) -> None:
    db.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.staff_id == staff_id))


def read_views(db: Connection, staff_id: int, page: str) -> list[View]:
    rows = db.execute(
        select(SavedView.id, SavedView.name, SavedView.query)
        .where(SavedView.staff_id == staff_id, SavedView.page == page)
        .order_by(SavedView.name)
    )
    return [View(row.id, row.name, row.query) for row in rows]
