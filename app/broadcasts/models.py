"""Rows: broadcasts, one line per recipient, reminders, approved templates, pictures and files, stops."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs


class BroadcastState(StrEnum):
    """The life of a broadcast.

        draft ─→ planning ─→ planned ─→ scheduled ─→ sending ─→ done
                    ↑           │ ↑                   │ ↑ │ ↑
                    └── again ──┘ └── testing ←─ …    │ │ └─┴─ halted  (refusals, the OA's fault)
                                                      └─┴─ paused
        every state but done ─→ stopped

    testing sends a named test batch alone and goes back to planned. done → sending happens once: when the
    failed ones are tried again. A reminder's broadcast goes from planning to scheduled by itself.
    """

    DRAFT = "draft"
    PLANNING = "planning"
    PLANNED = "planned"
    TESTING = "testing"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    PAUSED = "paused"
    HALTED = "halted"
    DONE = "done"
    STOPPED = "stopped"


class RecipientState(StrEnum):
    """The life of one recipient of one broadcast.

        planned ─→ claimed ─→ sent ─→ delivered ─→ seen
         ↑ │ ↑         │ ├──→ failed               (refused for good, no way left: code and note say why)
         │ │ ├─────────┘ └──→ unknown ─→ sent      (echo, receipt or the conversation list shows it)
         │ │ └───────────────────┤                 (the list shows that it surely never arrived)
         │ │                     └───→ unknown, settled   (nobody can tell: shown as such, never sent again)
         │ └─→ skipped                             (stopped, ended, no longer meant: when its turn came)
         └─── failed                               (a colleague tries the failed ones again)

    claimed → planned also means: this way was refused and the next one is tried, or it has to wait.
    Odd but right: claimed or unknown → delivered or seen (a receipt outran the answer to our own call);
    sent → seen (only the second receipt came).
    """

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    DELIVERED = "delivered"
    SEEN = "seen"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class ReminderState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Broadcast(Base):
    __tablename__ = "broadcast"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    audience: Mapped[str] = mapped_column(Text)
    """The rule in words, as it was typed: role=liaison office=KH01 list=open."""
    content: Mapped[str] = mapped_column(Text)
    """JSON: text with fields, buttons, subject of the e-mail, template and its parameters."""
    ways: Mapped[str] = mapped_column(String(64))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("broadcast_file.id"))
    reminder_id: Mapped[int | None] = mapped_column(ForeignKey("reminder.id"), index=True)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcMs)
    planned_to: Mapped[str] = mapped_column(String(80), default="")
    """The person up to whom the plan has come: a plan that was broken off goes on from here."""
    planned_at: Mapped[datetime | None] = mapped_column(UtcMs)
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None] = mapped_column(UtcMs)
    scheduled_at: Mapped[datetime | None] = mapped_column(UtcMs)
    started_at: Mapped[datetime | None] = mapped_column(UtcMs)
    ended_at: Mapped[datetime | None] = mapped_column(UtcMs)
    test_batch: Mapped[str] = mapped_column(String(40), default="")
    """While testing: the batch that alone is sent."""
    closed_ways: Mapped[str] = mapped_column(Text, default="")
    """JSON: ways that Zalo refuses to the whole account, until when, and its code."""
    note: Mapped[str | None] = mapped_column(Text)
    """Why it was halted or stopped."""


_WAITING = text("state = 'planned'")
_IN_DOUBT = text("state IN ('claimed', 'unknown')")
_DELIVERED, _SEEN = text("delivered_at IS NOT NULL"), text("seen_at IS NOT NULL")
_ANSWERED, _OF_TEST = text("answered_at IS NOT NULL"), text("batch <> ''")


class Recipient(Base):
    __tablename__ = "recipient"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id", ondelete="CASCADE"))
    person: Mapped[str] = mapped_column(String(80))
    """"l:" and the liaison's number, or "c:" and the user id of who is no liaison."""
    contact: Mapped[str | None] = mapped_column(String(64))
    liaison_id: Mapped[int | None] = mapped_column(BigInteger)
    employer_id: Mapped[int | None] = mapped_column(BigInteger)
    batch: Mapped[str] = mapped_column(String(40), default="")
    """The test batch that the person was picked for; empty for everybody else."""
    part: Mapped[int] = mapped_column(default=0)
    """How many of the messages are out already: a picture or file goes before the text."""
    state: Mapped[str] = mapped_column(String(16))
    way: Mapped[str | None] = mapped_column(String(16))
    """The planned way; from the claim on, the one that was tried."""
    refused_ways: Mapped[str] = mapped_column(String(64), default="")
    price: Mapped[int] = mapped_column(default=0)
    """Đồng: the forecast, and once it is sent what was paid."""
    filled: Mapped[bytes] = mapped_column(LargeBinary)
    """The fields of the text for this person, sealed as they were when planned; empty when there are none."""
    text_print: Mapped[str | None] = mapped_column(String(64))
    """Keyed hash of what the chat shows: how an echo is recognised before the message id is known."""
    due_at: Mapped[datetime] = mapped_column(UtcMs)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcMs)
    attempts: Mapped[int] = mapped_column(default=0)
    checks: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str | None] = mapped_column(String(96))
    settled_at: Mapped[datetime | None] = mapped_column(UtcMs)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcMs)
    seen_at: Mapped[datetime | None] = mapped_column(UtcMs)
    answer: Mapped[str | None] = mapped_column(String(16))
    answered_at: Mapped[datetime | None] = mapped_column(UtcMs)
    reason: Mapped[str | None] = mapped_column(String(40))
    """Why it was skipped or failed, as a word of `reasons.py`."""
    error_code: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("broadcast_id", "person"),
        Index(
            "ix_recipient_waiting",
            "broadcast_id",
            "due_at",
            "id",
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
        Index("ix_recipient_in_doubt", "contact", postgresql_where=_IN_DOUBT, sqlite_where=_IN_DOUBT),
        # Everything that a page counts stands in an index: none of its figures reads the rows themselves.
        Index("ix_recipient_counted", "broadcast_id", "state", "way", "reason", "error_code", "price"),
        Index("ix_recipient_claimed", "broadcast_id", "claimed_at"),
        Index("ix_recipient_listed", "broadcast_id", "id"),
        Index(
            "ix_recipient_delivered",
            "broadcast_id",
            "delivered_at",
            postgresql_where=_DELIVERED,
            sqlite_where=_DELIVERED,
        ),
        Index("ix_recipient_seen", "broadcast_id", "seen_at", postgresql_where=_SEEN, sqlite_where=_SEEN),
        Index(
            "ix_recipient_answered",
            "broadcast_id",
            "answered_at",
            "answer",
            postgresql_where=_ANSWERED,
            sqlite_where=_ANSWERED,
        ),
        Index("ix_recipient_of_test", "broadcast_id", "id", postgresql_where=_OF_TEST, sqlite_where=_OF_TEST),
        Index("ix_recipient_message_id", "message_id"),
        Index("ix_recipient_contact", "contact", "id"),
    )


