"""A lock file: one process at a time may have an SQLite database open for service."""

import fcntl
import os
from pathlib import Path
from typing import IO


class AlreadyRunning(Exception):
    """Another process serves this database; SQLite carries one, PostgreSQL carries many."""


class AloneWith:
    """Holds the lock from construction until `close`; the system frees it when the process dies."""

    def __init__(self, database: Path) -> None:
        """Raises `AlreadyRunning`."""
        path = database.with_name(database.name + ".lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[str] = path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.seek(0)
            holder = self._file.read().strip() or "?"
            self._file.close()
            raise AlreadyRunning(f"{database} is in use by process {holder}") from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def close(self) -> None:
        self._file.close()
