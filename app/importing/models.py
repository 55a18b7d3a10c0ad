"""Rows: one per file that somebody dropped, its dry run in pages, and the columns of files seen before."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, RowNumber, UtcMs


class ImportState(StrEnum):
    """The life of an import.

        uploaded ─→ reading ─→ checked ─→ applied ─→ undone
           ↑           │          │  ↓        ↑
           │           │          │ waiting ──┘      (a second person approves)
           │           └─→ unreadable
           └──────── a correction ────────┘

    Everything before applied can be discarded. A correction (another sheet, row, column or cell) leads back
    to uploaded from checked, waiting and unreadable; so does a directory that has changed since the dry run.
    """

    UPLOADED = "uploaded"
    READING = "reading"
    UNREADABLE = "unreadable"
    """No sheet, header or column could be found; staff can say where they are."""
    CHECKED = "checked"
    """The dry run stands; nothing is saved."""
    WAITING = "waiting"
    """One person has accepted it; above a set size a second one has to."""
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"


OPEN = (
    ImportState.UPLOADED,
    ImportState.READING,
    ImportState.UNREADABLE,
    ImportState.CHECKED,
    ImportState.WAITING,
)


class Group(StrEnum):
    """The four tabs of a dry run."""

    NEW = "new"
    CHANGED = "changed"
    WRONG = "wrong"
    UNCHANGED = "unchanged"


class ImportRun(Base):
    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    file_name: Mapped[str] = mapped_column(String(200))
    file_size: Mapped[int]
    file: Mapped[bytes | None] = mapped_column(LargeBinary)
    """As it was dropped, sealed; gone once the import has ended."""
    state: Mapped[str] = mapped_column(String(16))
    listed_on: Mapped[date | None] = mapped_column(Date)
    """Of a list of workers: the day as of which it is true."""
    due_on: Mapped[date | None] = mapped_column(Date)
    """Until when its units are asked to answer."""
    older_is_meant: Mapped[bool] = mapped_column(default=False)
    """Somebody said that the list is to count although units on it have a newer one."""
    edition: Mapped[int] = mapped_column(default=1)
    """Grows with every correction: a dry run of an older edition is not written down."""
    guess: Mapped[str] = mapped_column(Text, default="")
    """Sheet, header row and columns as JSON, guessed or corrected."""
    guess_told: Mapped[bool] = mapped_column(default=False)
    """Whether a person said so."""
    overrides: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Cells that were put right in the console: row, column and text, sealed JSON."""
    notes: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What was put right or left out while reading, sealed JSON."""
    refusal: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(String(64), default="")
    """Of the dry run: what is applied must be what was shown."""
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    new_rows: Mapped[int] = mapped_column(default=0)
    changed_rows: Mapped[int] = mapped_column(default=0)
    wrong_rows: Mapped[int] = mapped_column(default=0)
    unchanged_rows: Mapped[int] = mapped_column(default=0)
    leaves_out_wrong: Mapped[bool] = mapped_column(default=False)
    uploaded_by: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UtcMs)
    checked_at: Mapped[datetime | None] = mapped_column(UtcMs)
    accepted_by: Mapped[str] = mapped_column(String(64), default="")
    accepted_at: Mapped[datetime | None] = mapped_column(UtcMs)
    approved_by: Mapped[str] = mapped_column(String(64), default="")
    """The second person; empty where none was needed."""
    applied_at: Mapped[datetime | None] = mapped_column(UtcMs)
    ended_by: Mapped[str] = mapped_column(String(64), default="")
    """Who undid or discarded it."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcMs)
    memory: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What every written row was before, sealed: for undoing, and gone when that is no longer possible."""

    __table_args__ = (Index("ix_import_run_state", "state", "id"),)


class ImportPage(Base):
    """Fifty rows of one tab of a dry run."""

    __tablename__ = "import_page"

    import_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True)
    tab: Mapped[str] = mapped_column(String(12), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    lines: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed JSON: rows of a list are personal data before they are accepted as well."""


class ImportHabit(Base):
    """Where the columns were the last time a file had this very header."""

    __tablename__ = "import_habit"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    header_print: Mapped[str] = mapped_column(String(32), primary_key=True)
    columns: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime] = mapped_column(UtcMs)
