from functools import partial

import pytest
from sqlalchemy import Connection, update

from app.conversations import chat as chat_module
from app.conversations.chat import Again, AtRest, LookUp, Send, ToStep, set_aside, take_steps
from app.conversations.means import Means
from app.conversations.models import Conversation
from app.conversations.sending import Checked, PutBack, Settled
from app.handover.models import HandoverRequest, RequestState
from app.inbox.ledger import TRIES
from app.inbox.models import EventState, InboxEvent
from app.kit.db import Database
from app.kit.ids import MessageId, RunnerId, UserId
from app.outbox.models import Delivery, DeliveryState
from app.outbox.rules import Look, Unknown
from app.work.ledger import Claim, ClaimLost, hand_back, wake
from app.work.models import Kind, Work
from tests.conversations.talking import ANH, NOW, RUNNER, Chat, echo, user_says, withdrawal


@pytest.fixture
def chat(db: Database, means: Means) -> Chat:
    return Chat(db, means)


def test_an_event_is_handled_and_its_replies_go_out_in_one_step(chat: Chat) -> None:
    chat.hear(user_says("menu", "m1"))
    step = chat.step(chat.claim())
    assert isinstance(step, Send)
    assert chat.rows(InboxEvent.state) == [(EventState.SETTLED,)]
    assert chat.states() == [DeliveryState.CLAIMED] * len(step.deliveries)


def test_a_step_settles_what_was_sent_and_goes_on_to_the_next_event(chat: Chat) -> None:
    chat.hear(user_says("menu", "m1"), user_says("cài vssid", "m2"))
    claim = chat.claim()
    first = chat.step(claim)
    assert isinstance(first, Send)
    second = chat.step(claim, [chat.sent(owed) for owed in first.deliveries])
    assert isinstance(second, Send)
    assert chat.states() == ["sent"] * len(first.deliveries) + ["claimed"] * len(second.deliveries)
    rest = chat.step(claim, [chat.sent(owed) for owed in second.deliveries])
    assert isinstance(rest, AtRest)


def test_replies_keep_the_order_of_what_was_said(chat: Chat) -> None:
    lines = ("cài vssid", "gặp sự cố", "cài cho con")
    alone = []
    for number, line in enumerate(lines):
        chat.hear(user_says(line, f"a{number}"))
        alone += chat.run()
    chat.hear(*(user_says(line, f"b{number}") for number, line in enumerate(lines)))
    assert chat.run() == alone


def test_what_waits_keeps_the_next_event_back(chat: Chat) -> None:
    chat.hear(user_says("menu", "m1"), user_says("cài vssid", "m2"))
    claim = chat.claim()
    first = chat.step(claim)
    assert isinstance(first, Send)
    doubt = Settled(first.deliveries[0], Unknown(NOW, None, "cut"))
    looks = chat.step(claim, [doubt, *map(PutBack, first.deliveries[1:])])
    assert isinstance(looks, LookUp)
    assert chat.rows(InboxEvent.state) == [(EventState.SETTLED,), (EventState.OPEN,)]
    again = chat.step(claim, [Checked(looks.delivery, MessageId("found"), Look.FAR_ENOUGH)])
    assert isinstance(again, Send)
    assert chat.states()[0] == DeliveryState.SENT


def test_a_wake_up_during_the_last_step_is_not_slept_through(chat: Chat) -> None:
    claim = chat.claim()
    chat.hear(user_says("menu", "m1"))
    chat.db.write_now(lambda tx: wake(tx, Kind.CHAT, ANH, NOW, RUNNER))
    assert isinstance(chat.step(claim), Send)


def test_who_lost_the_claim_writes_nothing(chat: Chat) -> None:
    chat.hear(user_says("menu", "m1"), user_says("cài vssid", "m2"))
    claim = chat.claim()
    step = chat.step(claim)
    assert isinstance(step, Send)
    chat.db.write_now(lambda tx: hand_back(tx, [RUNNER], NOW))
    chat.db.write_now(lambda tx: wake(tx, Kind.CHAT, ANH, NOW, RunnerId("other")))
    with pytest.raises(ClaimLost):
        chat.step(claim, [chat.sent(owed) for owed in step.deliveries])
    assert set(chat.states()) == {DeliveryState.CLAIMED}
    assert chat.rows(InboxEvent.state) == [(EventState.SETTLED,), (EventState.OPEN,)]


