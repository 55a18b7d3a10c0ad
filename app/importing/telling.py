"""How an import has liaisons told that it verified them; the words and the sending are another room's."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from app.kit.ids import UserId

Teller = Callable[[Connection, UserId, datetime, str], object]
"""Contact, moment and cause ("import:3"): queues the message within the caller's transaction."""


def tell_nobody(_db: Connection, _contact: UserId, _now: datetime, _cause: str) -> None:
    """For lists that verify nobody, and for a terminal without wordings."""
