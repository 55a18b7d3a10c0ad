"""A plain sentence about each thing that must be well before the service can do its work."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from app.content.yaml_text import ContentError
from app.credentials.ledger import read_link
from app.credentials.models import LinkState
from app.inbox.ledger import last_received
from app.kit.db import Database, DatabaseAway
from app.kit.seal import BrokenSeal
from app.runtime import load_means, sqlite_file
from app.schema import CHECKOUT, SchemaBehind, check_current
from app.settings import Settings, SettingsRefused, check_settings

LEAST_FREE = 500 * 1024 * 1024
CLOCKS_APART = 60
"""Seconds; Zalo's windows and the tokens' lives are counted in hours, signatures carry no time limit."""


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    well: bool
    sentence: str

    def __str__(self) -> str:
        return f"{'ok ' if self.well else 'BAD'} {self.subject}: {self.sentence}"


def examine(settings: Settings | None = None, now: datetime | None = None) -> list[Finding]:
    """Looks at configuration, content, database, token, webhook, clock and disk; changes nothing."""
    settings, now = settings or Settings(), now or datetime.now(UTC)
    return [
        _finding("configuration", lambda: _configuration(settings)),
        _finding("content", lambda: _content(settings)),
        *_database(settings, now),
        _finding("clock", lambda: _clock(settings, now)),
        _finding("disk", lambda: _disk(settings)),
    ]


class Unwell(Exception):
    """Something is not as it must be; the message is the sentence."""


def _finding(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, look())
    except (Unwell, SettingsRefused, ContentError, SchemaBehind, DatabaseAway, BrokenSeal) as fault:
        return Finding(subject, False, str(fault))


def _configuration(settings: Settings) -> str:
    check_settings(settings)
    return "every secret is set"


def _content(settings: Settings) -> str:
    library = load_means(settings).library
    return f"{len(library.flows)} flows load without an error"


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    db = Database(settings.database_url)
    try:
        tables = _finding("database", lambda: _tables(db))
        yield tables
        if tables.well:
            yield _finding("token", lambda: _token(db, settings, now))
            yield _finding("webhook", lambda: _webhook(db, now))
    finally:
        db.close()


def _tables(db: Database) -> str:
    db.read_now(check_current)
    return f"{db.url.get_backend_name()} answers and its tables are current"


def _token(db: Database, settings: Settings, now: datetime) -> str:
    sealer = load_means(settings).sealer
    link = db.read_now(lambda tx: read_link(tx, sealer, settings.zalo_oa_id))
    if link is None:
        raise Unwell("no token is stored; start once with DAUMOI_ZALO_ACCESS_TOKEN and …REFRESH_TOKEN")
    if link.state is LinkState.NEEDS_CONSENT:
        raise Unwell(f"an administrator of the OA must consent again ({link.note})")
    hours = (link.expires_at - now).total_seconds() / 3600
    return f"valid for {hours:.0f} more hours, renewed half way"


def _webhook(db: Database, now: datetime) -> str:
    last = db.read_now(last_received)
    if last is None:
        return "nothing has arrived yet; press Test on the webhook page of Zalo's console"
    return f"the last event came {(now - last).total_seconds() / 60:.0f} minutes ago"


def _clock(settings: Settings, now: datetime) -> str:
    try:
        answer = httpx.head(settings.zalo_oauth_url, timeout=5)
    except httpx.HTTPError as error:
        raise Unwell(f"Zalo cannot be reached to compare clocks ({type(error).__name__})") from error
    theirs = parsedate_to_datetime(answer.headers["date"]) if "date" in answer.headers else now
    apart = abs((theirs - now).total_seconds())
    if apart > CLOCKS_APART:
        raise Unwell(f"this machine's clock is {apart:.0f} s away from Zalo's; set it by NTP")
    return f"within {apart:.0f} s of Zalo's"


def _disk(settings: Settings) -> str:
    file = sqlite_file(settings.database_url)
    free = shutil.disk_usage(file.parent if file is not None and file.parent.exists() else CHECKOUT).free
    if free < LEAST_FREE:
        raise Unwell(f"only {free >> 20} MiB are free")
    return f"{free >> 30} GiB are free"
