"""One request of a person who is signed in: who they are, and the ways to answer them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.audit.trail import Entry
from app.console.desk import Arrival, Desk, Toast, at
from app.staff.accounts import By
from app.staff.rules import Right
from app.staff.sessions import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")

TOAST_COOKIE = "daumoi_toast"


@dataclass(frozen=True, slots=True)
class Visit:
    desk: Desk
    request: Request
    arrival: Arrival
    now: datetime

    @property
    def visitor(self) -> Visitor:
        return self.arrival.visitor

    @property
    def address(self) -> str:
        return address_of(self.request)

    @property
    def by(self) -> By:
        """Who does it, for rooms that write the trail themselves."""
        return By(self.visitor.actor, self.address)

    def may(self, right: Right) -> bool:
        return self.visitor.may(right)

    def entry(self, action: str, subject: str, **detail: str | int | bool | None) -> Entry:
        """A line for the trail in this person's name; hand it to `record` in the deed's own transaction."""
        return Entry(self.visitor.actor, action, subject, self.now, detail, self.address)

    async def read(self, work: "Callable[[Connection], T]") -> T:
        return await self.desk.runtime.db.read(work)

    async def write(self, work: "Callable[[Connection], T]") -> T:
        return await self.desk.runtime.db.write(work)

    def page(
        self, template: str, *, title: str, here: str = "", status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A page in the frame; `here` is the place of the menu that it belongs to."""
        packed = self.request.cookies.get(TOAST_COOKIE)
        html = self.desk.render(
            template,
            **self.desk.frame(self.arrival),
            title=title,
            here=here,
            now=self.now,
            may=self.may,
            Right=Right,
            toast=Toast.unpacked(packed) if packed else None,
            **values,
        )
        response = HTMLResponse(html, status_code=status)
        if packed:
            response.delete_cookie(TOAST_COOKIE, path=at("/"))
        return response

    def part(self, template: str, **values: Any) -> HTMLResponse:
        """A piece of a page, for htmx."""
        return HTMLResponse(
            self.desk.render(
                template, visitor=self.visitor, now=self.now, may=self.may, Right=Right, **values
            )
        )

    def done(self, text: str, to: str, *, undo: str = "") -> Response:
        """The answer to a form that did what it should: on to `to`, where a line says what was done.

        `undo` is a path that takes it back by POST; the line offers it as "Hoàn tác".
        """
        toast = Toast(text, at(undo) if undo else "")
        if "hx-request" in self.request.headers and not to:
            told = json.dumps({"toast": {"text": toast.text, "undo": toast.undo}})
            return Response(status_code=204, headers={"HX-Trigger": told})
        response = RedirectResponse(at(to), status_code=303)
        response.set_cookie(
            TOAST_COOKIE, toast.packed(), max_age=60, path=at("/"), httponly=True, samesite="lax"
        )
        return response

    def to(self, path: str, **query: str) -> Response:
        return RedirectResponse(at(path) + (f"?{urlencode(query)}" if query else ""), status_code=303)

    async def form(self) -> Mapping[str, str]:
        """The fields of a form as text; of a field that came more than once, the last."""
        sent = await self.request.form()
        return {name: value for name, value in sent.items() if isinstance(value, str)}


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def _visit(request: Request) -> Visit:
    visit = request.state.visit
    assert isinstance(visit, Visit)  # noqa: S101 - the gate put it there
    return visit


Visiting = Annotated[Visit, Depends(_visit)]
"""The parameter by which a page takes its visit: `async def page(visit: Visiting) -> Response`."""
