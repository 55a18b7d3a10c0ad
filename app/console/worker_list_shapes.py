"""How lists of unregistered workers are shown: the columns of units, words and colours of states."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl, urlencode

from app.console.desk import at
from app.console.forms import page_number, row_number
from app.console.listing import Asked, BulkAct, Cell, Choice, Column, Filter, Row, Search
from app.look.formats import ago, day, hour, number
from app.look.workbook import Sheet
from app.staff.rules import Right
from app.worker_lists.inviting import Way
from app.worker_lists.models import UnitAnswer, WorkerState
from app.worker_lists.queries import Numbers, UnitFilter, UnitProgress, UnitSort
from app.worker_lists.worker_queries import Worker

PLACE = "/chua-dang-ky"


@dataclass(frozen=True, slots=True)
class StateLook:
    """`name` stands in addresses; `part` colours the bar of shares."""

    name: str
    label: str
    tone: str
    part: str
    sign: str


LOOKS: Mapping[WorkerState, StateLook] = {
    WorkerState.INSTALLED: StateLook("da-cai", "Đã cài", "good", "good", "check"),
    WorkerState.NEEDS_HELP: StateLook("can-ho-tro", "Cần hỗ trợ", "warn", "warn", "headset"),
    WorkerState.WRONG: StateLook("sai", "Sai thông tin", "bad", "bad", "alert-triangle"),
    WorkerState.LEFT: StateLook("da-nghi", "Đã nghỉ việc", "handoff", "handoff", "user-minus"),
    WorkerState.OPEN: StateLook("chua-cai", "Chưa cài", "", "rest", "clock"),
}
"""In the order of the bar: what is settled first."""
BY_NAME = {look.name: state for state, look in LOOKS.items()}

ANSWERS = {
    UnitAnswer.OPEN: Cell("Chưa trả lời", tone="plain"),
    UnitAnswer.DONE: Cell("Đã xong", tone="good", sign="check"),
    UnitAnswer.NEEDS_HELP: Cell("Cần hỗ trợ", tone="warn", sign="headset"),
}

STANDINGS = (
    ("con-mo", "Còn người chưa cài"),
    ("qua-han", "Quá hạn"),
    ("can-ho-tro", "Cần hỗ trợ"),
    ("khong-dau-moi", "Chưa có đầu mối"),
    ("sai", "Có người sai thông tin"),
    ("da-xong", "Đã xong"),
)

COLUMNS = (
    Column("don-vi", "Đơn vị", sorts=True, place="head"),
    Column("chuyen-quan", "Chuyên quản"),
    Column("co-quan", "Cơ quan BHXH", at_first=False),
    Column("tong", "Tổng", number=True),
    Column("con", "Còn lại", sorts=True, number=True, place="beside"),
    Column("da-cai", "Đã cài", sorts=True, number=True),
    Column("can-ho-tro", "Cần hỗ trợ", sorts=True, number=True),
    Column("da-nghi", "Đã nghỉ", number=True),
    Column("sai", "Sai", number=True),
    Column("han", "Hạn", sorts=True),
    Column("tra-loi", "Trả lời", sorts=True),
    Column("gui", "Gửi lần cuối", sorts=True),
    Column("danh-sach", "Danh sách", at_first=False),
)
SORTS = {
    "don-vi": UnitSort.NAME,
    "con": UnitSort.WAITING,
    "da-cai": UnitSort.INSTALLED,
    "can-ho-tro": UnitSort.NEEDS_HELP,
    "han": UnitSort.DUE,
    "tra-loi": UnitSort.ANSWERED,
    "gui": UnitSort.LINK_SENT,
}

BULK = (
    BulkAct(f"{PLACE}/gui-duong-dan", "Gửi đường dẫn danh sách", Right.EDIT_WORKERS, "send", "main"),
    BulkAct(f"{PLACE}/thu", "Tải thư cho đơn vị chưa có đầu mối", Right.EXPORT, "mail"),
)


def unit_filters(
    offices: Sequence[tuple[int, str]],
    officers: Sequence[tuple[int, str]],
    lists: Sequence[tuple[int, str]],
    only_units_of: Sequence[int] | None,
) -> list[Filter]:
    """An officer, who sees their own units alone, is not asked whose."""
    filters: list[Filter] = [
        Search("Tìm đơn vị, mã đơn vị"),
        Choice("tinh-trang", "Tình trạng", STANDINGS),
        Choice("co-quan", "Cơ quan", _keyed(offices)),
    ]
    if only_units_of is None:
        filters.append(Choice("can-bo", "Chuyên quản", _keyed(officers)))
    return [*filters, Choice("lo", "Danh sách", _keyed(lists))]


def _keyed(options: Sequence[tuple[int, str]]) -> list[tuple[str, str]]:
    return [(str(key), words) for key, words in options]


def unit_filter(
    asked: Asked, scope: Sequence[int] | None, employers: Sequence[int] | None = None
) -> UnitFilter:
    """What the address asks for, kept to the visitor's own units."""
    standing = asked.value("tinh-trang")
    return UnitFilter(
        officers=scope,
        employers=employers,
        office_id=_number(asked.value("co-quan")),
        officer_id=_number(asked.value("can-bo")),
        list_id=_number(asked.value("lo")),
        state={"can-ho-tro": WorkerState.NEEDS_HELP, "sai": WorkerState.WRONG}.get(standing),
        overdue=standing == "qua-han",
        finished={"con-mo": False, "da-xong": True}.get(standing),
        has_liaison=False if standing == "khong-dau-moi" else None,
        text=asked.value("q"),
    )


