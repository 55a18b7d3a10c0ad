"""One unit's list: its workers, their marks, who registered between two lists, the link and the letter."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException, Response
from fastapi.sse import ServerSentEvent

from app.audit.trail import record
from app.console.desk import Desk
from app.console.gate import Pages
from app.console.list_pages import file_answer, plain_name
from app.console.live import Change, follow
from app.console.visit import Visit, Visiting
from app.console.worker_links import send_links
from app.console.worker_list_shapes import (
    ANSWERS,
    LOOKS,
    PLACE,
    WorkersAsked,
    done_share,
    pulse,
    read_mark,
    shares,
    told_by,
    workers_sheet,
)
from app.directory.people_queries import names_of_liaisons
from app.look.workbook import write_workbook
from app.staff.queries import names_of_staff
from app.staff.rules import Right
from app.worker_lists.inviting import Speaker, read_speakers
from app.worker_lists.letters import Letterhead, letter_workbook
from app.worker_lists.list_queries import ListStep, unit_history
from app.worker_lists.marking import NotMarked, mark, take_back
from app.worker_lists.queries import UnitProgress, read_unit_progress
from app.worker_lists.rules import today
from app.worker_lists.worker_queries import (
    Worker,
    WorkersPage,
    letter_workers,
    list_workers,
    read_worker,
    registered_meanwhile,
    worker_history,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

UNIT = PLACE + "/{unit:int}"
WORKER = UNIT + "/nguoi/{number:int}"
ALL_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class UnitView:
    """Everything that the page of a unit says."""

    found: WorkersPage
    speakers: Sequence[Speaker]
    steps: Sequence[ListStep]
    names: dict[str, str]


def add_worker_unit_pages(pages: Pages) -> None:
    _add_unit(pages)
    _add_files(pages)
    _add_steps(pages)
    _add_marks(pages)


def _add_unit(pages: Pages) -> None:
    @pages.get(UNIT, Right.SEE_WORKERS)
    async def unit_page(visit: Visiting, unit: int) -> Response:
        return await _unit_page(visit, unit)

    @pages.stream(f"{UNIT}/luong", Right.SEE_WORKERS)
    async def stream(visit: Visiting, unit: int, after: str = "") -> AsyncIterator[ServerSentEvent]:
        if await _found(visit, unit) is None:
            return
        async for event in follow(visit, after, lambda db, since: _changes(db, visit, unit, since)):
            yield event

    @pages.post(f"{UNIT}/gui", Right.EDIT_WORKERS)
    async def send(visit: Visiting, unit: int) -> Response:
        await _progress(visit, unit)
        return visit.done(await send_links(visit, [unit]), f"{PLACE}/{unit}")


def _add_files(pages: Pages) -> None:
    @pages.get(f"{UNIT}/thu", Right.EXPORT)
    async def letter(visit: Visiting, unit: int) -> Response:
        """The list as it goes on paper: who still waits, to be ticked and sent back."""
        progress, sealer, on = await _progress(visit, unit), visit.desk.runtime.sealer, today(visit.now)
        waiting = progress.numbers.waiting
        entry = visit.entry("list.exported", f"employer:{unit}", rows=waiting, letter=True)
        await visit.write(lambda db: record(db, entry))
        workers = await visit.read(lambda db: letter_workers(db, sealer, unit))
        content = await asyncio.to_thread(letter_workbook, Letterhead(), progress, workers, on)
        return file_answer(content, f"thu-{plain_name(progress.code or str(unit))}-{on:%Y%m%d}.xlsx")

    @pages.get(f"{UNIT}/xuat-excel", Right.EXPORT)
    async def export(visit: Visiting, unit: int) -> Response:
        """Exactly the workers that the page's filter lets through."""
        progress = await _progress(visit, unit)
        asked, sealer = WorkersAsked.read(visit.request.query_params), visit.desk.runtime.sealer
        found, names = await visit.read(
            lambda db: (
                list_workers(db, sealer, unit, state=asked.state, text=asked.text, size=ALL_ROWS),
                _names(db, unit),
            )
        )
        subject = f"employer:{unit}"
        entry = visit.entry("list.exported", subject, rows=found.count, filtered_by=asked.told)
        await visit.write(lambda db: record(db, entry))
        sheets = workers_sheet(progress, found.workers, names, asked, visit.visitor.full_name, visit.now)
        content = await asyncio.to_thread(write_workbook, sheets)
        return file_answer(content, f"lao-dong-{plain_name(progress.code or str(unit))}.xlsx")


def _add_steps(pages: Pages) -> None:
    @pages.get(UNIT + "/lan/{number:int}", Right.SEE_WORKERS)
    async def step_page(visit: Visiting, unit: int, number: int) -> Response:
        """Who registered between a list and the one before it."""
        progress, sealer = await _progress(visit, unit), visit.desk.runtime.sealer
        entry = visit.entry("list.viewed", f"employer:{unit}", list=number)
        await visit.write(lambda db: record(db, entry))
        steps, workers = await visit.read(
            lambda db: (unit_history(db, unit), registered_meanwhile(db, sealer, unit, number))
        )
        place = next((at for at, step in enumerate(steps) if step.list_id == number), None)
        if place is None:
            raise HTTPException(404)
        return visit.page(
            "worker_lists/step.html",
            title="Giữa hai danh sách",
            here=PLACE,
            unit=progress,
            step=steps[place],
            before=steps[place + 1] if place + 1 < len(steps) else None,
            workers=workers,
        )

    @pages.get(WORKER, Right.SEE_WORKERS)
    async def worker_page(visit: Visiting, unit: int, number: int) -> Response:
        """Every mark of one worker."""
        progress, sealer = await _progress(visit, unit), visit.desk.runtime.sealer
        entry = visit.entry("worker.viewed", f"worker:{number}", unit=unit)
        worker = await visit.read(lambda db: read_worker(db, sealer, unit, number))
        if worker is None:
            raise HTTPException(404)
        await visit.write(lambda db: record(db, entry))
        marks, names = await visit.read(lambda db: (worker_history(db, number), _names(db, unit)))
        return visit.page(
            "worker_lists/worker.html",
            title="Một lao động",
            here=PLACE,
            unit=progress,
            worker=worker,
            marks=marks,
            looks=LOOKS,
            told_by=lambda actor: told_by(actor, names),
        )


