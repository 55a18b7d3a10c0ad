"""Messages that were not answered are kept for those who teach the bot, with what the person did next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.conversations.means import Means
from app.engine.inputs import Input, Tapped, Typed
from app.engine.matching import command_in
from app.engine.payloads import Command, GoTo, read_payload
from app.engine.session import Session
from app.engine.words import Words
from app.kit.ids import UserId
from app.understanding.ledger import NewUnanswered, drop_old, keep, note_outcome
from app.understanding.matcher import TrainedMatcher
from app.understanding.models import Outcome
from app.understanding.policy import Zone


@dataclass(frozen=True, slots=True)
class Heard:
    """What a contact did, and where that led the session."""

    before: Session
    given: Input
    after: Session


def note_unclear(db: Connection, means: Means, contact: UserId, heard: Heard, now: datetime) -> None:
    """Part of the turn's commit; costs nothing where everything was understood."""
    if heard.before.unclear and (followed := what_followed(heard.given, means.library.words)) is not None:
        note_outcome(db, contact, *followed)
    if heard.after.unclear and isinstance(heard.given, Typed):
        keep(db, means.sealer, contact, _unanswered(means, heard.given.text), now)
        # Where words come in, those of half a year ago go out; there are never many at a time.
        drop_old(db, now)


def what_followed(given: Input, words: Words) -> tuple[Outcome, str | None] | None:
    """What this says about the message before; None when it says nothing."""
    if isinstance(given, Typed):
        return _OF_COMMANDS.get(command_in(given.text, words) or "", Outcome.WENT_ON), None
    if not isinstance(given, Tapped):
        return None
    match read_payload(given.payload):
        case GoTo(place):
            return Outcome.TAPPED, str(place)
        case Command(name):
            return _OF_COMMANDS.get(name, Outcome.WENT_ON), None
        case _:
            return Outcome.WENT_ON, None


_OF_COMMANDS = {"person": Outcome.PERSON, "other": Outcome.REJECTED}


def _unanswered(means: Means, text: str) -> NewUnanswered:
    if not isinstance(means.matcher, TrainedMatcher):
        return NewUnanswered(text, Zone.NONE)
    reading = means.matcher.reader.read(text)
    return NewUnanswered(text, reading.decision.zone, reading.ranked)
