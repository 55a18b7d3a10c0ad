"""Rows: one per message owed to one contact, one per attempt that did not go through."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs


class DeliveryState(StrEnum):
    """The life of a delivery.

        planned ─→ claimed ─→ sent ─→ received ─→ seen
           ↑          │ ├───→ failed             (Zalo refused for good)
           ├──────────┘ └───→ unknown ─→ sent    (the echo or the conversation list shows it)
           ├──────────────────────┘              (the conversation list shows that it never arrived)
           └─→ skipped                           (no longer wanted when its turn came)

    Odd but right: unknown → received or seen (a receipt outran the echo); claimed → received (it outran
    the answer to our own call); sent → seen (only the second receipt came: Zalo promises neither).
    """

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    RECEIVED = "received"
    SEEN = "seen"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class Lane(StrEnum):
    REPLY = "reply"
    BULK = "bulk"


class Delivery(Base):
    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    cause: Mapped[str] = mapped_column(String(64))
    """What it is owed for: "event:17", "broadcast:3"."""
    ordinal: Mapped[int]
    contact: Mapped[str] = mapped_column(String(64))
    lane: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    message: Mapped[bytes] = mapped_column(LargeBinary)
    """What is to be sent, sealed."""
    text_print: Mapped[str] = mapped_column(String(64))
    """Keyed hash of its text: how an echo is recognised before the message id is known."""
    created_at: Mapped[datetime] = mapped_column(UtcMs)
    due_at: Mapped[datetime] = mapped_column(UtcMs)
    claimed_by: Mapped[str | None] = mapped_column(String(16))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcMs)
    attempts: Mapped[int] = mapped_column(default=0)
    checks: Mapped[int] = mapped_column(default=0)
    """How often an unknown outcome was looked up."""
    message_id: Mapped[str | None] = mapped_column(String(64))
    settled_at: Mapped[datetime | None] = mapped_column(UtcMs)
    received_at: Mapped[datetime | None] = mapped_column(UtcMs)
    seen_at: Mapped[datetime | None] = mapped_column(UtcMs)
    error_code: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("cause", "ordinal"),
        Index(
            "ix_delivery_waiting",
            "contact",
            "id",
            postgresql_where=text("state IN ('planned', 'claimed', 'unknown')"),
            sqlite_where=text("state IN ('planned', 'claimed', 'unknown')"),
        ),
        Index("ix_delivery_contact", "contact", "id"),
        Index("ix_delivery_message_id", "message_id"),
    )


class Attempt(Base):
    """A call that did not end in "sent"; the one that did is told by the delivery itself."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    ended_at: Mapped[datetime] = mapped_column(UtcMs)
    error_code: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)


class AllowanceRow(Base):
    """What Zalo last said is left of one of the OA's allowances; nothing is known until somebody asks."""

    __tablename__ = "allowance"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    remain: Mapped[int | None]
    total: Mapped[int | None]
    valid_through: Mapped[str] = mapped_column(String(32))
    """The day as Zalo writes it, "" when it has none."""
    asked_at: Mapped[datetime] = mapped_column(UtcMs)


class PaceRow(Base):
    """What this application has used of Zalo's rate: one row, shared by all processes."""

    __tablename__ = "pace"

    app: Mapped[str] = mapped_column(String(64), primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger)
    """Minutes since 1970: Zalo counts by the minute of the clock."""
    taken: Mapped[int]
    """Calls handed out in this minute, both lanes together."""
    taken_by_replies: Mapped[int]
    bulk_free_at: Mapped[int] = mapped_column(BigInteger)
    """Microseconds since 1970: when the next bulk call may leave at the even pace."""
    closed_until: Mapped[datetime] = mapped_column(UtcMs)
    """After "too many calls" (-32) nobody calls before this."""
