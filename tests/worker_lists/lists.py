"""Lists of a few workers, taken in and looked at."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from app.directory.units import find_units
from app.kit.clock import from_epoch_ms
from app.kit.db import Database
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.worker_lists.applying import Applied, NewList, apply_plan
from app.worker_lists.planning import ListedWorker, ListPlan, worker_list_plan
from app.worker_lists.queries import UnitProgress, read_unit_progress
from app.worker_lists.rules import today
from app.worker_lists.worker_queries import Worker, list_workers

NOW = from_epoch_ms(1_795_000_000_000)
MONTH = timedelta(days=31)
SEALER = Sealer("k")
ME = UserId("7000000000000000001")

AN, BINH, CHAU = ("An (ví dụ)", "0001000001"), ("Bình (ví dụ)", "0001000002"), ("Châu (ví dụ)", "0001000003")
Person = tuple[str, str]


def unit_id(db: Database, code: str = "TA0001A") -> int:
    return db.read_now(lambda tx: find_units(tx, code))[0].id


def rows(employer_id: int, people: Sequence[Person]) -> list[ListedWorker]:
    return [ListedWorker(number, employer_id, *person) for number, person in enumerate(people, 2)]


def plan(db: Database, *people: Person, at: datetime = NOW, code: str = "TA0001A") -> ListPlan:
    listed = rows(unit_id(db, code), people)
    return db.read_now(lambda tx: worker_list_plan(tx, SEALER, listed, today(at)))


def take_in(
    db: Database, *people: Person, at: datetime = NOW, code: str = "TA0001A", due_on: date | None = None
) -> Applied:
    listed = rows(unit_id(db, code), people)

    def work(tx: Connection) -> Applied:
        planned = worker_list_plan(tx, SEALER, listed, today(at))
        return apply_plan(
            tx, SEALER, planned, NewList(f"Danh sách {at:%m}", today(at), due_on), "staff:1", at
        )

    return db.write_now(work)


def workers(db: Database, code: str = "TA0001A") -> list[Worker]:
    employer_id = unit_id(db, code)
    return list(db.read_now(lambda tx: list_workers(tx, SEALER, employer_id)).workers)


def states(db: Database, code: str = "TA0001A") -> dict[str, str]:
    return {worker.name.split()[0]: worker.state for worker in workers(db, code)}


def progress(db: Database, code: str = "TA0001A", at: datetime = NOW) -> UnitProgress:
    employer_id = unit_id(db, code)
    found = db.read_now(lambda tx: read_unit_progress(tx, employer_id, today(at)))
    assert found is not None
    return found
