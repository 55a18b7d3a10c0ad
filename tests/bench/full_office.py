"""A province's whole directory, invented: 20,000 units, 50,000 liaisons, 500,000 workers without VssID."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, select

from app.directory.demo_data import load_demo
from app.directory.models import Contact, Employer, Liaison, Office, Officer
from app.kit.db import Database
from app.kit.seal import Sealer
from app.kit.vietnamese import fold, sort_key
from app.staff.demo_accounts import add_demo_accounts
from app.worker_lists.models import WorkerEntry, WorkerList, WorkerUnit

UNITS, LIAISONS, WORKERS = 20_000, 50_000, 500_000
OFFICERS = 10
PER_SLICE = 5_000
SEED = 20261125

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
_MIDDLE = ("Thị", "Văn", "Minh", "Ngọc", "Thanh", "Thu", "Hữu", "Đức", "Quang", "Kim")
_GIVEN = ("An", "Ánh", "Bình", "Châu", "Cường", "Dung", "Đạt", "Giang", "Hà", "Hòa", "Lan", "Mai", "Vân")
_KINDS = ("Công ty TNHH", "Công ty CP", "Hợp tác xã", "Trường Mầm non", "Khách sạn")
_NAMES = ("Hải Vân", "Sao Mai", "Biển Đông", "Phú An", "Trường Sơn", "Hoa Sen", "Đại Lộc", "Ninh Hòa")
_STATES = {"verified": 80, "pending": 3, "expected": 10, "ended": 7}


def fill(database: Database, sealer: Sealer, now: datetime) -> None:
    """Some fifteen seconds of work."""
    chance = random.Random(SEED)  # noqa: S311  it invents people
    database.write_now(lambda tx: load_demo(tx, sealer, now))
    database.write_now(lambda tx: add_demo_accounts(tx, now))
    database.write_now(lambda tx: _officers(tx, chance))
    database.write_now(lambda tx: _units(tx, chance))
    units = database.read_now(lambda tx: list(tx.execute(select(Employer.id)).scalars()))
    _in_slices(database, Contact, _contacts(chance, now))
    _in_slices(database, Liaison, _liaisons(chance, sealer, units, now))
    listed = database.write_now(lambda tx: _list_of_workers(tx, units, now))
    _in_slices(database, WorkerEntry, _workers(chance, sealer, units, listed))


def _in_slices(database: Database, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, PER_SLICE)):
        database.write_now(_inserting(table, some))


def _inserting(table: Any, rows: Sequence[dict[str, Any]]) -> Callable[[Connection], object]:
    return lambda tx: tx.execute(insert(table), rows)


def _person(chance: random.Random) -> dict[str, str]:
    name = " ".join(map(chance.choice, (_FAMILY, _MIDDLE, _GIVEN)))
    return {"name": name, "name_folded": fold(name), "sort_key": sort_key(name)}


def _officers(tx: Connection, chance: random.Random) -> None:
    offices = list(tx.execute(select(Office.id)).scalars())
    rows = [
        {**_person(chance), "code": f"CX{number:02}", "office_id": offices[number % len(offices)]}
        for number in range(OFFICERS)
    ]
    tx.execute(insert(Officer), rows)


def _units(tx: Connection, chance: random.Random) -> None:
    officers = tx.execute(select(Officer.id, Officer.office_id)).all()
    rows = []
    for number in range(UNITS):
        name = f"{chance.choice(_KINDS)} {chance.choice(_NAMES)} {number + 1} (ví dụ)"
        officer, office = chance.choice(officers)
        codes = {"old_code": f"TB{number:05}X", "tax_code": str(4_200_100_000 + number)}
        has_officer = chance.random() < 0.93
        rows.append(
            {"name": name, "name_folded": fold(name), **codes, "office_id": office}
            | {"officer_id": officer if has_officer else None}
        )
    tx.execute(insert(Employer), rows)


def _contacts(chance: random.Random, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(LIAISONS):
        seen = now - timedelta(minutes=chance.randrange(3, 60 * 24 * 120))
        yield {
            "user_id": _contact(number),
            "following": chance.random() < 0.9,
            "first_seen_at": now - timedelta(days=150),
            "last_interaction_at": seen,
        }


def _liaisons(
    chance: random.Random, sealer: Sealer, units: Sequence[int], now: datetime
) -> Iterator[dict[str, Any]]:
    email = sealer.seal_text("dau-moi@vidu.vn")
    for number in range(LIAISONS):
        person, phone = _person(chance), f"09{number:08}"
        (state,) = chance.choices([*_STATES], [*_STATES.values()])
        yield {
            "contact": None if state == "expected" else _contact(number),
            "employer_id": chance.choice(units),
            "state": state,
            "full_name": person["name"],
            "name_folded": person["name_folded"],
            "sort_key": person["sort_key"],
            "phone": sealer.seal_text(phone),
            "email": email,
            "phone_print": sealer.fingerprint(phone),
            "role": chance.choice(("hr", "accountant", "manager", "other")),
            "from_at": now - timedelta(days=chance.randrange(150)),
            "to_at": now if state == "ended" else None,
            "ended_why": "left" if state == "ended" else "",
        }


def _contact(number: int) -> str:
    return f"7{number:018}"


def _list_of_workers(tx: Connection, units: Sequence[int], now: datetime) -> int:
    issued = {"title": "Danh sách quý IV (ví dụ)", "received_on": now.date(), "due_on": now.date()}
    made = tx.execute(insert(WorkerList).values(**issued, created_at=now, created_by="system"))
    (listed,) = made.inserted_primary_key or (0,)
    each = WORKERS // len(units)
    rows = [
        {"employer_id": unit, "list_id": listed, "due_on": now.date() + timedelta(days=unit % 40 - 10)}
        | {"open_count": each - unit % 5, "installed_count": unit % 5}
        for unit in units
    ]
    tx.execute(insert(WorkerUnit), rows)
    return int(listed)


def _workers(
    chance: random.Random, sealer: Sealer, units: Sequence[int], listed: int
) -> Iterator[dict[str, Any]]:
    names = [sealer.seal_text(_person(chance)["name"]) for _ in range(1000)]
    each = WORKERS // len(units)
    for unit in units:
        for number in range(each):
            yield {
                "employer_id": unit,
                "list_id": listed,
                "name": chance.choice(names),
                "name_print": f"{number:x}",
                "masked_number": f"******{number:04}",
                "worker_print": f"{unit:x}.{number:x}",
                "state": "installed" if number < unit % 5 else "open",
            }
