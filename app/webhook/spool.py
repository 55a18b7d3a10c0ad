"""The spool: a file of this process in which events wait while the database is away."""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import orjson

from app.inbox.ledger import NewEvent
from app.kit.clock import epoch_ms, from_epoch_ms

MOST_BYTES = 64 << 20
"""Some 60,000 events of a kilobyte: hours of a busy day."""


class SpoolFull(Exception):
    """The file has reached its largest size; whoever sends must come again later."""


@dataclass(frozen=True, slots=True)
class Waiting:
    event: NewEvent
    received_at: datetime


class Spool:
    """Keeps events in the order they came; each is on the disk before `keep` returns.

    Every process has a file of its own, and takes over what a dead process left in the same folder. Events
    are sealed already, as in the inbox. Not for two threads at once.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._most_bytes = most_bytes
        self._file, mine = _first_free(folder)
        self._size = _cut_torn_end(self._file)
        self._read = 0
        for path in sorted(folder.glob("*.spool")):
            if path != mine:
                self._take_over(path)

    @property
    def empty(self) -> bool:
        return self._size == 0

    def keep(self, waiting: Waiting) -> None:
        """Raises `SpoolFull`, or `OSError` when the disk takes no more; then nothing of it stays."""
        line = _written(waiting)
        if self._size + len(line) > self._most_bytes:
            raise SpoolFull(f"{self._size} bytes are waiting")
        self._append(line)

    def oldest(self, most: int) -> list[Waiting]:
        """The next events to bring into the database; the same ones until `done` is told."""
        return [_understood(line) for line in self._next_lines(most)]

    def done(self, number: int) -> None:
        """The oldest `number` of events are in the database; the file is emptied behind the last one.

        Until then they stay in it: after a crash they come again, and the inbox takes each only once.
        """
        self._read += sum(map(len, self._next_lines(number)))
        if self._read == self._size:
            os.ftruncate(self._file, 0)
            self._size = self._read = 0

    def close(self) -> None:
        os.close(self._file)

    def _append(self, lines: bytes) -> None:
        try:
            _write_all(self._file, lines, self._size)
            os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(lines)

    def _next_lines(self, most: int) -> list[bytes]:
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(self._read)
            return [line for _, line in zip(range(most), file, strict=False)]

    def _take_over(self, path: Path) -> None:
        file = os.open(path, os.O_RDWR)
        try:
            if not _locked(file):
                return  # its process lives
            lines = os.pread(file, _cut_torn_end(file), 0)
            if lines:
                self._append(lines)
                os.ftruncate(file, 0)
        finally:
            os.close(file)


def _first_free(folder: Path) -> tuple[int, Path]:
    paths: Iterator[Path] = (folder / f"{number}.spool" for number in count())
    for path in paths:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if _locked(file):
            return file, path
        os.close(file)
    raise AssertionError("numbers do not end")


def _locked(file: int) -> bool:
    """Takes the file for this process; the system frees it when the process dies."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _cut_torn_end(file: int) -> int:
    """The size without a line that a crash cut off: nobody was told that it is kept."""
    content = os.pread(file, os.fstat(file).st_size, 0)
    size = content.rfind(b"\n") + 1
    os.ftruncate(file, size)
    return size


def _write_all(file: int, content: bytes, place: int) -> None:
    while content:
        written = os.pwrite(file, content, place)
        content, place = content[written:], place + written


def _written(waiting: Waiting) -> bytes:
    event = waiting.event
    fields = {
        "dedupe_key": event.dedupe_key,
        "contact": event.contact,
        "event_name": event.event_name,
        "body": event.body.decode("latin-1"),
        "masked": event.masked,
        "readable": event.readable,
        "received_at": epoch_ms(waiting.received_at),
    }
    return orjson.dumps(fields, option=orjson.OPT_APPEND_NEWLINE)


def _understood(line: bytes) -> Waiting:
    fields = orjson.loads(line)
    received_at = from_epoch_ms(fields.pop("received_at"))
    return Waiting(NewEvent(**fields | {"body": fields["body"].encode("latin-1")}), received_at)
