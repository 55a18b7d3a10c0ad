"""Read, lease, store: the life of a token pair, each step one transaction of the caller's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from app.credentials.models import LinkState, OaToken
from app.kit.db import upsert
from app.kit.seal import Sealer

# The HTTP time-out of a renewal is 10 s; a lease that ends earlier would let a second one spend the token.
LEASE = timedelta(seconds=30)
FIRST_LIFE = timedelta(hours=1)
"""How long a pair from the settings is trusted: its real age is unknown, so it is renewed soon."""


_STATE = select(OaToken.state).where(OaToken.oa_id == bindparam("oa_id"))


@dataclass(frozen=True, slots=True)
class Pair:
    access_token: str
    refresh_token: str

    def __repr__(self) -> str:
        return "Pair(…)"


@dataclass(frozen=True, slots=True)
class Link:
    """The stored pair and what is known of it."""

    pair: Pair
    version: int
    state: LinkState
    obtained_at: datetime
    expires_at: datetime
    note: str | None

    def renewal_due_at(self) -> datetime:
        """Half way through its life: many chances to renew remain when the first ones fail."""
        return self.obtained_at + (self.expires_at - self.obtained_at) / 2


def read_link(db: Connection, sealer: Sealer, oa_id: str) -> Link | None:
    row = db.execute(select(OaToken.__table__).where(OaToken.oa_id == oa_id)).one_or_none()
    if row is None:
        return None
    pair = Pair(sealer.open_text(row.access_token), sealer.open_text(row.refresh_token))
    return Link(pair, row.version, LinkState(row.state), row.obtained_at, row.expires_at, row.note)


def store_pair(
    db: Connection, sealer: Sealer, oa_id: str, pair: Pair, life: timedelta, now: datetime
) -> None:
    """Replaces the pair; the OA counts as linked again and the lease is given up."""
    fresh = {
        "access_token": sealer.seal_text(pair.access_token),
        "refresh_token": sealer.seal_text(pair.refresh_token),
        "obtained_at": now,
        "expires_at": now + life,
        "state": LinkState.LINKED,
        "note": None,
        "renewing_by": None,
        "renewing_until": None,
    }
    statement = upsert(db, OaToken).values(oa_id=oa_id, version=1, **fresh)
    db.execute(
        statement.on_conflict_do_update(
            index_elements=[OaToken.oa_id], set_=fresh | {"version": OaToken.version + 1}
        )
    )


def store_first_pair(db: Connection, sealer: Sealer, oa_id: str, pair: Pair, now: datetime) -> bool:
    """Takes the pair from the settings unless one is stored already, which is newer; says whether it did."""
    if read_link(db, sealer, oa_id) is not None:
        return False
    store_pair(db, sealer, oa_id, pair, FIRST_LIFE, now)
    return True


def lease_renewal(db: Connection, oa_id: str, holder: str, seen_version: int, now: datetime) -> bool:
    """True when `holder` may renew now: nobody else is at it, and the pair is still the one it has seen."""
    free = (OaToken.renewing_until.is_(None)) | (OaToken.renewing_until <= now)
    done = db.execute(
        update(OaToken)
        .where(OaToken.oa_id == oa_id, OaToken.version == seen_version, free)
        .values(renewing_by=holder, renewing_until=now + LEASE)
    )
    return done.rowcount == 1


def end_lease(db: Connection, oa_id: str, holder: str) -> None:
    db.execute(
        update(OaToken)
        .where(OaToken.oa_id == oa_id, OaToken.renewing_by == holder)
        .values(renewing_by=None, renewing_until=None)
    )


def mark_needs_consent(db: Connection, oa_id: str, seen_version: int | None, note: str) -> None:
    """Says that only a person can help now; with a version, only while that pair is still the stored one."""
    statement = update(OaToken).where(OaToken.oa_id == oa_id)
    if seen_version is not None:
        statement = statement.where(OaToken.version == seen_version)
    db.execute(
        statement.values(state=LinkState.NEEDS_CONSENT, note=note, renewing_by=None, renewing_until=None)
    )


def read_link_state(db: Connection, oa_id: str) -> LinkState | None:
    """Whether the OA is linked, without opening the tokens; None when it never was."""
    found = db.execute(_STATE, {"oa_id": oa_id}).scalar()
    return None if found is None else LinkState(found)
