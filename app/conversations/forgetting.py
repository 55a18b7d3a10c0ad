"""Forgetting a person: what was kept of them goes, in every room, in one transaction."""

from datetime import datetime

from sqlalchemy import Connection

from app.broadcasts.forgetting import forget_in_broadcasts
from app.conversations.ledger import forget_session
from app.directory import consents, data_requests, liaisons
from app.directory.invites import spend_words
from app.directory.merging import forget_merges
from app.directory.models import DataRequestKind
from app.handover.models import RequestState
from app.handover.requests import close_requests
from app.inbox.ledger import empty_bodies
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.outbox.ledger import empty_messages
from app.understanding.ledger import forget_unanswered
from app.worker_lists.links import forget_links


def forget_contact(db: Connection, sealer: Sealer, contact: UserId, now: datetime) -> None:
    """Deletes the registration, what the person wrote and what was written to them.

    Kept as proof: that consent was given and withdrawn, that deletion was asked for and done, and the bare
    fact of each message. An open request for a person is withdrawn with its wording.
    """
    consents.withdraw(db, contact, now)
    forget_merges(db, contact)
    liaisons.end(db, sealer, contact, now)
    spend_words(db, contact)
    forget_links(db, contact)
    close_requests(db, contact, RequestState.WITHDRAWN, now)
    forget_session(db, contact, now)
    forget_unanswered(db, contact)
    empty_bodies(db, contact)
    forget_in_broadcasts(db, contact, now)
    empty_messages(db, contact)
    data_requests.note_request(db, contact, DataRequestKind.DELETE, now)
