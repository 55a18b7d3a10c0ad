"""Who answers: the bot, or the colleague who has stepped in; and what still waits for an answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.kit.ids import MessageId
from app.kit.vietnamese import fold
from app.zalo.answers import PastMessage

OFFICER_STAYS = timedelta(minutes=60)
"""The bot keeps quiet for an hour after a colleague's last message: people take time to read and answer."""

WAKES_THE_BOT = frozenset({"menu", "bot", "tro ly", "dung nhan tin", "du lieu cua toi"})


def bot_answers(
    officer_spoke_at: datetime | None, text: str | None, now: datetime, *, in_hands: bool = False
) -> bool:
    """False while a colleague looks after the contact; a tapped button or "menu" calls the bot back."""
    spoke_lately = officer_spoke_at is not None and now - officer_spoke_at < OFFICER_STAYS
    return not (spoke_lately or in_hands) or calls_the_bot(text)


def calls_the_bot(text: str | None) -> bool:
    return text is not None and (text.startswith("#") or fold(text) in WAKES_THE_BOT)


def unanswered(newest_first: Iterable[PastMessage]) -> frozenset[MessageId]:
    """What the person wrote after the last word of the account."""
    waiting: set[MessageId] = set()
    for message in newest_first:
        if message.from_oa:
            break
        waiting.add(message.message_id)
    return frozenset(waiting)
