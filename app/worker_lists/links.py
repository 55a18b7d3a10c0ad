"""A liaison's link: made, opened with a code from the same account, closed; in the caller's transaction."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from app.audit.trail import Entry, record
from app.directory.models import Liaison, LiaisonState
from app.kit.db import UtcMs
from app.kit.ids import UserId
from app.kit.seal import Sealer
from app.worker_lists import knocks
from app.worker_lists.models import LiaisonLink, WorkerUnit
from app.worker_lists.rules import (
    CODE_LIVES,
    CODES_PER_WINDOW,
    LINK_LIVES,
    MOST_CODES,
    MOST_WRONG_CODES,
    SESSION_LIVES,
    LinkFacts,
    code_may_match,
    link_opens,
)

TOKEN_BYTES = 32


class TooMany(Exception):
    """Too many knocks lately, by this link or from this address; whoever it is has to wait."""


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody at the door: what they hold and where they come from. Nothing of it is to be trusted."""

    token: str
    address: str
    session: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A liaison who holds the link, has given the code, and is verified at this moment."""

    link_id: int
    liaison_id: int
    employer_id: int

    @property
    def actor(self) -> str:
        return f"liaison:{self.liaison_id}"


@dataclass(frozen=True, slots=True)
class FreshCode:
    """A code that is to be sent to the account of the liaison, and nowhere else."""

    contact: UserId
    code: str
    cause: str


_LINK = (
    select(
        LiaisonLink.__table__,
        Liaison.state.label("liaison_state"),
        Liaison.contact.label("liaison_contact"),
        Liaison.employer_id.label("liaison_employer"),
    )
    .join(Liaison, Liaison.id == LiaisonLink.liaison_id)
    .with_for_update(of=LiaisonLink)
)


_SENT = (
    update(WorkerUnit)
    .where(WorkerUnit.employer_id == bindparam("b_unit"))
    .values(link_sent_at=bindparam("b_at", type_=UtcMs))
)


def issue_link(db: Connection, contact: UserId, by: str, now: datetime) -> str | None:
    """The token of a new link for the unit that this contact speaks for; None unless they are verified.

    Only its hash is kept: nobody can read a link out of the database.
    """
    liaison = db.execute(
        select(Liaison.id, Liaison.employer_id).where(
            Liaison.contact == contact,
            Liaison.state == LiaisonState.VERIFIED,
            Liaison.employer_id.is_not(None),
        )
    ).one_or_none()
    if liaison is None:
        return None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.execute(delete(LiaisonLink).where(LiaisonLink.expires_at <= now))
    db.execute(
        insert(LiaisonLink).values(
            token_hash=_hash(token),
            liaison_id=liaison.id,
            contact=contact,
            employer_id=liaison.employer_id,
            created_at=now,
            created_by=by,
            expires_at=now + LINK_LIVES,
            codes_sent=0,
            wrong_codes=0,
        )
    )
    db.execute(_SENT, {"b_unit": liaison.employer_id, "b_at": now})
    detail = {"unit": liaison.employer_id, "hours": int(LINK_LIVES.total_seconds() // 3600)}
    record(db, Entry(by, "liaison_link.issued", f"liaison:{liaison.id}", now, detail))
    return token


def new_code(db: Connection, sealer: Sealer, knock: Knock, now: datetime) -> FreshCode | None:
    """A code for the link, if it opens; None tells the door nothing that it may show. Raises `TooMany`."""
    token_hash = _hash(knock.token)
    if knocks.count(db, f"code:{token_hash[:48]}", now) > CODES_PER_WINDOW:
        raise TooMany
    link = _find(db, sealer, knock, now)
    if link is None or link.codes_sent >= MOST_CODES:
        return None
    code = f"{secrets.randbelow(1_000_000):06d}"
    db.execute(
        update(LiaisonLink)
        .where(LiaisonLink.id == link.id)
        .values(
            code_print=_code_print(sealer, link.id, code),
            code_expires_at=now + CODE_LIVES,
            codes_sent=link.codes_sent + 1,
        )
    )
    return FreshCode(UserId(link.contact), code, f"link:{link.id}:{link.codes_sent + 1}")


def give_code(db: Connection, sealer: Sealer, knock: Knock, code: str, now: datetime) -> str | None:
    """The key of a new session when the code is right; it replaces the session before. Raises `TooMany`."""
    link = _find(db, sealer, knock, now)
    if link is None:
        return None
    given = _code_print(sealer, link.id, code)
    known = link.code_print or ""
    if not (code_may_match(link.code_expires_at, now) and hmac.compare_digest(given, known)):
        _note_wrong_code(db, sealer, knock, link, now)
        return None
    session = secrets.token_urlsafe(TOKEN_BYTES)
    db.execute(
        update(LiaisonLink)
        .where(LiaisonLink.id == link.id)
        .values(
            code_print=None,
            code_expires_at=None,
            wrong_codes=0,
            session_hash=_hash(session),
            session_expires_at=min(now + SESSION_LIVES, link.expires_at),
        )
    )
    subject = f"employer:{link.employer_id}"
    record(db, Entry(f"liaison:{link.liaison_id}", "worker_list.opened", subject, now, address=knock.address))
    return session


def find_visitor(db: Connection, sealer: Sealer, knock: Knock, now: datetime) -> Visitor | None:
    """Who is behind the session; None for everybody else alike. Raises `TooMany`."""
    link = _open_link(db, knock, now)
    if link is not None and _in_session(link, knock, now):
        return Visitor(link.id, link.liaison_id, link.employer_id)
    _mind_failures(db, sealer, knock, link, now)
    return None


def close_session(db: Connection, visitor: Visitor) -> None:
    """The liaison leaves; the link itself lives on."""
    db.execute(
        update(LiaisonLink)
        .where(LiaisonLink.id == visitor.link_id)
        .values(session_hash=None, session_expires_at=None)
    )


def forget_links(db: Connection, contact: UserId) -> None:
    """No link that was made for this contact is left."""
    db.execute(delete(LiaisonLink).where(LiaisonLink.contact == contact))


def _find(db: Connection, sealer: Sealer, knock: Knock, now: datetime) -> Any:
    """The link when it opens at all."""
    link = _open_link(db, knock, now)
    _mind_failures(db, sealer, knock, link, now)
    return link


def _open_link(db: Connection, knock: Knock, now: datetime) -> Any:
    row = db.execute(_LINK.where(LiaisonLink.token_hash == _hash(knock.token))).one_or_none()
    return row if row is not None and link_opens(_facts(row), now) else None


def _mind_failures(db: Connection, sealer: Sealer, knock: Knock, link: Any, now: datetime) -> None:
    """A token that opens nothing counts against its address; too many, and nothing from there is heard."""
    if knocks.too_many_failures(db, sealer, knock.address, now):
        raise TooMany
    if link is None:
        knocks.count_failure(db, sealer, knock.address, now)


def _in_session(link: Any, knock: Knock, now: datetime) -> bool:
    if not knock.session or link.session_expires_at is None or now >= link.session_expires_at:
        return False
    return hmac.compare_digest(_hash(knock.session), link.session_hash or "")


def _facts(row: Any) -> LinkFacts:
    verified = row.liaison_state == LiaisonState.VERIFIED
    same = (row.liaison_contact, row.liaison_employer) == (row.contact, row.employer_id)
    return LinkFacts(row.expires_at, row.wrong_codes, verified and same)


def _note_wrong_code(db: Connection, sealer: Sealer, knock: Knock, link: Any, now: datetime) -> None:
    knocks.count_failure(db, sealer, knock.address, now)
    wrong = link.wrong_codes + 1
    db.execute(update(LiaisonLink).where(LiaisonLink.id == link.id).values(wrong_codes=wrong))
    action = "liaison_link.locked" if wrong >= MOST_WRONG_CODES else "liaison_link.wrong_code"
    subject, detail = f"liaison:{link.liaison_id}", {"wrong_codes": wrong}
    record(db, Entry("unknown", action, subject, now, detail, knock.address))


def _code_print(sealer: Sealer, link_id: int, code: str) -> str:
    return sealer.fingerprint(f"link-code|{link_id}|{code}")


def _hash(token: str) -> str:
    """A plain hash: 256 random bits cannot be guessed, with or without a key."""
    return hashlib.sha256(token.encode()).hexdigest()
