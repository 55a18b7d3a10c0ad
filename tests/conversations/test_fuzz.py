"""Twenty thousand bent webhook bodies: nothing raises, nothing sticks, and people are served as before."""

import asyncio
import random
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, select

from app.conversations.intake import handle
from app.conversations.means import Means
from app.inbox.ledger import OpenEvent
from app.inbox.models import EventState, InboxEvent
from app.kit.clock import FixedClock
from app.kit.commits import Verb
from app.kit.db import Database
from app.outbox.models import Delivery
from app.webhook.reception import Reception, Verdict
from app.webhook.spool import Spool
from app.zalo.envelope import Unreadable, read_envelope, timestamp_of
from app.zalo.messages import Buttons, decode
from app.zalo.signature import signature_of
from tests.conversations.mutations import SAMPLES, mutated_bodies

APP, SECRET = "360846524940903967", "oa-secret"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SEED = 20261124
T = TypeVar("T")

_OPEN = (
    select(
        InboxEvent.id,
        InboxEvent.contact,
        InboxEvent.event_name,
        InboxEvent.body,
        InboxEvent.masked,
        InboxEvent.received_at,
        InboxEvent.attempts,
    )
    .where(InboxEvent.state == EventState.OPEN)
    .order_by(InboxEvent.id)
)


class OneTransaction:
    """A database for the reception whose transactions are steps of one: the disk is not on trial."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def write_batched(self, verb: Verb[Any, T], item: Any) -> asyncio.Future[T]:
        with self._db.begin_nested():
            (result,) = verb(self._db, [item])
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if isinstance(result, Exception):
            done.set_exception(result)
        else:
            done.set_result(result)
        return done


def signature(body: bytes, app_id: str = APP) -> str:
    """What Zalo would put into the header for this body."""
    try:
        timestamp = read_envelope(body).timestamp_text
    except Unreadable:
        timestamp = timestamp_of(body)
    return f"mac={signature_of(app_id, body, timestamp, SECRET)}"


def handle_all(db: Connection, means: Means) -> int:
    handled = 0
    while events := [OpenEvent(*row) for row in db.execute(_OPEN.limit(500))]:
        for event in events:
            handle(db, means, event, NOW)
        handled += len(events)
    return handled


async def takes_in(db: Connection, means: Means, spool: Spool, count: int) -> Counter[Verdict]:
    chance = random.Random(SEED)  # noqa: S311  it bends samples
    reception = Reception(OneTransaction(db), means.sealer, FixedClock(NOW), APP, (SECRET,), spool)  # type: ignore[arg-type]
    verdicts = Counter[Verdict]()
    for body in mutated_bodies(count, chance):
        header = (
            signature(body) if chance.random() < 0.8 else chance.choice(("", "mac=00", "mac=" + "0" * 64))
        )
        verdicts[await reception.receive(body, header)] += 1
    return verdicts


@pytest.mark.parametrize(("kind", "count"), [("sqlite", 20_000), ("postgres", 2_000)])
async def test_bent_webhooks_raise_nothing_leave_nothing_open_and_spoil_no_conversation(
    kind: str, count: int, request: pytest.FixtureRequest, means: Means, tmp_path: Path
) -> None:
    database: Database = request.getfixturevalue(f"{kind}_db")
    with closing(Spool(tmp_path)) as spool, database.engine.begin() as db:
        verdicts = await takes_in(db, means, spool, count)
        handled = handle_all(db, means)
        states = Counter(db.execute(select(InboxEvent.state)).scalars())
        assert await says_menu(db, means, spool)
    print(f"{dict(verdicts)}, {handled} handled")  # noqa: T201  the figures are the point
    assert states[EventState.OPEN] == 0
    assert verdicts[Verdict.RECORDED] == handled > count / 5
    for verdict in set(Verdict) - {Verdict.SPOOLED, Verdict.KNOCK}:
        assert verdicts[verdict] > count / 100, f"the bodies were bent too much alike: {verdicts}"


async def says_menu(db: Connection, means: Means, spool: Spool) -> bool:
    """Whether the person of the samples still gets the menu's buttons."""
    body: Any = (SAMPLES / "user_send_text.json").read_text(encoding="utf-8")
    sample = read_envelope(body.encode()).data
    body = body.replace(sample["message"]["text"], "menu").replace(sample["message"]["msg_id"], "quite-new")
    reception = Reception(OneTransaction(db), means.sealer, FixedClock(NOW), APP, (SECRET,), spool)  # type: ignore[arg-type]
    assert await reception.receive(body.encode(), signature(body.encode())) is Verdict.RECORDED
    handle_all(db, means)
    last = db.execute(select(Delivery.message).order_by(Delivery.id.desc()).limit(1)).scalar_one()
    return isinstance(decode(means.sealer.open(last)), Buttons)
