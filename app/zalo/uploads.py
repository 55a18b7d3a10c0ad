"""Files for Zalo to keep for seven days, checked before they travel.

Kinds and sizes: Zalo's documentation of uploads, November 2026.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from app.zalo.messages import BadMessage


class UploadKind(StrEnum):
    IMAGE = "image"
    GIF = "gif"
    FILE = "file"


_MB = 1 << 20
_MOST_BYTES = {UploadKind.IMAGE: 1 * _MB, UploadKind.GIF: 5 * _MB, UploadKind.FILE: 5 * _MB}
_ENDINGS = {
    UploadKind.IMAGE: {
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".png": "image/png",
    },
    UploadKind.GIF: {".gif": "image/gif"},
    UploadKind.FILE: {
        ".pdf": "application/pdf",
        ".doc": "application/msword",
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".csv": "text/csv",
    },
}


class BadUpload(BadMessage):
    """Zalo would refuse this file."""


@dataclass(frozen=True, slots=True)
class Upload:
    kind: UploadKind
    name: str
    content: bytes

    def __post_init__(self) -> None:
        if self._ending() not in _ENDINGS[self.kind]:
            allowed = ", ".join(_ENDINGS[self.kind])
            raise BadUpload(f"{self.name} is no {self.kind} that Zalo takes ({allowed})")
        if not self.content:
            raise BadUpload(f"{self.name} is empty")
        if len(self.content) > _MOST_BYTES[self.kind]:
            raise BadUpload(f"{self.name} has {len(self.content)} bytes, Zalo takes {_MOST_BYTES[self.kind]}")

    @property
    def media_type(self) -> str:
        return _ENDINGS[self.kind][self._ending()]

    def _ending(self) -> str:
        return PurePath(self.name).suffix.lower()
