"""Lays out what the pages borrow: `python -m app.look.vendor`, after `npm ci`.

Every file written to `static/vendor/` is listed in `manifest.json` with the package, version, licence and
files it was made from, so that anyone can see what is served and prove that it is unchanged.
"""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

LOOK = Path(__file__).parent
ICON_LIST = LOOK / "icons.txt"
VENDOR = LOOK / "static" / "vendor"

HTMX = "htmx.org"
INTER = "@fontsource-variable/inter"
TABLER = "@tabler/icons"

# htmx names its licence "BSD-0-Clause" in its package file; SPDX calls the same text 0BSD.
SPDX = {"BSD-0-Clause": "0BSD"}

# The blocks of Unicode that Vietnamese needs; Inter's other subsets are never downloaded.
FONT_SUBSETS = ("vietnamese", "latin")


class NotInstalled(Exception):
    """A package or one of its files is missing: run `npm ci` first."""


@dataclass(frozen=True, slots=True)
class Made:
    """A file to serve, and where it comes from."""

    name: str
    package: str
    sources: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    file: str
    package: str
    version: str
    licence: str
    sources: tuple[str, ...]
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Packages:
    """The folder that npm filled."""

    folder: Path

    def read(self, package: str, source: str) -> bytes:
        path = self.folder / package / source
        if not path.is_file():
            raise NotInstalled(f"{path} is missing: run `npm ci` first")
        return path.read_bytes()

    def about(self, package: str) -> tuple[str, str]:
        """Version and licence, as the package itself states them."""
        about = json.loads(self.read(package, "package.json"))
        return about["version"], SPDX.get(about["license"], about["license"])


def icon_names(listing: str) -> list[str]:
    lines = (line.strip() for line in listing.splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def join_htmx(packages: Packages) -> Made:
    """htmx and its SSE extension as one file.

    Two deferred scripts race: htmx starts on a timer of its own, and a page whose extension arrives late
    stays without its stream and says nothing.
    """
    sources = ("dist/htmx.min.js", "dist/ext/hx-sse.min.js")
    parts = [packages.read(HTMX, source).strip() for source in sources]
    return Made("htmx-sse.min.js", HTMX, sources, b";\n".join(parts) + b"\n")


def cut_sprite(packages: Packages, names: list[str]) -> Made:
    """One SVG with a symbol for each named icon."""
    sources = tuple(icon_source(name) for name in names)
    symbols = [
        symbol(name, packages.read(TABLER, source).decode())
        for name, source in zip(names, sources, strict=True)
    ]
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    return Made("icons.svg", TABLER, sources, sprite.encode())


def icon_source(name: str) -> str:
    if name.endswith("-filled"):
        return f"icons/filled/{name.removesuffix('-filled')}.svg"
    return f"icons/outline/{name}.svg"


def symbol(name: str, svg: str) -> str:
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if drawing is None:
        raise NotInstalled(f"the icon {name} is not an SVG drawing")
    paths = re.sub(r"\s*\n\s*", "", drawing[1])
    paths = paths.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    if name.endswith("-filled"):
        return f'<symbol id="{name}" viewBox="0 0 24 24" fill="currentColor">{paths}</symbol>'
    line = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {line}>{paths}</symbol>'


def fonts(packages: Packages) -> Iterator[Made]:
    """Inter in every weight, only the subsets Vietnamese needs, and the style sheet that names them."""
    wght = packages.read(INTER, "wght.css").decode()
    faces = []
    for subset in FONT_SUBSETS:
        source = f"files/inter-{subset}-wght-normal.woff2"
        file = Made(f"inter-{subset}.woff2", INTER, (source,), packages.read(INTER, source))
        yield file
        face = re.search(rf"@font-face {{[^}}]*{re.escape(source)}[^}}]*}}", wght)
        if face is None:
            raise NotInstalled(f"wght.css of {INTER} does not name {source}")
        faces.append(face[0].replace(f"./{source}", f"{file.name}?v={content_hash(file.content)}"))
    yield Made("inter.css", INTER, ("wght.css",), ("\n".join(faces) + "\n").encode())


def licences(packages: Packages) -> Iterator[Made]:
    for package in (HTMX, INTER, TABLER):
        name = f"LICENCE-{package.strip('@').replace('/', '-')}.txt"
        yield Made(name, package, ("LICENSE",), packages.read(package, "LICENSE"))


def content_hash(content: bytes) -> str:
    """The short hash that addresses carry, so that a browser may keep a file for a year."""
    return hashlib.sha256(content).hexdigest()[:12]


def lay_out(packages: Packages, names: list[str], folder: Path) -> list[ManifestEntry]:
    """Writes every file and the manifest; what an earlier run left behind is removed."""
    made = [join_htmx(packages), cut_sprite(packages, names), *fonts(packages), *licences(packages)]
    entries = [entry(packages, file) for file in made]
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for file in made:
        (folder / file.name).write_bytes(file.content)
    manifest = json.dumps([asdict(one) for one in entries], indent=1) + "\n"
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    return entries


def entry(packages: Packages, file: Made) -> ManifestEntry:
    version, licence = packages.about(file.package)
    return ManifestEntry(
        file=file.name,
        package=file.package,
        version=version,
        licence=licence,
        sources=file.sources,
        bytes=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Lays out htmx, the font and the icons for serving.")
    parser.add_argument("--from", dest="source", type=Path, default=Path("node_modules"))
    parser.add_argument("--to", type=Path, default=VENDOR)
    options = parser.parse_args()
    names = icon_names(ICON_LIST.read_text(encoding="utf-8"))
    try:
        entries = lay_out(Packages(options.source), names, options.to)
    except NotInstalled as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    total = sum(one.bytes for one in entries)
    sys.stdout.write(f"{len(entries)} files, {total:,} bytes in {options.to}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
