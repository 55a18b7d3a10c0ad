"""What may be done with a broadcast when, who has to agree, and when it stops itself."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.broadcasts.models import BroadcastState
from app.kit.clock import VIETNAM
from app.outbox.ways import CHAT_WAYS, Way

OPERATOR = "operator"
"""The actor of commands typed on the server: whoever can type them could as well change the database."""

FEWEST_FOR_A_HALT = 20
LOOKED_BACK = 200
"""Outcomes that the failure rate is taken over."""


class NotNow(Exception):
    """The broadcast is not in a state for this; the message says in Vietnamese what to do."""


class Reason(StrEnum):
    """Why a person gets nothing, beside those reasons that lie in the ways to reach them (`ways.Why`)."""

    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    """What was filled in is sealed with a key that this process does not have."""
    NO_VALUE = "no_value"
    """The text asks for something that is not known of this person."""
    ENDED = "ended"
    """No longer a liaison, or deleted, by the time it was their turn."""
    NOT_MEANT = "not_meant"
    """The rule no longer means them: the list was closed, the answer came."""
    ENOUGH = "enough"
    """Has had as many reminders as are allowed in this time."""
    DONE = "done"
    """Has answered "done" to this reminder."""
    BROADCAST_STOPPED = "broadcast_stopped"
    IN_DOUBT = "in_doubt"
    NO_ANSWER = "no_answer"
    """Called several times without an answer, and surely never arrived."""


_STARTS_FROM = {BroadcastState.PLANNED, BroadcastState.SCHEDULED}
_PAUSES_FROM = {BroadcastState.SENDING, BroadcastState.SCHEDULED, BroadcastState.TESTING}
_RESUMES_FROM = {BroadcastState.PAUSED, BroadcastState.HALTED}
_OVER = {BroadcastState.DONE, BroadcastState.STOPPED}


@dataclass(frozen=True, slots=True)
class Start:
    """What somebody who presses "send" has to show."""

    state: BroadcastState
    size: int
    created_by: str
    approved_by: str | None
    by: str
    typed: str
    """The number of recipients, typed by hand."""


def check_start(start: Start, second_person_above: int) -> None:
    """Raises `NotNow`; otherwise it may be sent."""
    if start.state not in _STARTS_FROM:
        raise NotNow(f"Đợt gửi đang ở trạng thái “{start.state}”, chỉ gửi được khi đã lập danh sách nhận.")
    if start.size == 0:
        raise NotNow("Không có người nhận nào.")
    if start.typed.strip() != str(start.size):
        raise NotNow(f"Để chắc chắn, hãy gõ đúng số người nhận: {start.size}.")
    if start.by == OPERATOR or start.size <= second_person_above:
        return
    if start.approved_by is None or start.approved_by == start.created_by:
        raise NotNow(f"Đợt gửi trên {second_person_above} người cần một người khác duyệt trước.")


def check_approve(state: BroadcastState, created_by: str, by: str) -> None:
    """Raises `NotNow`: nobody approves what they have written."""
    if state not in _STARTS_FROM:
        raise NotNow("Chỉ duyệt được khi đã lập danh sách nhận và chưa gửi.")
    if by == created_by:
        raise NotNow("Người soạn không tự duyệt đợt gửi của mình.")


def check_pause(state: BroadcastState) -> None:
    if state not in _PAUSES_FROM:
        raise NotNow(f"Đợt gửi đang ở trạng thái “{state}”, không có gì để tạm dừng.")


def check_resume(state: BroadcastState) -> None:
    if state not in _RESUMES_FROM:
        raise NotNow(f"Đợt gửi đang ở trạng thái “{state}”, không có gì để chạy tiếp.")


def check_stop(state: BroadcastState) -> None:
    if state in _OVER:
        raise NotNow("Đợt gửi đã kết thúc.")


def check_plan(state: BroadcastState, sent: int) -> None:
    if state not in {BroadcastState.DRAFT, BroadcastState.PLANNING, BroadcastState.PLANNED}:
        raise NotNow("Đợt gửi đã được gửi hoặc đã hẹn giờ, không lập lại danh sách được.")
    if sent and state is BroadcastState.PLANNED:
        raise NotNow("Đã gửi thử cho một số người, không lập lại danh sách được nữa.")


def check_retry(state: BroadcastState, failed: int) -> None:
    if state not in _OVER:
        raise NotNow("Chỉ gửi lại được khi đợt gửi đã kết thúc.")
    if failed == 0:
        raise NotNow("Không có người nhận nào gửi không thành công.")


@dataclass(frozen=True, slots=True)
class SendHours:
    """When bulk may leave, in Vietnamese wall time; what is set for later keeps off holidays as well."""

    opens: time
    closes: time
    holidays: frozenset[date] = frozenset()

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when sending is allowed then, else the next moment when it is."""
        local = at.astimezone(VIETNAM)
        if local.time() >= self.closes:
            local = datetime.combine(local.date() + timedelta(days=1), self.opens, VIETNAM)
        elif local.time() < self.opens:
            local = datetime.combine(local.date(), self.opens, VIETNAM)
        return max(local, at)

    def working_time(self, at: datetime) -> datetime:
        """The same wall time on the first day that is no holiday, within the hours."""
        moment = self.next_open(at)
        while moment.astimezone(VIETNAM).date() in self.holidays:
            moment = self.next_open(moment + timedelta(days=1))
        return moment

    def ends_at(self, start: datetime, calls: int, per_second: float) -> datetime:
        """When that many calls will be out at this pace, nights left out."""
        at, left = self.next_open(start), calls / per_second
        while True:
            local = at.astimezone(VIETNAM)
            closes = datetime.combine(local.date(), self.closes, VIETNAM)
            if self.closes == time.max or left <= (closes - local).total_seconds():
                return at + timedelta(seconds=left)
            left -= (closes - local).total_seconds()
            at = self.next_open(closes)


