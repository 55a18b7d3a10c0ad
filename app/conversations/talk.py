"""One thing a contact said, to the end: turns of the engine and the acts between them, then one write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.conversations.acts import ACTS
from app.conversations.apply import sealed_messages
from app.conversations.invitations import heard
from app.conversations.ledger import Standing, read_standing, save_session
from app.conversations.means import Means
from app.conversations.scene import Scene
from app.conversations.unclear import Heard, note_unclear
from app.engine.effects import RunAct
from app.engine.inputs import Input
from app.engine.session import Session
from app.engine.turn import Turn, take_turn
from app.kit.ids import UserId
from app.outbox.ledger import NewDelivery, plan
from app.outbox.models import Lane

MOST_ACTS = 8
"""Acts after one message; the longest chain in the flows has three. Beyond it a flow runs in a circle."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of it: the new session, what is to be said, and the places of the flows that were visited."""

    session: dict[str, Any]
    messages: Sequence[NewDelivery]
    visited: tuple[str, ...]
    acted: bool


def converse(db: Connection, means: Means, contact: UserId, given: Input, cause: str, now: datetime) -> Said:
    """Gives the contact's input to the engine and writes down the new session and the replies."""
    said = think(db, means, contact, read_standing(db, means.sealer, contact), given, now)
    save_session(db, means.sealer, contact, said.session, now)
    plan(db, cause, contact, Lane.REPLY, said.messages, now)
    return said


def think(
    db: Connection, means: Means, contact: UserId, standing: Standing, given: Input, now: datetime
) -> Said:
    """Gives the contact's input to the engine; writes neither session nor replies."""
    session = Session.from_json(standing.session) if standing.session else Session.fresh(now)
    before, first = session, given
    scene = Scene(db, means, contact, now)
    given = heard(db, contact, session, given, now)
    effects = []
    visited: list[str] = []
    acted = False
    for _ in range(MOST_ACTS):
        turn: Turn = take_turn(means.library, session, given, now, means.matcher)
        session = turn.session
        visited += turn.visited
        effects += [effect for effect in turn.effects if not isinstance(effect, RunAct)]
        wanted = next((effect for effect in turn.effects if isinstance(effect, RunAct)), None)
        if wanted is None:
            break
        given, acted = ACTS[wanted.name](scene, wanted.args), True
    note_unclear(db, means, contact, Heard(before, first, session), now)
    return Said(session.to_json(), sealed_messages(means, effects), tuple(visited), acted)