def _add_marks(pages: Pages) -> None:
    @pages.post(f"{UNIT}/danh-dau", Right.EDIT_WORKERS)
    async def set_mark(visit: Visiting, unit: int) -> Response:
        await _progress(visit, unit)
        form = await visit.form()
        wanted = read_mark(form.get("danh_dau", ""))
        if wanted is None:
            raise HTTPException(422)
        number, seen, state = wanted
        by, now, sealer = visit.visitor.actor, visit.now, visit.desk.runtime.sealer

        def work(db: "Connection") -> Worker | None:
            mark(db, unit, number, state, by, now, version=seen, address=visit.address)
            return read_worker(db, sealer, unit, number)

        back = _back(unit, form.get("ve", ""))
        try:
            worker = await visit.write(work)
        except NotMarked:
            return visit.done("Vừa có người đánh dấu lao động này; Anh/Chị xem lại rồi đánh dấu.", back)
        assert worker is not None  # noqa: S101 - it has just been marked
        undo = f"{PLACE}/{unit}/nguoi/{number}/hoan-tac/{worker.version}"
        return visit.done(f"{worker.name}: {LOOKS[state].label.lower()}.", back, undo=undo)

    @pages.post(WORKER + "/hoan-tac/{version:int}", Right.EDIT_WORKERS)
    async def undo_mark(visit: Visiting, unit: int, number: int, version: int) -> Response:
        """Only the very mark that was offered to be undone: a later one is somebody else's."""
        await _progress(visit, unit)
        by, now, sealer = visit.visitor.actor, visit.now, visit.desk.runtime.sealer

        def work(db: "Connection") -> None:
            worker = read_worker(db, sealer, unit, number)
            if worker is None or worker.version != version:
                raise NotMarked
            take_back(db, unit, number, by, now, address=visit.address)

        try:
            await visit.write(work)
        except NotMarked:
            return visit.done("Không hoàn tác được: đã có đánh dấu mới hơn.", f"{PLACE}/{unit}")
        return visit.done("Đã hoàn tác.", f"{PLACE}/{unit}")


async def _unit_page(visit: Visit, unit: int) -> Response:
    progress = await _progress(visit, unit)
    asked, sealer, now = WorkersAsked.read(visit.request.query_params), visit.desk.runtime.sealer, visit.now
    entry = visit.entry("list.viewed", f"employer:{unit}", page=asked.page, filtered_by=asked.told)
    await visit.write(lambda db: record(db, entry))

    def read(db: "Connection") -> UnitView:
        found = list_workers(db, sealer, unit, state=asked.state, text=asked.text, page=asked.page - 1)
        return UnitView(found, read_speakers(db, [unit], now), unit_history(db, unit), _names(db, unit))

    view = await visit.read(read)
    return visit.page(
        "worker_lists/unit.html",
        title=progress.name,
        here=PLACE,
        base=f"{PLACE}/{unit}",
        unit=progress,
        view=view,
        asked=asked,
        told_by=lambda actor: told_by(actor, view.names),
        **_bar(progress),
    )


def _bar(progress: UnitProgress) -> dict[str, Any]:
    """What the panel of numbers is drawn with, on the page and in the stream."""
    numbers = progress.numbers
    return {
        "looks": LOOKS,
        "shares": shares(numbers),
        "done": done_share(numbers),
        "answer": ANSWERS[progress.answer],
        "cursor": pulse(progress),
    }


def _changes(db: "Connection", visit: Visit, unit: int, since: str) -> Change | None:
    progress = read_unit_progress(
        db, unit, today(visit.desk.runtime.clock.now()), visit.visitor.only_units_of
    )
    if progress is None or (cursor := pulse(progress)) == since:
        return None
    desk: Desk = visit.desk
    now = desk.runtime.clock.now()
    html = desk.render(
        "worker_lists/changes.html", unit=progress, now=now, asked=WorkersAsked.read({}), **_bar(progress)
    )
    return Change(cursor, html)


async def _progress(visit: Visit, unit: int) -> UnitProgress:
    """The unit, if it is one of the visitor's; for everybody else there is no such page."""
    progress = await _found(visit, unit)
    if progress is None:
        raise HTTPException(404)
    return progress


async def _found(visit: Visit, unit: int) -> UnitProgress | None:
    scope, on = visit.visitor.only_units_of, today(visit.now)
    return await visit.read(lambda db: read_unit_progress(db, unit, on, scope))


def _names(db: "Connection", unit: int) -> dict[str, str]:
    return names_of_staff(db) | names_of_liaisons(db, unit)


def _back(unit: int, query: str) -> str:
    """To the page of the list where the mark was set."""
    asked = WorkersAsked.parse(query).query
    return f"{PLACE}/{unit}?{asked}" if asked else f"{PLACE}/{unit}"
