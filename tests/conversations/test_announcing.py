"""What staff decide about a liaison is told by the bot, in the transaction that decides it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select

from app.audit.queries import TrailFilter, read_page
from app.conversations.announcing import end_liaison, reject_liaison, tell_verified, verify_liaison
from app.conversations.means import Means
from app.directory.demo_data import load_demo, make_liaison
from app.directory.liaison_desk import Decided
from app.directory.models import Liaison, LiaisonState
from app.directory.refusals import EditRefused
from app.kit.db import Database
from app.kit.ids import UserId
from app.outbox.models import Delivery
from app.runtime import load_means
from app.settings import Settings
from app.work.models import Kind, Work
from app.zalo.messages import Buttons, decode
from tests.directory.files import NOW

ME, LAN = UserId("9000000000000000001"), "staff:1"
Decide = Callable[[Connection, Means, int], Decided]


@pytest.fixture(scope="module")
def means() -> Means:
    return load_means(Settings(_env_file=None))


@pytest.fixture
def waiting(db: Database, means: Means) -> Database:
    """The example liaison waits to be verified."""
    db.write_now(lambda tx: load_demo(tx, means.sealer, NOW))
    db.write_now(lambda tx: make_liaison(tx, means.sealer, ME, NOW, verified=False))
    return db


def decides(db: Database, means: Means, decide: Decide) -> Decided:
    def work(tx: Connection) -> Decided:
        version = tx.execute(select(Liaison.version)).scalar_one()
        return decide(tx, means, version)

    return db.write_now(work)


def verifies(tx: Connection, means: Means, version: int) -> Decided:
    return verify_liaison(tx, means, 1, version, 1, LAN, NOW)


def rejects(tx: Connection, means: Means, version: int) -> Decided:
    return reject_liaison(tx, means, 1, version, LAN, NOW)


def ends(tx: Connection, means: Means, version: int) -> Decided:
    return end_liaison(tx, means, 1, version, LAN, NOW)


def told(db: Database, means: Means) -> list[Buttons]:
    rows = db.read_now(lambda tx: tx.execute(select(Delivery.message)).scalars().all())
    messages = [decode(means.sealer.open(row)) for row in rows]
    return [message for message in messages if isinstance(message, Buttons)]


@pytest.mark.parametrize(
    ("decide", "state", "action", "words"),
    [
        (verifies, LiaisonState.VERIFIED, "liaison.verified", "đã xác minh Anh/Chị là đầu mối của Công ty"),
        (rejects, LiaisonState.ENDED, "liaison.rejected", "chưa xác minh được"),
        (ends, LiaisonState.ENDED, "liaison.ended", "thôi làm đầu mối của Công ty"),
    ],
)
def test_the_person_is_told_and_it_is_on_record(
    waiting: Database, means: Means, decide: Decide, state: LiaisonState, action: str, words: str
) -> None:
    decides(waiting, means, decide)
    assert waiting.read_now(lambda tx: tx.execute(select(Liaison.state)).scalar_one()) == state
    (message,) = told(waiting, means)
    assert words in message.text
    assert "{" not in message.text
    woken = waiting.read_now(lambda tx: tx.execute(select(Work.key).where(Work.kind == Kind.CHAT)).scalar())
    assert woken == ME
    (line,) = waiting.read_now(lambda tx: read_page(tx, TrailFilter(subject="liaison:1"))).lines
    assert (line.actor, line.action, line.detail["was"]) == (LAN, action, "pending")


def test_who_is_verified_hears_who_is_in_charge(waiting: Database, means: Means) -> None:
    decides(waiting, means, verifies)
    assert "Chuyên quản phụ trách: Lê Thị Ví Dụ." in told(waiting, means)[0].text


def test_who_is_rejected_leaves_nothing_of_themselves(waiting: Database, means: Means) -> None:
    decides(waiting, means, rejects)
    row = waiting.read_now(lambda tx: tx.execute(select(Liaison.__table__)).one())
    assert (row.full_name, row.phone_print, row.ended_why) == ("", "", "rejected")


def test_a_decision_made_on_an_old_page_changes_and_tells_nothing(waiting: Database, means: Means) -> None:
    with pytest.raises(EditRefused, match="vừa thay đổi"):
        waiting.write_now(lambda tx: verify_liaison(tx, means, 1, 99, 1, LAN, NOW))
    decides(waiting, means, verifies)
    with pytest.raises(EditRefused, match="không còn chờ"):
        decides(waiting, means, rejects)
    assert len(told(waiting, means)) == 1


def test_one_import_may_tell_many_people(waiting: Database, means: Means) -> None:
    decides(waiting, means, verifies)
    waiting.write_now(lambda tx: make_liaison(tx, means.sealer, UserId("8"), NOW, verified=True))
    for contact in (ME, UserId("8")):
        waiting.write_now(lambda tx, who=contact: tell_verified(tx, means, who, NOW, "import:1"))  # type: ignore[misc]
    assert len(told(waiting, means)) == 3
