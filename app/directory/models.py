"""Rows: offices, officers, employers, contacts, liaisons, consents, requests about one's data."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs

_CURRENT = text("state IN ('pending', 'verified')")


class Office(Base):
    """An office of the social insurance (cơ quan BHXH)."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    hours: Mapped[str] = mapped_column(Text, default="")


class Officer(Base):
    """The person in charge of employers (chuyên quản); the phone is the office's, made to be given out."""

    __tablename__ = "officer"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(String(32), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    hours: Mapped[str] = mapped_column(Text, default="")
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)


class Employer(Base):
    """A unit that employs people (đơn vị), under the codes of both generations."""

    __tablename__ = "employer"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_folded: Mapped[str] = mapped_column(String(300), index=True)
    old_code: Mapped[str | None] = mapped_column(String(32), unique=True)
    new_code: Mapped[str | None] = mapped_column(String(40), unique=True)
    root_code: Mapped[str | None] = mapped_column(String(16), index=True)
    """Tax or budget code: several units may share one."""
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"), index=True)


class Contact(Base):
    """A person as the OA sees them."""

    __tablename__ = "contact"

    user_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    following: Mapped[bool] = mapped_column(default=False)
    first_seen_at: Mapped[datetime] = mapped_column(UtcMs)
    last_interaction_at: Mapped[datetime | None] = mapped_column(UtcMs)
    """When they last did something that opens Zalo's reply window."""
    stopped_at: Mapped[datetime | None] = mapped_column(UtcMs)
    """Since when they want no message that they did not ask for."""


class LiaisonState(StrEnum):
    """pending → verified → ended; a colleague named in a hand-over, or imported, starts as expected."""

    EXPECTED = "expected"
    """Named by the office or a predecessor; becomes verified when this phone registers for the unit."""
    PENDING = "pending"
    VERIFIED = "verified"
    ENDED = "ended"


class LiaisonRole(StrEnum):
    HR = "hr"
    ACCOUNTANT = "accountant"
    MANAGER = "manager"
    OTHER = "other"


class Liaison(Base):
    """A person who speaks for an employer (đầu mối)."""

    __tablename__ = "liaison"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    contact: Mapped[str | None] = mapped_column(String(64))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"), index=True)
    stated_code: Mapped[str] = mapped_column(String(40), default="")
    stated_unit: Mapped[str] = mapped_column(String(300), default="")
    """What the person said of the unit, kept beside the unit that it was matched with."""
    state: Mapped[str] = mapped_column(String(16))
    full_name: Mapped[bytes] = mapped_column(LargeBinary)
    phone: Mapped[bytes] = mapped_column(LargeBinary)
    email: Mapped[bytes] = mapped_column(LargeBinary)
    phone_print: Mapped[str] = mapped_column(String(32), index=True)
    role: Mapped[str] = mapped_column(String(16), default=LiaisonRole.OTHER)
    from_at: Mapped[datetime] = mapped_column(UtcMs)
    to_at: Mapped[datetime | None] = mapped_column(UtcMs)

    __table_args__ = (
        # One contact speaks for one employer at a time; the database itself keeps a second row out.
        Index("uq_liaison_current", "contact", unique=True, postgresql_where=_CURRENT, sqlite_where=_CURRENT),
    )


class Consent(Base):
    """Proof of consent: which text, when; refusals and withdrawals are kept as well."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    contact: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    text_version: Mapped[str] = mapped_column(String(32))
    given: Mapped[bool]
    """False when the person read the text and refused."""
    answered_at: Mapped[datetime] = mapped_column(UtcMs)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcMs)


class DataRequestKind(StrEnum):
    VIEW = "view"
    DELETE = "delete"
    WITHDRAW = "withdraw"


class DataRequest(Base):
    """A person used a right over their data; kept as proof without the data themselves."""

    __tablename__ = "data_request"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    contact: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime] = mapped_column(UtcMs)
    done_at: Mapped[datetime | None] = mapped_column(UtcMs)
