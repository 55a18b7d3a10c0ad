"""One click under a letter stops all further letters to that address."""

from datetime import datetime

from sqlalchemy import Connection

from app.audit.trail import Entry, record
from app.broadcasts.models import MailStop
from app.kit.db import upsert
from app.kit.seal import Sealer
from app.mail.stop_link import read_stop_token


def stop_by_link(db: Connection, sealer: Sealer, token: str, now: datetime) -> bool:
    """False for a link that we have not made; clicking twice changes nothing."""
    address = read_stop_token(sealer, token)
    if address is None:
        return False
    address_print = sealer.fingerprint(address)
    stopped = db.execute(
        upsert(db, MailStop).values(address_print=address_print, stopped_at=now).on_conflict_do_nothing()
    )
    if stopped.rowcount:
        record(db, Entry("mail", "mail.stop", f"address:{address_print}", now))
    return True
