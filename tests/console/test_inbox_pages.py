"""Hộp thư: who sees whom, an answer is owed once, the window closes, the bot keeps quiet meanwhile."""

import re
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import Connection, insert, select, update

from app.audit.queries import TrailFilter, read_page
from app.broadcasts.models import Unreachable
from app.console.live import follow
from app.conversations.intake import handle
from app.directory.contacts import touch
from app.directory.models import Contact, Employer, Liaison, LiaisonState, Office, Officer
from app.handover.models import HandoverRequest, RequestState
from app.handover.requests import open_request
from app.inbox.ledger import NewEvent, next_open, record
from app.inbox.models import InboxEvent
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import UserId
from app.outbox.allowances import Kind, note_allowances
from app.outbox.models import Delivery
from app.runtime import Runtime
from app.staff.rules import Role
from app.work.models import Work
from app.zalo.answers import Allowance
from app.zalo.messages import decode, plain_text
from tests.console.conftest import NOW, Client, SignIn

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


def box(page: str) -> str:
    """The answer box as people read it."""
    foot = page[page.index('class="inbox-foot"') : page.index("</footer>")]
    return " ".join(re.sub(r"<[^>]+>", " ", foot).split())


async def after(runtime: Runtime, signed_in: SignIn, clock: FixedClock, passed: timedelta) -> Client:
    """Somebody has asked, and so much time has gone by."""
    ask(runtime)
    clock.set(NOW + passed)
    client = signed_in(Role.LEAD)
    runtime.db.write_now(_sessions_as_of(clock))  # type: ignore[arg-type]
    return client


