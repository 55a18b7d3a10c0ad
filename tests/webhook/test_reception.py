from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from app.inbox.knocks import ask_knock, has_arrived, knock_body
from app.inbox.models import EventState, InboxEvent
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import RunnerId
from app.kit.redact import MASK
from app.kit.seal import Sealer
from app.webhook.reception import Reception, Verdict
from app.webhook.spool import Spool
from app.work.ledger import Claim
from app.zalo.signature import signature_of

APP, SECRETS, SEALER = "360846524940903967", ("oa-secret", "older-secret"), Sealer("k")


class Busy:
    """A runner that notes what it is given."""

    def __init__(self) -> None:
        self.id = RunnerId("r1")
        self.taken: list[Claim] = []

    def take(self, claim: Claim) -> None:
        self.taken.append(claim)


@pytest.fixture
def runner() -> Busy:
    return Busy()


@pytest.fixture
def reception(
    open_db: Database, runner: Busy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reception]:
    monkeypatch.setattr("app.webhook.keeping.PATIENCE", 30.0)  # a slow machine is not the subject here
    clock = FixedClock(datetime(2026, 11, 24, tzinfo=UTC))
    with closing(Spool(tmp_path)) as spool:
        yield Reception(open_db, SEALER, clock, APP, SECRETS, spool, lambda: runner)


def message(text: str = "Chào", message_id: str = "m1", app_id: str = APP) -> bytes:
    return orjson.dumps(
        {
            "app_id": app_id,
            "event_name": "user_send_text",
            "sender": {"id": "246845883529197922"},
            "recipient": {"id": "388613280878808645"},
            "message": {"text": text, "msg_id": message_id},
            "timestamp": "1543908534747",
        }
    )


def signed(body: bytes, secret: str = "oa-secret", timestamp: str = "1543908534747") -> str:
    return f"mac={signature_of(APP, body, timestamp, secret)}"


def kept(db: Database) -> list[tuple[str, bytes, str]]:
    rows = db.read_now(
        lambda tx: tx.execute(select(InboxEvent.state, InboxEvent.body, InboxEvent.masked)).all()
    )
    return [(row.state, SEALER.open(row.body), row.masked) for row in rows]


async def test_a_signed_event_is_kept_as_it_came_and_wakes_its_chat(
    reception: Reception, runner: Busy, open_db: Database
) -> None:
    assert await reception.receive(message(), signed(message())) is Verdict.RECORDED
    assert [claim.key for claim in runner.taken] == ["246845883529197922"]
    assert kept(open_db) == [(EventState.OPEN, message(), "")]


async def test_a_repeat_is_quiet(reception: Reception, runner: Busy, open_db: Database) -> None:
    await reception.receive(message(), signed(message()))
    assert await reception.receive(message(), signed(message())) is Verdict.REPEATED
    assert len(runner.taken) == 1
    assert len(kept(open_db)) == 1


async def test_the_older_secret_counts_while_rotating(reception: Reception) -> None:
    body = message()
    assert await reception.receive(body, signed(body, "older-secret")) is Verdict.RECORDED


@pytest.mark.parametrize("signature", [None, "", "mac=", "mac=00", "x" * 300])
async def test_what_is_not_signed_by_zalo_leaves_no_trace(
    reception: Reception, open_db: Database, signature: str | None
) -> None:
    assert await reception.receive(message(), signature) is Verdict.FORGED
    assert kept(open_db) == []


async def test_another_app_s_event_is_refused(reception: Reception) -> None:
    body = message(app_id="1")
    mac = signature_of("1", body, "1543908534747", "oa-secret")
    assert await reception.receive(body, f"mac={mac}") is Verdict.FORGED


async def test_a_signed_body_that_cannot_be_read_is_kept_and_visible(
    reception: Reception, open_db: Database
) -> None:
    body = b'{"timestamp":"1543908534747", "message": {'
    assert await reception.receive(body, signed(body)) is Verdict.UNREADABLE
    assert kept(open_db) == [(EventState.UNREADABLE, body, "")]


async def test_a_code_somebody_typed_is_masked_before_it_is_kept(
    reception: Reception, open_db: Database
) -> None:
    body = message("mã OTP là 482913")
    await reception.receive(body, signed(body))
    ((_, stored, masked),) = kept(open_db)
    assert b"482913" not in stored
    assert orjson.loads(stored)["message"]["text"] == f"mã OTP là {MASK}"
    assert masked == "otp"


async def test_a_knock_of_our_own_is_answered_and_is_no_event(
    reception: Reception, runner: Busy, open_db: Database
) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    word = open_db.write_now(lambda tx: ask_knock(tx, now))
    body, timestamp = knock_body(APP, "388613280878808645", word, now)
    assert await reception.receive(body, signed(body, timestamp="1")) is Verdict.FORGED
    assert not open_db.read_now(lambda tx: has_arrived(tx, word))
    assert await reception.receive(body, signed(body, timestamp=timestamp)) is Verdict.KNOCK
    assert open_db.read_now(lambda tx: has_arrived(tx, word))
    assert kept(open_db) == []
    assert runner.taken == []
