"""Rows: offices, officers and their leave, employers, contacts, liaisons, consents, merges, invitations."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs

_CURRENT = text("state IN ('pending', 'verified')")


class RecordState(StrEnum):
    """active ⇄ ended: a record that is no longer used stays, because others speak of it."""

    ACTIVE = "active"
    ENDED = "ended"


class Office(Base):
    """An office of the social insurance (cơ quan BHXH)."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    hours: Mapped[str] = mapped_column(Text, default="")
    name_folded: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(8), default=RecordState.ACTIVE)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every change: an edit made on an older page is a clash, not an overwriting."""


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
    name_folded: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(8), default=RecordState.ACTIVE)
    version: Mapped[int] = mapped_column(default=1)


class LeaveState(StrEnum):
    """noted → called off; a leave whose days are over is simply past."""

    NOTED = "noted"
    CALLED_OFF = "called_off"


class OfficerLeave(Base):
    """Days on which somebody else is in charge of an officer's units."""

    __tablename__ = "officer_leave"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    stand_in_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), index=True)
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date] = mapped_column(Date)
    """The last day of leave."""
    state: Mapped[str] = mapped_column(String(16), default=LeaveState.NOTED)
    noted_at: Mapped[datetime] = mapped_column(UtcMs)


class Employer(Base):
    """A unit that employs people (đơn vị), under the codes of both generations."""

    __tablename__ = "employer"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    name_folded: Mapped[str] = mapped_column(String(300), index=True)
    old_code: Mapped[str | None] = mapped_column(String(32), unique=True)
    new_code: Mapped[str | None] = mapped_column(String(40), unique=True)
    tax_code: Mapped[str | None] = mapped_column(String(16), index=True)
    budget_code: Mapped[str | None] = mapped_column(String(16), index=True)
    """Several units may share a tax code, or a budget code (mã quan hệ ngân sách); one may have both."""
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"), index=True)
    state: Mapped[str] = mapped_column(String(8), default=RecordState.ACTIVE)
    version: Mapped[int] = mapped_column(default=1)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("employer.id"), index=True)

    __table_args__ = (
        Index("ix_employer_of_officer", "officer_id", "state"),
        # What is counted or sorted by stands in the index, so that no row is read for it.
        Index("ix_employer_of_office", "office_id", "state", "officer_id"),
        Index("ix_employer_sorted", "state", "name_folded", "id", "officer_id"),
    )


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

    __table_args__ = (
        Index("ix_contact_last_interaction_at", "last_interaction_at", "user_id"),
        Index("ix_contact_following", "following", "user_id"),
    )


class LiaisonState(StrEnum):
    """pending → verified → ended; a colleague named in a hand-over, or imported, starts as expected."""

    EXPECTED = "expected"
    """Named by the office or a predecessor; becomes verified when this phone registers for the unit."""
    PENDING = "pending"
    VERIFIED = "verified"
    ENDED = "ended"


class LiaisonEnd(StrEnum):
    """Why a role ended."""

    LEFT = "left"
    """The person said so, or had their data deleted."""
    HANDED_OVER = "handed_over"
    REJECTED = "rejected"
    """Staff found that the person does not speak for the unit."""
    ENDED_BY_STAFF = "ended_by_staff"
    MERGED = "merged"
    """The row was a second one of the same person."""


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
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    stated_code: Mapped[str] = mapped_column(String(40), default="")
    stated_unit: Mapped[str] = mapped_column(String(300), default="")
    """What the person said of the unit, kept beside the unit that it was matched with."""
    state: Mapped[str] = mapped_column(String(16))
    full_name: Mapped[str] = mapped_column(String(200), default="")
    name_folded: Mapped[str] = mapped_column(String(200), default="")
    sort_key: Mapped[str] = mapped_column(Text, default="")
    """Names are readable, so that 50,000 of them can be sorted and searched; phone and e-mail are sealed."""
    phone: Mapped[bytes] = mapped_column(LargeBinary)
    email: Mapped[bytes] = mapped_column(LargeBinary)
    phone_print: Mapped[str] = mapped_column(String(32))
    role: Mapped[str] = mapped_column(String(16), default=LiaisonRole.OTHER)
    from_at: Mapped[datetime] = mapped_column(UtcMs)
    to_at: Mapped[datetime | None] = mapped_column(UtcMs)
    ended_why: Mapped[str] = mapped_column(String(16), default="")
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        # What lists sort, search and filter by stands in the index: the wide sealed rows are read per page.
        Index("ix_liaison_sorted", "sort_key", "id", "state", "name_folded", "employer_id", "contact"),
        Index("ix_liaison_same_name", "employer_id", "name_folded", "state"),
        Index("ix_liaison_state", "state", "sort_key", "id"),
        Index("ix_liaison_contact", "contact", "state"),
        Index("ix_liaison_of_unit", "employer_id", "state", "sort_key", "id"),
        Index("ix_liaison_phone", "phone_print", "state"),
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


class MergeState(StrEnum):
    """done → undone, or → forgotten: the person had their data deleted, and what was kept of them with it."""

    DONE = "done"
    UNDONE = "undone"
    FORGOTTEN = "forgotten"


class Merge(Base):
    """Two rows found to be one; what both were before is kept sealed, so that it can be undone."""

    __tablename__ = "merge"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    kept_id: Mapped[int] = mapped_column(index=True)
    dropped_id: Mapped[int] = mapped_column(index=True)
    before: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16), default=MergeState.DONE)
    merged_at: Mapped[datetime] = mapped_column(UtcMs)
    undone_at: Mapped[datetime | None] = mapped_column(UtcMs)


class UnitInvite(Base):
    """A word printed under the QR code of the OA: who writes it to the OA means this unit. It counts once."""

    __tablename__ = "unit_invite"

    word: Mapped[str] = mapped_column(String(16), primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcMs)
    valid_until: Mapped[datetime] = mapped_column(UtcMs)
    contact: Mapped[str | None] = mapped_column(String(64), index=True)
    """Who wrote it."""
    written_at: Mapped[datetime | None] = mapped_column(UtcMs)
