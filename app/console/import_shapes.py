"""What the pages of an import show: one tab of its dry run, and the columns of its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.console.forms import row_number
from app.directory.columns import ListShape
from app.directory.headers import Guess
from app.directory.sheet_shapes import column_letter
from app.directory.sheets import read_sheets
from app.importing.dry_run import ShownLine
from app.importing.kinds import KINDS
from app.importing.models import Group, ImportState
from app.importing.moment import Moment
from app.importing.queries import ImportCard
from app.importing.reading import open_file
from app.importing.rules import ImportStopped, ListDates
from app.kit.db import Database

ROWS_SHOWN = 12
MOST_COLUMNS = 60

TITLES = {
    Group.NEW: "Mới",
    Group.CHANGED: "Thay đổi",
    Group.WRONG: "Lỗi",
    Group.UNCHANGED: "Không đổi",
}
STATES = {
    ImportState.UPLOADED: ("Chờ kiểm tra", "plain", "clock-play"),
    ImportState.READING: ("Đang kiểm tra", "primary", "clock-play"),
    ImportState.UNREADABLE: ("Chưa đọc được", "bad", "file-alert"),
    ImportState.CHECKED: ("Chờ nhận", "warn", "checklist"),
    ImportState.WAITING: ("Chờ người thứ hai duyệt", "warn", "user-check"),
    ImportState.APPLIED: ("Đã nhập", "good", "circle-check"),
    ImportState.UNDONE: ("Đã hoàn tác", "plain", "arrow-back-up"),
    ImportState.DISCARDED: ("Đã bỏ", "plain", "trash"),
}


@dataclass(frozen=True, slots=True)
class DryRunTabs:
    """One page of one of the four tabs, in the columns that its rows fill."""

    card: ImportCard
    shape: ListShape
    group: Group
    page: int
    lines: Sequence[ShownLine]

    @property
    def pages(self) -> int:
        return max(1, self.card.pages(self.group))

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Key and title of what any line on this page says."""
        said = {
            key for line in self.lines for key, text in (*line.after.items(), *line.before.items()) if text
        }
        return [(column.key, column.header) for column in self.shape.columns if column.key in said]

    @property
    def tabs(self) -> list[tuple[str, str, int, bool]]:
        return [
            (f"?nhom={group}", title, self.card.counts[group], group is self.group)
            for group, title in TITLES.items()
        ]

    def title_of(self, key: str) -> str:
        return next((column.header for column in self.shape.columns if column.key == key), key)


@dataclass(frozen=True, slots=True)
class Layout:
    """The first rows of one sheet of a file, and what is known of its columns."""

    sheets: Sequence[str]
    sheet: str
    header_row: int
    letters: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]
    columns: Sequence[tuple[str, str, bool, int | None]]
    """Key, title, whether it must be there, and where it is."""


@dataclass(frozen=True, slots=True)
class LayoutForm:
    guess: Guess


def layout_of(database: Database, at: Moment, card: ImportCard, sheet: str | None) -> Layout:
    """Opens the whole file: away from the event loop. Raises `ImportRefused` or `ImportStopped`."""
    file = database.read_now(lambda db: open_file(db, at.sealer, card.id))
    if file is None:
        raise ImportStopped("Tệp của lần nhập này không còn")
    sheets = read_sheets(file.name, file.content)
    guess = card.guess
    wanted = sheet or (guess.sheet if guess else "")
    chosen = next((one for one in sheets if one.name == wanted), sheets[0])
    known = guess.columns if guess and guess.sheet == chosen.name else {}
    width = min(max((len(row.cells) for row in chosen.rows), default=0), MOST_COLUMNS)
    return Layout(
        [one.name for one in sheets],
        chosen.name,
        guess.header_row if guess and guess.sheet == chosen.name else _first_row(chosen.rows),
        [column_letter(place) for place in range(width)],
        [(row.number, [row.cell(at_).text[:40] for at_ in range(width)]) for row in chosen.rows[:ROWS_SHOWN]],
        [
            (column.key, column.header, column.required, known.get(column.key))
            for column in KINDS[card.kind].shape.columns
        ],
    )


def _first_row(rows: Sequence[object]) -> int:
    return getattr(rows[0], "number", 1) if rows else 1


def read_layout(shape: ListShape, form: Mapping[str, str]) -> LayoutForm | str:
    """What staff said of sheet, header row and columns; words for them when it cannot be."""
    header_row = row_number(form.get("dong", ""))
    if header_row is None or not 0 < header_row < 1_000_000:
        return "Dòng tiêu đề là một số, ví dụ 3."
    chosen = {column.key: form.get(f"cot-{column.key}", "") for column in shape.columns}
    told = {key: row_number(place) for key, place in chosen.items()}
    columns = {key: place for key, place in told.items() if place is not None}
    if len(set(columns.values())) < len(columns):
        return "Mỗi cột của tệp chỉ dùng cho một mục."
    return LayoutForm(Guess(form.get("trang", "")[:200], header_row, columns))


def read_dates(form: Mapping[str, str]) -> ListDates | str:
    """Of which day a list is and until when it is due; words for staff when that cannot be read."""
    try:
        listed_on, due_on = (_day(form.get(name, "")) for name in ("ngay", "han"))
    except ValueError:
        return "Ngày này không đọc được, Anh/Chị chọn lại giúp."
    return ListDates(listed_on, due_on, form.get("cu_hon") == "1")


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None
