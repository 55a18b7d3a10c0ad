"""A word from under the OA's QR code, written in the chat: the way to registering, the unit known."""

from datetime import datetime

from sqlalchemy import Connection

from app.directory.invites import invited_unit, read_word, take_word
from app.directory.units import read_unit
from app.engine.flow import Place
from app.engine.inputs import Input, Tapped, Typed
from app.engine.payloads import go_to
from app.engine.session import Session
from app.kit.ids import UserId

_REGISTER = Place("liaison", "start")
_ASKS_FOR_CODE = Place("liaison", "ask_unit")


def heard(db: Connection, contact: UserId, session: Session, given: Input, now: datetime) -> Input:
    """What the contact means: inside the form the unit's own code, elsewhere the wish to register."""
    word = read_word(given.text) if isinstance(given, Typed) else None
    if word is None or not take_word(db, contact, word, now):
        return given
    unit_id = invited_unit(db, contact, now)
    unit = None if unit_id is None else read_unit(db, unit_id)
    if session.place == _ASKS_FOR_CODE and unit is not None:
        return Typed(unit.code)
    return Tapped(go_to(_REGISTER))
