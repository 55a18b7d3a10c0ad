"""What a person hears while a colleague has them: silence, or now and then that their request is known."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.conversations.answers import moment, put
from app.conversations.apply import sealed_messages
from app.conversations.ledger import Standing
from app.conversations.means import Means
from app.conversations.rules import bot_answers
from app.engine.effects import Choice, Say
from app.engine.matching import command_in
from app.engine.payloads import command
from app.handover.requests import InHands, note_told
from app.handover.rules import is_told_again
from app.outbox.ledger import NewDelivery


def left_to_colleague(
    db: Connection, means: Means, standing: Standing, hands: InHands | None, text: str | None, now: datetime
) -> Sequence[NewDelivery] | None:
    """None when the bot is to answer; else what it says all the same, mostly nothing.

    Who asks for a person again is told since when they wait; the words come once in a while, not each time.
    """
    if bot_answers(standing.officer_spoke_at, text, now, in_hands=hands is not None):
        return None
    words = means.library.words
    if hands is None or text is None or command_in(text, words) != "person":
        return ()
    if not is_told_again(hands.told_at, now):
        return ()
    note_told(db, hands.request_id, now)
    values = means.library.values
    if hands.taken_at is None:
        said = put(
            values["still_waiting"], asked_at=moment(hands.asked_at), hotline=means.library.facts["hotline"]
        )
    else:
        said = put(
            values["still_in_hands"], taken_at=moment(hands.taken_at), hotline=means.library.facts["hotline"]
        )
    return sealed_messages(means, [Say(said.strip(), (Choice(words.labels.menu, command("menu")),))])
