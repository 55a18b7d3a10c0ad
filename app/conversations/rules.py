"""Who answers: the bot, or the colleague who has stepped in."""

from datetime import datetime, timedelta

from app.kit.vietnamese import fold

OFFICER_STAYS = timedelta(minutes=60)
"""The bot keeps quiet for an hour after a colleague's last message: people take time to read and answer."""

WAKES_THE_BOT = frozenset({"menu", "bot", "tro ly"})


def bot_answers(officer_spoke_at: datetime | None, text: str | None, now: datetime) -> bool:
    """False while a colleague talks with the contact; a tapped button or "menu" calls the bot back."""
    if officer_spoke_at is None or now - officer_spoke_at >= OFFICER_STAYS:
        return True
    if text is None:
        return False
    return text.startswith("#") or fold(text) in WAKES_THE_BOT
