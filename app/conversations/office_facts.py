"""What the office says of itself (address, phone, hours): it stands before the file, message by message."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, delete, select

from app.audit.trail import Entry, record
from app.conversations.means import Means
from app.conversations.models import OfficeFactRow
from app.kit.db import upsert


@dataclass(frozen=True, slots=True)
class Changed:
    value: str
    checked_on: date
    changed_by: str
    changed_at: datetime


def read_changed(db: Connection) -> dict[str, Changed]:
    rows = db.execute(_ALL)
    return {row.name: Changed(row.value, row.checked_on, row.changed_by, row.changed_at) for row in rows}


def change_fact(db: Connection, name: str, value: str, checked_on: date, entry: Entry) -> None:
    told = {"value": value, "checked_on": checked_on, "changed_by": entry.actor, "changed_at": entry.at}
    row = upsert(db, OfficeFactRow).values(name=name, **told)
    db.execute(row.on_conflict_do_update(index_elements=[OfficeFactRow.name], set_=told))
    record(db, entry)


def drop_fact(db: Connection, name: str, entry: Entry) -> None:
    """The file's own text counts again."""
    if db.execute(delete(OfficeFactRow).where(OfficeFactRow.name == name)).rowcount:
        record(db, entry)


def with_office_facts(db: Connection, means: Means) -> Means:
    """Means whose flows say what the office says today; the very same ones when it has changed nothing."""
    changed = {row.name: row.value for row in db.execute(_VALUES)}
    if not changed:
        return means
    # A shallow copy: the flows themselves are shared.
    return replace(
        means, library=means.library.model_copy(update={"facts": {**means.library.facts, **changed}})
    )


_ALL = select(OfficeFactRow.__table__)
_VALUES = select(OfficeFactRow.name, OfficeFactRow.value)
