from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from app.conversations.apply import sealed
from app.conversations.sending import PutBack, Sender, Settled
from app.credentials.renewal import NotLinked
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import MessageId, UserId
from app.kit.seal import Sealer
from app.outbox.ledger import Owed, ToCheck, ToSend, claim_next, plan
from app.outbox.models import Lane
from app.outbox.rules import Failed, Look, Outcome, Retry, Sent, Unknown
from app.outbox.settling import settle
from app.work.ledger import ClaimLost
from app.zalo.answers import PastMessage, SentMessage
from app.zalo.errors import Family, NoAnswer, ZaloError, error_of
from app.zalo.messages import Message, Text, plain_text
from tests.conversations.talking import ANH, NOW, RUNNER

SEALER = Sealer("k")
EXPIRED, GONE, TOO_MANY = -216, -213, -32


class PretendClient:
    """Answers sends in the order given, then with message ids; lists what it is told to list."""

    def __init__(self, *answers: ZaloError, listed: Sequence[PastMessage] = ()) -> None:
        self._answers, self._listed = list(answers), list(listed)
        self.sent: list[tuple[str, str]] = []

    async def send(self, token: str, _contact: UserId, message: Message) -> SentMessage:
        self.sent.append((token, plain_text(message)))
        if self._answers:
            raise self._answers.pop(0)
        return SentMessage(MessageId(f"z{len(self.sent)}"), NOW, None)

    async def conversation(self, _token: str, _contact: UserId, offset: int, count: int) -> list[PastMessage]:
        return self._listed[offset : offset + count]


class PretendTokens:
    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)
        self.replaced: list[str] = []

    async def token(self) -> str:
        if not self._tokens:
            raise NotLinked
        return self._tokens[0]

    async def replace(self, refused: str) -> None:
        self.replaced.append(refused)
        self._tokens.remove(refused)


def sender(db: Database, client: PretendClient, tokens: PretendTokens | None = None) -> Sender:
    return Sender(db, client, tokens or PretendTokens("t1"), SEALER, FixedClock(NOW))  # type: ignore[arg-type]


def owed(db: Database, *texts: str, cause: str = "event:1", at: datetime = NOW) -> tuple[Owed, ...]:
    """Deliveries of these texts, planned and claimed."""
    messages = [sealed(SEALER, Text(text)) for text in texts]
    db.write_now(lambda tx: plan(tx, cause, ANH, Lane.REPLY, messages, at))
    found = db.write_now(lambda tx: claim_next(tx, ANH, RUNNER, at))
    assert isinstance(found, ToSend)
    return found.deliveries


def in_doubt(db: Database, text: str, cause: str = "event:1", at: datetime = NOW) -> Owed:
    """A delivery whose call got no answer, due to be looked up."""
    (delivery,) = owed(db, text, cause=cause, at=at)
    db.write_now(lambda tx: settle(tx, delivery, Unknown(at, None, "cut"), at))
    found = db.write_now(lambda tx: claim_next(tx, ANH, RUNNER, at))
    assert isinstance(found, ToCheck)
    return found.delivery


def listed(text: str, message_id: str, at: datetime = NOW, *, from_oa: bool = True) -> PastMessage:
    return PastMessage(from_oa, MessageId(message_id), text, at, "text", ANH)


def refusal(code: int) -> ZaloError:
    return error_of(code, "refused", Family.OA)


def outcomes(finished: Sequence[object]) -> list[Outcome | None]:
    return [done.outcome if isinstance(done, Settled) else None for done in finished]


async def test_messages_go_out_in_order_each_with_its_id(open_db: Database) -> None:
    client = PretendClient()
    finished = await sender(open_db, client).send(owed(open_db, "a", "b"))
    assert outcomes(finished) == [Sent(MessageId("z1")), Sent(MessageId("z2"))]
    assert client.sent == [("t1", "a"), ("t1", "b")]


async def test_none_overtakes_one_that_has_to_wait(open_db: Database) -> None:
    client = PretendClient(refusal(TOO_MANY))
    first, *later = await sender(open_db, client).send(owed(open_db, "a", "b", "c"))
    assert isinstance(first, Settled)
    assert isinstance(first.outcome, Retry)
    assert all(isinstance(done, PutBack) for done in later)
    assert len(later) == 2
    assert len(client.sent) == 1


