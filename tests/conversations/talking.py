"""A chat without a door: events laid into the inbox, claimed, and stepped through by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, select

from app.conversations.chat import Again, AtRest, Send, Step, take_step
from app.conversations.means import Means
from app.conversations.sending import Finished, Settled
from app.inbox.ledger import NewEvent, record
from app.kit.db import Database
from app.kit.ids import MessageId, RunnerId, UserId
from app.outbox.ledger import Owed
from app.outbox.models import Delivery
from app.outbox.rules import Sent
from app.work.ledger import Claim, wake
from app.work.models import Kind
from app.zalo.messages import decode, plain_text

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
APP, OA = "360846524940903967", "388613280878808645"
ANH, RUNNER = UserId("246845883529197922"), RunnerId("mine")


def user_says(text: str, message_id: str, person: UserId = ANH) -> dict[str, Any]:
    return {
        "app_id": APP,
        "event_name": "user_send_text",
        "sender": {"id": person},
        "recipient": {"id": OA},
        "message": {"text": text, "msg_id": message_id},
        "timestamp": "1543908534747",
    }


def echo(text: str, message_id: str, admin_id: str | None = None) -> dict[str, Any]:
    sender = {"id": OA} if admin_id is None else {"id": OA, "admin_id": admin_id}
    return {
        "app_id": APP,
        "event_name": "oa_send_text",
        "sender": sender,
        "recipient": {"id": ANH},
        "message": {"text": text, "msg_id": message_id},
        "timestamp": "1543908534747",
    }


def withdrawal() -> dict[str, Any]:
    names = {"app_id": APP, "oa_id": OA, "user_id": ANH}
    return {"event_name": "user_withdraw", "timestamp": "1543908534747", **names}


class Chat:
    """The chat of one contact, in the hands of one runner."""

    def __init__(self, db: Database, means: Means) -> None:
        self.db, self.means = db, means
        self._events = self._sends = 0

    def hear(self, *bodies: dict[str, Any]) -> None:
        self.hear_from(ANH, *bodies)

    def hear_from(self, person: UserId, *bodies: dict[str, Any]) -> None:
        for body in bodies:
            self._events += 1
            event = NewEvent(
                f"event-{self._events}",
                person,
                body["event_name"],
                self.means.sealer.seal(orjson.dumps(body)),
                "",
            )
            self.db.write_now(lambda tx, event=event: record(tx, event, NOW))  # type: ignore[misc]

    def claim(self) -> Claim:
        claim = self.db.write_now(lambda tx: wake(tx, Kind.CHAT, ANH, NOW, RUNNER))
        assert claim is not None
        return claim

    def step(self, claim: Claim, finished: Sequence[Finished] = (), now: datetime = NOW) -> Step:
        return self.db.write_now(lambda tx: take_step(tx, self.means, claim, finished, now))

    def run(self) -> list[str]:
        """Steps until the chat rests, sending everything; the texts that were sent."""
        claim, finished, texts = self.claim(), list[Finished](), list[str]()
        while True:
            step = self.step(claim, finished)
            finished = []
            match step:
                case Send(deliveries):
                    texts += [self.text(owed) for owed in deliveries]
                    finished = [self.sent(owed) for owed in deliveries]
                case Again():
                    pass
                case AtRest():
                    return texts
                case _:
                    raise AssertionError(step)

    def sent(self, owed: Owed) -> Settled:
        self._sends += 1
        return Settled(owed, Sent(MessageId(f"sent-{self._sends}")))

    def text(self, owed: Owed) -> str:
        return plain_text(decode(self.means.sealer.open(owed.message)))

    def states(self) -> list[str]:
        return self.db.read_now(
            lambda tx: list(tx.execute(select(Delivery.state).order_by(Delivery.id)).scalars())
        )

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        """These columns of one table, in the order of its key."""
        ordered = select(*columns).order_by(*columns[0].class_.__table__.primary_key)

        def read(tx: Connection) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in tx.execute(ordered)]

        return self.db.read_now(read)
