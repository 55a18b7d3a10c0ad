"""The bell between processes: PostgreSQL's NOTIFY tells idle runners that work was left for them.

Rung only when nobody in the process that wrote the work could take it: a NOTIFY takes a lock on the whole
database at commit. A lost ring costs one polling interval, nothing else.
"""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import URL, Connection, text

log = structlog.get_logger()

CHANNEL = "daumoi_work"
CONNECT_AGAIN = 1.0
"""Seconds after a broken connection."""

_RING = text(f"NOTIFY {CHANNEL}")


def ring(db: Connection) -> None:
    """Rings at the commit of this transaction; on SQLite there is nobody else to hear it."""
    if db.dialect.name == "postgresql":
        db.execute(_RING)


async def hear(url: URL, answer: Callable[[], None]) -> None:
    """Calls `answer` at every ring, until cancelled."""
    import psycopg  # here: it takes 8 MB, and on SQLite nobody listens

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                async for _ in connection.notifies():
                    answer()
        except psycopg.OperationalError as error:
            log.warning("bell_not_heard", reason=str(error))
        await asyncio.sleep(CONNECT_AGAIN)
