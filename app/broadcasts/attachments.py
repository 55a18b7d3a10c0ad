"""Pictures and files of broadcasts: kept here, uploaded when needed, and again when Zalo forgets."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from app.audit.trail import Entry, record
from app.broadcasts.content import ContentRefused
from app.broadcasts.models import BroadcastFile
from app.kit.clock import Clock
from app.kit.db import Database
from app.zalo.client import ZaloClient
from app.zalo.messages import File, Image, Message
from app.zalo.uploads import BadUpload, Upload, UploadKind

KEPT_BY_ZALO = timedelta(days=6)
"""Zalo keeps an upload for seven days; a recipient cannot open an expired file, so a day is left."""

KINDS = {UploadKind.IMAGE, UploadKind.FILE}


def keep_file(db: Connection, kind: UploadKind, name: str, body: bytes, by: str, now: datetime) -> int:
    """Keeps what Zalo will take. Raises `ContentRefused`."""
    try:
        upload = Upload(kind, name, body)
    except BadUpload as error:
        raise ContentRefused(f"Zalo không nhận tệp này: {error}.") from error
    if kind not in KINDS:
        raise ContentRefused("Chỉ gửi kèm được ảnh hoặc tệp.")
    kept = db.execute(insert(BroadcastFile).values(kind=kind, name=upload.name[:200], body=body))
    key = kept.inserted_primary_key
    assert key is not None  # noqa: S101  every insert of one row has one
    record(db, Entry(by, "broadcast.file", f"file:{key[0]}", now, {"bytes": len(body)}))
    return int(key[0])


@dataclass(frozen=True, slots=True)
class Kept:
    kind: UploadKind
    name: str
    handle: str | None
    uploaded_at: datetime | None

    def handle_now(self, now: datetime) -> str | None:
        """Zalo's name for it, while Zalo still has it."""
        fresh = self.uploaded_at is not None and now - self.uploaded_at < KEPT_BY_ZALO
        return self.handle if fresh else None


class Attachments:
    """Uploads each file once, however many calls wait for it."""

    def __init__(self, db: Database, client: ZaloClient, clock: Clock) -> None:
        self._db, self._client, self._clock = db, client, clock
        self._one_at_a_time = asyncio.Lock()
        self._known: dict[int, Kept] = {}

    async def message(self, token: str, file_id: int) -> Message:
        """The message that carries the file. Raises the errors of the upload."""
        kept = await self._kept(token, file_id)
        handle = kept.handle or ""
        return Image(attachment_id=handle) if kept.kind is UploadKind.IMAGE else File(handle)

    async def forget(self, file_id: int) -> None:
        """Zalo has thrown it away (-100): the next call uploads it again."""
        self._known.pop(file_id, None)
        statement = update(BroadcastFile).where(BroadcastFile.id == file_id).values(handle=None)
        await self._db.write(lambda db: db.execute(statement) and None)

    async def _kept(self, token: str, file_id: int) -> Kept:
        async with self._one_at_a_time:
            now = self._clock.now()
            kept = self._known.get(file_id)
            if kept is None:
                kept = await self._db.read(lambda db: _read(db, file_id))
            if kept.handle_now(now) is None:
                kept = await self._uploaded(token, file_id, kept, now)
            self._known[file_id] = kept
            return kept

    async def _uploaded(self, token: str, file_id: int, kept: Kept, now: datetime) -> Kept:
        content = _BODY.where(BroadcastFile.id == file_id)
        body = await self._db.read(lambda db: db.execute(content).scalar_one())
        is_image = kept.kind is UploadKind.IMAGE
        upload = self._client.upload_image if is_image else self._client.upload_file
        fresh = Kept(kept.kind, kept.name, await upload(token, kept.name, body), now)
        await self._db.write(lambda db: _note_upload(db, file_id, fresh))
        return fresh


_BODY = select(BroadcastFile.body)


def _read(db: Connection, file_id: int) -> Kept:
    row = db.execute(
        select(BroadcastFile.kind, BroadcastFile.name, BroadcastFile.handle, BroadcastFile.uploaded_at).where(
            BroadcastFile.id == file_id
        )
    ).one()
    return Kept(UploadKind(row.kind), row.name, row.handle, row.uploaded_at)


def _note_upload(db: Connection, file_id: int, kept: Kept) -> None:
    db.execute(
        update(BroadcastFile)
        .where(BroadcastFile.id == file_id)
        .values(handle=kept.handle, uploaded_at=kept.uploaded_at)
    )
