"""The pages of the list: a door that looks the same to everybody, the list, and one question before all."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.liaison_link import forms
from app.liaison_link.forms import Notice
from app.look.assets import LOOK_STATIC, Assets
from app.look.rendering import make_environment
from app.worker_lists.models import WorkerState
from app.worker_lists.queries import PAGE, Numbers
from app.worker_lists.visits import AllView, ListView, Wanted

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is called and coloured."""

    name: str
    label: str
    tone: str


LOOKS = {
    WorkerState.OPEN: StateLook("chua-cai", "Chưa cài", ""),
    WorkerState.INSTALLED: StateLook("da-cai", "Đã cài", "good"),
    WorkerState.NEEDS_HELP: StateLook("can-ho-tro", "Cần hỗ trợ", "warn"),
    WorkerState.LEFT: StateLook("da-nghi", "Đã nghỉ việc", "handoff"),
    WorkerState.WRONG: StateLook("sai", "Sai thông tin", "bad"),
}
MARKS = tuple(state for state in WorkerState if state is not WorkerState.OPEN)


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Stripe:
    """A piece of the bar, in per cent of its width."""

    name: str
    left: str
    width: str


class Pages:
    def __init__(self) -> None:
        self.assets = Assets([LOOK_STATIC, HERE / "static"], "/ds/static")
        self._environment = make_environment([HERE / "templates"], self.assets)
        self._environment.globals.update(looks=LOOKS, marks=MARKS, Notice=Notice)

    def enter(self, said: Notice | None) -> str:
        """Asks for the code; nothing on it tells a link that opens from one that does not."""
        shown = said if said in {Notice.SENT, Notice.WRONG, Notice.LEFT} else None
        return self._render("list/enter.html", said=shown)

    def too_many(self) -> str:
        return self._render("list/wait.html", title="Anh/Chị thử lại sau ít phút", busy=False)

    def busy(self) -> str:
        return self._render("list/wait.html", title="Hệ thống đang bận", busy=True)

    def list(self, view: ListView, said: Notice | None, marked_ms: int, now: datetime) -> str:
        last = max(-(-view.workers.count // PAGE) - 1, 0)
        return self._render(
            "list/list.html",
            view=view,
            said=said,
            marked_ms=marked_ms,
            can_undo_all=said is Notice.ALL_MARKED and bool(marked_ms),
            tabs=tabs(view),
            stripes=stripes(view.numbers),
            before=_page_link(view.wanted, view.wanted.page - 1) if view.wanted.page else "",
            after=_page_link(view.wanted, view.wanted.page + 1) if view.wanted.page < last else "",
            pages=last + 1,
            state_name="" if view.wanted.state is None else LOOKS[view.wanted.state].name,
            now=now,
        )

    def confirm_all(self, view: AllView, wanted: Wanted) -> str:
        return self._render("list/confirm.html", view=view, back=forms.address(wanted))

    def _render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(values)


def tabs(view: ListView) -> list[Tab]:
    """Everybody, and one for each state that somebody is in."""
    text, chosen = view.wanted.text, view.wanted.state
    shown = [Tab("Tất cả", view.numbers.total, forms.address(Wanted(None, text)), chosen is None)]
    for state, look in LOOKS.items():
        count = view.numbers.of(state)
        if count or state is chosen:
            shown.append(Tab(look.label, count, forms.address(Wanted(state, text)), state is chosen))
    return shown


def stripes(numbers: Numbers) -> list[Stripe]:
    """The bar from installed to open; those who wait are its empty end."""
    if not numbers.total:
        return []
    left, drawn = 0.0, []
    for state in MARKS:
        share = 100 * numbers.of(state) / numbers.total
        if share:
            drawn.append(Stripe(LOOKS[state].name, f"{left:.2f}%", f"{share:.2f}%"))
        left += share
    return drawn


def _page_link(wanted: Wanted, page: int) -> str:
    return forms.address(Wanted(wanted.state, wanted.text, page))
