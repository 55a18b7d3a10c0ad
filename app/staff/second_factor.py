"""The second factor: six digits from a phone, each good for once, and ten codes on paper for a lost phone."""

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import Connection, delete, func, insert, select, update

from app.audit.trail import Entry, record
from app.kit.seal import Sealer
from app.staff.accounts import By
from app.staff.models import RecoveryCode, StaffAccount

ISSUER = "Đầu Mối"
STEP_SECONDS = 30
CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def begin_enrolment(db: Connection, sealer: Sealer, staff_id: int) -> str:
    """The secret to be photographed; the same again until its first code has come: a reload is safe."""
    row = db.execute(
        select(StaffAccount.totp_secret, StaffAccount.totp_since).where(StaffAccount.id == staff_id)
    ).one()
    if row.totp_secret is not None and row.totp_since is None:
        return sealer.open_text(row.totp_secret)
    secret = pyotp.random_base32()
    db.execute(
        update(StaffAccount)
        .where(StaffAccount.id == staff_id)
        .values(totp_secret=sealer.seal_text(secret), totp_since=None, totp_step=0)
    )
    return secret


def finish_enrolment(
    db: Connection, sealer: Sealer, staff_id: int, code: str, by: By, now: datetime
) -> list[str] | None:
    """The recovery codes, shown once, when the first code is right; else None."""
    if not _use_code(db, sealer, staff_id, code, now):
        return None
    db.execute(update(StaffAccount).where(StaffAccount.id == staff_id).values(totp_since=now))
    record(db, Entry(by.actor, "staff.second_factor_added", f"staff:{staff_id}", now, {}, by.address))
    return new_recovery_codes(db, staff_id)


def new_recovery_codes(db: Connection, staff_id: int) -> list[str]:
    """Ten fresh ones; the older ones are worth nothing from now on."""
    codes = [_recovery_code() for _ in range(CODES)]
    db.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    db.execute(
        insert(RecoveryCode),
        [{"staff_id": staff_id, "code_hash": _recovery_hash(staff_id, code)} for code in codes],
    )
    return codes


def accept_code(db: Connection, sealer: Sealer, staff_id: int, given: str, now: datetime) -> bool:
    """True for the phone's code of now, or for a recovery code; either works once."""
    plain = "".join(given.split()).lower()
    if plain.isascii() and plain.isdigit() and len(plain) == 6:
        return _use_code(db, sealer, staff_id, plain, now)
    used = db.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == staff_id,
            RecoveryCode.code_hash == _recovery_hash(staff_id, plain),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return used.rowcount == 1


def codes_left(db: Connection, staff_id: int) -> int:
    left = select(func.count()).where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return int(db.execute(left).scalar_one())


def enrolment_address(secret: str, login: str) -> str:
    """What the QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def _use_code(db: Connection, sealer: Sealer, staff_id: int, code: str, now: datetime) -> bool:
    """A phone's clock may be half a minute off; a half minute that was used before does not count again."""
    row = db.execute(
        select(StaffAccount.totp_secret, StaffAccount.totp_step)
        .where(StaffAccount.id == staff_id)
        .with_for_update()
    ).one()
    if row.totp_secret is None:
        return False
    totp = pyotp.TOTP(sealer.open_text(row.totp_secret))
    current = int(now.timestamp()) // STEP_SECONDS
    for step in (current - 1, current, current + 1):
        if step > row.totp_step and hmac.compare_digest(totp.generate_otp(step), "".join(code.split())):
            db.execute(update(StaffAccount).where(StaffAccount.id == staff_id).values(totp_step=step))
            return True
    return False


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _recovery_hash(staff_id: int, code: str) -> str:
    plain = code.replace("-", "")
    return hashlib.sha256(f"{staff_id}:{plain}".encode()).hexdigest()
