"""Slow-down: an attempt counts as a mistake until it proves right, so many at once gain nothing."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from app.kit.db import upsert
from app.staff.models import FailedAttempts
from app.staff.rules import FORGOTTEN_AFTER, PER_ACCOUNT, PER_ADDRESS, Patience, wait_until


def account_key(login: str) -> str:
    return f"account:{login}"[:120]


def code_key(staff_id: int) -> str:
    return f"code:{staff_id}"


def address_key(address: str) -> str:
    return f"address:{address}"[:120]


def begin_attempt(db: Connection, key: str, address: str, now: datetime) -> datetime | None:
    """Counts an attempt for `key` and for the address; the time to wait for, when it is not to be heard."""
    counted = [(key, PER_ACCOUNT), (address_key(address), PER_ADDRESS)]
    waits = [until for one, patience in counted if (until := _wait(db, one, patience, now)) is not None]
    if waits:
        return max(waits)
    for one, _ in counted:
        _count(db, one, now)
    return None


def forgive(db: Connection, key: str, address: str) -> None:
    """The attempt was right. The address gets back this one only: others may be guessing from it."""
    db.execute(delete(FailedAttempts).where(FailedAttempts.key == key))
    db.execute(
        update(FailedAttempts)
        .where(FailedAttempts.key == address_key(address), FailedAttempts.mistakes > 0)
        .values(mistakes=FailedAttempts.mistakes - 1)
    )


def _wait(db: Connection, key: str, patience: Patience, now: datetime) -> datetime | None:
    row = db.execute(
        select(FailedAttempts.mistakes, FailedAttempts.last_at)
        .where(FailedAttempts.key == key)
        .with_for_update()
    ).one_or_none()
    if row is None:
        return None
    if now - row.last_at >= FORGOTTEN_AFTER:
        db.execute(delete(FailedAttempts).where(FailedAttempts.key == key))
        return None
    until = wait_until(row.mistakes, row.last_at, patience)
    return until if until > now else None


def _count(db: Connection, key: str, now: datetime) -> None:
    fresh = upsert(db, FailedAttempts).values(key=key, mistakes=1, last_at=now)
    db.execute(
        fresh.on_conflict_do_update(
            index_elements=[FailedAttempts.key],
            set_={"mistakes": FailedAttempts.mistakes + 1, "last_at": now},
        )
    )
