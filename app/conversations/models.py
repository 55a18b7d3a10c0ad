"""Rows: where each contact stands in the flows, and who is answering."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, UtcMs


class Conversation(Base):
    __tablename__ = "conversation"

    contact: Mapped[str] = mapped_column(String(64), primary_key=True)
    session: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The engine's session as JSON, sealed: half-filled forms hold phones and addresses."""
    officer_spoke_at: Mapped[datetime | None] = mapped_column(UtcMs)
    """When a colleague last wrote to this contact from Zalo's own tool."""
    updated_at: Mapped[datetime] = mapped_column(UtcMs)
