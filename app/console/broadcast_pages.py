"""Gửi thông báo: all broadcasts, and one from its plan to its report, live while it goes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException, Response
from fastapi.sse import ServerSentEvent

from app.audit.trail import record
from app.broadcasts.drafts import read_draft, read_enclosed
from app.broadcasts.ground import Ground
from app.broadcasts.listing import WantedRecipients, count_to_approve, find_recipients
from app.broadcasts.models import BroadcastState
from app.broadcasts.queries import read_overview
from app.broadcasts.steering import NoSuchBroadcast
from app.broadcasts.trying import find_candidates
from app.broadcasts.wordings import STATES as RECIPIENT_STATES
from app.broadcasts.wordings import WAYS
from app.console.audience_form import audience_words
from app.console.broadcast_acts import add_broadcast_acts, confirmation
from app.console.broadcast_figures import cursor_of, read_figures
from app.console.broadcast_lists import LISTING, PLACE, recipients_listing
from app.console.broadcast_preview import EXAMPLE_VALUES, bubbles_of
from app.console.broadcast_words import RECIPIENT_TONES, STATES
from app.console.compose_pages import read_places
from app.console.gate import Pages
from app.console.list_pages import add_list, list_export, show
from app.console.listing import Listing
from app.console.live import Change, follow
from app.console.visit import Visit, Visiting
from app.runtime import open_ground
from app.staff.queries import names_of_staff
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.staff.sessions import Visitor

TESTS_SHOWN = 20
WHOLE_EVERY = timedelta(seconds=10)


def add_broadcast_list(pages: Pages) -> None:
    """Before the pages that take a number: "xuat-excel" is none."""
    ground = open_ground(pages.desk.runtime.settings, pages.desk.runtime.sealer)

    def count(db: "Connection", visitor: "Visitor") -> int:
        if not visitor.may(Right.APPROVE_SEND):
            return 0
        return count_to_approve(db, ground.second_person_above, visitor.actor)

    pages.desk.counts[PLACE] = count
    add_list(pages, LISTING, Right.SEE_SENDS, "broadcasts/list.html")


def add_broadcast_pages(pages: Pages) -> None:
    ground = open_ground(pages.desk.runtime.settings, pages.desk.runtime.sealer)

    async def page(visit: Visit, number: int, **values: Any) -> Response:
        return await _page(visit, ground, number, **values)

    @pages.get(f"{PLACE}/{{number}}", Right.SEE_SENDS)
    async def one(visit: Visiting, number: int) -> Response:
        return await page(visit, number)

    @pages.stream(f"{PLACE}/{{number}}/luong", Right.SEE_SENDS)
    async def stream(visit: Visiting, number: int, after: str = "") -> AsyncIterator[ServerSentEvent]:
        watch = _Watch(visit, ground, number, visit.now)
        async for event in follow(visit, after, watch.look):
            yield event

    @pages.get(f"{PLACE}/{{number}}/nguoi-nhan", Right.SEE_SENDS)
    async def recipients(visit: Visiting, number: int) -> Response:
        listing = await _recipients(visit, number)
        asked = listing.asked(visit.request.query_params)
        entry = visit.entry("broadcast.viewed", f"broadcast:{number}", page=asked.page)
        await visit.write(lambda db: record(db, entry))
        found = await visit.read(lambda db: listing.read(db, visit.visitor, asked))
        shown = show(visit, listing, asked, found)
        return visit.page(
            "broadcasts/recipients.html", title=listing.title, here=PLACE, list=shown, number=number
        )

    @pages.get(f"{PLACE}/{{number}}/nguoi-nhan/xuat-excel", Right.EXPORT)
    async def export(visit: Visiting, number: int) -> Response:
        return await list_export(visit, await _recipients(visit, number))

    add_broadcast_acts(pages, ground, page)


async def _recipients(visit: Visit, number: int) -> Listing:
    try:
        title = (await visit.read(lambda db: read_overview(db, number))).title
    except NoSuchBroadcast as gone:
        raise HTTPException(404) from gone
    return recipients_listing(number, title, visit.visitor)


async def _page(
    visit: Visit, ground: Ground, number: int, *, status: int = 200, faults: dict[str, str] | None = None
) -> Response:
    """The cursor is read with the figures: what happens while the page is drawn is told once more."""
    search = visit.request.query_params.get("tim", "")[:200]

    def read(db: "Connection") -> dict[str, Any]:
        draft = read_draft(db, number)
        figures = read_figures(db, ground, read_overview(db, number), visit.now)
        is_planned = draft.state is BroadcastState.PLANNED
        may_try = is_planned and visit.may(Right.SEND)
        wanted = WantedRecipients(tests=True, limit=TESTS_SHOWN, only_units_of=visit.visitor.only_units_of)
        return {
            "figures": figures,
            "draft": draft,
            "enclosed": read_enclosed(db, draft.written.attachment_id or 0),
            "names": names_of_staff(db),
            "words": audience_words(draft.written.audience, read_places(db, visit)),
            "candidates": find_candidates(db, ground, number, search) if may_try else [],
            "tests": find_recipients(db, number, wanted)[0],
        }

    try:
        told = await visit.read(read)
    except NoSuchBroadcast as gone:
        raise HTTPException(404) from gone
    seen = told["figures"].seen
    needs_second = told["figures"].to_send > ground.second_person_above
    return visit.page(
        "broadcasts/one.html",
        title=seen.title,
        here=PLACE,
        status=status,
        seen=seen,
        cursor=cursor_of(seen),
        search=search,
        faults=faults or {},
        bubbles=bubbles_of(seen.content, EXAMPLE_VALUES, told["enclosed"], visit.now),
        states=STATES,
        recipient_states=RECIPIENT_STATES,
        recipient_tones=RECIPIENT_TONES,
        way_names=WAYS,
        needs_second=needs_second,
        above=ground.second_person_above,
        approved=seen.approved_by is not None and seen.approved_by != seen.created_by,
        is_author=seen.created_by == visit.visitor.actor,
        hours=ground.hours,
        confirmation=confirmation(told["figures"].to_send),
        **told,
    )


@dataclass(slots=True)
class _Watch:
    """One open page: reasons, ways and curves walk over every recipient, so they follow at a distance."""

    visit: Visit
    ground: Ground
    number: int
    told_whole_at: datetime
    owes_whole: bool = False

    def look(self, db: "Connection", since: str) -> Change | None:
        seen, now = read_overview(db, self.number), self.visit.desk.runtime.clock.now()
        cursor = cursor_of(seen)
        whole = now - self.told_whole_at >= WHOLE_EVERY
        if cursor == since and not (whole and self.owes_whole):
            return None
        # Another state means other buttons: the page is asked for anew.
        anew = cursor.partition(":")[0] != since.partition(":")[0]
        self.owes_whole = not (whole or anew)
        if not self.owes_whole:
            self.told_whole_at = now
        html = self.visit.desk.render(
            "broadcasts/changes.html",
            anew=anew,
            whole=whole,
            seen=seen,
            figures=None if anew else read_figures(db, self.ground, seen, now, whole=whole),
        )
        return Change(cursor, html)
