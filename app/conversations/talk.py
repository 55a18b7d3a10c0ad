"""One thing a contact said, to the end: turns of the engine and the acts between them, then one write."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.conversations.acts import ACTS
from app.conversations.apply import owe
from app.conversations.invitations import heard
from app.conversations.ledger import read_standing, save_session
from app.conversations.means import Means
from app.conversations.scene import Scene
from app.conversations.unclear import Heard, note_unclear
from app.engine.effects import RunAct
from app.engine.inputs import Input
from app.engine.session import Session
from app.engine.turn import Turn, take_turn
from app.kit.ids import UserId

MOST_ACTS = 8
"""Acts after one message; the longest chain in the flows has three. Beyond it a flow runs in a circle."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of it: the visited places of the flows, and how many messages are owed."""

    visited: tuple[str, ...]
    messages: int


def converse(db: Connection, means: Means, contact: UserId, given: Input, cause: str, now: datetime) -> Said:
    """Gives the contact's input to the engine and writes down the new session and the replies."""
    standing = read_standing(db, means.sealer, contact)
    session = Session.from_json(standing.session) if standing.session else Session.fresh(now)
    before, first = session, given
    scene = Scene(db, means, contact, now)
    given = heard(db, contact, session, given, now)
    effects = []
    visited: list[str] = []
    for _ in range(MOST_ACTS):
        turn: Turn = take_turn(means.library, session, given, now, means.matcher)
        session = turn.session
        visited += turn.visited
        effects += [effect for effect in turn.effects if not isinstance(effect, RunAct)]
        wanted = next((effect for effect in turn.effects if isinstance(effect, RunAct)), None)
        if wanted is None:
            break
        given = ACTS[wanted.name](scene, wanted.args)
    note_unclear(db, means, contact, Heard(before, first, session), now)
    save_session(db, means.sealer, contact, session.to_json(), now)
    return Said(tuple(visited), owe(db, means, cause, contact, effects, now))
