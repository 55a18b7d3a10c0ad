"""Rows: every event that we answered 200 to; the knocks at our own door that are no events."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs

_OPEN = text("state = 'open'")


class EventState(StrEnum):
    OPEN = "open"
    SETTLED = "settled"
    UNREADABLE = "unreadable"
    """Not a JSON object, or without what an event needs; kept as it came."""
    FAILED = "failed"
    """Handling it raised three times; the contact was told, staff can see it."""


class InboxEvent(Base):
    __tablename__ = "inbox"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    contact: Mapped[str] = mapped_column(String(64))
    """Whose chat it belongs to: a user id, or "oa" for what concerns the account itself."""
    event_name: Mapped[str] = mapped_column(String(64))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """The JSON, sealed; what looked like an OTP, an ID number or a password was masked before."""
    masked: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime] = mapped_column(UtcMs)
    settled_at: Mapped[datetime | None] = mapped_column(UtcMs)
    attempts: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_inbox_open",
            "contact",
            "id",
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index("ix_inbox_contact", "contact", "id"),
        Index("ix_inbox_received", "received_at"),
    )


class Knock(Base):
    """A signed test that we sent to our own public address; never an event."""

    __tablename__ = "webhook_knock"

    word: Mapped[str] = mapped_column(String(48), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcMs)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcMs)
