"""Open, change and close accounts; each deed is in the trail, and ends the sessions that it concerns."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from app.audit.trail import Entry, record
from app.kit.vietnamese import fold
from app.staff.models import RecoveryCode, StaffAccount, StaffSession
from app.staff.rules import Role


class AccountRefused(Exception):
    """The change is not made; the message says why, in words for whoever asked for it."""


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, and from where."""

    actor: str
    address: str = ""


def add_account(
    db: Connection,
    full_name: str,
    role: Role,
    password_hash: str,
    by: By,
    now: datetime,
    *,
    login: str = "",
    officer_id: int | None = None,
    must_change: bool = True,
) -> int:
    """Opens an account under its full name unless a shorter log-in is given. Raises `AccountRefused`."""
    name, login = " ".join(full_name.split()), fold(login or full_name)
    if not login or len(login) > 80 or len(name) > 120:
        raise AccountRefused("Tên đăng nhập để trống hoặc quá dài.")
    taken = db.execute(select(StaffAccount.id).where(StaffAccount.login == login)).first()
    if taken is not None:
        raise AccountRefused(f"Đã có tài khoản tên “{login}”.")
    made = db.execute(
        insert(StaffAccount)
        .values(
            login=login,
            full_name=name,
            role=role,
            officer_id=officer_id,
            password=password_hash,
            must_change=must_change,
            totp_step=0,
            created_at=now,
        )
        .returning(StaffAccount.id)
    )
    staff_id = int(made.scalar_one())
    _note(db, by, "staff.added", staff_id, now, role=role)
    return staff_id


def change_role(
    db: Connection, staff_id: int, role: Role, officer_id: int | None, by: By, now: datetime
) -> None:
    """Raises `AccountRefused` when the last administrator would be gone."""
    was = _role(db, staff_id)
    if was is Role.ADMIN and role is not Role.ADMIN:
        _check_not_last_admin(db, staff_id)
    db.execute(
        update(StaffAccount).where(StaffAccount.id == staff_id).values(role=role, officer_id=officer_id)
    )
    _note(db, by, "staff.role_changed", staff_id, now, role=role, was=was, officer=officer_id)


def close_account(db: Connection, staff_id: int, by: By, now: datetime) -> None:
    """Nobody signs in with it any more. Raises `AccountRefused` for the last administrator."""
    if _role(db, staff_id) is Role.ADMIN:
        _check_not_last_admin(db, staff_id)
    db.execute(update(StaffAccount).where(StaffAccount.id == staff_id).values(closed_at=now))
    end_sessions(db, staff_id)
    _note(db, by, "staff.closed", staff_id, now)


def reopen_account(db: Connection, staff_id: int, by: By, now: datetime) -> None:
    db.execute(update(StaffAccount).where(StaffAccount.id == staff_id).values(closed_at=None))
    _note(db, by, "staff.reopened", staff_id, now)


def give_first_password(db: Connection, staff_id: int, password_hash: str, by: By, now: datetime) -> None:
    """A new password from somebody else's hand: to be changed at the next sign-in."""
    _set_password(db, staff_id, password_hash, must_change=True)
    end_sessions(db, staff_id)
    _note(db, by, "staff.password_given", staff_id, now)


def choose_password(
    db: Connection, staff_id: int, password_hash: str, keep_session: int, by: By, now: datetime
) -> None:
    """The owner's own choice; everywhere else they are signed out."""
    _set_password(db, staff_id, password_hash, must_change=False)
    end_sessions(db, staff_id, but=keep_session)
    _note(db, by, "staff.password_chosen", staff_id, now)


def take_second_factor_away(db: Connection, staff_id: int, by: By, now: datetime) -> None:
    """For a lost phone: the next sign-in needs the password only, and sets up a new one where required."""
    db.execute(
        update(StaffAccount).where(StaffAccount.id == staff_id).values(totp_secret=None, totp_since=None)
    )
    db.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    end_sessions(db, staff_id)
    _note(db, by, "staff.second_factor_removed", staff_id, now)


def end_sessions(db: Connection, staff_id: int, but: int | None = None) -> int:
    """Signs the account out everywhere, or everywhere but in one session; says how many that were."""
    mine = delete(StaffSession).where(StaffSession.staff_id == staff_id)
    return db.execute(mine if but is None else mine.where(StaffSession.id != but)).rowcount


def _set_password(db: Connection, staff_id: int, password_hash: str, *, must_change: bool) -> None:
    db.execute(
        update(StaffAccount)
        .where(StaffAccount.id == staff_id)
        .values(password=password_hash, must_change=must_change)
    )


def _role(db: Connection, staff_id: int) -> Role:
    found = db.execute(select(StaffAccount.role).where(StaffAccount.id == staff_id)).scalar()
    if found is None:
        raise AccountRefused("Không có tài khoản này.")
    return Role(found)


def _check_not_last_admin(db: Connection, staff_id: int) -> None:
    others = db.execute(
        select(func.count())
        .select_from(StaffAccount)
        .where(StaffAccount.role == Role.ADMIN, StaffAccount.closed_at.is_(None), StaffAccount.id != staff_id)
    ).scalar_one()
    if not others:
        raise AccountRefused("Đây là quản trị viên cuối cùng; hãy thêm một người khác trước.")


def _note(
    db: Connection, by: By, action: str, staff_id: int, now: datetime, **detail: str | int | None
) -> None:
    record(db, Entry(by.actor, action, f"staff:{staff_id}", now, detail, by.address))
