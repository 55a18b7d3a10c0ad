"""What the page's addresses and forms say: read leniently, since anybody may write anything there."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from app.worker_lists.models import WorkerState
from app.worker_lists.visits import Wanted

LONGEST_SEARCH = 60
MOST_PAGES = 10_000
BIGGEST_ID = 2**53
LATEST_MOMENT = 2**47
"""Milliseconds; beyond the year 6000."""


class Deed(StrEnum):
    """What a form asks for; the words stand in the page's forms."""

    SEND_CODE = "gui-ma"
    OPEN = "mo"
    MARK = "danh-dau"
    TAKE_BACK = "bo-danh-dau"
    ALL = "tat-ca"
    TAKE_ALL_BACK = "bo-tat-ca"
    LEAVE = "ra"


class Notice(StrEnum):
    """What the page says of the step before."""

    SENT = "da-gui"
    WRONG = "chua-dung"
    MARKED = "da-ghi"
    TAKEN_BACK = "da-bo"
    ALL_MARKED = "da-ghi-tat-ca"
    ALL_TAKEN_BACK = "da-bo-tat-ca"
    CHANGED = "da-doi"
    LEFT = "da-ra"


STATES: Mapping[str, WorkerState] = {
    "chua-cai": WorkerState.OPEN,
    "da-cai": WorkerState.INSTALLED,
    "can-ho-tro": WorkerState.NEEDS_HELP,
    "da-nghi": WorkerState.LEFT,
    "sai": WorkerState.WRONG,
}
"""Names of states in addresses."""
NAME_OF = {state: name for name, state in STATES.items()}


@dataclass(frozen=True, slots=True)
class Choice:
    """A pressed button under a worker: whom, as they were seen, and what is said of them."""

    entry_id: int
    version: int
    state: WorkerState


def wanted(given: Mapping[str, str]) -> Wanted:
    page = number(given.get("trang", ""), MOST_PAGES)
    text = " ".join(given.get("tim", "").split())[:LONGEST_SEARCH]
    return Wanted(STATES.get(given.get("tt", "")), text, max(page - 1, 0))


def notice(given: Mapping[str, str]) -> Notice | None:
    said = given.get("tb", "")
    return Notice(said) if said in set(Notice) else None


def deed(given: Mapping[str, str]) -> Deed | None:
    said = given.get("viec", "")
    return Deed(said) if said in set(Deed) else None


def choice(given: str) -> Choice | None:
    """ "12.3.da-cai": worker, version, state."""
    entry, _, rest = given.partition(".")
    version, _, state = rest.partition(".")
    known = STATES.get(state)
    return None if known is None else Choice(number(entry), number(version), known)


def number(text: str, most: int = BIGGEST_ID) -> int:
    """0 for what is no number."""
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 17 else 0


def code(text: str) -> str:
    """Six digits however they were typed."""
    return "".join(one for one in text if one.isdigit() and one.isascii())[:12]


def address(view: Wanted, said: Notice | None = None, **more: int) -> str:
    """The query that shows this part of the list again."""
    pairs: dict[str, str] = {}
    if view.state is not None:
        pairs["tt"] = NAME_OF[view.state]
    if view.text:
        pairs["tim"] = view.text
    if view.page:
        pairs["trang"] = str(view.page + 1)
    if said is not None:
        pairs["tb"] = said
    pairs |= {name: str(value) for name, value in more.items()}
    return f"?{urlencode(pairs)}"
