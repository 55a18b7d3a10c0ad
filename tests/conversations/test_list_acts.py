"""The unit's list in the chat: a link for the verified liaison, its address kept nowhere in the open."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import Connection, select

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
from app.worker_lists.demo_data import load_demo_lists
from app.worker_lists.models import LiaisonLink, UnitAnswer, WorkerUnit
from app.zalo.messages import Buttons, OpenUrl, decode
from tests.conversations.talking import ANH, NOW


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


def test_forgetting_a_contact_closes_their_links(listed: Database, means: Means) -> None:
    asks(listed, means)
    listed.write_now(lambda tx: forget_contact(tx, means.sealer, ANH, NOW))
    assert listed.read_now(lambda tx: tx.execute(select(LiaisonLink.id)).all()) == []
