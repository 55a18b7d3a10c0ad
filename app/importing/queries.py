"""What the pages of imports show: the list, one import with its progress, its four tabs page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, func, select

from app.directory.headers import Guess
from app.importing.dry_run import PAGE, ShownLine, open_json, open_lines
from app.importing.kinds import KINDS
from app.importing.models import OPEN, Group, ImportPage, ImportRun, ImportState
from app.importing.reading import guess_from
from app.importing.rules import UNDO_WITHIN, ListDates
from app.kit.seal import Sealer


@dataclass(frozen=True, slots=True)
class ImportCard:
    id: int
    kind: str
    title: str
    file_name: str
    state: ImportState
    refusal: str
    guess: Guess | None
    rows_read: int
    rows_total: int
    """0 until the dry run is over."""
    counts: Mapping[Group, int]
    dates: ListDates
    uploaded_by: str
    uploaded_at: datetime
    accepted_by: str
    approved_by: str
    applied_at: datetime | None
    undo_until: datetime | None
    """None when there is nothing to undo (any more)."""
    ended_by: str
    ended_at: datetime | None

    def pages(self, group: Group) -> int:
        return -(-self.counts[group] // PAGE)


def read_imports(
    db: Connection, *, page: int = 1, state: ImportState | None = None, only_of: str | None = None
) -> list[ImportCard]:
    """The newest first; `only_of`: those that this person dropped."""
    chosen = select(*_COLUMNS).order_by(ImportRun.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return _cards(db, chosen.where(*_whose(only_of, state)))


def count_imports(db: Connection, state: ImportState | None = None, only_of: str | None = None) -> int:
    counted = select(func.count()).select_from(ImportRun)
    return db.execute(counted.where(*_whose(only_of, state))).scalar_one()


def count_to_decide(db: Connection, only_of: str | None = None) -> int:
    """Imports that wait for somebody, for the front page."""
    wanted = ImportRun.state.in_((ImportState.CHECKED, ImportState.WAITING, ImportState.UNREADABLE))
    counted = select(func.count()).select_from(ImportRun).where(wanted, *_whose(only_of))
    return db.execute(counted).scalar_one()


def read_import(db: Connection, import_id: int, only_of: str | None = None) -> ImportCard | None:
    chosen = select(*_COLUMNS).where(ImportRun.id == import_id, *_whose(only_of))
    return next(iter(_cards(db, chosen)), None)


def _whose(only_of: str | None, state: ImportState | None = None) -> list[ColumnElement[bool]]:
    by_whom = [] if only_of is None else [ImportRun.uploaded_by == only_of]
    return by_whom if state is None else [*by_whom, ImportRun.state == state]


def read_tab(db: Connection, sealer: Sealer, import_id: int, group: Group, page: int = 1) -> list[ShownLine]:
    """Fifty rows of a dry run; none beyond the last page."""
    sealed = db.execute(
        select(ImportPage.lines).where(
            ImportPage.import_id == import_id, ImportPage.tab == group, ImportPage.number == page
        )
    ).scalar()
    return [] if sealed is None else open_lines(sealer, sealed)


def read_notes(db: Connection, sealer: Sealer, import_id: int) -> list[tuple[str, str]]:
    """Place and remark: what was put right or left out while reading."""
    sealed = db.execute(select(ImportRun.notes).where(ImportRun.id == import_id)).scalar()
    return [] if sealed is None else [(place, text) for place, text in open_json(sealer, sealed)]


def is_being_read(card: ImportCard) -> bool:
    """Whether the page has a progress bar to show."""
    return card.state in {ImportState.UPLOADED, ImportState.READING}


def is_open(card: ImportCard) -> bool:
    return card.state in OPEN


def _cards(db: Connection, chosen: Select[*tuple[object, ...]]) -> list[ImportCard]:
    return [
        ImportCard(
            id=row.id,
            kind=row.kind,
            title=KINDS[row.kind].title,
            file_name=row.file_name,
            state=ImportState(row.state),
            refusal=row.refusal,
            guess=guess_from(row.guess),
            rows_read=row.rows_read,
            rows_total=row.rows_total,
            counts={group: getattr(row, f"{group}_rows") for group in Group},
            dates=ListDates(row.listed_on, row.due_on, row.older_is_meant),
            uploaded_by=row.uploaded_by,
            uploaded_at=row.uploaded_at,
            accepted_by=row.accepted_by,
            approved_by=row.approved_by,
            applied_at=row.applied_at,
            undo_until=row.applied_at + UNDO_WITHIN if row.state == ImportState.APPLIED else None,
            ended_by=row.ended_by,
            ended_at=row.ended_at,
        )
        for row in db.execute(chosen)
    ]


_COLUMNS = (
    ImportRun.id,
    ImportRun.kind,
    ImportRun.file_name,
    ImportRun.state,
    ImportRun.refusal,
    ImportRun.guess,
    ImportRun.rows_read,
    ImportRun.rows_total,
    ImportRun.new_rows,
    ImportRun.changed_rows,
    ImportRun.wrong_rows,
    ImportRun.unchanged_rows,
    ImportRun.listed_on,
    ImportRun.due_on,
    ImportRun.older_is_meant,
    ImportRun.uploaded_by,
    ImportRun.uploaded_at,
    ImportRun.accepted_by,
    ImportRun.approved_by,
    ImportRun.applied_at,
    ImportRun.ended_by,
    ImportRun.ended_at,
)
