"""Sign a person in: password, then code; wrong answers look alike and get slower."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.audit.trail import Entry, record
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.seal import Sealer
from app.kit.vietnamese import fold
from app.staff.accounts import By, choose_password
from app.staff.attempts import account_key, begin_attempt, code_key, forgive
from app.staff.models import StaffAccount
from app.staff.passwords import hash_aside, matches_aside
from app.staff.rules import password_fault
from app.staff.second_factor import accept_code
from app.staff.sessions import Visitor, new_token, open_session, renew_token


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The session's token, for the browser alone."""

    token: str

    def __repr__(self) -> str:
        return "SignedIn(…)"


@dataclass(frozen=True, slots=True)
class Wrong:
    """Name, password or code: which of them is not said."""


@dataclass(frozen=True, slots=True)
class TooSoon:
    until: datetime


@dataclass(frozen=True, slots=True)
class NotGoodEnough:
    """A new password that is refused, and why."""

    reason: str


class Reception:
    """Takes names, passwords and codes; the only one that compares them."""

    def __init__(self, db: Database, sealer: Sealer, clock: Clock) -> None:
        self._db, self._sealer, self._clock = db, sealer, clock

    async def take_password(
        self, name: str, password: str, device: str, address: str
    ) -> SignedIn | Wrong | TooSoon:
        login, now = fold(name)[:80], self._clock.now()
        key = account_key(login)
        wait = await self._db.write(lambda db: begin_attempt(db, key, address, now))
        if wait is not None:
            return TooSoon(wait)
        account = await self._db.read(lambda db: _find(db, login))
        right = await matches_aside(password, account.password if account else None)
        if account is None or not right:
            await self._db.write(lambda db: _note_failure(db, account, address, now))
            return Wrong()
        token = new_token()
        await self._db.write(lambda db: self._let_in(db, account, token, key, device, address, now))
        return SignedIn(token)

    async def take_code(self, visitor: Visitor, code: str, address: str) -> SignedIn | Wrong | TooSoon:
        now, token = self._clock.now(), new_token()
        key = code_key(visitor.staff_id)
        wait = await self._db.write(lambda db: begin_attempt(db, key, address, now))
        if wait is not None:
            return TooSoon(wait)

        def check(db: Connection) -> bool:
            right = accept_code(db, self._sealer, visitor.staff_id, code, now)
            what = "staff.signed_in" if right else "staff.code_refused"
            record(db, Entry(visitor.actor, what, visitor.actor, now, {"by": "code"}, address))
            if right:
                renew_token(db, visitor.session_id, token)
                forgive(db, key, address)
            return right

        return SignedIn(token) if await self._db.write(check) else Wrong()

    async def change_password(
        self, visitor: Visitor, current: str, wanted: str, address: str
    ) -> Wrong | TooSoon | NotGoodEnough | None:
        """None when it is done. The current password is asked for: an open screen is not its owner."""
        now, key = self._clock.now(), account_key(visitor.login)
        fault = password_fault(wanted, visitor.login)
        if fault is None and wanted == current:
            fault = "Mật khẩu mới phải khác mật khẩu đang dùng."
        if fault is not None:
            return NotGoodEnough(fault)
        wait = await self._db.write(lambda db: begin_attempt(db, key, address, now))
        if wait is not None:
            return TooSoon(wait)
        account = await self._db.read(lambda db: _find(db, visitor.login))
        if account is None or not await matches_aside(current, account.password):
            return Wrong()
        hashed = await hash_aside(wanted)
        by = By(visitor.actor, address)

        def change(db: Connection) -> None:
            choose_password(db, visitor.staff_id, hashed, visitor.session_id, by, now)
            forgive(db, key, address)

        await self._db.write(change)
        return None

    def _let_in(
        self,
        db: Connection,
        account: "_Account",
        token: str,
        key: str,
        device: str,
        address: str,
        now: datetime,
    ) -> None:
        open_session(db, account.id, token, device, address, now, code_given=not account.has_totp)
        forgive(db, key, address)
        actor = f"staff:{account.id}"
        what = "staff.password_accepted" if account.has_totp else "staff.signed_in"
        record(db, Entry(actor, what, actor, now, {"by": "password"}, address))


@dataclass(frozen=True, slots=True)
class _Account:
    id: int
    password: str
    has_totp: bool


def _find(db: Connection, login: str) -> _Account | None:
    row = db.execute(
        select(StaffAccount.id, StaffAccount.password, StaffAccount.totp_since).where(
            StaffAccount.login == login, StaffAccount.closed_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else _Account(row.id, row.password, row.totp_since is not None)


def _note_failure(db: Connection, account: _Account | None, address: str, now: datetime) -> None:
    """The name as typed is not kept: people type passwords into the wrong field."""
    subject = "staff:unknown" if account is None else f"staff:{account.id}"
    record(db, Entry("visitor", "staff.sign_in_refused", subject, now, {}, address))
