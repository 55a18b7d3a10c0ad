"""What changes by itself: a stream that a page opens with the cursor it was drawn at."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from fastapi.sse import ServerSentEvent

from app.console.gate import recognise
from app.console.visit import Visit
from app.staff.sessions import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOOK_EVERY = 1.0
"""Seconds between two looks at the database; other processes write there too."""
LOOKS_PER_SESSION_CHECK = 30


@dataclass(frozen=True, slots=True)
class Change:
    """`html` is one or more `<hx-partial>`; `cursor` is what a page that has it need not be told again."""

    cursor: str
    html: str


Look = Callable[["Connection", str], Change | None]
"""What is newer than the cursor; None when nothing is."""


def cursor_of(visit: Visit, after: str) -> str:
    """Where to go on: a browser that lost its stream says so by `Last-Event-ID`, a new page by `after`."""
    return visit.request.headers.get("last-event-id", after)[:200]


async def follow(visit: Visit, after: str, look: Look) -> AsyncIterator[ServerSentEvent]:
    """Everything newer than the cursor, at once and as it comes, until the page goes or the session ends."""
    cursor = cursor_of(visit, after)
    for looks in count():
        if looks % LOOKS_PER_SESSION_CHECK == LOOKS_PER_SESSION_CHECK - 1:
            still = await recognise(visit.desk, visit.request)
            if still is None or not _sees_the_same(still.visitor, visit.visitor):
                return
        cursor_now = cursor
        change = await visit.read(lambda db, since=cursor_now: look(db, since))  # type: ignore[misc]
        if change is not None:
            cursor = change.cursor
            yield ServerSentEvent(raw_data=change.html, id=change.cursor)
        await asyncio.sleep(LOOK_EVERY)


def _sees_the_same(now: Visitor, before: Visitor) -> bool:
    """Neither another role nor, at the beginning or end of somebody's leave, other units."""
    return now.role is before.role and now.only_units_of == before.only_units_of
