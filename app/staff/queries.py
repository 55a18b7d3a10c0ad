"""Accounts as their page shows them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from app.directory.leave import looked_after_by
from app.directory.models import Officer
from app.staff.models import StaffAccount, StaffSession
from app.staff.rules import OWN_UNITS_ONLY, Role


@dataclass(frozen=True, slots=True)
class AccountCard:
    id: int
    login: str
    full_name: str
    role: Role
    officer_id: int | None
    must_change: bool
    has_totp: bool
    created_at: datetime
    last_seen_at: datetime | None
    """Of the sessions that are still there; None when there is none."""
    closed_at: datetime | None


def read_accounts(db: Connection) -> list[AccountCard]:
    """Everybody, those who may sign in first, by name."""
    rows = db.execute(_cards().order_by(StaffAccount.closed_at.is_not(None), StaffAccount.login))
    return [_card(row) for row in rows]


def read_account(db: Connection, staff_id: int) -> AccountCard | None:
    row = db.execute(_cards().where(StaffAccount.id == staff_id)).one_or_none()
    return None if row is None else _card(row)


def names_of_staff(db: Connection) -> dict[str, str]:
    """Full names by the way the trail writes people: `staff:7`."""
    rows = db.execute(select(StaffAccount.id, StaffAccount.full_name))
    return {f"staff:{row.id}": row.full_name for row in rows}


def only_units_of(db: Connection, actor: str, today: date) -> tuple[int, ...] | None:
    """The officers whose units are all that this person may touch; None: every unit, as for the terminal."""
    kind, _, number = actor.partition(":")
    account = read_account(db, int(number)) if kind == "staff" else None
    if account is None or account.role not in OWN_UNITS_ONLY:
        return None
    return () if account.officer_id is None else looked_after_by(db, account.officer_id, today)


def count_accounts(db: Connection) -> int:
    return int(db.execute(select(func.count()).select_from(StaffAccount)).scalar_one())


def _cards() -> Any:
    last_seen = (
        select(func.max(StaffSession.seen_at))
        .where(StaffSession.staff_id == StaffAccount.id)
        .scalar_subquery()
        .label("last_seen_at")
    )
    return select(StaffAccount.__table__, last_seen)


def _card(row: Any) -> AccountCard:
    return AccountCard(
        row.id,
        row.login,
        row.full_name,
        Role(row.role),
        row.officer_id,
        row.must_change,
        row.totp_since is not None,
        row.created_at,
        row.last_seen_at,
        row.closed_at,
    )


def officers_to_link(db: Connection) -> list[tuple[int, str]]:
    """Officers of the directory that an account can stand for, by given name."""
    rows = db.execute(select(Officer.id, Officer.name).order_by(Officer.sort_key))
    return [(row.id, row.name) for row in rows]
