"""Files that were uploaded: to send, and to be seen on the pretend phone."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.sandbox.codes import ASSET_EXPIRED, QUOTA_GONE, TOO_MUCH, invalid, refusal
from app.sandbox.limits import PeriodCount

LIVES = timedelta(days=7)
MEGABYTE = 1024 * 1024


class AssetKind(StrEnum):
    IMAGE = "image"
    GIF = "gif"
    FILE = "file"


LARGEST = {AssetKind.IMAGE: MEGABYTE, AssetKind.GIF: 5 * MEGABYTE, AssetKind.FILE: 5 * MEGABYTE}

_SIGNS = {
    AssetKind.IMAGE: {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"},
    AssetKind.GIF: {b"GIF87a": "image/gif", b"GIF89a": "image/gif"},
}
_FILES = {
    "pdf": (b"%PDF", "application/pdf"),
    "doc": (b"\xd0\xcf\x11\xe0", "application/msword"),
    "docx": (b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "csv": (b"", "text/csv"),
}


@dataclass(frozen=True, slots=True)
class Asset:
    """`key` is the attachment id of an image or GIF, the token of a file."""

    key: str
    kind: AssetKind
    name: str
    mime: str
    content: bytes
    at: datetime

    @property
    def ending(self) -> str:
        return self.name.rpartition(".")[2].lower()

    @property
    def checksum(self) -> str:
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


class Assets:
    def __init__(self, per_month: int) -> None:
        self._per_month = per_month
        self._uploads = PeriodCount.monthly()
        self._assets: dict[str, Asset] = {}

    def upload(self, kind: AssetKind, name: str, content: bytes, now: datetime) -> Asset:
        """Keeps what Zalo would take. Raises `Refused` for size, type or the month's quota."""
        if self._uploads.add(kind, now) > self._per_month:
            raise refusal(QUOTA_GONE)
        if len(content) > LARGEST[kind]:
            raise refusal(TOO_MUCH)
        mime = _mime(kind, name, content)
        if mime is None:
            raise invalid("file")
        return self.keep(kind, name, mime, content, now)

    def keep(self, kind: AssetKind, name: str, mime: str, content: bytes, now: datetime) -> Asset:
        """Stores without asking: also for what people send."""
        asset = Asset(secrets.token_urlsafe(48), kind, name, mime, content, now)
        self._assets[asset.key] = asset
        return asset

    def to_send(self, key: str, kind: AssetKind, field: str, now: datetime) -> Asset:
        """The asset behind an id or token. Raises `Refused` when it is unknown, another kind, or expired."""
        asset = self._assets.get(key)
        if asset is None or asset.kind is not kind:
            raise invalid(field)
        if now - asset.at > LIVES:
            raise refusal(ASSET_EXPIRED)
        return asset

    def find(self, key: str) -> Asset | None:
        return self._assets.get(key)


def _mime(kind: AssetKind, name: str, content: bytes) -> str | None:
    """By the first bytes; for files the ending must agree with them."""
    if not content:
        return None
    if kind is AssetKind.FILE:
        sign, mime = _FILES.get(name.rpartition(".")[2].lower(), (None, None))
        return mime if sign is not None and content.startswith(sign) else None
    return next((mime for sign, mime in _SIGNS[kind].items() if content.startswith(sign)), None)
