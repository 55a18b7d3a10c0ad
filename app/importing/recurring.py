"""The recurring work of imports: reads what was dropped, and lets go of what is no longer needed."""

import asyncio
from datetime import datetime, timedelta

from app.importing.checking import check_all
from app.importing.deciding import forget_old
from app.importing.moment import Moment
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.seal import Sealer

LOOK_EVERY = timedelta(hours=1)
"""What is dropped wakes this at once; in between there is only tidying up to do."""


class Imports:
    def __init__(self, database: Database, sealer: Sealer, clock: Clock) -> None:
        self._db, self._sealer, self._clock = database, sealer, clock

    async def look(self) -> datetime:
        """When to look again; a file killed while it was read is read anew by whoever looks next."""
        at = Moment(self._sealer, self._clock.now(), "system")
        await asyncio.to_thread(check_all, self._db, at)
        await self._db.write(lambda db: forget_old(db, at))
        return self._clock.now() + LOOK_EVERY
