"""Rows: the OA's token pair, sealed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, UtcMs


class LinkState(StrEnum):
    LINKED = "linked"
    NEEDS_CONSENT = "needs_consent"
    """The refresh token is spent or refused: an administrator of the OA must consent again."""


class OaToken(Base):
    __tablename__ = "oa_token"

    oa_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    access_token: Mapped[bytes] = mapped_column(LargeBinary)
    refresh_token: Mapped[bytes] = mapped_column(LargeBinary)
    obtained_at: Mapped[datetime] = mapped_column(UtcMs)
    expires_at: Mapped[datetime] = mapped_column(UtcMs)
    version: Mapped[int]
    """Grows with every new pair: who holds an older one knows that it was renewed meanwhile."""
    state: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    renewing_by: Mapped[str | None] = mapped_column(String(16))
    renewing_until: Mapped[datetime | None] = mapped_column(UtcMs)
    """The renewal's lease; longer than the HTTP time-out, so that two never run at once."""


class OaConsent(Base):
    """A consent asked for from the console: ties Zalo's answer to the browser and person who asked."""

    __tablename__ = "oa_consent"

    state: Mapped[str] = mapped_column(String(64), primary_key=True)
    verifier: Mapped[bytes] = mapped_column(LargeBinary)
    """The secret half of PKCE, sealed."""
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcMs)
