"""Hộp thư: who sees whom, an answer is owed once, the window closes, the bot keeps quiet meanwhile."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import Connection, insert, select

from app.audit.queries import TrailFilter, read_page
from app.console.live import follow
from app.conversations.intake import handle
from app.directory.contacts import touch
from app.directory.models import Employer, Liaison, LiaisonState, Office, Officer
from app.handover.models import HandoverRequest, RequestState
from app.handover.requests import open_request
from app.inbox.ledger import NewEvent, next_open, record
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import UserId
from app.outbox.models import Delivery
from app.runtime import Runtime
from app.staff.rules import Role
from app.work.models import Work
from app.zalo.messages import decode, plain_text
from tests.console.conftest import NOW, SignIn

ANH = UserId("246845883529197922")
ANSWER = {"noi_dung": "Dạ, Anh mang sổ đến cơ quan giúp ạ.", "lan": "token-of-one-page"}


def ask(runtime: Runtime, contact: UserId = ANH) -> None:
    def write(tx: Connection) -> None:
        touch(tx, contact, NOW)
        open_request(tx, runtime.sealer, contact, "sổ sai ngày sinh", NOW)

    runtime.db.write_now(write)


def say(runtime: Runtime, text: str, number: int = 1) -> None:
    """The contact writes, and the chat takes it in."""
    body = {
        "app_id": "1",
        "event_name": "user_send_text",
        "sender": {"id": ANH},
        "recipient": {"id": "2"},
        "message": {"text": text, "msg_id": f"m{number}"},
        "timestamp": "1543908534747",
    }

    def hear(tx: Connection) -> None:
        sealed = runtime.sealer.seal(orjson.dumps(body))
        record(tx, NewEvent(f"event-{number}", ANH, "user_send_text", sealed, ""), runtime.clock.now())
        event = next_open(tx, ANH)
        assert event is not None
        handle(tx, runtime.means, event, runtime.clock.now())

    runtime.db.write_now(hear)


def owed(runtime: Runtime) -> list[str]:
    rows = runtime.db.read_now(lambda tx: tx.execute(select(Delivery.message).order_by(Delivery.id)).all())
    return [plain_text(decode(runtime.sealer.open(row.message))) for row in rows]


def state(db: Database) -> tuple[str, str | None]:
    row = db.read_now(lambda tx: tx.execute(select(HandoverRequest.state, HandoverRequest.taken_by)).one())
    return row.state, row.taken_by


async def test_who_waits_stands_in_the_queue_with_their_words(runtime: Runtime, signed_in: SignIn) -> None:
    ask(runtime)
    page = await signed_in(Role.LEAD).get("/console/hop-thu")
    assert "sổ sai ngày sinh" in page.text
    assert 'class="count is-urgent">1' in page.text


async def test_an_answer_is_owed_once_however_often_the_form_is_sent(
    runtime: Runtime, signed_in: SignIn
) -> None:
    ask(runtime)
    client = signed_in(Role.LEAD)
    for _ in range(2):
        assert (await client.post("/console/hop-thu/1/tra-loi", data=ANSWER)).status_code == 303
    assert owed(runtime) == [ANSWER["noi_dung"]]
    work = runtime.db.read_now(lambda tx: tx.execute(select(Work.key, Work.ready_at)).one())
    assert (work.key, work.ready_at) == (ANH, NOW)
    assert state(runtime.db)[0] == RequestState.OPEN
    page = await client.get("/console/hop-thu/1")
    assert "mang sổ đến cơ quan" in page.text
    assert "chờ gửi" in page.text


async def test_a_second_colleague_cannot_answer_what_the_first_has_taken(
    runtime: Runtime, signed_in: SignIn
) -> None:
    ask(runtime)
    await signed_in(Role.LEAD).post("/console/hop-thu/1/nhan")
    answer = await signed_in(Role.ADMIN).post("/console/hop-thu/1/tra-loi", data=ANSWER)
    assert answer.status_code == 409
    assert owed(runtime) == []


async def test_what_was_typed_stays_when_it_cannot_be_sent(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    ask(runtime)
    client = signed_in(Role.LEAD)
    long = {**ANSWER, "noi_dung": "a" * 4001}
    answer = await client.post("/console/hop-thu/1/tra-loi", data=long)
    assert answer.status_code == 422
    assert "a" * 4001 in answer.text


async def test_after_48_hours_the_box_is_closed_and_says_why(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    ask(runtime)
    clock.set(NOW + timedelta(hours=48))
    client = signed_in(Role.LEAD)
    runtime.db.write_now(_sessions_as_of(clock))  # type: ignore[arg-type]
    page = await client.get("/console/hop-thu/1")
    assert "Đã quá 48 giờ" in page.text
    assert 'name="noi_dung"' not in page.text
    assert (await client.post("/console/hop-thu/1/tra-loi", data=ANSWER)).status_code == 409
    assert owed(runtime) == []


async def test_the_bot_is_silent_until_the_matter_is_done(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    ask(runtime)
    client = signed_in(Role.LEAD)
    await client.post("/console/hop-thu/1/nhan")
    say(runtime, "cài vssid")
    assert owed(runtime) == []
    await client.post("/console/hop-thu/1/xong")
    assert state(runtime.db)[0] == RequestState.ANSWERED
    say(runtime, "cài vssid", 2)
    assert owed(runtime) != []


async def test_a_button_brings_the_bot_back_even_then(runtime: Runtime, signed_in: SignIn) -> None:
    ask(runtime)
    await signed_in(Role.LEAD).post("/console/hop-thu/1/nhan")
    say(runtime, "menu")
    assert owed(runtime) != []


async def test_an_overlooked_request_does_not_silence_the_bot_for_ever(
    runtime: Runtime, clock: FixedClock
) -> None:
    ask(runtime)
    say(runtime, "cài vssid")
    assert owed(runtime) == []
    clock.set(NOW + timedelta(hours=24))
    say(runtime, "cài vssid", 2)
    assert owed(runtime) != []


async def test_what_is_given_back_waits_for_another(runtime: Runtime, signed_in: SignIn) -> None:
    ask(runtime)
    client = signed_in(Role.LEAD)
    await client.post("/console/hop-thu/1/nhan")
    await client.post("/console/hop-thu/1/tra-lai")
    assert state(runtime.db) == (RequestState.OPEN, None)


async def test_every_look_and_deed_is_in_the_trail_without_the_words(
    runtime: Runtime, signed_in: SignIn
) -> None:
    ask(runtime)
    client = signed_in(Role.LEAD)
    await client.get("/console/hop-thu/1")
    await client.post("/console/hop-thu/1/tra-loi", data=ANSWER)
    await client.post("/console/hop-thu/1/xong")
    lines = runtime.db.read_now(lambda tx: read_page(tx, TrailFilter(subject="request:1"))).lines
    assert [line.action for line in lines] == ["handover.done", "handover.answered", "conversation.viewed"]
    assert "mang sổ" not in repr(lines)


async def test_an_officer_sees_own_units_and_people_of_none(runtime: Runtime, signed_in: SignIn) -> None:
    def write(tx: Connection) -> None:
        tx.execute(insert(Office).values(id=1, code="O", name="Cơ quan (ví dụ)"))
        for number in (1, 2):
            tx.execute(
                insert(Officer).values(
                    id=number, code=f"C{number}", name=f"Cán bộ {number}", sort_key="x", office_id=1
                )
            )
            tx.execute(
                insert(Employer).values(
                    id=number, name=f"Đơn vị số {number}", name_folded="x", officer_id=number, office_id=1
                )
            )
            tx.execute(
                insert(Liaison).values(
                    contact=f"900{number}",
                    employer_id=number,
                    state=LiaisonState.VERIFIED,
                    phone=b"",
                    email=b"",
                    phone_print="",
                    from_at=NOW,
                )
            )

    runtime.db.write_now(write)
    for contact in (UserId("9001"), UserId("9002"), ANH):
        ask(runtime, contact)
    client = signed_in(Role.OFFICER, officer_id=1)
    page = await client.get("/console/hop-thu")
    assert "Đơn vị số 1" in page.text
    assert "Đơn vị số 2" not in page.text
    assert 'class="count is-urgent">2' in page.text
    assert (await client.get("/console/hop-thu/1")).status_code == 200
    assert (await client.get("/console/hop-thu/2")).status_code == 404
    assert (await client.post("/console/hop-thu/2/nhan")).status_code == 404
    assert (await client.get("/console/hop-thu/3")).status_code == 200


async def test_what_came_between_page_and_stream_is_told_by_the_stream(
    runtime: Runtime, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page carries a cursor; the stream answers at once when more has happened since."""
    import re

    client = signed_in(Role.LEAD)
    page = await client.get("/console/hop-thu")
    found = re.search(r"after=([^\"]*)\"", page.text)
    assert found is not None
    ask(runtime)
    monkeypatch.setattr("app.console.live.LOOK_EVERY", 0)
    told: list[str] = []

    async def only_the_first(*args: object) -> object:
        async for event in follow(*args):  # type: ignore[arg-type]
            told.append(str(event.raw_data))
            yield event
            return

    monkeypatch.setattr("app.console.inbox_pages.follow", only_the_first)
    streamed = await client.get("/console/hop-thu/luong", params={"after": found[1]})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert "sổ sai ngày sinh" in told[0]
    assert "hx-partial" in streamed.text


def _sessions_as_of(clock: FixedClock) -> object:
    from sqlalchemy import update

    from app.staff.models import StaffSession

    at = clock.now()
    return lambda tx: tx.execute(update(StaffSession).values(opened_at=at, seen_at=at))
