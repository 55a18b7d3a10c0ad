from datetime import UTC, datetime

import orjson
import pytest
from sqlalchemy import select

from app.inbox.models import EventState, InboxEvent
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import RunnerId
from app.kit.redact import MASK
from app.kit.seal import Sealer
from app.webhook.reception import Reception, Verdict
from app.zalo.signature import signature_of

APP, SECRETS, SEALER = "360846524940903967", ("oa-secret", "older-secret"), Sealer("k")
RUNNER = RunnerId("r1")


@pytest.fixture
def reception(open_db: Database) -> Reception:
    return Reception(open_db, SEALER, FixedClock(datetime(2026, 11, 24, tzinfo=UTC)), APP, SECRETS)


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
    reception: Reception, open_db: Database
) -> None:
    received = await reception.receive(message(), signed(message()), RUNNER)
    assert received.verdict is Verdict.RECORDED
    assert received.claim is not None
    assert received.claim.key == "246845883529197922"
    assert kept(open_db) == [(EventState.OPEN, message(), "")]


async def test_a_repeat_is_quiet(reception: Reception, open_db: Database) -> None:
    await reception.receive(message(), signed(message()), RUNNER)
    again = await reception.receive(message(), signed(message()), RUNNER)
    assert (again.verdict, again.claim) == (Verdict.REPEATED, None)
    assert len(kept(open_db)) == 1


async def test_the_older_secret_counts_while_rotating(reception: Reception) -> None:
    body = message()
    assert (await reception.receive(body, signed(body, "older-secret"), None)).verdict is Verdict.RECORDED


@pytest.mark.parametrize("signature", [None, "", "mac=", "mac=00", "x" * 300])
async def test_what_is_not_signed_by_zalo_leaves_no_trace(
    reception: Reception, open_db: Database, signature: str | None
) -> None:
    assert (await reception.receive(message(), signature, RUNNER)).verdict is Verdict.FORGED
    assert kept(open_db) == []


async def test_another_app_s_event_is_refused(reception: Reception) -> None:
    body = message(app_id="1")
    mac = signature_of("1", body, "1543908534747", "oa-secret")
    assert (await reception.receive(body, f"mac={mac}", RUNNER)).verdict is Verdict.FORGED


async def test_a_signed_body_that_cannot_be_read_is_kept_and_visible(
    reception: Reception, open_db: Database
) -> None:
    body = b'{"timestamp":"1543908534747", "message": {'
    assert (await reception.receive(body, signed(body), RUNNER)).verdict is Verdict.UNREADABLE
    assert kept(open_db) == [(EventState.UNREADABLE, body, "")]


async def test_a_code_somebody_typed_is_masked_before_it_is_kept(
    reception: Reception, open_db: Database
) -> None:
    body = message("mã OTP là 482913")
    await reception.receive(body, signed(body), RUNNER)
    ((_, stored, masked),) = kept(open_db)
    assert b"482913" not in stored
    assert orjson.loads(stored)["message"]["text"] == f"mã OTP là {MASK}"
    assert masked == "otp"
