"""Offices, officers and units written by hand: added, edited (both values at a clash), ended, used again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response
from pydantic import BaseModel

from app.console.forms import EMPTY, Filled, row_number
from app.console.gate import Pages
from app.console.visit import Visit, Visiting
from app.directory.choices import Choices, office_codes, officer_codes
from app.directory.columns import Kind, exported_columns
from app.directory.editing import add, edit, end_record, restore_record, version_of
from app.directory.records import Record, read_record
from app.directory.refusals import EditClash, EditRefused, WrongFields
from app.staff.rules import Right

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _anybodys(_db: "Connection", _visit: Visit, _number: int) -> bool:
    return True


def _nothing(_db: "Connection", _visit: Visit) -> Record:
    return {}


@dataclass(frozen=True, slots=True)
class Book:
    """A kind of record and how its pages treat it."""

    kind: Kind
    place: str
    noun: str
    right: Right
    is_theirs: "Callable[[Connection, Visit, int], bool]" = _anybodys
    """Whether this person may touch the record."""
    given: "Callable[[Connection, Visit], Record]" = _nothing
    """What a new record holds whatever is sent; these fields are not shown, and not changed by an edit."""
    hidden: Callable[[Visit], frozenset[str]] = lambda _visit: frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    label: str
    required: bool
    options: Choices | None
    """To choose from, where the field names another record."""


def add_record_pages(pages: Pages, book: Book) -> None:
    """Forms and their sending under `/them`, `/{number}/sua`, `/ngung`, `/dung-lai`."""
    _add_new(pages, book)
    _add_edit(pages, book)
    _add_end(pages, book)


def _add_new(pages: Pages, book: Book) -> None:
    @pages.get(f"{book.place}/them", book.right)
    async def new_form(visit: Visiting) -> Response:
        asked = visit.request.query_params
        return await _form_page(visit, book, Filled(dict(asked), None, {}))

    @pages.post(f"{book.place}/them", book.right)
    async def add_one(visit: Visiting) -> Response:
        values, actor, now = await visit.form(), visit.visitor.actor, visit.now
        sent = _sent(book, visit, values)
        try:
            number = await visit.write(
                lambda db: add(db, book.kind, {**sent, **book.given(db, visit)}, actor, now)
            )
        except WrongFields as wrong:
            return await _form_page(visit, book, Filled(values, None, wrong.fields), status=422)
        said, card = f"Đã thêm {book.noun}.", f"{book.place}/{number}"
        return visit.done(said, card, undo=f"{card}/ngung?phien=1")


def _add_edit(pages: Pages, book: Book) -> None:
    @pages.get(f"{book.place}/{{number}}/sua", book.right)
    async def edit_form(visit: Visiting, number: int) -> Response:
        return await _form_page(visit, book, EMPTY, number)

    @pages.post(f"{book.place}/{{number}}/sua", book.right)
    async def save(visit: Visiting, number: int) -> Response:
        values, actor, now = await visit.form(), visit.visitor.actor, visit.now
        version, sent = row_number(values.get("phien", "")) or 0, _sent(book, visit, values)

        def write(db: "Connection") -> None:
            _check_theirs(db, visit, book, number)
            edit(db, book.kind, number, version, sent, actor, now)

        try:
            await visit.write(write)
        except WrongFields as wrong:
            return await _form_page(visit, book, Filled(values, None, wrong.fields), number, status=422)
        except EditClash as clash:
            return await _form_page(
                visit, book, Filled(values, None, {}), number, status=409, clash=clash.fields
            )
        except EditRefused as refusal:
            return visit.done(str(refusal), f"{book.place}/{number}")
        return visit.done("Đã lưu.", f"{book.place}/{number}")


def _add_end(pages: Pages, book: Book) -> None:
    @pages.post(f"{book.place}/{{number}}/ngung", book.right)
    async def end(visit: Visiting, number: int) -> Response:
        version, actor, now = await _version(visit), visit.visitor.actor, visit.now

        def write(db: "Connection") -> int:
            _check_theirs(db, visit, book, number)
            return end_record(db, book.kind, number, version, actor, now)

        card = f"{book.place}/{number}"
        try:
            newer = await visit.write(write)
        except EditRefused as refusal:
            return visit.done(str(refusal), card)
        return visit.done(f"Đã ngừng dùng {book.noun}.", card, undo=f"{card}/dung-lai?phien={newer}")

    @pages.post(f"{book.place}/{{number}}/dung-lai", book.right)
    async def restore(visit: Visiting, number: int) -> Response:
        version, actor, now = await _version(visit), visit.visitor.actor, visit.now

        def write(db: "Connection") -> None:
            _check_theirs(db, visit, book, number)
            restore_record(db, book.kind, number, version, actor, now)

        said = f"Đã dùng lại {book.noun}."
        try:
            await visit.write(write)
        except EditRefused as refusal:
            said = str(refusal)
        return visit.done(said, f"{book.place}/{number}")


async def _form_page(
    visit: Visit,
    book: Book,
    form: Filled[BaseModel],
    number: int | None = None,
    *,
    status: int = 200,
    clash: Mapping[str, tuple[str, str]] | None = None,
) -> Response:
    """An edit opens with what is kept; after a clash with what was written, and the newest version."""

    def read(db: "Connection") -> tuple[Record, int | None, list[Field]]:
        fields = _fields(db, book, visit)
        if number is None:
            return {}, None, fields
        _check_theirs(db, visit, book, number)
        kept = read_record(db, book.kind, number)
        if kept is None:
            raise HTTPException(404)
        return kept, version_of(db, book.kind, number), fields

    kept, version, fields = await visit.read(read)
    sent = form.values if number is None or form.values else {}
    return visit.page(
        "directory/record_form.html",
        title=f"Thêm {book.noun}" if number is None else kept["name"],
        here=book.place,
        status=status,
        book=book,
        number=number,
        form=replace(form, values={**kept, **sent}),
        fields=fields,
        version=version if clash is not None or not form.values else form.values.get("phien", ""),
        clash=clash,
    )


def _fields(db: "Connection", book: Book, visit: Visit) -> list[Field]:
    options = {"office": office_codes, "officer": officer_codes}
    hidden = book.hidden(visit)
    return [
        Field(
            column.key,
            _LABELS.get(column.key, column.header),
            column.required,
            options[column.key](db) if column.key in options else None,
        )
        for column in exported_columns(book.kind)
        if column.key not in hidden
    ]


def _sent(book: Book, visit: Visit, values: Mapping[str, str]) -> Record:
    hidden = book.hidden(visit)
    known = [column.key for column in exported_columns(book.kind) if column.key not in hidden]
    return {key: values[key] for key in known if key in values}


async def _version(visit: Visit) -> int:
    """With the form, or in the address of an undo."""
    told = (await visit.form()).get("phien") or visit.request.query_params.get("phien", "")
    return row_number(told) or 0


def _check_theirs(db: "Connection", visit: Visit, book: Book, number: int) -> None:
    if not book.is_theirs(db, visit, number):
        raise HTTPException(404)


_LABELS = {"office": "Cơ quan BHXH", "officer": "Cán bộ phụ trách"}
