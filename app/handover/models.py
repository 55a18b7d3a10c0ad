"""Rows: one per time a contact asked for a person."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs


class RequestState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    """A colleague has written to the contact."""
    WITHDRAWN = "withdrawn"
    """The contact had their data deleted, and the request with it."""


class HandoverRequest(Base):
    __tablename__ = "handover_request"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    contact: Mapped[str] = mapped_column(String(64))
    wording: Mapped[bytes] = mapped_column(LargeBinary)
    """What the contact wrote when asking, sealed."""
    state: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime] = mapped_column(UtcMs)
    closed_at: Mapped[datetime | None] = mapped_column(UtcMs)
    taken_by: Mapped[str | None] = mapped_column(String(64))
    """The colleague who answers, as the trail names them (`staff:7`)."""
    taken_at: Mapped[datetime | None] = mapped_column(UtcMs)
    told_at: Mapped[datetime | None] = mapped_column(UtcMs)
    """When the contact, asking again, was last told that the request is known."""

    __table_args__ = (
        # The database itself keeps a second open request of the same contact out.
        Index(
            "uq_handover_open",
            "contact",
            unique=True,
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
        Index("ix_handover_request_asked_at", "asked_at"),
    )
