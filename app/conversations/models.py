"""Rows: where each contact stands in the flows, and who is answering; what the office says of itself."""

from datetime import date, datetime

from sqlalchemy import Date, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, UtcMs


class Conversation(Base):
    __tablename__ = "conversation"

    contact: Mapped[str] = mapped_column(String(64), primary_key=True)
    session: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The engine's session as JSON, sealed: half-filled forms hold phones and addresses."""
    officer_spoke_at: Mapped[datetime | None] = mapped_column(UtcMs)
    """When a colleague last wrote to this contact from Zalo's own tool."""
    updated_at: Mapped[datetime] = mapped_column(UtcMs)


class OfficeFactRow(Base):
    """A fact that the office has given or corrected in the console; the others are those of the file."""

    __tablename__ = "office_fact"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    checked_on: Mapped[date] = mapped_column(Date)
    changed_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcMs)
