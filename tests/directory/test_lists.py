"""Lists and cards: filtered, sorted the Vietnamese way, searched without accents."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from app.directory import consents, contacts
from app.directory.cards import read_contact_card, read_employer_card, read_liaison_file
from app.directory.demo_data import make_liaison
from app.directory.liaisons import announce
from app.directory.models import Contact, Liaison, LiaisonRole, LiaisonState
from app.directory.people_queries import list_contacts, list_liaisons
from app.directory.queries import PAGE, Wanted, list_employers, list_officers, list_offices
from app.directory.rules import Registration
from app.kit.db import Database
from app.kit.ids import UserId
from tests.directory.files import NOW, SEALER

ME = UserId("u1")
NAMES = ["Bùi Minh Ẩn", "Trần Văn Thủy", "Lê Thị Đào", "Nguyễn Ánh", "Phạm Dung"]
TODAY = NOW.date()


@pytest.fixture
def peopled(filled: Database) -> Database:
    def fill(tx: Connection) -> None:
        for number, name in enumerate(NAMES):
            said = Registration(name, f"090500010{number}", "", LiaisonRole.OTHER)
            announce(tx, SEALER, 1 + number % 2, said, NOW)
        make_liaison(tx, SEALER, ME, NOW, verified=True)

    filled.write_now(fill)
    return filled


def names(db: Database, wanted: Wanted) -> list[str]:
    return [row.full_name for row in db.read_now(lambda tx: list_liaisons(tx, SEALER, wanted)).rows]


def test_people_stand_in_the_order_of_their_given_names(peopled: Database) -> None:
    assert names(peopled, Wanted(state=LiaisonState.EXPECTED)) == [
        "Nguyễn Ánh",
        "Bùi Minh Ẩn",
        "Phạm Dung",
        "Lê Thị Đào",
        "Trần Văn Thủy",
    ]
    assert names(peopled, Wanted(state=LiaisonState.EXPECTED, descending=True))[0] == "Trần Văn Thủy"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("thuy tran", ["Trần Văn Thủy"]),
        ("ĐÀO", ["Lê Thị Đào"]),
        ("0905 000 103", ["Nguyễn Ánh"]),
        ("hoa bien", ["Nguyễn Ánh", "Trần Văn Thủy"]),
        ("TA0002B", ["Nguyễn Ánh", "Trần Văn Thủy"]),
        ("100%", []),
    ],
)
def test_search_knows_no_accents_but_names_phones_and_units(
    peopled: Database, text: str, found: list[str]
) -> None:
    assert names(peopled, Wanted(text=text)) == found


def test_filters_go_together_and_the_total_is_of_all_pages(peopled: Database) -> None:
    page = peopled.read_now(lambda tx: list_liaisons(tx, SEALER, Wanted(employer_id=1, size=2)))
    assert (len(page.rows), page.total, page.pages) == (2, 4, 1)
    assert names(peopled, Wanted(following=True)) == ["Nguyễn Thị Ví Dụ"]
    assert names(peopled, Wanted(officer_id=2)) == []
    assert len(names(peopled, Wanted(office_id=1))) == 6
    second = peopled.read_now(lambda tx: list_liaisons(tx, SEALER, Wanted(employer_id=1, size=3, page=2)))
    assert len(second.rows) == 1


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(office_id=1, descending=True),
        Wanted(only_units_of=[1, 2], sort="unit"),
        Wanted(following=True),
        Wanted(silent_since=NOW - timedelta(days=2), office_id=1, sort="seen"),
    ],
)
def test_first_pages_and_last_pages_make_up_the_whole_list(filled: Database, wanted: Wanted) -> None:
    """The first are found down the order, the others by what fits."""
    filled.write_now(_forty_with_contacts)
    whole = filled.read_now(lambda tx: list_liaisons(tx, SEALER, replace(wanted, size=100)))
    assert (len(whole.rows), whole.total) == (40, 40)
    pages = [
        filled.read_now(lambda tx: list_liaisons(tx, SEALER, replace(wanted, size=1, page=n)))  # noqa: B023
        for n in range(1, 41)
    ]
    assert [row for page in pages for row in page.rows] == list(whole.rows)
    assert {page.total for page in pages} == {40}


def _forty_with_contacts(tx: Connection) -> None:
    same = {"state": "verified", "phone": SEALER.seal_text(""), "email": SEALER.seal_text(""), "from_at": NOW}
    for number in range(40):
        spoke, person = NOW - timedelta(days=3, minutes=number * 7 % 11), f"f{number}"
        seen = {"following": True, "first_seen_at": spoke, "last_interaction_at": spoke}
        tx.execute(insert(Contact).values(user_id=person, **seen))
        name = {"full_name": f"Người {number}", "sort_key": f"{number % 5}", "phone_print": person}
        tx.execute(insert(Liaison).values(contact=person, employer_id=1 + number % 2, **name, **same))


def test_a_row_shows_phone_unit_and_last_contact(peopled: Database) -> None:
    (row,) = peopled.read_now(lambda tx: list_liaisons(tx, SEALER, Wanted(following=True))).rows
    assert (row.phone, row.unit_name) == ("0905000101", "Công ty TNHH Biển Xanh (ví dụ)")
    assert (row.last_interaction_at, row.state) == (NOW, LiaisonState.VERIFIED)


def test_offices_officers_and_employers_are_counted_and_filtered(peopled: Database) -> None:
    offices = peopled.read_now(lambda tx: list_offices(tx, Wanted())).rows
    assert [(row.code, row.officers, row.employers) for row in offices] == [("VD01", 1, 3), ("VD02", 1, 3)]
    officers = peopled.read_now(lambda tx: list_officers(tx, Wanted(text="tran"), TODAY)).rows
    assert [(row.code, row.employers, row.stand_in) for row in officers] == [("CQ02", 3, "")]
    without = peopled.read_now(lambda tx: list_employers(tx, Wanted(without_officer=True))).rows
    assert [row.old_code for row in without] == ["TA0009Z"]
    nobody = peopled.read_now(lambda tx: list_employers(tx, Wanted(without_liaison=True)))
    assert nobody.total == 5
    found = peopled.read_now(lambda tx: list_employers(tx, Wanted(text="nui hong"))).rows
    assert [row.officer_name for row in found] == ["Trần Văn Ví Dụ"]


@pytest.mark.parametrize("sort", ["name", "unit", "since", "state", "seen", "nonsense"])
def test_every_sort_shows_every_row(peopled: Database, sort: str) -> None:
    assert len(names(peopled, Wanted(sort=sort))) == 6


@pytest.mark.parametrize("sort", ["name", "code", "officer", "office"])
def test_employers_sort_by_every_column(peopled: Database, sort: str) -> None:
    assert peopled.read_now(lambda tx: list_employers(tx, Wanted(sort=sort))).total == 6


def test_contacts_are_listed_with_whom_they_are(peopled: Database) -> None:
    peopled.write_now(lambda tx: contacts.touch(tx, UserId("u9"), NOW - timedelta(days=9)))
    rows = peopled.read_now(lambda tx: list_contacts(tx, Wanted(sort="seen"))).rows
    assert [(row.user_id, row.full_name) for row in rows] == [("u9", ""), (ME, "Nguyễn Thị Ví Dụ")]
    silent = peopled.read_now(lambda tx: list_contacts(tx, Wanted(silent_since=NOW - timedelta(days=2))))
    assert [row.user_id for row in silent.rows] == ["u9"]


def test_a_liaisons_card_has_consents_others_and_the_conversation(peopled: Database) -> None:
    number = peopled.read_now(
        lambda tx: tx.execute(select(Liaison.id).where(Liaison.contact == ME)).scalar_one()
    )
    card = peopled.read_now(lambda tx: read_liaison_file(tx, SEALER, number))
    assert card is not None
    assert card.conversation == ME
    assert [(line.kind, line.given) for line in card.consents] == [(consents.LIAISON, True)]
    assert len(card.others_of_unit) == 3
    contact = peopled.read_now(lambda tx: read_contact_card(tx, SEALER, ME))
    assert contact is not None
    assert [role.id for role in contact.roles] == [number]


def test_an_employers_card_has_its_people_and_who_is_in_charge(peopled: Database) -> None:
    card = peopled.read_now(lambda tx: read_employer_card(tx, SEALER, 1, TODAY))
    assert card is not None
    assert card.in_charge is not None
    assert (card.in_charge.name, len(card.liaisons), card.former_liaisons) == ("Lê Thị Ví Dụ", 4, 0)
    assert peopled.read_now(lambda tx: read_employer_card(tx, SEALER, 99, TODAY)) is None


def test_a_page_is_fifty_rows(filled: Database) -> None:
    def fill(tx: Connection) -> None:
        rows = [
            {
                "employer_id": 1,
                "state": "expected",
                "phone": b"",
                "email": b"",
                "phone_print": "",
                "from_at": NOW,
            }
        ]
        tx.execute(insert(Liaison), rows * (PAGE + 1))
        sealed = {"phone": SEALER.seal_text(""), "email": SEALER.seal_text("")}
        tx.execute(Liaison.__table__.update().values(**sealed))  # type: ignore[attr-defined]

    filled.write_now(fill)
    page = filled.read_now(lambda tx: list_liaisons(tx, SEALER, Wanted()))
    assert (len(page.rows), page.pages) == (PAGE, 2)
