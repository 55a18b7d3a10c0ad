"""Consents asked of the OA's administrator: Zalo's answer counts once, for who asked, within minutes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from app.credentials.models import OaConsent
from app.kit.seal import Sealer
from app.zalo.oauth import Pkce

LIVES = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Asked:
    """The two public halves that travel with the browser."""

    state: str
    challenge: str


def ask_consent(db: Connection, sealer: Sealer, asked_by: str, now: datetime) -> Asked:
    pkce, state = Pkce.new(), secrets.token_urlsafe(32)
    db.execute(delete(OaConsent).where(OaConsent.asked_at < now - LIVES))
    db.execute(
        insert(OaConsent).values(
            state=state, verifier=sealer.seal_text(pkce.verifier), asked_by=asked_by, asked_at=now
        )
    )
    return Asked(state, pkce.challenge)


def take_consent(db: Connection, sealer: Sealer, state: str, asked_by: str, now: datetime) -> str | None:
    """The verifier that belongs to the answer; None when nobody asked, somebody else did, or too long ago."""
    row = db.execute(
        select(OaConsent.verifier).where(
            OaConsent.state == state, OaConsent.asked_by == asked_by, OaConsent.asked_at >= now - LIVES
        )
    ).one_or_none()
    db.execute(delete(OaConsent).where(OaConsent.state == state, OaConsent.asked_by == asked_by))
    return None if row is None else sealer.open_text(row.verifier)