def test_an_event_that_fails_three_times_is_set_aside_and_the_person_told(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.hear(user_says("menu", "m1"), user_says("cài vssid", "m2"))
    claim = chat.claim()
    with monkeypatch.context() as patch:
        patch.setattr(chat_module, "handle_many", _fails)
        for _ in range(TRIES):
            with pytest.raises(ZeroDivisionError):
                chat.step(claim)
            chat.db.write_now(lambda tx: set_aside(tx, chat.means, claim, "ZeroDivisionError", NOW))
    assert chat.rows(InboxEvent.state, InboxEvent.attempts, InboxEvent.note)[0] == (
        EventState.FAILED,
        TRIES,
        "ZeroDivisionError",
    )
    apology, *answers = chat.run()
    assert apology == chat.means.library.words.went_wrong
    assert answers, "the next event is handled as if nothing had been"


def _fails(*_: object) -> None:
    raise ZeroDivisionError


def test_a_colleague_s_message_makes_the_bot_step_back_and_answers_the_request(chat: Chat) -> None:
    chat.hear(user_says("gặp cán bộ", "m1"), user_says("em chưa được duyệt", "m2"))
    chat.run()
    chat.hear(echo("Chào anh, em là cán bộ", "o1", admin_id="42"), user_says("dạ vâng", "m3"))
    assert chat.run() == []
    assert chat.rows(HandoverRequest.state) == [(RequestState.ANSWERED,)]
    assert chat.rows(InboxEvent.note)[-1] == ("left to the colleague who is talking with the contact",)
    chat.hear(user_says("Menu", "m4"))
    assert chat.run()


def test_our_own_echo_is_no_colleague(chat: Chat) -> None:
    chat.hear(user_says("menu", "m1"))
    (menu,) = chat.run()
    chat.hear(echo(menu, "sent-1"), user_says("menu", "m2"))
    assert chat.run() == [menu]


def test_an_echo_settles_the_delivery_whose_answer_was_lost(chat: Chat) -> None:
    chat.hear(user_says("menu", "m1"))
    claim = chat.claim()
    step = chat.step(claim)
    assert isinstance(step, Send)
    (owed,) = step.deliveries
    chat.hear(echo(chat.text(owed), "o1"))
    later = NOW.replace(hour=3)
    step = chat.step(claim, [Settled(owed, Unknown(later, None, "cut"))])
    assert isinstance(step, Again)
    assert chat.rows(Delivery.state, Delivery.message_id) == [(DeliveryState.SENT, "o1")]


def test_forgetting_takes_the_words_out_of_everything_that_was_said(chat: Chat) -> None:
    chat.hear(
        *(user_says(line, f"m{n}") for n, line in enumerate(("đăng ký đầu mối", "đồng ý", "TA0001A", "menu")))
    )
    chat.run()
    chat.hear(withdrawal())
    chat.run()
    *said, _ = chat.rows(InboxEvent.body)
    assert set(said) == {(b"",)}
    assert set(chat.rows(Delivery.message)) == {(b"",)}
    assert chat.rows(Conversation.session) == [(None,)]


def test_many_chats_take_their_step_together_and_a_lost_claim_harms_no_other(chat: Chat) -> None:
    people = [UserId(f"person-{number}") for number in range(5)]
    for number, person in enumerate(people):
        chat.hear_from(person, user_says("menu", f"m{number}", person))
    claims = [chat.db.write_now(partial(wake_chat, person)) for person in people]
    chat.db.write_now(lambda tx: hand_over(tx, people[2]))
    steps = chat.db.write_now(lambda tx: take_steps(tx, chat.means, [ToStep(one) for one in claims], NOW))
    assert [type(step) for step in steps] == [Send, Send, ClaimLost, Send, Send]
    assert chat.rows(InboxEvent.state).count((EventState.OPEN,)) == 1
    for person, step in zip(people, steps, strict=True):
        assert not isinstance(step, Send) or {owed.contact for owed in step.deliveries} == {person}


def test_after_the_last_reply_a_chat_rests_unless_somebody_has_woken_it(chat: Chat) -> None:
    for woken in (False, True):
        chat.hear(user_says("menu", f"m-{woken}"))
        claim = chat.claim()
        step = chat.step(claim)
        assert isinstance(step, Send)
        assert step.rests_at is not None
        if woken:
            chat.hear(user_says("cài vssid", "m-late"))
            chat.db.write_now(lambda tx: wake(tx, Kind.CHAT, ANH, NOW, RUNNER))
        sent = [chat.sent(owed) for owed in step.deliveries]
        done = ToStep(claim, sent, step.rests_at)
        (after,) = chat.db.write_now(lambda tx, done=done: take_steps(tx, chat.means, [done], NOW))  # type: ignore[misc]
        assert isinstance(after, Send if woken else AtRest)


def wake_chat(person: UserId, db: Connection) -> Claim:
    claim = wake(db, Kind.CHAT, person, NOW, RUNNER)
    assert claim is not None
    return claim


def hand_over(db: Connection, person: UserId) -> None:
    """To another runner, as after a freeze."""
    db.execute(update(Work).where(Work.key == person).values(owner="other"))
