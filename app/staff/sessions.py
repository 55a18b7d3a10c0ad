"""Sessions of people who are signed in: found by the hash of a token that only the browser holds."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from app.directory.leave import looked_after_by
from app.kit.clock import VIETNAM
from app.kit.db import UtcMs
from app.staff.models import StaffAccount, StaffSession
from app.staff.rules import LONGEST_SESSION, OWN_UNITS_ONLY, Right, Role, Step, is_alive, may, next_step

NOTED_EVERY = timedelta(minutes=1)
"""How exactly the time of the last visit is kept: not every page is worth a write."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person who is signed in, as far as they have come."""

    staff_id: int
    session_id: int
    login: str
    full_name: str
    role: Role
    officer_id: int | None
    code_given: bool
    must_change: bool
    has_totp: bool
    seen_at: datetime
    looks_after: tuple[int, ...]
    """The officers whose units are this person's today: themselves, and colleagues on leave."""

    @property
    def actor(self) -> str:
        """How the trail names them."""
        return f"staff:{self.staff_id}"

    @property
    def only_units_of(self) -> tuple[int, ...] | None:
        """The officers whose units are all that this person may see; None: every unit.

        An officer's account that is linked to nobody in the directory sees no unit at all.
        """
        return self.looks_after if self.role in OWN_UNITS_ONLY else None

    def may(self, right: Right) -> bool:
        return may(self.role, right)

    def step(self, *, demo: bool) -> Step:
        return next_step(
            self.role,
            code_given=self.code_given,
            must_change=self.must_change,
            has_totp=self.has_totp,
            demo=demo,
        )

    def is_due_to_be_noted(self, now: datetime) -> bool:
        return now - self.seen_at >= NOTED_EVERY


@dataclass(frozen=True, slots=True)
class Device:
    session_id: int
    device: str
    address: str
    opened_at: datetime
    seen_at: datetime


_FIND = (
    select(
        StaffSession.id.label("session_id"),
        StaffSession.code_given,
        StaffSession.opened_at,
        StaffSession.seen_at,
        StaffAccount.id.label("staff_id"),
        StaffAccount.login,
        StaffAccount.full_name,
        StaffAccount.role,
        StaffAccount.officer_id,
        StaffAccount.must_change,
        StaffAccount.totp_since,
    )
    .join(StaffAccount, StaffAccount.id == StaffSession.staff_id)
    .where(StaffSession.token_hash == bindparam("token_hash"), StaffAccount.closed_at.is_(None))
)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    db: Connection, staff_id: int, token: str, device: str, address: str, now: datetime, *, code_given: bool
) -> int:
    """Begins a session under the token, and clears away those that ended by themselves."""
    db.execute(
        delete(StaffSession).where(StaffSession.opened_at < bindparam("before", now - LONGEST_SESSION, UtcMs))
    )
    made = db.execute(
        insert(StaffSession)
        .values(
            staff_id=staff_id,
            token_hash=token_hash(token),
            code_given=code_given,
            device=device[:120],
            address=address[:64],
            opened_at=now,
            seen_at=now,
        )
        .returning(StaffSession.id)
    )
    return int(made.scalar_one())


def find_visitor(db: Connection, token: str, now: datetime) -> Visitor | None:
    row = db.execute(_FIND, {"token_hash": token_hash(token)}).one_or_none()
    if row is None or not is_alive(row.opened_at, row.seen_at, row.code_given, now):
        return None
    bound = row.officer_id is not None and row.role in OWN_UNITS_ONLY
    today = now.astimezone(VIETNAM).date()
    return Visitor(
        staff_id=row.staff_id,
        session_id=row.session_id,
        login=row.login,
        full_name=row.full_name,
        role=Role(row.role),
        officer_id=row.officer_id,
        code_given=row.code_given,
        must_change=row.must_change,
        has_totp=row.totp_since is not None,
        seen_at=row.seen_at,
        looks_after=looked_after_by(db, row.officer_id, today) if bound else (),
    )


def note_visit(db: Connection, session_id: int, now: datetime) -> None:
    db.execute(update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now))


def renew_token(db: Connection, session_id: int, token: str) -> None:
    """The code was right: the session counts in full, under a token that nobody saw before."""
    db.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id)
        .values(token_hash=token_hash(token), code_given=True)
    )


def close_session(db: Connection, staff_id: int, session_id: int) -> bool:
    """Ends one session of this account, and of no other."""
    mine = delete(StaffSession).where(StaffSession.id == session_id, StaffSession.staff_id == staff_id)
    return db.execute(mine).rowcount == 1


def read_devices(db: Connection, staff_id: int, now: datetime) -> list[Device]:
    """Where the account is signed in now, the latest visit first."""
    rows = db.execute(
        select(
            StaffSession.id,
            StaffSession.device,
            StaffSession.address,
            StaffSession.opened_at,
            StaffSession.seen_at,
            StaffSession.code_given,
        )
        .where(StaffSession.staff_id == staff_id)
        .order_by(StaffSession.seen_at.desc())
    )
    return [
        Device(row.id, row.device, row.address, row.opened_at, row.seen_at)
        for row in rows
        if is_alive(row.opened_at, row.seen_at, row.code_given, now)
    ]