def calls_for(by_way: Mapping[Way, int], *, has_file: bool) -> int:
    """How many calls so many people cost: a picture or file goes as a message of its own, in chats alone."""
    files = sum(by_way.get(way, 0) for way in CHAT_WAYS) if has_file else 0
    return sum(by_way.values()) + files


def read_hours(text: str) -> tuple[time, time]:
    """ "06:00-22:00" as opening and closing time. Raises `ValueError`."""
    opens, _, closes = text.partition("-")
    start = time.fromisoformat(opens.strip())
    end = time.max if closes.strip() == "24:00" else time.fromisoformat(closes.strip())
    if start >= end:
        raise ValueError("send hours have to open before they close")
    return start, end


@dataclass(slots=True)
class FailureWatch:
    """Says when so much is refused that going on would only do harm.

    What lies with the person (muted, silent, no longer on Zalo) says nothing about the broadcast.
    """

    halt_above: float
    _last: deque[bool] = field(default_factory=lambda: deque(maxlen=LOOKED_BACK))

    def note(self, *, failed: bool) -> None:
        self._last.append(failed)

    @property
    def share(self) -> float:
        return sum(self._last) / len(self._last) if self._last else 0.0

    def has_enough(self) -> bool:
        return len(self._last) >= FEWEST_FOR_A_HALT and self.share > self.halt_above

    def words(self) -> str:
        return f"Tự tạm dừng: {self.share:.0%} trong {len(self._last)} lần gửi gần nhất không thành công."


def next_weekly(weekday: int, at: time, after: datetime) -> datetime:
    """The next time that this weekday and wall time come, later than `after`."""
    local = after.astimezone(VIETNAM)
    day = local.date() + timedelta(days=(weekday - local.weekday()) % 7)
    moment = datetime.combine(day, at, VIETNAM)
    return moment if moment > local else moment + timedelta(days=7)
