"""Words that tie a person's Zalo to a unit: printed under the OA's QR code, written to the OA once.

Zalo documents no link into an OA's chat that carries a payload (its OA API as of November 2026), so the
code beside the QR has to be typed.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

import segno
from sqlalchemy import Connection, delete, insert, select, update

from app.audit.trail import Entry, record
from app.directory.models import Employer, RecordState, UnitInvite
from app.directory.refusals import EditRefused
from app.kit.ids import UserId
from app.kit.vietnamese import fold

VALID_FOR = timedelta(days=14)
PREFIX = "DV"
_LETTERS = "ACDEFGHKLMNPRTUVXY"
"""None that is taken for another, or for a digit."""
_SHAPE = re.compile(r"dv[\s.-]*([a-z])[\s.-]*([0-9]{5})")
_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Invite:
    word: str
    """As it is printed: DV K73014."""
    employer_id: int
    unit_name: str
    valid_until: datetime


def make_invite(db: Connection, employer_id: int, actor: str, now: datetime) -> Invite:
    """A new word for the unit; the unit's earlier ones stay valid for their days. Raises `EditRefused`."""
    active = select(Employer.name).where(Employer.id == employer_id, Employer.state == RecordState.ACTIVE)
    name = db.execute(active).scalar()
    if name is None:
        raise EditRefused("Đơn vị này không còn trong danh bạ")
    db.execute(delete(UnitInvite).where(UnitInvite.valid_until < now - _KEPT_FOR))
    word = _fresh_word(db)
    until = now + VALID_FOR
    db.execute(insert(UnitInvite).values(word=word, employer_id=employer_id, made_at=now, valid_until=until))
    record(db, Entry(actor, "employer.invite_made", f"employer:{employer_id}", now))
    return Invite(printed(word), employer_id, str(name), until)


def latest_invite(db: Connection, employer_id: int, now: datetime) -> Invite | None:
    """The unit's newest word that nobody has written yet and that is still valid."""
    row = db.execute(
        select(UnitInvite.word, UnitInvite.valid_until, Employer.name)
        .join(Employer, Employer.id == UnitInvite.employer_id)
        .where(
            UnitInvite.employer_id == employer_id,
            UnitInvite.contact.is_(None),
            UnitInvite.valid_until >= now,
        )
        .order_by(UnitInvite.made_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Invite(printed(row.word), employer_id, row.name, row.valid_until)


def read_word(text: str) -> str | None:
    """The word in a message that holds nothing else, however it is spaced and written."""
    found = _SHAPE.fullmatch(fold(text).strip(" .!\"'"))
    return f"{PREFIX}{found[1]}{found[2]}".upper() if found else None


def take_word(db: Connection, contact: UserId, word: str, now: datetime) -> bool:
    """The contact wrote the word: from now on it is theirs alone; False when it is not (any more) valid."""
    done = db.execute(
        update(UnitInvite)
        .where(
            UnitInvite.word == word,
            UnitInvite.valid_until >= now,
            UnitInvite.contact.is_(None) | (UnitInvite.contact == contact),
        )
        .values(contact=contact, written_at=now)
    )
    return done.rowcount == 1


def invited_unit(db: Connection, contact: UserId, now: datetime) -> int | None:
    """The unit whose word the contact wrote last and not long ago."""
    found: int | None = db.execute(
        select(UnitInvite.employer_id)
        .join(Employer, Employer.id == UnitInvite.employer_id)
        .where(
            UnitInvite.contact == contact,
            UnitInvite.valid_until >= now,
            Employer.state == RecordState.ACTIVE,
        )
        .order_by(UnitInvite.written_at.desc())
        .limit(1)
    ).scalar()
    return found


def spend_words(db: Connection, contact: UserId) -> None:
    """The contact has registered, or is forgotten: what they wrote has done its work."""
    db.execute(delete(UnitInvite).where(UnitInvite.contact == contact))


def printed(word: str) -> str:
    return f"{PREFIX} {word.removeprefix(PREFIX)}"


def oa_qr(oa_id: str) -> str:
    """The QR code of the OA's chat, as SVG without style attributes, as large as its place."""
    out = BytesIO()
    code = segno.make(f"https://zalo.me/{oa_id}", error="m", micro=False)
    code.save(
        out,
        kind="svg",
        omitsize=True,
        border=4,
        xmldecl=False,
        svgns=True,
        nl=False,
        title="Mã QR của Zalo OA",
    )
    return out.getvalue().decode()


def _fresh_word(db: Connection) -> str:
    for _ in range(20):
        word = f"{PREFIX}{secrets.choice(_LETTERS)}{secrets.randbelow(100_000):05}"
        taken = select(UnitInvite.word).where(UnitInvite.word == word)
        if db.execute(taken).first() is None:
            return word
    raise EditRefused("Chưa tạo được mã mời: Anh/Chị thử lại")
