"""Rows: one per thing to run, one per living runner."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, UtcMs

_FREE = text("owner IS NULL")


class Kind(StrEnum):
    CHAT = "chat"
    """Everything owed to and told by one contact; the key is the contact's user id."""
    BROADCAST = "broadcast"
    """One broadcast, from its hour to its end; the key is its number."""
    TIMER = "timer"
    """Recurring work; the key is its name."""


class Work(Base):
    __tablename__ = "work"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    ready_at: Mapped[datetime | None] = mapped_column(UtcMs)
    """When it is to run; empty while there is nothing to do."""
    generation: Mapped[int]
    """Grows with every wake-up: a release that has not seen the newest one is refused."""
    owner: Mapped[str | None] = mapped_column(String(16))

    __table_args__ = (
        Index(
            "ix_work_free",
            "ready_at",
            postgresql_where=_FREE,
            sqlite_where=_FREE,
        ),
        Index("ix_work_owner", "owner"),
    )


class Runner(Base):
    __tablename__ = "runner"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    host: Mapped[str] = mapped_column(String(128))
    started_at: Mapped[datetime] = mapped_column(UtcMs)
    seen_at: Mapped[datetime] = mapped_column(UtcMs)
    """The last heartbeat, by the database's clock."""
