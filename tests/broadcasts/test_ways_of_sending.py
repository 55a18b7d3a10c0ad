"""The ways beside the reply: templates, e-mail, and the next way when one is refused; receipts move on."""

from datetime import timedelta

import pytest

from app.broadcasts import queries, receipts
from app.broadcasts.attachments import keep_file
from app.broadcasts.content import Content, ContentRefused, TemplateUse
from app.broadcasts.models import RecipientState
from app.broadcasts.stopping import stop_by_link
from app.broadcasts.templates import KnownTemplate, Parameter, keep_template
from app.kit.ids import MessageId, UserId
from app.mail.sending import Mailer
from app.mail.stop_link import PATH, stop_link
from app.sandbox.templates_known import DEMO_TEMPLATES
from app.zalo.uploads import UploadKind
from tests.broadcasts.stage import STAFF, Stage
from tests.mail.test_sending import SENDER, Postbox, served

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0f01f0005050201a5d4b2e20000000049454e44ae426082"
)
HELLO = Content("Chào {họ tên}", subject="Nhắc danh sách")


async def test_a_letter_is_sent_to_who_is_silent_on_zalo(stage: Stage) -> None:
    box = Postbox()
    async with served(box) as server:
        stage.mailer = Mailer(server, SENDER)
        stage.set_ground(mail=True)
        await stage.liaison("Trần Thị Mai", spoke=timedelta(days=30), email="mai@example.vn")
        await stage.liaison("Lê Huy", spoke=timedelta(days=30), email="nobody@example.vn")
        number = await stage.planned(content=HELLO)
        await stage.sent(number)
        await stage.mailer.close()
    (letter,) = box.letters
    assert letter["Subject"] == "Nhắc danh sách"
    assert letter["List-Unsubscribe"].startswith("<https://oa.vn/thu/dung/")
    rows = await stage.recipients(number)
    assert [(row.state, row.way, row.error_code) for row in rows] == [
        ("sent", "email", None),
        ("failed", "email", 550),
    ]


async def test_who_stops_letters_between_plan_and_send_gets_none(stage: Stage) -> None:
    box = Postbox()
    async with served(box) as server:
        stage.mailer = Mailer(server, SENDER)
        stage.set_ground(mail=True)
        await stage.liaison("Mai", spoke=timedelta(days=30), email="mai@example.vn")
        number = await stage.planned(content=HELLO)
        token = stop_link("", stage.sealer, "mai@example.vn").removeprefix(PATH)
        assert await stage.db.write(lambda tx: stop_by_link(tx, stage.sealer, token, stage.clock.now()))
        await stage.sent(number)
        await stage.mailer.close()
    assert box.letters == []
    assert [(row.state, row.reason) for row in await stage.recipients(number)] == [("skipped", "silent")]


async def test_when_zalo_refuses_the_reply_the_next_way_is_taken(stage: Stage) -> None:
    box = Postbox()
    async with served(box) as server:
        stage.mailer = Mailer(server, SENDER)
        stage.set_ground(mail=True)
        mai = await stage.liaison("Mai", spoke=timedelta(hours=1), email="mai@example.vn")
        number = await stage.planned(content=HELLO)
        stage.zalo.faults.set({"blocked": "always"})
        await stage.sent(number)
        await stage.mailer.close()
    assert len(box.letters) == 1
    assert stage.arrived(mai) == []
    (row,) = await stage.recipients(number)
    assert (row.state, row.way) == ("sent", "email")
    # And it is remembered: the next broadcast does not try Zalo until she writes again.
    again = await stage.planned(content=HELLO)
    assert (await stage.recipients(again))[0].way == "email"


async def test_a_template_reaches_who_wrote_long_ago(stage: Stage) -> None:
    approved = next(one for one in DEMO_TEMPLATES if one.by_user_id and one.tag != 3)
    names = [parameter.name for parameter in approved.parameters]
    known = KnownTemplate(
        approved.template_id, "Mẫu", tuple(Parameter(name) for name in names), 2, True, 165, 300
    )
    await stage.db.write(lambda tx: keep_template(tx, known, STAFF, stage.clock.now()))
    await stage.liaison("Mai", spoke=timedelta(days=30))
    use = TemplateUse(approved.template_id, dict.fromkeys(names, "1"))
    number = await stage.planned(content=Content("Chào", template=use), ways=["free", "paid", "template"])
    await stage.sent(number)
    (row,) = await stage.recipients(number)
    assert (row.state, row.way, row.price) in [("sent", "template", 165)], (row.error_code, row.note)


