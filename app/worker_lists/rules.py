"""What a new list means for who was known, what may be seen of a number, when a link still opens."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.kit.clock import VIETNAM
from app.worker_lists.models import WorkerState

LINK_LIVES = timedelta(hours=72)
CODE_LIVES = timedelta(minutes=10)
SESSION_LIVES = timedelta(hours=2)
MOST_WRONG_CODES = 5
"""After these the link is dead for good: five guesses at a million codes."""
MOST_CODES = 10
"""Codes that one link may ask for in its life: each is a message on somebody's phone."""

LINK_AGAIN_AFTER = timedelta(minutes=30)
"""A list pressed twice, or by two colleagues, asks no liaison twice."""
HEARD_WITHIN = timedelta(days=7)
"""Zalo takes no message to who has not written for longer."""

KNOCK_WINDOW = timedelta(minutes=10)
CODES_PER_WINDOW = 3
FAILURES_PER_WINDOW = 30
"""Per address; several liaisons of one company may share it."""

GONE_IS_KEPT = timedelta(days=180)
"""After half a year off every list a worker's name serves nobody any more."""
TIDY_EVERY = timedelta(days=1)

WAITING = frozenset({WorkerState.OPEN, WorkerState.NEEDS_HELP})
"""States in which somebody still has something to do."""

_DOTS = "••••"


def mask_number(number: str) -> str:
    """0309••••1300 of a citizen's number, 01••••5678 of an insurance number; four digits at least hide."""
    if len(number) >= 12:
        return f"{number[:4]}{_DOTS}{number[-4:]}"
    if len(number) >= 9:
        return f"{number[:2]}{_DOTS}{number[-(len(number) - 6) :]}"
    return f"{_DOTS}{number[-2:]}" if len(number) > 5 else _DOTS * bool(number)


def same_kind(masked: str, other: str) -> bool:
    """Whether two masked numbers are of one kind: the 12 digits of a citizen, or the 10 of the insurance."""
    return len(masked) == len(other)


def reopens(
    state: WorkerState, marked_at: datetime | None, received_on: date, *, closed_by_list: bool
) -> bool:
    """Whether a listed worker counts as not registered again.

    A list cannot know what a liaison marked on its own day or later; and it says nothing against "left" or
    "wrong", which are for the office to look into.
    """
    if state is not WorkerState.INSTALLED:
        return False
    return closed_by_list or marked_at is None or today(marked_at) < received_on


def closes(state: WorkerState) -> bool:
    """Whether being on the list no longer means that the worker has registered."""
    return state in WAITING


def is_overdue(due_on: date | None, waiting: int, today: date) -> bool:
    return due_on is not None and waiting > 0 and due_on < today


def today(now: datetime) -> date:
    """The day it is in Việt Nam."""
    return now.astimezone(VIETNAM).date()


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """What is known of a link when somebody uses it."""

    expires_at: datetime
    wrong_codes: int
    is_verified: bool
    """The liaison it was made for is verified, for that employer and under that account, at this moment."""


def link_opens(link: LinkFacts, now: datetime) -> bool:
    return link.is_verified and now < link.expires_at and link.wrong_codes < MOST_WRONG_CODES


def code_may_match(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and now < expires_at