def _number(text: str) -> int | None:
    return int(text) if text else None


def unit_row(unit: UnitProgress, now: datetime) -> Row:
    numbers = unit.numbers
    answer = ANSWERS[unit.answer]
    told = "" if unit.answered_at is None else ago(unit.answered_at, now)
    return Row(
        str(unit.employer_id),
        {
            "don-vi": Cell(unit.name, href=at(f"{PLACE}/{unit.employer_id}"), note=unit.code),
            "chuyen-quan": unit.officer or "Chưa phân công",
            "co-quan": unit.office,
            "tong": number(numbers.total),
            "con": number(numbers.waiting),
            "da-cai": number(numbers.installed),
            "can-ho-tro": number(numbers.needs_help),
            "da-nghi": number(numbers.left),
            "sai": number(numbers.wrong),
            "han": due_cell(unit.due_on, numbers.waiting, overdue=unit.overdue),
            "tra-loi": Cell(answer.text, tone=answer.tone, sign=answer.sign, note=told),
            "gui": link_cell(unit, now),
            "danh-sach": Cell(unit.list_title, note=f"{unit.received_on:%d/%m/%Y}"),
        },
    )


def due_cell(due_on: date | None, waiting: int, *, overdue: bool) -> Cell:
    if due_on is None:
        return Cell("Không hạn", tone="plain")
    due = f"{due_on:%d/%m/%Y}"
    if overdue:
        return Cell(due, tone="bad", sign="alert-circle", note="quá hạn")
    return Cell(due, tone="plain" if waiting else "good")


def link_cell(unit: UnitProgress, now: datetime) -> Cell:
    if unit.link_sent_at is not None:
        return Cell(ago(unit.link_sent_at, now))
    return Cell("Chưa gửi") if unit.has_liaison else Cell("Chưa có đầu mối", tone="warn", sign="mail")


@dataclass(frozen=True, slots=True)
class WorkersAsked:
    """Which workers of a unit the address asks for; what makes no sense in it is left out."""

    state: WorkerState | None
    text: str
    page: int

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "WorkersAsked":
        return cls(
            BY_NAME.get(query.get("tt", "")),
            " ".join(query.get("q", "").split())[:100],
            page_number(query.get("trang", "")),
        )

    @classmethod
    def parse(cls, query: str) -> "WorkersAsked":
        return cls.read(dict(parse_qsl(query)))

    @property
    def told(self) -> str:
        """By what it is filtered, for the trail: never what was searched for."""
        return ", ".join(name for name, given in (("q", self.text), ("tt", self.state)) if given)

    @property
    def query(self) -> str:
        return self.at_page(self.page)

    def at_page(self, page: int) -> str:
        return self._with(self.state, page)

    def in_state(self, state: WorkerState | None) -> str:
        return self._with(state, 1)

    def _with(self, state: WorkerState | None, page: int) -> str:
        given = {
            "tt": "" if state is None else LOOKS[state].name,
            "q": self.text,
            "trang": str(page) if page > 1 else "",
        }
        return urlencode({key: value for key, value in given.items() if value})


