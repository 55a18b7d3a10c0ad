"""Announcing many people at once: what each comes to, and all of them written down in a few statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from app.directory.liaisons import CURRENT, Announcement, decide, named, personal
from app.directory.models import Liaison, LiaisonState
from app.directory.records import Saved
from app.directory.rules import Registration
from app.directory.taking_back import Touched
from app.kit.ids import UserId
from app.kit.seal import Sealer

_CODES = ("old_code", "new_code", "tax_code", "budget_code")
_LIVING = select(
    Liaison.id,
    Liaison.contact,
    Liaison.employer_id,
    Liaison.stated_code,
    Liaison.state,
    Liaison.full_name,
    Liaison.email,
    Liaison.phone_print,
    Liaison.version,
).where(Liaison.state.in_((LiaisonState.EXPECTED, *CURRENT)))


@dataclass(frozen=True, slots=True)
class Foreseen:
    announcement: Announcement
    row: Any = None
    """The liaison that is meant, where there is one."""
    before: Mapping[str, str] = field(default_factory=dict)


class KnownLiaisons:
    """Everybody who is announced, waits or is verified, by phone: read once for a whole list."""

    def __init__(self, db: Connection, sealer: Sealer, employers: Saved) -> None:
        self._sealer, self._employers = sealer, employers
        self._by_phone: dict[str, list[Any]] = defaultdict(list)
        for row in db.execute(_LIVING):
            self._by_phone[row.phone_print].append(row)

    def foresee(self, employer_id: int, said: Registration) -> Foreseen:
        """What announcing this person for this unit would do, after those of whom it was asked before."""
        rows = [
            row
            for row in self._by_phone.get(self._sealer.fingerprint(said.phone), ())
            if row.employer_id == employer_id or self._waits_for(row, employer_id)
        ]
        announcement, number = decide(self._sealer, rows, said)
        row = next((row for row in rows if row.id == number), None)
        if announcement is Announcement.VERIFIED and row is not None:
            self._by_phone[row.phone_print].remove(row)  # one who waits is verified once, for one unit
        if announcement is not Announcement.CHANGED or row is None:
            return Foreseen(announcement, row)
        before = {"name": row.full_name, "email": self._sealer.open_text(row.email)}
        return Foreseen(announcement, row, before)

    def _waits_for(self, row: Any, employer_id: int) -> bool:
        """Registered under a code of the unit before the directory had it, or that others share."""
        codes = {self._employers[employer_id][key] for key in _CODES} - {""}
        return row.employer_id is None and row.stated_code in codes


@dataclass(slots=True)
class Announced:
    touched: list[Touched] = field(default_factory=list)
    verified: list[UserId] = field(default_factory=list)
    """Contacts who had been waiting for this, and have not been told yet."""


def announce_all(
    db: Connection,
    sealer: Sealer,
    employers: Saved,
    people: Iterable[tuple[int, Registration]],
    now: datetime,
) -> Announced:
    """Notes that these people are expected for these units; those who wait become verified."""
    known, done = KnownLiaisons(db, sealer, employers), Announced()
    new: list[dict[str, object]] = []
    renamed: list[dict[str, object]] = []
    verified: list[dict[str, object]] = []
    for unit, said in people:
        foreseen = known.foresee(unit, said)
        row = foreseen.row
        match foreseen.announcement:
            case Announcement.NEW:
                about = personal(sealer, said.full_name, said.phone, said.email, said.role)
                new.append({"employer_id": unit, "state": LiaisonState.EXPECTED, "from_at": now, **about})
            case Announcement.CHANGED:
                renamed.append(
                    {"row_id": row.id, **named(said.full_name), "email": sealer.seal_text(said.email)}
                )
                before = {**named(row.full_name), "email": row.email}
                done.touched.append(Touched("liaison", row.id, row.version + 1, row.full_name, before))
            case Announcement.VERIFIED:
                verified.append({"row_id": row.id, "employer_id": unit, "state": LiaisonState.VERIFIED})
                before = {"state": row.state, "employer_id": row.employer_id}
                done.touched.append(Touched("liaison", row.id, row.version + 1, row.full_name, before))
                done.verified.append(UserId(row.contact))
            case Announcement.KNOWN:
                pass
    if new:
        table: Any = Liaison.__table__
        numbers = db.execute(insert(table).returning(table.c.id, sort_by_parameter_order=True), new).scalars()
        done.touched += [
            Touched("liaison", number, 1, str(row["full_name"]))
            for number, row in zip(numbers, new, strict=True)
        ]
    for rows in (renamed, verified):
        if rows:
            db.execute(_update_statement(rows[0]), rows)
    return done


def _update_statement(row: Mapping[str, object]) -> Any:
    names = [name for name in row if name != "row_id"]
    table: Any = Liaison.__table__
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return (
        update(table).where(table.c.id == bindparam("row_id")).values(**values, version=table.c.version + 1)
    )
