"""Who may take an import which step further, and until when it can be undone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.importing.models import ImportState

UNDO_WITHIN = timedelta(days=7)
FORGOTTEN_AFTER = timedelta(days=30)
"""An import that nobody decided about is discarded then, with its file."""


class ImportStopped(Exception):
    """The step cannot be taken; the message says in Vietnamese why, and nothing was written."""


@dataclass(frozen=True, slots=True)
class ListDates:
    """What staff say of a list beside its file; only lists of workers have it."""

    listed_on: date | None = None
    """The day as of which the list is true; None: the day it came."""
    due_on: date | None = None
    older_is_meant: bool = False
    """It counts although units on it have a newer list."""


NO_DATES = ListDates()


def check_dates(dates: ListDates, today: date) -> None:
    """Raises `ImportStopped`."""
    if dates.listed_on is not None and dates.listed_on > today:
        raise ImportStopped("Ngày của danh sách không thể ở tương lai")
    if dates.due_on is not None and dates.due_on < (dates.listed_on or today):
        raise ImportStopped("Hạn phản hồi không thể trước ngày của danh sách")


@dataclass(frozen=True, slots=True)
class Standing:
    """What deciding about an import depends on."""

    state: ImportState
    accepted_by: str
    new_rows: int
    changed_rows: int
    wrong_rows: int
    applied_at: datetime | None


def needs_second_person(standing: Standing, approval_rows: int) -> bool:
    return standing.new_rows + standing.changed_rows > approval_rows


def check_accept(standing: Standing, *, leave_out_wrong: bool) -> None:
    """Raises `ImportStopped`."""
    if standing.state is not ImportState.CHECKED:
        raise ImportStopped(_not_now(standing.state))
    if standing.wrong_rows and not leave_out_wrong:
        raise ImportStopped(
            f"Còn {standing.wrong_rows} dòng có lỗi: Anh/Chị sửa, hoặc chọn nhập mà bỏ các dòng lỗi"
        )
    if not standing.new_rows + standing.changed_rows:
        raise ImportStopped("Tệp không có gì mới để nhập")


def check_approve(standing: Standing, actor: str) -> None:
    """Raises `ImportStopped`; who accepted an import cannot be the second person."""
    if standing.state is not ImportState.WAITING:
        raise ImportStopped(_not_now(standing.state))
    if actor == standing.accepted_by:
        raise ImportStopped("Cần một người khác duyệt: Anh/Chị đã là người thứ nhất")


def check_correct(standing: Standing) -> None:
    """Raises `ImportStopped`."""
    if standing.state not in _CORRECTABLE:
        raise ImportStopped(_not_now(standing.state))


def check_discard(standing: Standing) -> None:
    """Raises `ImportStopped`."""
    if standing.state not in {*_CORRECTABLE, ImportState.READING}:
        raise ImportStopped(_not_now(standing.state))


def check_undo(standing: Standing, now: datetime) -> None:
    """Raises `ImportStopped`."""
    if standing.state is not ImportState.APPLIED or standing.applied_at is None:
        raise ImportStopped(_not_now(standing.state))
    if now > standing.applied_at + UNDO_WITHIN:
        raise ImportStopped("Đã quá 7 ngày: không hoàn tác được nữa")


_CORRECTABLE = (ImportState.UPLOADED, ImportState.UNREADABLE, ImportState.CHECKED, ImportState.WAITING)
_SAID = {
    ImportState.UPLOADED: "Tệp đang chờ kiểm tra",
    ImportState.READING: "Tệp đang được kiểm tra",
    ImportState.UNREADABLE: "Tệp chưa đọc được",
    ImportState.CHECKED: "Tệp đã kiểm tra xong, chưa ai nhận",
    ImportState.WAITING: "Lần nhập này đang chờ người thứ hai duyệt",
    ImportState.APPLIED: "Lần nhập này đã lưu",
    ImportState.UNDONE: "Lần nhập này đã hoàn tác",
    ImportState.DISCARDED: "Lần nhập này đã bỏ",
}


def _not_now(state: ImportState) -> str:
    return f"{_SAID[state]}: Anh/Chị tải lại trang để xem"
