"""Write the trail, and prove that nobody has altered it since."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from app.audit.models import AuditLine
from app.audit.rules import NOTHING_BEFORE, Entry, line_hash, written_detail

__all__ = ["Chain", "Entry", "check_chain", "record"]

ONE_APPENDER = 6_037_720
"""The number of PostgreSQL's advisory lock: two lines must not hang on the same one."""

SLICE = 1000

_WAIT_FOR_TURN = select(func.pg_advisory_xact_lock(ONE_APPENDER))
_LAST_HASH = select(AuditLine.hash).order_by(AuditLine.id.desc()).limit(1)
_APPEND = insert(AuditLine)
_IN_ORDER = select(AuditLine.__table__).order_by(AuditLine.id)


@dataclass(frozen=True, slots=True)
class Chain:
    """`broken_at` is the number of the first line that does not follow from the one before; None: all do.

    `head` is the last hash: who notes it down elsewhere can prove later that no line went missing at the end.
    """

    lines: int
    head: str
    broken_at: int | None = None


def record(db: Connection, entry: Entry) -> None:
    """Appends one line within the caller's transaction: it stands if and only if the deed does."""
    if db.dialect.name == "postgresql":  # on SQLite the transaction holds the only write lock already
        db.execute(_WAIT_FOR_TURN)
    previous = db.execute(_LAST_HASH).scalar() or NOTHING_BEFORE
    detail = written_detail(entry.detail)
    db.execute(
        _APPEND,
        {
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "detail": detail,
            "address": entry.address,
            "previous": previous,
            "hash": line_hash(previous, entry, detail),
        },
    )


def check_chain(db: Connection) -> Chain:
    """Follows the hashes of the whole trail to the end, or to the first line that was tampered with."""
    head, lines = NOTHING_BEFORE, 0
    rows = db.execute(_IN_ORDER, execution_options={"yield_per": SLICE})
    for row in rows:
        entry = Entry(row.actor, row.action, row.subject, row.at, address=row.address)
        if row.previous != head or row.hash != line_hash(head, entry, row.detail):
            rows.close()
            return Chain(lines, head, broken_at=row.id)
        head, lines = row.hash, lines + 1
    return Chain(lines, head)
