"""What a running process holds; built once, handed on."""

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import httpx
from sqlalchemy import Connection, make_url

from app.broadcasts.ground import Ground, send_hours
from app.content.check import check_or_refuse
from app.content.load import load_library
from app.conversations.acts import ACT_SPECS
from app.conversations.means import Means
from app.credentials.ledger import Pair, store_first_pair
from app.credentials.renewal import TokenKeeper
from app.engine.flow import Library
from app.engine.matching import Matcher, default_matcher
from app.kit.alone import AloneWith
from app.kit.clock import Clock, SystemClock
from app.kit.db import Database
from app.kit.ids import RunnerId, new_runner_id
from app.kit.seal import Sealer
from app.outbox.pace import Pace, Rate
from app.outbox.paced import RepliesAtPace
from app.outbox.ways import Way
from app.schema import check_current, folder
from app.settings import MODELS, Settings, check_settings
from app.understanding.opening import open_matcher
from app.work.ledger import Claim
from app.zalo.client import ZaloClient
from app.zalo.oauth import OAuthClient
from app.zalo.transport import open_http

SHARE_PICTURE = "/static/share-form.png"


class Taker(Protocol):
    """The runner of this process, as the doors see it."""

    id: RunnerId

    def take(self, claim: Claim) -> None: ...


@dataclass(slots=True)
class Runtime:
    settings: Settings
    clock: Clock
    db: Database
    means: Means
    http: httpx.AsyncClient
    client: ZaloClient
    tokens: TokenKeeper
    pace: Pace
    runner: Taker | None = None
    """Set while a runner works in this process."""
    lock: AloneWith | None = None

    @property
    def sealer(self) -> Sealer:
        return self.means.sealer

    async def close(self) -> None:
        """Lets go of the network, the database and the lock, in this order."""
        await self.http.aclose()
        self.db.close()
        if self.lock is not None:
            self.lock.close()


def flows_folder(settings: Settings) -> Path:
    """The folder that the settings name; without a word there, the one that came with the program."""
    named = "flows_dir" in settings.model_fields_set or settings.flows_dir.is_dir()
    return settings.flows_dir if named else folder("flows")


def load_content(flows: Path, *, trained: bool) -> tuple[Library, Matcher]:
    """What the office says and what it understands, checked. Raises `ContentError`."""
    library = load_library(flows)
    check_or_refuse(flows, library, ACT_SPECS)
    return library, open_matcher(library, flows, MODELS) if trained else default_matcher(library)


def load_means(settings: Settings, *, trained: bool = False) -> Means:
    """What handling a message needs; without `trained`, free words are matched by whole phrases only.

    Raises `ContentError` when a flow file is wrong.
    """
    library, matcher = load_content(flows_folder(settings), trained=trained)
    sealer = Sealer(*(settings.secret_keys or ("demo",)))
    return Means(sealer, library, matcher, f"{settings.public_url}{SHARE_PICTURE}", settings.public_url)


def open_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Checks settings, content and schema, then opens what a process needs.

    Raises `SettingsRefused`, `ContentError`, `SchemaBehind`, `AlreadyRunning` or `DatabaseAway`; each says
    what to do, and nothing stays open.
    """
    check_settings(settings)
    means, clock = load_means(settings, trained=True), clock or SystemClock()
    with ExitStack() as undo:
        path = sqlite_file(settings.database_url)
        lock = None if path is None else undo.enter_context(closing(AloneWith(path)))
        db = undo.enter_context(closing(Database(settings.database_url)))
        db.read_now(check_current)
        db.write_now(lambda tx: _take_first_tokens(tx, means.sealer, settings, clock.now()))
        db.open()
        undo.pop_all()
    http = open_http()
    app_secret = settings.zalo_app_secret.get_secret_value()
    oauth = OAuthClient(http, settings.zalo_oauth_url, settings.zalo_app_id, app_secret)
    tokens = TokenKeeper(db, means.sealer, oauth, clock, settings.zalo_oa_id, new_runner_id())
    pace = Pace(
        db, clock, settings.zalo_app_id, Rate(settings.zalo_rate_per_minute, settings.zalo_reply_share)
    )
    client = RepliesAtPace(http, settings.zalo_api_url, settings.zalo_zbs_url, pace, clock)
    return Runtime(settings, clock, db, means, http, client, tokens, pace, lock=lock)


def _take_first_tokens(db: Connection, sealer: Sealer, settings: Settings, now: datetime) -> None:
    access = settings.zalo_access_token.get_secret_value()
    refresh = settings.zalo_refresh_token.get_secret_value()
    if access and refresh:
        store_first_pair(db, sealer, settings.zalo_oa_id, Pair(access, refresh), now)


def way_prices(settings: Settings) -> Mapping[Way, int]:
    """What a message costs, in đồng, by the ways whose price is the office's to know."""
    return {Way.PAID: settings.price_paid_reply}


def open_ground(settings: Settings, sealer: Sealer) -> Ground:
    """What broadcasts stand on, as the settings have it."""
    rate = Rate(settings.zalo_rate_per_minute, settings.zalo_reply_share)
    return Ground(
        sealer,
        send_hours(settings.send_hours),
        way_prices(settings),
        settings.public_url,
        rate.per_minute - rate.for_replies,
        settings.second_person_above,
        settings.halt_above,
        mail=bool(settings.smtp_url and settings.mail_from),
    )


def spool_folder(settings: Settings) -> Path:
    """Where this database's events wait: one database never gets what was meant for another."""
    url = make_url(settings.database_url)
    name = hashlib.sha256(f"{url.host}/{url.port}/{url.database}".encode()).hexdigest()[:12]
    return settings.spool_dir / name


def sqlite_file(database_url: str) -> Path | None:
    """The file behind an SQLite address; None for PostgreSQL and for databases in memory."""
    prefix, _, path = database_url.partition(":///")
    return Path(path) if prefix.startswith("sqlite") and path and path != ":memory:" else None
