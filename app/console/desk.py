"""What every page of the console is drawn with: templates, static files, the frame's counts."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.console.menu import MENU, shown_menu, thumb_bar
from app.credentials.ledger import read_link_state
from app.credentials.models import LinkState
from app.look.assets import LOOK_STATIC, Assets
from app.look.rendering import make_environment
from app.runtime import Runtime
from app.staff.rules import Step
from app.staff.sessions import Visitor, find_visitor

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

BASE = "/console"
CALLBACK = "/oauth/zalo/callback"
"""Zalo sends the browser back here; the address is registered with Zalo, so it stays outside /console."""
HERE = Path(__file__).parent

Count = Callable[["Connection", Visitor], int]


@dataclass(frozen=True, slots=True)
class Toast:
    """A line that says what was done; `undo` is the address that takes it back."""

    text: str
    undo: str = ""

    def packed(self) -> str:
        """As it travels in a cookie from the form to the page that follows."""
        return base64.urlsafe_b64encode(json.dumps([self.text, self.undo]).encode()).decode()

    @classmethod
    def unpacked(cls, packed: str) -> "Toast | None":
        """None for what this program did not pack."""
        try:
            text, undo = json.loads(base64.urlsafe_b64decode(packed.encode()))
        except ValueError:
            return None
        ours = isinstance(text, str) and isinstance(undo, str) and (not undo or undo.startswith(f"{BASE}/"))
        return cls(text, undo) if ours else None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who knocks, and what the frame around every page says just now."""

    visitor: Visitor
    counts: Mapping[str, int]
    link: LinkState | None


@dataclass(slots=True)
class Desk:
    runtime: Runtime
    counts: dict[str, Count] = field(default_factory=dict)
    """By place of the menu: how many things wait there."""
    paths: set[str] = field(default_factory=set)
    """The addresses that there are; the menu shows no others."""
    assets: Assets = field(init=False)
    environment: Any = field(init=False)

    def __post_init__(self) -> None:
        self.assets = Assets([LOOK_STATIC, HERE / "static"], f"{BASE}/static")
        self.environment = make_environment([HERE / "templates"], self.assets)
        self.environment.globals.update(at=at, Step=Step)

    @property
    def demo(self) -> bool:
        return self.runtime.settings.demo

    def arrive(self, db: "Connection", token: str, now: "datetime") -> Arrival | None:
        """One reading for the session and for the frame. None: nobody is signed in with this token."""
        visitor = find_visitor(db, token, now)
        if visitor is None:
            return None
        counts = {
            path: count(db, visitor) for path, count in self.counts.items() if visitor.may(_RIGHTS[path])
        }
        return Arrival(visitor, counts, read_link_state(db, self.runtime.settings.zalo_oa_id))

    def render(self, template: str, **values: Any) -> str:
        return str(self.environment.get_template(template).render(demo=self.demo, **values))

    def frame(self, arrival: Arrival) -> dict[str, Any]:
        """What the frame's template needs beside the page's own values."""
        visitor = arrival.visitor
        menu = shown_menu(visitor, self.paths, arrival.counts)
        return {
            "visitor": visitor,
            "menu": menu,
            "thumb": thumb_bar(menu),
            "zalo_is_linked": arrival.link is LinkState.LINKED,
        }


def at(path: str) -> str:
    """The address of a place of the console: `at('/dau-moi')`."""
    return BASE + path


_RIGHTS = {place.path: place.right for group in MENU for place in group.places}