def in_state(*states: RecipientState) -> ColumnElement[bool]:
    """Written out, not bound: a partial index is used only for the very condition that it was made with."""
    written: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in states]
    return Recipient.state == written[0] if len(written) == 1 else Recipient.state.in_(written)


class Reminder(Base):
    """A broadcast that comes back every week until the matter is done."""

    __tablename__ = "reminder"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    audience: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    ways: Mapped[str] = mapped_column(String(64))
    weekday: Mapped[int]
    """0 is Monday."""
    at: Mapped[str] = mapped_column(String(5))
    """Wall time in Việt Nam, "09:00"."""
    most: Mapped[int]
    within_days: Mapped[int]
    """At most `most` reminders to one person within so many days."""
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcMs)
    approved_by: Mapped[str | None] = mapped_column(String(64))
    next_at: Mapped[datetime | None] = mapped_column(UtcMs)


class BroadcastFile(Base):
    """A picture or a file that goes with a broadcast; Zalo keeps its own copy for seven days only."""

    __tablename__ = "broadcast_file"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(200))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    handle: Mapped[str | None] = mapped_column(Text)
    """Zalo's name for the upload."""
    uploaded_at: Mapped[datetime | None] = mapped_column(UtcMs)


class MessageTemplate(Base):
    """A wording that Zalo approved (mẫu tin ZBS), with what it asks for and what it costs."""

    __tablename__ = "message_template"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Zalo's number of the template."""
    name: Mapped[str] = mapped_column(String(200))
    parameters: Mapped[str] = mapped_column(Text)
    """JSON list: name, required, longest."""
    tag: Mapped[int]
    """1 transaction, 2 customer care, 3 promotion: each has its own hours and conditions."""
    by_user_id: Mapped[bool]
    price_user_id: Mapped[int]
    price_phone: Mapped[int]
    kept_at: Mapped[datetime] = mapped_column(UtcMs)


class Unreachable(Base):
    """Zalo said that this person shuts our messages out: kept until they write again."""

    __tablename__ = "unreachable"

    contact: Mapped[str] = mapped_column(String(64), primary_key=True)
    error_code: Mapped[int]
    noted_at: Mapped[datetime] = mapped_column(UtcMs)


class MailStop(Base):
    """An address that wants no more e-mail; the address itself is not kept."""

    __tablename__ = "mail_stop"

    address_print: Mapped[str] = mapped_column(String(64), primary_key=True)
    stopped_at: Mapped[datetime] = mapped_column(UtcMs)