async def test_echoes_and_receipts_only_move_a_recipient_forward(stage: Stage) -> None:
    mai = await stage.liaison("Mai")
    number = await stage.planned(content=HELLO)
    await stage.sent(number)
    (row,) = await stage.recipients(number)
    message, now = MessageId(row.message_id), stage.clock.now()
    known = await stage.db.write(lambda tx: receipts.recognise_echo(tx, mai, message, row.text_print, now))
    assert known
    foreign = MessageId("somebody-elses")
    assert not await stage.db.write(
        lambda tx: receipts.recognise_echo(tx, UserId("1"), foreign, row.text_print, now)
    )
    await stage.db.write(lambda tx: receipts.mark_seen(tx, [message], now))
    await stage.db.write(lambda tx: receipts.mark_delivered(tx, [message], now))
    assert await stage.states(number) == ["seen"]
    hours = await stage.db.read(lambda tx: queries.read_hours(tx, number))
    assert [(point.delivered, point.seen, point.answered) for point in hours] == [(1, 1, 0)]
    seen = await stage.db.read(lambda tx: queries.read_overview(tx, number))
    assert seen.counts.of(RecipientState.SEEN) == seen.settled == 1


async def test_two_broadcasts_run_side_by_side_to_their_ends(stage: Stage) -> None:
    people = await stage.liaisons(20)
    numbers = [await stage.planned(content=Content(f"Đợt {n}")) for n in range(2)]
    for number in numbers:
        await stage.press_send(number)
    await stage.run_broadcasts()
    for number in numbers:
        assert set(await stage.states(number)) == {"sent"}
    assert all(sorted(stage.arrived(person)) == ["Đợt 0", "Đợt 1"] for person in people)


async def test_a_picture_goes_before_the_text_and_is_uploaded_once(stage: Stage) -> None:
    people = await stage.liaisons(3)
    now = stage.clock.now()
    file_id = await stage.db.write(
        lambda tx: keep_file(tx, UploadKind.IMAGE, "to-roi.png", PIXEL, STAFF, now)
    )
    number = await stage.planned(content=HELLO, attachment_id=file_id)
    await stage.sent(number)
    assert await stage.states(number) == ["sent"] * 3
    kinds = [[message.kind for message in stage.zalo.thread(person)] for person in people]
    assert kinds == [["image", "text"]] * 3
    uploads = [entry for entry in stage.zalo.log.entries() if entry.url.endswith("/upload/image")]
    assert len(uploads) == 1


async def test_a_picture_whose_answer_was_lost_is_not_sent_twice_and_the_text_follows(stage: Stage) -> None:
    mai = await stage.liaison("Mai")
    now = stage.clock.now()
    file_id = await stage.db.write(lambda tx: keep_file(tx, UploadKind.IMAGE, "a.png", PIXEL, STAFF, now))
    number = await stage.planned(content=HELLO, attachment_id=file_id)
    await stage.press_send(number)
    stage.zalo.faults.set({"answer_lost": {"next": 1}})
    next_at = await stage.run()
    while next_at is not None:
        stage.clock.set(max(next_at, stage.clock.now()))
        next_at = await stage.run()
    assert [message.kind for message in stage.zalo.thread(mai)] == ["image", "text"]
    assert await stage.states(number) == ["sent"]


async def test_a_file_that_zalo_would_not_take_is_refused_at_once(stage: Stage) -> None:
    for kind, name, body in [(UploadKind.IMAGE, "a.exe", b"x"), (UploadKind.FILE, "a.pdf", b"")]:
        with pytest.raises(ContentRefused):
            await stage.db.write(lambda tx: keep_file(tx, kind, name, body, STAFF, stage.clock.now()))  # noqa: B023