def read_mark(text: str) -> tuple[int, int, WorkerState] | None:
    """A pressed button, "12.3.da-cai": worker, the version that was seen, state."""
    first, _, rest = text.partition(".")
    second, _, name = rest.partition(".")
    worker, version, state = row_number(first), row_number(second), BY_NAME.get(name)
    return None if worker is None or version is None or state is None else (worker, version, state)


def pulse(unit: UnitProgress) -> str:
    """Another one whenever the numbers or the answer of the unit are."""
    counts = ".".join(str(unit.numbers.of(state)) for state in WorkerState)
    return f"{counts}.{unit.answer}.{unit.list_id}"


def told_by(actor: str, names: Mapping[str, str]) -> str:
    """Who marked a worker, in words."""
    if actor.startswith("list:"):
        return "danh sách mới"
    return names.get(actor) or ("đầu mối" if actor.startswith("liaison:") else "hệ thống")


def workers_sheet(
    unit: UnitProgress,
    workers: Sequence[Worker],
    names: Mapping[str, str],
    asked: WorkersAsked,
    who: str,
    now: datetime,
) -> list[Sheet]:
    """The workers that the page shows, and under which conditions."""
    headings = ["Họ và tên", "Mã số (che)", "Tình trạng", "Lúc", "Người đánh dấu"]
    rows = [
        [
            one.name,
            one.masked_number,
            LOOKS[one.state].label,
            "" if one.marked_at is None else f"{hour(one.marked_at)} {day(one.marked_at)}",
            told_by(one.marked_by, names) if one.marked_by else "",
        ]
        for one in workers
    ]
    conditions = [
        ("Đơn vị", unit.name),
        ("Danh sách", unit.list_title),
        ("Tình trạng", "Tất cả" if asked.state is None else LOOKS[asked.state].label),
        ("Tìm", asked.text),
        ("Số dòng", str(len(rows))),
        ("Người xuất", who),
        ("Lúc", f"{hour(now)} {day(now)}"),
    ]
    return [
        Sheet("Danh sách", headings, rows),
        Sheet("Điều kiện lọc", ["Điều kiện", "Giá trị"], conditions),
    ]


def shares(numbers: Numbers) -> list[tuple[float, str]]:
    """The parts of a bar."""
    whole = max(numbers.total, 1)
    return [(numbers.of(state) / whole, look.part) for state, look in LOOKS.items()]


def done_share(numbers: Numbers) -> float:
    """Of those who are the unit's own and on the list rightly: how many have installed."""
    counted = numbers.installed + numbers.waiting
    return numbers.installed / counted if counted else 1.0


_WAYS = (
    (Way.SENT, "Đã gửi đường dẫn cho {} đơn vị"),
    (Way.JUST_SENT, "{} đơn vị vừa được gửi trong nửa giờ qua"),
    (Way.NO_LIAISON, "{} đơn vị chưa có đầu mối trên Zalo: gửi thư"),
    (Way.SILENT, "{} đơn vị có đầu mối lâu không nhắn, Zalo không nhận tin: gửi thư"),
    (Way.STOPPED, "{} đơn vị có đầu mối đã dừng nhận tin"),
)


def told_ways(ways: Iterable[Way]) -> str:
    """What came of sending links, in one line."""
    came = list(ways)
    said = [words.format(number(count)) for way, words in _WAYS if (count := came.count(way))]
    return "; ".join(said) + "." if said else "Không có đơn vị nào để gửi."
