"""An invented list for the demo: every name says that it is an example, no number can be real."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.directory.models import Employer
from app.kit.seal import Sealer
from app.worker_lists.applying import NewList, apply_plan
from app.worker_lists.marking import mark
from app.worker_lists.models import WorkerEntry, WorkerList, WorkerState
from app.worker_lists.planning import ListedWorker, worker_list_plan
from app.worker_lists.rules import WAITING, today

TITLE = "Danh sách chưa đăng ký VssID tháng trước (ví dụ)"
TITLE_NOW = "Danh sách chưa đăng ký VssID tháng này (ví dụ)"

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô", "Cao", "Mang")
_MIDDLE = ("Văn", "Thị", "Minh", "Ngọc", "Thanh", "Hữu")
_GIVEN = ("An", "Bình", "Châu", "Dũng", "Én", "Giang", "Hạnh", "Khánh", "Lụa", "Mơ", "Ẩn", "Phượng", "Quý")

_UNITS = {"TA0001A": 64, "TA0002B": 130, "TA0003C": 9, "TC0004D": 23}
"""Old unit code → invented workers."""
_REGISTERED_MEANWHILE = 3
"""Of every unit, between the first list and the second."""


def load_demo_lists(db: Connection, sealer: Sealer, now: datetime) -> None:
    """Two lists, a month apart, for the invented units; doing it again changes nothing."""
    if db.execute(select(WorkerList.id).limit(1)).scalar() is not None:
        return
    units = {
        row.old_code: row.id
        for row in db.execute(
            select(Employer.old_code, Employer.id).where(Employer.old_code.in_(_UNITS)).order_by(Employer.id)
        )
    }
    before, lately = now - timedelta(days=33), now - timedelta(days=3)
    _take_in(db, sealer, list(_workers(units, skipped=0)), TITLE, before)
    _take_in(db, sealer, list(_workers(units, skipped=_REGISTERED_MEANWHILE)), TITLE_NOW, lately)
    for employer_id in units.values():
        _mark_some(db, employer_id, lately)


def finish_demo_lists(db: Connection, now: datetime) -> None:
    """Every invented worker who still waits has installed."""
    waiting = select(WorkerEntry.id, WorkerEntry.employer_id).where(
        WorkerEntry.state.in_(WAITING), WorkerEntry.gone_at.is_(None)
    )
    for row in db.execute(waiting).all():
        mark(db, row.employer_id, row.id, WorkerState.INSTALLED, "system", now)


def _workers(units: dict[str, int], *, skipped: int) -> Iterator[ListedWorker]:
    row = 1
    for position, (code, number) in enumerate(_UNITS.items()):
        if code not in units:
            continue
        for at in range(skipped, number):
            row += 1
            yield ListedWorker(row, units[code], _name(at + 7 * position), f"000{position}{at:06}")


def _name(number: int) -> str:
    family, rest = _FAMILY[number % len(_FAMILY)], number // len(_FAMILY)
    middle, given = _MIDDLE[(number + rest) % len(_MIDDLE)], _GIVEN[(number * 5 + rest) % len(_GIVEN)]
    return f"{family} {middle} {given} (ví dụ)"


def _take_in(db: Connection, sealer: Sealer, rows: list[ListedWorker], title: str, at: datetime) -> None:
    received_on = today(at)
    plan = worker_list_plan(db, sealer, rows, received_on)
    new_list = NewList(title, received_on, received_on + timedelta(days=15))
    apply_plan(db, sealer, plan, new_list, "system", at)


def _mark_some(db: Connection, employer_id: int, now: datetime) -> None:
    """A few marks, so that a page shows every state."""
    states = (WorkerState.INSTALLED, WorkerState.NEEDS_HELP, WorkerState.LEFT, WorkerState.WRONG)
    on_list = (WorkerEntry.employer_id == employer_id, WorkerEntry.gone_at.is_(None))
    ids = db.execute(select(WorkerEntry.id).where(*on_list).order_by(WorkerEntry.id).limit(len(states)))
    for entry_id, state in zip(ids.scalars(), states, strict=False):
        mark(db, employer_id, entry_id, state, "system", now)
