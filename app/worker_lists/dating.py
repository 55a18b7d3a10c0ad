"""Until when units are asked to answer: moved for a whole list, in the caller's transaction."""

from datetime import date

from sqlalchemy import Connection, select, update

from app.audit.trail import Entry, record
from app.worker_lists.models import WorkerList, WorkerUnit


class DueRefused(Exception):
    """The day cannot be, in words for who chose it."""


def change_due(db: Connection, list_id: int, due_on: date | None, entry: Entry) -> None:
    """All units of which it is the latest list are due then; None: without a day. Raises `DueRefused`."""
    row = db.execute(
        select(WorkerList.received_on, WorkerList.due_on).where(WorkerList.id == list_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise DueRefused("Danh sách này không còn.")
    if due_on is not None and due_on < row.received_on:
        raise DueRefused(f"Hạn không thể trước ngày của danh sách ({row.received_on:%d/%m/%Y}).")
    if due_on == row.due_on:
        return
    db.execute(update(WorkerList).where(WorkerList.id == list_id).values(due_on=due_on))
    db.execute(update(WorkerUnit).where(WorkerUnit.list_id == list_id).values(due_on=due_on))
    detail = {"was": _plain(row.due_on), "due_on": _plain(due_on)}
    record(db, Entry(entry.actor, entry.action, entry.subject, entry.at, detail, entry.address))


def _plain(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
