"""Người nhắn: everybody who has written to the OA or follows it, and what they are to the directory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import HTTPException, Response

from app.audit.trail import record
from app.console.desk import Desk, at
from app.console.directory_words import CONSENTS, STATES, Happening, happenings, moment_words
from app.console.gate import Pages
from app.console.inbox_shapes import Spoken, spoken
from app.console.list_pages import add_list
from app.console.listing import Asked, Cell, Choice, Column, Found, Listing, Row, Search
from app.console.visit import Visit, Visiting
from app.conversations.queries import read_thread
from app.directory.cards import ContactCard, read_contact_card
from app.directory.own_units import is_own_contact, is_own_unit
from app.directory.people_queries import ContactRow, LiaisonRow, list_contacts
from app.directory.queries import Wanted
from app.kit.ids import UserId
from app.look.formats import day
from app.staff.queries import names_of_staff
from app.staff.rules import Right
from app.staff.sessions import Visitor

if TYPE_CHECKING:
    from sqlalchemy import Connection

PLACE = "/nguoi-nhan"
LAST_SAID = 20


def add_contact_pages(pages: Pages) -> None:
    add_list(pages, _listing(pages.desk), Right.SEE_DIRECTORY)

    @pages.get(f"{PLACE}/{{user_id}}", Right.SEE_DIRECTORY)
    async def card(visit: Visiting, user_id: str) -> Response:
        contact, history, said = await visit.write(lambda db: _opened(db, visit, user_id))
        return visit.page(
            "directory/contact.html",
            title=name_of(contact.roles[0].full_name if contact.roles else "", user_id),
            here=PLACE,
            contact=contact,
            history_lines=history,
            spoken=said,
            states=STATES,
            consents=CONSENTS,
        )


def _opened(
    db: "Connection", visit: Visit, user_id: str
) -> tuple[ContactCard, list[Happening], list[Spoken]]:
    """With the view recorded; an officer sees those who speak for own units, and their roles there."""
    scope, sealer = visit.visitor.only_units_of, visit.desk.runtime.sealer
    card = read_contact_card(db, sealer, user_id) if is_own_contact(db, user_id, scope) else None
    if card is None:
        raise HTTPException(404)
    record(db, visit.entry("contact.viewed", f"contact:{user_id}"))
    roles = tuple(one for one in card.roles if _is_theirs(db, one, scope))
    lines = read_thread(db, sealer, UserId(user_id), LAST_SAID) if visit.may(Right.ANSWER) else []
    return replace(card, roles=roles), happenings(card.done, names_of_staff(db)), spoken(lines)


def _is_theirs(db: "Connection", one: LiaisonRow, scope: Sequence[int] | None) -> bool:
    return scope is None or (one.employer_id is not None and is_own_unit(db, one.employer_id, scope))


def _listing(desk: Desk) -> Listing:
    def read(db: "Connection", visitor: Visitor, asked: Asked) -> Found:
        silent, following = asked.value("im_lang"), asked.value("theo_doi")
        wanted = Wanted(
            text=asked.value("q"),
            following=following == "co" if following else None,
            silent_since=desk.runtime.clock.now() - timedelta(days=int(silent)) if silent else None,
            sort=asked.sort,
            descending=asked.descending,
            page=asked.page,
            size=asked.limit,
            only_units_of=visitor.only_units_of,
        )
        page = list_contacts(db, wanted)
        return Found([_row(one) for one in page.rows], page.total)

    return Listing(
        PLACE,
        "Người nhắn",
        "người nhắn",
        (
            Column("name", "Người nhắn", place="head"),
            Column("following", "Zalo", place="beside"),
            Column("unit", "Đơn vị"),
            Column("seen", "Liên hệ cuối", sorts=True),
            Column("first_seen", "Từ ngày", sorts=True),
            Column("stopped", "Tin không hỏi"),
        ),
        read,
        filters=(
            Search("Tên đầu mối, mã người dùng Zalo"),
            Choice("theo_doi", "Zalo", [("co", "Đang theo dõi"), ("khong", "Không theo dõi")]),
            Choice("im_lang", "Chưa nhắn", [("7", "từ 7 ngày"), ("30", "từ 30 ngày"), ("90", "từ 90 ngày")]),
        ),
        sort="-seen",
        empty="Chưa có ai nhắn cho OA.",
        subject="nguoi-nhan",
    )


def _row(one: ContactRow) -> Row:
    following = Cell("Đang theo dõi", tone="good") if one.following else Cell("Không theo dõi", tone="plain")
    return Row(
        one.user_id,
        {
            "name": Cell(name_of(one.full_name, one.user_id), at(f"{PLACE}/{one.user_id}")),
            "following": following,
            "unit": one.unit_name,
            "seen": moment_words(one.last_interaction_at),
            "first_seen": day(one.first_seen_at),
            "stopped": "Đã dừng nhận" if one.stopped_at else "",
        },
    )


def name_of(full_name: str, user_id: str) -> str:
    return full_name or f"Người dùng Zalo …{user_id[-4:]}"
