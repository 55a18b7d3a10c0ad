"""Questions that were not answered are given a topic or set aside, group by group."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from app.kit.db import Database
from app.kit.ids import UserId
from app.runtime import Runtime
from app.staff.rules import Role
from app.understanding.catalogue import read_catalogue
from app.understanding.ledger import NewUnanswered, keep
from app.understanding.matcher import TrainedMatcher
from app.understanding.models import UnansweredMessage
from app.understanding.policy import Zone
from app.understanding.training import train_reader
from tests.console.conftest import NOW, SignIn
from tests.understanding.small import write_small

SAID = ("máy em nó quay hoài", "máy em nó quay hoài à", "trời mưa quá")


@pytest.fixture
def asked(runtime: Runtime, db: Database, tmp_path: Path) -> None:
    """Three messages of two groups, and a bot that knows a handful of topics."""
    reader = train_reader(read_catalogue(write_small(tmp_path)))
    runtime.means = replace(runtime.means, matcher=TrainedMatcher(reader, runtime.means.library))
    for text in SAID:
        message = NewUnanswered(text, Zone.SUGGEST)
        db.write_now(lambda tx, message=message: keep(tx, runtime.sealer, UserId("u1"), message, NOW))  # type: ignore[misc]


def decided(db: Database) -> list[tuple[str, str | None]]:
    rows = select(UnansweredMessage.verdict, UnansweredMessage.intent).order_by(UnansweredMessage.id)
    return db.read_now(lambda tx: [(row.verdict, row.intent) for row in tx.execute(rows)])


def numbers_of(page: str, text: str) -> str:
    """What the form under this question sends."""
    found = re.search(r'name="so" value="([\d,]+)"', page[page.index(text) :])
    assert found
    return found[1]


@pytest.mark.usefixtures("asked")
async def test_similar_questions_stand_together_and_are_given_a_topic_at_once(
    db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.EDITOR)
    page = (await client.get("/console/cau-hoi")).text
    assert "2 câu" in page
    assert "Mã OTP" in page
    numbers = numbers_of(page, SAID[1])
    await client.post("/console/cau-hoi/chu-de", data={"so": numbers, "chu_de": "otp_not_received"})
    assert decided(db) == [("taught", "otp_not_received")] * 2 + [("open", None)]
    page = (await client.get("/console/cau-hoi")).text
    assert SAID[0] not in page
    await client.post("/console/cau-hoi/bo-qua", data={"so": numbers_of(page, SAID[2])})
    assert decided(db)[2] == ("ignored", None)
    assert "Không có câu nào đang chờ" in (await client.get("/console/cau-hoi")).text


@pytest.mark.usefixtures("asked")
async def test_a_topic_that_is_none_and_numbers_that_are_none_change_nothing(
    db: Database, signed_in: SignIn
) -> None:
    client = signed_in(Role.EDITOR)
    await client.post("/console/cau-hoi/chu-de", data={"so": "1,2", "chu_de": "no_such_topic"})
    await client.post("/console/cau-hoi/chu-de", data={"so": "x,-1,", "chu_de": "otp_not_received"})
    assert decided(db) == [("open", None)] * 3
