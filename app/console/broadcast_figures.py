"""The figures of one broadcast as its page shows them: counters, bar, reasons, ways, rise over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from app.broadcasts.ground import Ground
from app.broadcasts.models import BroadcastState, RecipientState
from app.broadcasts.queries import (
    HourPoint,
    Overview,
    ReasonLine,
    WayLine,
    read_hours,
    read_progress,
)
from app.broadcasts.wordings import REASONS, WAYS, refusal_line
from app.look.formats import decimal, number

if TYPE_CHECKING:
    from sqlalchemy import Connection

GROUPS: dict[str, tuple[str, str, tuple[RecipientState, ...]]] = {
    "nhan": ("Đã nhận", "good", (RecipientState.DELIVERED, RecipientState.SEEN)),
    "gui": ("Đã gửi, chờ báo nhận", "primary", (RecipientState.SENT,)),
    "bo-qua": ("Bỏ qua", "warn", (RecipientState.SKIPPED,)),
    "loi": ("Không gửi được", "bad", (RecipientState.FAILED,)),
    "chua-ro": ("Chưa rõ", "handoff", (RecipientState.UNKNOWN,)),
    "cho": ("Còn chờ", "rest", (RecipientState.PLANNED, RecipientState.CLAIMED)),
}
"""By their name in the address: what is counted together."""

MOST_POINTS = 48
CHART_HEIGHT = 150
SERIES = (("delivered", "Đã nhận", "rest"), ("seen", "Đã xem", "primary"), ("answered", "Trả lời", "warn"))
DONE = ("done", "Báo đã xong", "good")


@dataclass(frozen=True, slots=True)
class Counter:
    key: str
    label: str
    tone: str
    count: int


@dataclass(frozen=True, slots=True)
class ReasonShown:
    what: str
    then: str
    """What the system does about it."""
    detail: str
    """The reason behind it, when it was Zalo or a mail server who said no."""
    count: int


@dataclass(frozen=True, slots=True)
class WayShown:
    name: str
    waiting: int
    reached: int
    price: int


@dataclass(frozen=True, slots=True)
class Segment:
    """From a point to the next: x in percent of the width, y in pixels."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Curve:
    label: str
    tone: str
    last: int
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Rise:
    """Curves over the hours since the start, and the same as a table."""

    curves: Sequence[Curve]
    top: int
    hours: int
    points: Sequence[HourPoint]
    height: int = CHART_HEIGHT


@dataclass(frozen=True, slots=True)
class Figures:
    seen: Overview
    counters: Sequence[Counter]
    parts: Sequence[tuple[float, str]]
    reasons: Sequence[ReasonShown]
    ways: Sequence[WayShown]
    rate: str
    left: timedelta | None
    ends_at: datetime | None
    rise: Rise | None

    @property
    def share(self) -> float:
        return self.seen.settled / self.seen.counts.total if self.seen.counts.total else 0.0

    @property
    def cost(self) -> int:
        return sum(way.price for way in self.ways)

    @property
    def to_send(self) -> int:
        return self.seen.counts.of(RecipientState.PLANNED)


def cursor_of(seen: Overview) -> str:
    """What the page shows as a mark; the part before the colon asks for the page anew when it changes."""
    counts = ".".join(str(seen.counts.of(state)) for state in RecipientState)
    return f"{seen.state}-{int(seen.approved_by is not None)}:{counts}.{seen.answered}"


def read_figures(
    db: "Connection", ground: Ground, seen: Overview, now: datetime, *, whole: bool = True
) -> Figures:
    """Without `whole` only what moves from second to second."""
    progress = read_progress(db, ground, seen, now)
    counters = [
        Counter(key, label, tone, seen.counts.of(*states)) for key, (label, tone, states) in GROUPS.items()
    ]
    total = seen.counts.total or 1
    goes = seen.state in (BroadcastState.SENDING, BroadcastState.TESTING)
    over = seen.state in (BroadcastState.DONE, BroadcastState.STOPPED)
    ends_at = None if over else progress.ends_at
    return Figures(
        seen,
        [one for one in counters if one.count or one.key != "chua-ro"],
        [(one.count / total, one.tone) for one in counters if one.key != "cho"],
        [_reason(line) for line in seen.tally.reasons()] if whole else [],
        [_way(line) for line in seen.tally.ways()] if whole else [],
        _rate(progress.per_minute) if goes else "",
        ends_at - now if goes and ends_at is not None else None,
        ends_at,
        rise_of(read_hours(db, seen.id), seen.counts.total) if whole else None,
    )


def rise_of(points: Sequence[HourPoint], top: int) -> Rise | None:
    """None while nothing has come back: an empty chart says nothing."""
    if not points or not top:
        return None
    step = -(-len(points) // MOST_POINTS)
    shown = [point for at, point in enumerate(points, 1) if at % step == 0 or at == len(points)]
    hours = shown[-1].hour + 1
    curves = []
    for name, label, tone in (*SERIES, DONE):
        values = [(0, 0), *((point.hour + 1, getattr(point, name)) for point in shown)]
        spots = [(100 * hour / hours, CHART_HEIGHT * (1 - value / top)) for hour, value in values]
        segments = [Segment(*a, *b) for a, b in pairwise(spots)]
        curves.append(Curve(label, tone, values[-1][1], segments))
    return Rise(curves, top, hours, shown)


def _reason(line: ReasonLine) -> ReasonShown:
    what, _, then = REASONS.get(line.reason, line.reason).partition(". ")
    detail = "" if line.error_code is None else refusal_line(line.error_code, line.way)
    return ReasonShown(what.rstrip("."), then or "Bỏ qua lần này.", detail, line.count)


def _way(line: WayLine) -> WayShown:
    return WayShown(WAYS[line.way], line.waiting, line.reached, line.price)


def _rate(per_minute: int) -> str:
    return f"{decimal(per_minute / 60)} tin/giây" if per_minute >= 60 else f"{number(per_minute)} tin/phút"
