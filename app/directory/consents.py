"""Consents: given, refused, withdrawn; every answer is kept as proof."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.directory.models import Consent
from app.kit.ids import UserId

LIAISON = "liaison"


@dataclass(frozen=True, slots=True)
class GivenConsent:
    text_version: str
    given_at: datetime


def answer(db: Connection, contact: UserId, kind: str, version: str, now: datetime, *, given: bool) -> None:
    """Keeps which text was shown, what was answered and when."""
    db.execute(
        insert(Consent).values(contact=contact, kind=kind, text_version=version, given=given, answered_at=now)
    )


def read_given(db: Connection, contact: UserId, kind: str) -> GivenConsent | None:
    """The consent that stands: the last answer, if it was yes and has not been withdrawn."""
    last = db.execute(
        select(Consent.text_version, Consent.answered_at, Consent.given, Consent.withdrawn_at)
        .where(Consent.contact == contact, Consent.kind == kind)
        .order_by(Consent.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or not last.given or last.withdrawn_at is not None:
        return None
    return GivenConsent(last.text_version, last.answered_at)


def withdraw(db: Connection, contact: UserId, now: datetime) -> None:
    db.execute(
        update(Consent)
        .where(Consent.contact == contact, Consent.given, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