async def test_a_claim_lost_while_the_rate_was_waited_for_is_not_sent(open_db: Database) -> None:
    """Another process took the chat over while this one, frozen or slow, waited for its turn."""
    client, claim = PretendClient(), ["ours"]

    async def its_turn() -> None:
        claim.clear()

    async def may_send() -> None:
        if not claim:
            raise ClaimLost("taken over")

    sending = Sender(open_db, client, PretendTokens("t1"), SEALER, FixedClock(NOW), may_send, its_turn)  # type: ignore[arg-type]
    deliveries = owed(open_db, "một")
    with pytest.raises(ClaimLost):
        await sending.send(deliveries)
    assert client.sent == []


async def test_a_refusal_for_good_lets_the_next_one_go(open_db: Database) -> None:
    first, second = await sender(open_db, PretendClient(refusal(GONE))).send(owed(open_db, "a", "b"))
    assert isinstance(first, Settled)
    assert isinstance(first.outcome, Failed)
    assert isinstance(second, Settled)
    assert isinstance(second.outcome, Sent)


async def test_a_refused_token_is_replaced_once_and_the_message_goes_with_the_new_one(
    open_db: Database,
) -> None:
    client, tokens = PretendClient(refusal(EXPIRED)), PretendTokens("t1", "t2")
    sends = sender(open_db, client, tokens)
    (delivery,) = owed(open_db, "a")
    (first,) = outcomes(await sends.send([delivery]))
    assert isinstance(first, Retry)
    assert first.at == NOW
    assert isinstance(outcomes(await sends.send([delivery]))[0], Sent)
    assert client.sent == [("t1", "a"), ("t2", "a")]
    assert tokens.replaced == ["t1"]


async def test_without_a_grant_messages_wait_and_no_call_is_made(open_db: Database) -> None:
    client = PretendClient()
    (outcome,) = outcomes(await sender(open_db, client, PretendTokens()).send(owed(open_db, "a")))
    assert isinstance(outcome, Retry)
    assert not outcome.counted
    assert client.sent == []


async def test_a_lost_answer_is_unknown_and_found_in_zalo_s_list(open_db: Database) -> None:
    (delivery,) = owed(open_db, "a")
    client = PretendClient(
        NoAnswer("cut"),
        listed=[listed("a", "user's", from_oa=False), listed("b", "z8"), listed("a", "z9")],
    )
    sends = sender(open_db, client)
    (outcome,) = outcomes(await sends.send([delivery]))
    assert isinstance(outcome, Unknown)
    checked = await sends.look_up(delivery)
    assert (checked.found, checked.look) == (MessageId("z9"), Look.FAR_ENOUGH)


async def test_what_is_not_in_the_list_was_surely_not_sent(open_db: Database) -> None:
    client = PretendClient(listed=[listed("a", "old", NOW - timedelta(hours=1))])
    checked = await sender(open_db, client).look_up(in_doubt(open_db, "a"))
    assert (checked.found, checked.look) == (None, Look.FAR_ENOUGH)


async def test_a_list_that_does_not_reach_back_far_enough_proves_nothing(open_db: Database) -> None:
    client = PretendClient(listed=[listed("b", f"z{number}") for number in range(40)])
    checked = await sender(open_db, client).look_up(in_doubt(open_db, "a"))
    assert (checked.found, checked.look) == (None, Look.CUT_SHORT)


async def test_without_a_token_nothing_was_looked_up(open_db: Database) -> None:
    checked = await sender(open_db, PretendClient(), PretendTokens()).look_up(in_doubt(open_db, "a"))
    assert checked.look is Look.NOT_LINKED


@pytest.mark.parametrize("waited", [timedelta(0), timedelta(minutes=5)])
async def test_an_earlier_message_of_the_same_words_does_not_answer_for_this_one(
    open_db: Database, waited: timedelta
) -> None:
    """However long the earlier one had waited before Zalo took it."""
    (earlier,) = owed(open_db, "a", at=NOW - waited)
    open_db.write_now(lambda tx: settle(tx, earlier, Sent(MessageId("z1")), NOW))
    delivery = in_doubt(open_db, "a", cause="event:2")
    client = PretendClient(listed=[listed("a", "z1")])
    checked = await sender(open_db, client).look_up(delivery)
    assert (checked.found, checked.look) == (None, Look.FAR_ENOUGH)
