"""The way to one person, opening their sealed address only when nothing but e-mail is left."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from app.broadcasts.people import Person, email_of, stopped_addresses
from app.kit.seal import Sealer
from app.outbox.ways import Nobody, Offer, Reach, Way, find_way


def choose_way(
    db: Connection,
    sealer: Sealer,
    person: Person,
    offer: Offer,
    now: datetime,
    refused: frozenset[Way] = frozenset(),
) -> Reach | Nobody:
    if Way.EMAIL not in offer.allowed:
        return find_way(person.facts(has_email=False), offer, now, refused)
    without_mail = replace(offer, allowed=offer.allowed - {Way.EMAIL})
    found = find_way(person.facts(has_email=False), without_mail, now, refused)
    if isinstance(found, Reach):
        return found
    address = email_of(person, sealer)
    if not address:
        return found
    stopped = bool(stopped_addresses(db, [sealer.fingerprint(address)]))
    return find_way(person.facts(has_email=True, email_stopped=stopped), offer, now, refused)
