"""Rows: one per thing done; the database itself refuses to change or delete them."""

from datetime import datetime

from sqlalchemy import DDL, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs


class AuditLine(Base):
    __tablename__ = "audit_line"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcMs, index=True)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(96))
    detail: Mapped[str] = mapped_column(Text)
    """JSON, byte for byte as it was hashed."""
    address: Mapped[str] = mapped_column(String(64), default="")
    """Where the request came from; empty for what no person asked for."""
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_audit_line_actor", "actor", "id"),
        Index("ix_audit_line_action", "action", "id"),
        Index("ix_audit_line_subject", "subject", "id"),
    )


SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER audit_line_no_{verb} BEFORE {verb} ON audit_line"
    " BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
    for verb in ("update", "delete")
)

POSTGRES_GUARDS = (
    "CREATE OR REPLACE FUNCTION audit_line_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
    "CREATE TRIGGER audit_line_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_line"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_line_is_append_only()",
)

# Tables made without migrations (in tests) are guarded like those of the migration.
for _dialect, _guards in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRES_GUARDS)):
    for _guard in _guards:
        event.listen(AuditLine.__table__, "after_create", DDL(_guard).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
