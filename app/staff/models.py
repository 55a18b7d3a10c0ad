"""Rows: accounts, their sessions and recovery codes, failed attempts, saved views of lists."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs


class StaffAccount(Base):
    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    """The name to sign in with: without accents, lower case."""
    full_name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(16))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"), index=True)
    """Which officer of the directory this person is: decides which units are theirs."""
    password: Mapped[str] = mapped_column(Text)
    """Argon2id, with its salt and cost."""
    must_change: Mapped[bool]
    """True while the password is the one that somebody else has handed out."""
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed; waits for its first code until `totp_since` is set."""
    totp_since: Mapped[datetime | None] = mapped_column(UtcMs)
    totp_step: Mapped[int] = mapped_column(default=0)
    """The last half minute whose code was used: a code that was looked over is worth nothing."""
    created_at: Mapped[datetime] = mapped_column(UtcMs)
    closed_at: Mapped[datetime | None] = mapped_column(UtcMs)


class StaffSession(Base):
    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """The token itself is only in the browser."""
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    code_given: Mapped[bool]
    """False between the password and the code of an account that has a second factor."""
    device: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(UtcMs)
    seen_at: Mapped[datetime] = mapped_column(UtcMs)


class RecoveryCode(Base):
    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcMs)

    __table_args__ = (Index("ix_recovery_code_staff_id", "staff_id"),)


class FailedAttempts(Base):
    """How often in a row something was tried in vain, per account and per address."""

    __tablename__ = "failed_attempts"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    mistakes: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcMs)


class SavedView(Base):
    """A filter set of a list under a name of its owner's."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    page: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("staff_id", "page", "name"),)
