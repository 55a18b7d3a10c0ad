"""Static files, read once and addressed by their content, so that a browser may keep them for a year."""

import hashlib
import mimetypes
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LOOK_STATIC = Path(__file__).parent / "static"

YEAR = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class AssetMissing(LookupError):
    """A page names a file that is not there; a vendor file is laid out by `make install`."""


@dataclass(frozen=True, slots=True)
class Asset:
    content: bytes
    media_type: str
    version: str

    def headers(self, asked_version: str | None) -> Mapping[str, str]:
        """An address with the right version never changes its content; any other is asked again."""
        known = asked_version == self.version
        return {
            "Cache-Control": YEAR if known else ASK_AGAIN,
            "ETag": f'"{self.version}"',
            "X-Content-Type-Options": "nosniff",
        }


class Assets:
    """Every file below the given folders, by its path in them; a later folder may not hide an earlier one."""

    def __init__(self, folders: Iterable[Path], base: str) -> None:
        self._base = base.rstrip("/")
        self._by_name: dict[str, Asset] = {}
        for folder in folders:
            self._take(folder)

    def find(self, name: str) -> Asset | None:
        return self._by_name.get(name)

    def url(self, name: str) -> str:
        asset = self._by_name.get(name)
        if asset is None:
            raise AssetMissing(f"{name} is not there; `make install` lays out the vendor files")
        return f"{self._base}/{name}?v={asset.version}"

    def _take(self, folder: Path) -> None:
        for name, path in _files_below(folder):
            if name in self._by_name:
                raise ValueError(f"two static files are called {name}")
            self._by_name[name] = _read(path)


def _files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(content, _media_type(path.name), hashlib.sha256(content).hexdigest()[:12])


def _media_type(name: str) -> str:
    if name.endswith(".js"):
        return "text/javascript; charset=utf-8"
    if name.endswith(".woff2"):
        return "font/woff2"
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed
