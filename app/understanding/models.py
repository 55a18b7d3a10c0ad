"""Rows: one for each message that was not answered, for the people who teach the bot."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs


class Outcome(StrEnum):
    """What the person did next."""

    NOTHING = "nothing"
    TAPPED = "tapped"
    """One of the topics that were offered."""
    REJECTED = "rejected"
    """Said that it was none of them."""
    PERSON = "person"
    """Asked for a person."""
    WENT_ON = "went_on"
    """Wrote or tapped something else."""


class Verdict(StrEnum):
    """What the staff made of it."""

    OPEN = "open"
    TAUGHT = "taught"
    """It was given an intent."""
    IGNORED = "ignored"


class UnansweredMessage(Base):
    __tablename__ = "unanswered_message"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    contact: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[bytes] = mapped_column(LargeBinary)
    """Masked, and sealed."""
    zone: Mapped[str] = mapped_column(String(16))
    likely: Mapped[str] = mapped_column(Text)
    """The likeliest intents with their chances, as JSON pairs."""
    said_at: Mapped[datetime] = mapped_column(UtcMs, index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    tapped: Mapped[str | None] = mapped_column(String(81))
    """The node behind the topic that was tapped."""
    verdict: Mapped[str] = mapped_column(String(16))
    intent: Mapped[str | None] = mapped_column(String(40))
    """The intent it was given."""
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcMs)

    __table_args__ = (Index("ix_unanswered_message_verdict", "verdict", "id"),)
