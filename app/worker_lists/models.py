"""Rows: lists as they came, units on them, workers, what was noted of each, and the liaisons' links."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs


class WorkerState(StrEnum):
    """Where a worker on a list stands; everything but open is what somebody said or a newer list showed."""

    OPEN = "open"
    INSTALLED = "installed"
    NEEDS_HELP = "needs_help"
    LEFT = "left"
    """No longer works for the unit."""
    WRONG = "wrong"
    """The list says something of them that is not so."""


class UnitAnswer(StrEnum):
    """What the unit last said of its list as a whole."""

    OPEN = "open"
    DONE = "done"
    NEEDS_HELP = "needs_help"


class WorkerList(Base):
    """A list as the office issued it: one file, many units."""

    __tablename__ = "worker_list"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    received_on: Mapped[date] = mapped_column(Date)
    """The day as of which the list is true."""
    due_on: Mapped[date | None] = mapped_column(Date)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcMs)
    created_by: Mapped[str] = mapped_column(String(64))


class WorkerUnit(Base):
    """An employer that is or was on a list: its latest list, its numbers, its answer."""

    __tablename__ = "worker_unit"

    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), primary_key=True, autoincrement=False)
    list_id: Mapped[int] = mapped_column(ForeignKey("worker_list.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date, index=True)
    """Of the latest list, kept here for the page that sorts thousands of units."""
    open_count: Mapped[int] = mapped_column(default=0)
    installed_count: Mapped[int] = mapped_column(default=0)
    needs_help_count: Mapped[int] = mapped_column(default=0)
    left_count: Mapped[int] = mapped_column(default=0)
    wrong_count: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str] = mapped_column(String(16), default=UnitAnswer.OPEN)
    answered_at: Mapped[datetime | None] = mapped_column(UtcMs)
    answered_by: Mapped[str] = mapped_column(String(64), default="")
    link_sent_at: Mapped[datetime | None] = mapped_column(UtcMs)
    """When a link to the list was last given out; the links themselves are forgotten once over."""


class WorkerListUnit(Base):
    """What one list changed for one employer: the steps between two imports."""

    __tablename__ = "worker_list_unit"

    list_id: Mapped[int] = mapped_column(ForeignKey("worker_list.id"), primary_key=True, autoincrement=False)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), primary_key=True, autoincrement=False)
    listed: Mapped[int]
    new: Mapped[int]
    gone: Mapped[int]
    """No longer listed: registered meanwhile."""
    reopened: Mapped[int]

    __table_args__ = (Index("ix_worker_list_unit_employer_id", "employer_id", "list_id"),)


class WorkerEntry(Base):
    """One worker of one employer, however many lists they were on."""

    __tablename__ = "worker_entry"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("worker_list.id"), index=True)
    """The list that brought them first."""
    name: Mapped[bytes] = mapped_column(LargeBinary)
    name_print: Mapped[str] = mapped_column(String(32))
    masked_number: Mapped[str] = mapped_column(String(24))
    worker_print: Mapped[str] = mapped_column(String(32))
    """Keyed hash of the number, else of the name: how the next list recognises the worker."""
    state: Mapped[str] = mapped_column(String(16), default=WorkerState.OPEN)
    marked_at: Mapped[datetime | None] = mapped_column(UtcMs)
    marked_by: Mapped[str] = mapped_column(String(64), default="")
    gone_at: Mapped[datetime | None] = mapped_column(UtcMs)
    """Since when they are on no list of the unit."""
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("employer_id", "worker_print"),
        Index("ix_worker_entry_employer_id_state", "employer_id", "state", "id"),
    )


class WorkerMark(Base):
    """One step of a worker's state: what it was, what it became, by whom."""

    __tablename__ = "worker_mark"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("worker_entry.id"), index=True)
    before: Mapped[str] = mapped_column(String(16))
    after: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcMs)
    by: Mapped[str] = mapped_column(String(64))


class LiaisonLink(Base):
    """A liaison's way to the list of the unit: for one person, one account, one employer, a few days."""

    __tablename__ = "liaison_link"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    liaison_id: Mapped[int] = mapped_column(ForeignKey("liaison.id"), index=True)
    contact: Mapped[str] = mapped_column(String(64), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    created_at: Mapped[datetime] = mapped_column(UtcMs)
    created_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcMs, index=True)
    codes_sent: Mapped[int] = mapped_column(default=0)
    code_print: Mapped[str | None] = mapped_column(String(32))
    code_expires_at: Mapped[datetime | None] = mapped_column(UtcMs)
    wrong_codes: Mapped[int] = mapped_column(default=0)
    """Since the last right one; too many and the link is dead."""
    session_hash: Mapped[str | None] = mapped_column(String(64))
    session_expires_at: Mapped[datetime | None] = mapped_column(UtcMs)


class LinkKnock(Base):
    """Knocks at the links' door within one window of time, by token or by address, both hashed."""

    __tablename__ = "link_knock"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcMs, index=True)
    count: Mapped[int] = mapped_column(default=0)
