"""Two transactions, of which the second begins before the first has committed."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection

from app.kit.db import Database

A = TypeVar("A")
B = TypeVar("B")

HEAD_START = 0.2
"""Seconds in which the second comes to the rows that the first has locked; too few could only hide a race."""


def interleaved(
    db: Database, first: Callable[[Connection], A], second: Callable[[Connection], B]
) -> tuple[A, B]:
    """What both say once both are committed."""
    with ThreadPoolExecutor(1) as thread:
        with db.engine.begin() as open_still:
            said = first(open_still)
            later: Future[B] = thread.submit(db.write_now, second)
            _wait(later)
        return said, later.result()


def _wait(later: Future[B]) -> None:
    try:
        later.exception(HEAD_START)
    except TimeoutError:
        return
