"""An access token that works: read once, renewed early and by one process at a time."""

import asyncio
from datetime import datetime, timedelta

import structlog

from app.credentials.ledger import (
    Link,
    Pair,
    end_lease,
    lease_renewal,
    mark_needs_consent,
    read_link,
    store_pair,
)
from app.credentials.models import LinkState
from app.kit.clock import Clock
from app.kit.db import Database, DatabaseAway
from app.kit.seal import Sealer
from app.zalo.errors import NoAnswer, ZaloError
from app.zalo.oauth import ConsentLost, OAuthClient, TokenPair

log = structlog.get_logger()

WAIT_FOR_OTHERS = timedelta(milliseconds=200)
DATABASE_AGAIN = timedelta(milliseconds=500)
RETRY_RENEWAL = timedelta(minutes=1)


class NotLinked(Exception):
    """The OA is not linked: no token is stored, or an administrator must consent again."""


class TokenKeeper:
    """Holds the current pair of one OA for this process."""

    def __init__(
        self, db: Database, sealer: Sealer, oauth: OAuthClient, clock: Clock, oa_id: str, holder: str
    ) -> None:
        self._db, self._sealer, self._oauth, self._clock = db, sealer, oauth, clock
        self._oa_id, self._holder = oa_id, holder
        self._link: Link | None = None
        self._one_at_a_time = asyncio.Lock()

    async def token(self) -> str:
        """The access token to use now. Raises `NotLinked`."""
        link = self._link or await self._read()
        if link is None or link.state is LinkState.NEEDS_CONSENT:
            self._link = None  # look again next time: consent may have come through another process
            raise NotLinked("the OA has no valid grant; an administrator must link it again")
        return link.pair.access_token

    async def replace(self, refused: str) -> None:
        """Makes sure that the token which Zalo refused is no longer the current one.

        A call in flight may have been refused because the pair was renewed meanwhile: then nothing is spent.
        Nor is a refresh token that Zalo has already refused shown to it again for every call.
        """
        async with self._one_at_a_time:
            link = await self._read()
            if link is None or link.state is not LinkState.LINKED:
                return
            if link.pair.access_token == refused:
                await self._renew(link)

    async def look_again(self) -> None:
        """A pair came another way, as by consent: it is the one to use from now on."""
        async with self._one_at_a_time:
            await self._read()

    async def renew_if_due(self) -> datetime:
        """Renews half way through the token's life; says when to look again."""
        async with self._one_at_a_time:
            link = await self._read()
            now = self._clock.now()
            if link is None or link.state is LinkState.NEEDS_CONSENT:
                return now + RETRY_RENEWAL
            if now < link.renewal_due_at():
                return link.renewal_due_at()
            try:
                await self._renew(link)
            except ZaloError as error:
                log.warning("token_not_renewed", reason=str(error))
                return now + RETRY_RENEWAL
            fresh = await self._read()
            return now + RETRY_RENEWAL if fresh is None else fresh.renewal_due_at()

    async def _read(self) -> Link | None:
        self._link = await self._db.read(lambda db: read_link(db, self._sealer, self._oa_id))
        return self._link

    async def _renew(self, link: Link) -> None:
        now = self._clock.now()
        mine = await self._db.write(
            lambda db: lease_renewal(db, self._oa_id, self._holder, link.version, now)
        )
        if not mine:  # somebody else is at it: their new pair is worth the short wait
            await asyncio.sleep(WAIT_FOR_OTHERS.total_seconds())
            await self._read()
            return
        try:
            await self._spend(link)
        except ZaloError:
            await self._db.write(lambda db: end_lease(db, self._oa_id, self._holder))
            raise

    async def _spend(self, link: Link) -> None:
        """Spends the refresh token and writes the new pair down before anyone uses it."""
        try:
            fresh = await self._refresh_twice(link.pair.refresh_token)
        except ConsentLost as error:
            note = str(error)
            await self._db.write(lambda db: mark_needs_consent(db, self._oa_id, link.version, note))
            log.error("oa_needs_consent", reason=note)
            await self._read()
            return
        await self._store(fresh)
        log.info("token_renewed", lives_for_s=int(fresh.expires_in.total_seconds()))
        await self._read()

    async def _store(self, fresh: TokenPair) -> None:
        """Does not give up while the database is away: the only copy of the new pair is here."""
        pair, now = Pair(fresh.access_token, fresh.refresh_token), self._clock.now()
        while True:
            try:
                await self._db.write(
                    lambda db: store_pair(db, self._sealer, self._oa_id, pair, fresh.expires_in, now)
                )
            except DatabaseAway:
                log.error("new_token_not_stored_yet")
                await asyncio.sleep(DATABASE_AGAIN.total_seconds())
            else:
                return

    async def _refresh_twice(self, refresh_token: str) -> TokenPair:
        """Asks once more when the answer was lost: only Zalo can say whether the token is spent."""
        try:
            return await self._oauth.refresh(refresh_token)
        except NoAnswer:
            return await self._oauth.refresh(refresh_token)