async def test_within_48_hours_the_box_says_that_it_is_free(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    client = await after(runtime, signed_in, clock, timedelta(hours=43))
    page = (await client.get("/console/hop-thu/1")).text
    assert "Còn 5 giờ trả lời miễn phí" in page
    assert "tính phí" not in page
    assert 'name="cach" value="free"' in page


async def test_after_48_hours_the_box_says_what_it_costs_and_sends_only_when_that_was_seen(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    client = await after(runtime, signed_in, clock, timedelta(hours=48, seconds=1))
    page = (await client.get("/console/hop-thu/1")).text
    assert "trừ vào gói tin của OA, hết gói thì 55 đ mỗi tin" in box(page)
    assert "Gửi, 55 đ mỗi tin" in box(page)
    as_shown_before = await client.post("/console/hop-thu/1/tra-loi", data=ANSWER)
    assert as_shown_before.status_code == 409
    assert "Vừa hết 48 giờ trả lời miễn phí" in as_shown_before.text
    assert ANSWER["noi_dung"] in as_shown_before.text
    assert owed(runtime) == []
    again = await client.post("/console/hop-thu/1/tra-loi", data=ANSWER | {"cach": "paid"})
    assert again.status_code == 303
    assert owed(runtime) == [ANSWER["noi_dung"]]
    line = runtime.db.read_now(lambda tx: read_page(tx, TrailFilter(subject="request:1"))).lines[0]
    assert (line.action, line.detail["way"], line.detail["pieces"]) == ("handover.answered", "paid", 1)


async def test_what_is_left_of_the_package_stands_beside_the_price(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    client = await after(runtime, signed_in, clock, timedelta(days=3))
    asked = clock.now() - timedelta(minutes=20)
    for kind, told in (
        (Kind.PACKAGE, [Allowance(1997, 2000, "30/11/2026")]),
        (Kind.TEMPLATES, [Allowance(480, 500)]),
    ):
        runtime.db.write_now(lambda tx, kind=kind, told=told: note_allowances(tx, kind, told, asked))  # type: ignore[misc]
    page = (await client.get("/console/hop-thu/1")).text
    assert "Gói còn 1.997 tin (Zalo cho biết 20 phút trước)" in box(page)


async def test_after_seven_days_the_box_is_closed_and_says_what_else_can_be_done(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    client = await after(runtime, signed_in, clock, timedelta(days=7, seconds=1))
    page = (await client.get("/console/hop-thu/1")).text
    assert "Đã quá 7 ngày từ lần nhắn cuối" in box(page)
    assert "gọi điện, gửi thư, hoặc đợi người này nhắn lại" in box(page)
    assert 'name="noi_dung"' not in page
    refused = await client.post("/console/hop-thu/1/tra-loi", data=ANSWER | {"cach": "paid"})
    assert refused.status_code == 409
    assert owed(runtime) == []


async def test_who_shuts_us_out_cannot_be_answered_until_they_write(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    ask(runtime)
    shut = insert(Unreachable).values(contact=ANH, error_code=-244, noted_at=NOW)
    runtime.db.write_now(lambda tx: tx.execute(shut))
    client = signed_in(Role.LEAD)
    assert "đã chặn hoặc tắt tin của OA" in box((await client.get("/console/hop-thu/1")).text)
    runtime.db.write_now(lambda tx: touch(tx, ANH, NOW + timedelta(seconds=1)))
    clock.set(NOW + timedelta(seconds=2))
    assert "Gửi" in box((await client.get("/console/hop-thu/1")).text)


async def test_who_said_stop_is_answered_all_the_same_when_they_ask(
    runtime: Runtime, signed_in: SignIn
) -> None:
    ask(runtime)
    runtime.db.write_now(lambda tx: tx.execute(update(Contact).values(stopped_at=NOW)))
    answer = await signed_in(Role.LEAD).post("/console/hop-thu/1/tra-loi", data=ANSWER)
    assert answer.status_code == 303


async def test_the_live_page_learns_that_the_way_has_changed(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They write again while the box is open: what the form sends along is free again."""
    client = await after(runtime, signed_in, clock, timedelta(days=3))
    page = await client.get("/console/hop-thu/1")
    found = re.search(r"after=([^\"]*)\"", page.text)
    assert found is not None
    say(runtime, "cài vssid")
    told = await first_of_the_stream(client, {"after": found[1], "so": "1"}, monkeypatch)
    assert 'name="cach" value="free"' in told
    assert '<hx-partial hx-target="#send" hx-swap="innerHTML">Gửi</hx-partial>' in told


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


async def test_who_asks_again_is_told_that_they_wait_once_in_half_an_hour(
    runtime: Runtime, signed_in: SignIn, clock: FixedClock
) -> None:
    ask(runtime)
    client = signed_in(Role.LEAD)
    for number, minutes in enumerate((1, 2, 29, 30), 1):
        clock.set(NOW + timedelta(minutes=minutes))
        say(runtime, "gặp cán bộ", number)
    assert [words.split(";")[0] for words in owed(runtime)] == [
        "Yêu cầu của Anh/Chị đang chờ cán bộ, từ lúc 09:00 ngày 24/11/2026"
    ]
    await client.post("/console/hop-thu/1/nhan")
    for number, minutes in enumerate((30, 31, 32), 5):
        clock.set(NOW + timedelta(minutes=minutes))
        say(runtime, "cho gặp cán bộ ạ", number)
    assert [words.split(" và trả")[0] for words in owed(runtime)[1:]] == [
        "Cán bộ đã nhận yêu cầu của Anh/Chị lúc 09:30 ngày 24/11/2026"
    ]
    say(runtime, "em cảm ơn", 8)
    assert len(owed(runtime)) == 2
    notes = runtime.db.read_now(lambda tx: tx.execute(select(InboxEvent.note)).scalars().all())
    assert set(notes) == {"left to the colleague who is talking with the contact"}


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
    client = signed_in(Role.LEAD)
    page = await client.get("/console/hop-thu")
    found = re.search(r"after=([^\"]*)\"", page.text)
    assert found is not None
    ask(runtime)
    told = await first_of_the_stream(client, {"after": found[1]}, monkeypatch)
    assert "sổ sai ngày sinh" in told
    assert "hx-partial" in told


async def first_of_the_stream(client: Client, query: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """What the inbox's stream tells first; it ends after that."""
    monkeypatch.setattr("app.console.live.LOOK_EVERY", 0)
    told: list[str] = []

    async def only_the_first(*args: object) -> object:
        async for event in follow(*args):  # type: ignore[arg-type]
            told.append(str(event.raw_data))
            yield event
            return

    monkeypatch.setattr("app.console.inbox_pages.follow", only_the_first)
    streamed = await client.get("/console/hop-thu/luong", params=query)
    assert streamed.headers["content-type"].startswith("text/event-stream")
    return told[0]


def _sessions_as_of(clock: FixedClock) -> object:
    from sqlalchemy import update

    from app.staff.models import StaffSession

    at = clock.now()
    return lambda tx: tx.execute(update(StaffSession).values(opened_at=at, seen_at=at))
