"""The unit's list in the chat: a link for the verified liaison, its address kept nowhere in the open."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Connection, select, update

from app.broadcasts.audience import parse_audience
from app.broadcasts.content import ButtonKind, Content, Push
from app.broadcasts.entering import NewRecipient, enter
from app.broadcasts.models import Recipient
from app.broadcasts.people import START, read_page
from app.broadcasts.steering import NewBroadcast, write
from app.conversations.forgetting import forget_contact
from app.conversations.ledger import read_standing
from app.conversations.means import Means
from app.conversations.talk import converse
from app.directory.demo_data import load_demo, make_liaison
from app.directory.liaisons import read_current
from app.engine.flow import Place
from app.engine.inputs import Tapped, Typed
from app.engine.payloads import go_to
from app.kit.db import Database
from app.outbox.models import Delivery
from app.outbox.ways import Way
from app.worker_lists.demo_data import load_demo_lists
from app.worker_lists.models import LiaisonLink, UnitAnswer, WorkerUnit
from app.zalo.messages import Buttons, OpenUrl, decode
from tests.conversations.talking import ANH, NOW, Chat, user_says


@pytest.fixture
def listed(db: Database, means: Means) -> Database:
    """A verified liaison of a unit that has a list."""

    def work(tx: Connection) -> None:
        load_demo(tx, means.sealer, NOW)
        make_liaison(tx, means.sealer, ANH, NOW, verified=True)
        load_demo_lists(tx, means.sealer, NOW)

    db.write_now(work)
    return db


def asks(db: Database, means: Means, cause: str = "event:1", text: str = "danh sách của đơn vị") -> list[str]:
    """The addresses on the buttons of the answer."""

    def work(tx: Connection) -> list[str]:
        converse(tx, means, ANH, Typed(text), cause, NOW)
        return list(addresses(tx, means, cause))

    return db.write_now(work)


def addresses(tx: Connection, means: Means, cause: str) -> Iterator[str]:
    for sealed in tx.execute(select(Delivery.message).where(Delivery.cause == cause)).scalars():
        message = decode(means.sealer.open(sealed))
        if isinstance(message, Buttons):
            yield from (one.url for one in message.buttons if isinstance(one, OpenUrl))


def answer_of(db: Database, means: Means) -> str:
    def work(tx: Connection) -> str:
        card = read_current(tx, means.sealer, ANH)
        assert card is not None
        assert card.unit is not None
        return tx.execute(
            select(WorkerUnit.answer).where(WorkerUnit.employer_id == card.unit.id)
        ).scalar_one()

    return db.read_now(work)


def test_a_verified_liaison_gets_a_link_of_their_own(listed: Database, means: Means) -> None:
    (url,) = asks(listed, means)
    (again,) = asks(listed, means, "event:2")
    assert url.startswith("http://127.0.0.1/ds/")
    assert url != again


def test_the_token_stands_in_no_table_and_not_in_the_session(listed: Database, means: Means) -> None:
    (url,) = asks(listed, means)
    token = url.rpartition("/")[2]
    links = listed.read_now(lambda tx: repr(tx.execute(select(LiaisonLink.__table__)).all()))
    session = listed.read_now(lambda tx: read_standing(tx, means.sealer, ANH)).session
    assert token not in links
    assert token not in repr(session)
    assert "list_url" not in repr(session)


def test_a_button_of_a_reminder_answers_for_the_unit(listed: Database, means: Means) -> None:
    for node, answer in (("done", UnitAnswer.DONE), ("help", UnitAnswer.NEEDS_HELP)):
        tap = partial(converse, means=means, contact=ANH, given=Tapped(go_to(Place("worker_list", node))))
        listed.write_now(partial(tap, cause=f"event:{node}", now=NOW))
        assert answer_of(listed, means) == answer


def test_a_tap_under_a_broadcast_is_kept_with_it_and_decides_whom_the_next_one_means(
    listed: Database, means: Means
) -> None:
    chat, text = Chat(listed, means), Content("Nhắc", (Push(ButtonKind.DONE), Push(ButtonKind.HELP)))
    for number, (answer, next_rule) in enumerate((("help", "help"), ("done", "done")), 1):
        listed.write_now(lambda tx, number=number: had_by_anh(tx, number, text))  # type: ignore[misc]
        chat.hear(user_says(f"#dm/b/{number}/{answer}", f"tap-{number}"))
        chat.run()
        assert chat.rows(Recipient.answer)[-1] == (answer,)
        for state in ("open", "help", "done"):
            people = listed.read_now(partial(meant, f"role=liaison list={state}"))
            assert (ANH in people) == (state == next_rule)


def had_by_anh(tx: Connection, number: int, content: Content) -> None:
    new = NewBroadcast("Nhắc", "role=liaison list=open", content)
    assert write(tx, new, "staff:1", NOW) == number
    enter(tx, number, [NewRecipient("l:1", ANH, 1, 1, NOW, Way.FREE)], NOW)
    tx.execute(update(Recipient).values(state="sent"))


def meant(rule: str, tx: Connection) -> set[str | None]:
    people, _ = read_page(tx, parse_audience(rule), START, 1000, NOW)
    return {person.contact for person in people}


def test_forgetting_a_contact_closes_their_links(listed: Database, means: Means) -> None:
    asks(listed, means)
    listed.write_now(lambda tx: forget_contact(tx, means.sealer, ANH, NOW))
    assert listed.read_now(lambda tx: tx.execute(select(LiaisonLink.id)).all()) == []
